//! What may be asked of a room: acts, from a request to a fact or a refusal. Knows no connection.

mod addressees;
pub(crate) mod args;
mod arms;
pub(crate) mod budget;
pub(crate) mod command;
pub(crate) mod edit;
mod game;
mod govern;
mod handling;
mod hold;
mod interact;
mod own;
mod screen;
mod seat;
pub(crate) mod snapshots;
mod socket;
mod talk;
mod test_rule;
pub(crate) mod transact;

use crate::bodies::physics::Physics;
use crate::facts::Fact;
use crate::game::arms::Arms;
use crate::game::vital::is_dead;
use crate::log::Log;
use crate::log::draft::Draft;
use crate::log::memory::Remembered;
use crate::outbox::{Actor, Outbox};
use crate::people::People;
use crate::reject::{DEAD, NOT_DRIVER, NOT_INSIDE, Reject, TOO_MANY_COMMANDS, UNKNOWN_EVENT};
use crate::rights::Permission;
use budget::{Budget, Payer, TOLD_BYTES};
use command::Command;
use hold::Questions;
use serde_json::Value;
use smol_str::SmolStr;
use snapshots::Copies;
use std::sync::Arc;
use thexr_wire::{EntityId, UserId};
use thexr_world::Op;

/// By what right someone acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant {
    /// Looking on, from a connection that watches.
    Look,
    /// What the person's role allows; being heard and one's own things only while they are here.
    Role,
    /// The same, but nothing that takes their body: another of their connections moves that.
    Aside,
    /// Everything: the room, its rules, the operator.
    All,
}

/// Something that someone wants to happen; where the answer goes is not its business.
#[derive(Debug, Clone, PartialEq)]
pub struct Act {
    /// Who wants it; the facts that come of it name them.
    pub actor: Actor,
    /// By what right.
    pub grant: Grant,
    /// What is wanted, its payload read and checked for itself.
    pub command: Command,
    /// The actor's own id of it: a repeat gets the first reply.
    pub id: Option<SmolStr>,
}

/// What came of an act.
pub(crate) enum Outcome {
    /// Its answer.
    Reply(Result<Arc<str>, Reject>),
    /// An answer, and something to tell everyone who is here now.
    Shout(Arc<str>),
    /// The connection it came by is to move the person's avatar.
    Drive,
    /// The answer comes with that of this save or restore.
    Later(u64),
    /// It is asked of the rules.
    OfRules(OfRules),
}

/// What is asked of rules.
pub(crate) enum OfRules {
    /// To set one off for its maker.
    Test(test_rule::TestRule),
    /// What those of a thing have done.
    List(EntityId),
}

/// What a handler wants to happen.
pub(crate) enum Effect {
    /// A fact, to be folded and journalled.
    Fact(Draft),
    /// A fact that must be looked at again once it is folded.
    Checked(Draft, fn(&Log, &[Op]) -> Result<(), Reject>),
    /// A fact that stands also where there is no room for what it shows.
    Certain(Draft),
    /// An answer without a fact.
    Answer(Value),
    /// To everyone who is here now.
    Shout(Arc<str>),
    /// The connection is to drive.
    Drive,
    /// The answer comes with that of this save or restore.
    Later(u64),
    /// It is asked of the rules.
    OfRules(OfRules),
}

impl Effect {
    /// A fact of this kind.
    pub fn fact(fact: Fact, payload: Value, ops: Vec<Op>) -> Self {
        Self::Fact(Draft::server(fact, payload, ops))
    }
}

/// Who acts, and by what right.
pub(crate) struct Caller<'a> {
    pub actor: &'a Actor,
    pub grant: Grant,
    pub id: Option<&'a SmolStr>,
    /// Where things are that are pushed about.
    pub physics: &'a Physics,
    payer: Payer,
}

impl Caller<'_> {
    /// The person who acts, if it is one.
    pub fn user(&self) -> Option<&UserId> {
        self.actor.user()
    }

    /// The person who acts; some things only people do.
    pub fn person(&self) -> Result<&UserId, Reject> {
        self.user().ok_or(NOT_INSIDE)
    }
}

/// What the acts of earlier ticks have left.
#[derive(Debug, Default)]
pub(crate) struct Acts {
    pub budget: Budget,
    pub copies: Copies,
    pub arms: Arms,
    questions: Questions,
}

impl Acts {
    /// Does what is asked, or says why not.
    pub fn perform(
        &mut self,
        log: &mut Log,
        people: &People,
        physics: &Physics,
        act: Act,
        out: &mut Outbox,
    ) -> Outcome {
        self.performed(log, people, physics, act, out).unwrap_or_else(|reject| Outcome::Reply(Err(reject)))
    }

    fn performed(
        &mut self,
        log: &mut Log,
        people: &People,
        physics: &Physics,
        act: Act,
        out: &mut Outbox,
    ) -> Result<Outcome, Reject> {
        let Act { actor, grant, command, id } = act;
        let payer = payer(log, &actor);
        let caller = Caller { actor: &actor, grant, id: id.as_ref(), physics, payer };
        if let Some(first) = first_reply(log, &caller)? {
            return Ok(Outcome::Reply(Ok(first)));
        }
        permitted(log, &caller, &command)?;
        if command.spec().changes {
            log.may_change()?;
        }
        let effect = self.handle(log, people, &caller, command, out)?;
        self.bring_about(log, &caller, effect)
    }

    /// The list of commands, each with its handler.
    fn handle(
        &mut self,
        log: &mut Log,
        people: &People,
        caller: &Caller<'_>,
        command: Command,
        out: &mut Outbox,
    ) -> Result<Effect, Reject> {
        match command {
            Command::SetNickname(set) => own::set_nickname(log, caller, set),
            Command::SetAvatar(set) => own::set_avatar(log, caller, set),
            Command::Drive(_) => Ok(Effect::Drive),
            Command::Say(line) => {
                self.may_be_heard(caller)?;
                talk::say(log, people, caller, line)
            }
            Command::Emote(emote) => talk::emote(log, caller, emote),
            Command::CustomEvent(event) => {
                self.may_be_heard(caller)?;
                talk::custom_event(log, people, caller, event)
            }
            Command::Shout(shout) => Ok(talk::shout(&shout)),
            Command::Sit(sit) => seat::sit(log, people, caller, sit),
            Command::Stand(_) => seat::stand(log, caller),
            Command::ShareScreen(share) => screen::share(log, people, caller, share),
            Command::UnshareScreen(unshare) => screen::unshare(log, caller, &unshare),
            Command::Grab(grab) => self.questions.grab(log, people, caller, grab),
            Command::HandOver(hand_over) => self.questions.hand_over(log, people, caller, &hand_over),
            Command::Release(release) => hold::release(log, people, caller, &release),
            Command::Insert(insert) => socket::insert(log, people, caller, &insert),
            Command::Trigger(trigger) => handling::trigger(log, people, caller, &trigger),
            Command::Resize(resize) => handling::resize(log, caller, resize),
            Command::Open(open) => game::open(log, people, caller, &open),
            Command::Close(close) => game::close(log, people, caller, &close),
            Command::Collect(collect) => game::collect(log, people, caller, &collect),
            Command::Ready(ready) => game::ready(log, caller, &ready),
            Command::Shoot(shoot) => self.shoot(log, people, caller, &shoot),
            Command::Reload(_) => self.reload(log, caller),
            Command::SwitchWeapon(switch) => self.switch_weapon(log, caller, &switch),
            Command::DropWeapon(_) => self.drop_weapon(log, people, caller),
            Command::CreateEntity(create) => edit::create_entity(log, caller, create),
            Command::UpdateComponents(update) => edit::update_components(log, caller, update),
            Command::RemoveComponents(remove) => edit::remove_components(log, caller, remove),
            Command::DeleteEntity(delete) => edit::delete_entity(log, caller, delete),
            Command::DuplicateEntity(duplicate) => {
                let group = edit::group_to_copy(log, &duplicate)?;
                self.budget.purse(&caller.payer, group.bytes)?;
                Ok(edit::duplicate_entity(log, duplicate, group))
            }
            Command::AddInteraction(add) => interact::add(log, caller, add),
            Command::RemoveInteraction(remove) => interact::remove(log, caller, remove),
            Command::ListInteractions(list) => interact::list(log, people, caller, &list),
            Command::TestRule(test) => Ok(Effect::OfRules(OfRules::Test(test))),
            Command::ListFirings(list) => Ok(Effect::OfRules(OfRules::List(list.entity))),
            Command::Reparent(reparent) => edit::reparent(log, caller, reparent),
            Command::Transact(transact) => transact::transact(log, caller, transact),
            Command::SaveSnapshot(save) => {
                self.charge(caller, snapshots::FACT_BYTES_MAX + TOLD_BYTES)?;
                self.copies.save(log, caller, save, out)
            }
            Command::RestoreSnapshot(restore) => {
                self.copies.restore(log, caller, restore, self.budget.hearers(), out)
            }
            Command::ListSnapshots(_) => Ok(self.copies.list(log)),
            Command::Block(block) => self.block(log, caller, &block.user, true),
            Command::Unblock(block) => self.block(log, caller, &block.user, false),
            command => self.govern(log, caller, command),
        }
    }

    /// Whether someone may still make anything heard, asked before it is looked who is to hear it: that takes a look at everyone.
    fn may_be_heard(&self, caller: &Caller<'_>) -> Result<(), Reject> {
        self.budget.purse(&caller.payer, TOLD_BYTES).map(drop)
    }

    /// What changes others' rights, once it is sure that its fact can be told.
    fn govern(&mut self, log: &mut Log, caller: &Caller<'_>, command: Command) -> Result<Effect, Reject> {
        self.budget.purse(&caller.payer, govern::FACT_BYTES_MAX)?;
        match command {
            Command::Mute(mute) => govern::set_muted(log, caller, &mute.user, true),
            Command::Unmute(mute) => govern::set_muted(log, caller, &mute.user, false),
            Command::SetRole(set) => govern::set_role(log, caller, &set),
            Command::SetSettings(set) => Ok(govern::set_settings(log, &set)),
            _ => Err(UNKNOWN_EVENT),
        }
    }

    fn block(
        &mut self,
        log: &mut Log,
        caller: &Caller<'_>,
        whom: &UserId,
        blocked: bool,
    ) -> Result<Effect, Reject> {
        // Told to two people, not to everyone.
        let bytes = govern::relations_bytes(log, caller.person()?, whom) * 2 / self.budget.hearers() as usize;
        self.charge(caller, bytes)?;
        govern::set_blocked(log, caller, whom, blocked)
    }

    fn bring_about(&mut self, log: &mut Log, caller: &Caller<'_>, effect: Effect) -> Result<Outcome, Reject> {
        let unchecked = |_: &Log, _: &[Op]| Ok(());
        let response = match effect {
            Effect::Fact(draft) => self.emit(log, caller, draft, unchecked)?,
            Effect::Checked(draft, check) => self.emit(log, caller, draft, check)?,
            Effect::Certain(draft) => {
                let bare = Draft { ops: Vec::new(), ..draft.clone() };
                let shown = self.emit(log, caller, draft, unchecked);
                shown.or_else(|_| self.emit(log, caller, bare, unchecked))?
            }
            Effect::Answer(response) => response,
            Effect::Shout(payload) => {
                self.charge(caller, payload.len() + TOLD_BYTES)?;
                return Ok(Outcome::Shout(payload));
            }
            Effect::Drive => return Ok(Outcome::Drive),
            Effect::Later(request) => return Ok(Outcome::Later(request)),
            Effect::OfRules(asked) => return Ok(Outcome::OfRules(asked)),
        };
        Ok(Outcome::Reply(Ok(response.to_string().into())))
    }

    /// Makes a fact of someone's draft, if it is small enough, if they may make everyone hear so much, and if `check`
    /// finds nothing wrong with what came of it.
    fn emit(
        &mut self,
        log: &mut Log,
        caller: &Caller<'_>,
        draft: Draft,
        check: impl FnOnce(&Log, &[Op]) -> Result<(), Reject>,
    ) -> Result<Value, Reject> {
        let bytes = draft.fitting()?;
        let purse = self.budget.purse(&caller.payer, bytes + TOLD_BYTES)?;
        let command_id = caller.id.map(|id| id.to_string());
        let draft = Draft { actor: caller.actor.clone(), command_id, ..draft };
        let answer = Remembered::of(log.seq + 1, &draft.payload).response();
        log.emit_checked(draft, bytes, check)?;
        self.budget.pay(&caller.payer, purse, bytes + TOLD_BYTES);
        Ok(answer)
    }

    /// How many bytes a rule may have everyone told, set off by somebody; an error when it is nothing.
    pub fn may_tell(&self, log: &Log, by: Option<&UserId>) -> Result<usize, Reject> {
        let payer = by.map_or(Payer::Pool, |user| payer(log, &Actor::User(user.clone())));
        self.budget.purse(&payer, TOLD_BYTES)?;
        Ok(self.budget.left(&payer))
    }

    /// Makes a fact in the name of a rule; who has set it off pays.
    pub fn emit_for_rule(
        &mut self,
        log: &mut Log,
        physics: &Physics,
        thing: &EntityId,
        by: Option<&UserId>,
        draft: Draft,
    ) -> Result<(), Reject> {
        let payer = by.map_or(Payer::Pool, |user| payer(log, &Actor::User(user.clone())));
        let actor = Actor::Rule(thing.clone());
        let caller = Caller { actor: &actor, grant: Grant::All, id: None, physics, payer };
        self.emit(log, &caller, draft, transact::check_touched).map(drop)
    }

    /// Makes a fact of what a shot has done; the person who shot pays, what monsters shoot nobody does.
    pub fn emit_for_shot(
        &mut self,
        log: &mut Log,
        physics: &Physics,
        by: Option<&UserId>,
        draft: Draft,
    ) -> Result<(), Reject> {
        let actor = by.map_or(Actor::Server, |user| Actor::User(user.clone()));
        let payer = payer(log, &actor);
        // The room says that it is so, not who shot.
        let caller = Caller { actor: &Actor::Server, grant: Grant::All, id: None, physics, payer };
        self.emit(log, &caller, draft, |_, _| Ok(())).map(drop)
    }

    /// Takes bytes that everyone will hear out of someone's budget, or refuses.
    fn charge(&mut self, caller: &Caller<'_>, bytes: usize) -> Result<(), Reject> {
        let purse = self.budget.purse(&caller.payer, bytes)?;
        self.budget.pay(&caller.payer, purse, bytes);
        Ok(())
    }
}

/// What was answered to this id before, if anything was; an error when no further id can be remembered.
fn first_reply(log: &Log, caller: &Caller<'_>) -> Result<Option<Arc<str>>, Reject> {
    let (Actor::User(user), Some(id)) = (caller.actor, caller.id) else { return Ok(None) };
    if let Some(known) = log.memory.find(user, id) {
        return Ok(Some(known.response().to_string().into()));
    }
    if log.memory.is_full(user) { Err(TOO_MANY_COMMANDS) } else { Ok(None) }
}

/// Who pays for what someone makes everyone hear.
fn payer(log: &Log, actor: &Actor) -> Payer {
    match actor {
        Actor::User(user) if is_here(log, user) => Payer::Person(user.clone()),
        Actor::User(_) | Actor::Rule(_) => Payer::Pool,
        Actor::Server | Actor::Operator => Payer::Nobody,
    }
}

/// Whether a person has an avatar here.
fn is_here(log: &Log, user: &UserId) -> bool {
    log.world.entity(&EntityId::avatar(user)).is_some()
}

/// Whether someone may ask for this at all.
fn permitted(log: &Log, caller: &Caller<'_>, command: &Command) -> Result<(), Reject> {
    let permission = command.permission(caller.actor);
    match caller.grant {
        Grant::All => Ok(()),
        Grant::Look if permission != Permission::Look => Err(NOT_INSIDE),
        Grant::Aside if command.is_bodily() => Err(NOT_DRIVER),
        Grant::Role if command.is_bodily() && is_dead(&log.world, &EntityId::avatar(caller.person()?)) => {
            Err(DEAD)
        }
        Grant::Role | Grant::Aside if permission.is_for_those_here() && !is_here(log, caller.person()?) => {
            Err(NOT_INSIDE)
        }
        Grant::Look | Grant::Role | Grant::Aside => log.rights.permit(caller.person()?, permission),
    }
}
