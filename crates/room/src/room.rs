//! The room itself: its state and the list of what a tick does, in order.

use crate::act::command::Request;
use crate::act::snapshots::{Answered, INITIAL};
use crate::act::{Act, Acts, Grant, OfRules, Outcome};
use crate::bodies::claims::Claiming;
use crate::bodies::physics::Physics;
use crate::boot::Boot;
use crate::game::course::strays;
use crate::game::monsters::{Midst, Monsters};
use crate::game::rounds::Rounds;
use crate::game::shots::{Air, Shots};
use crate::game::vital::Dead;
use crate::input::{Input, StoreState};
use crate::log::{Log, Now};
use crate::motion::movers::Movers;
use crate::motion::output::{TellBodies, TickOutput};
use crate::motion::pose::{Motion, save_places};
use crate::outbox::{Actor, Outbox, SnapshotOut};
use crate::people::People;
use crate::people::holds::Holds;
use crate::people::listeners::Listener;
use crate::people::occupancy::{Occupancy, SCREENS, SEATS};
use crate::people::sharing::{Shared, shared};
use crate::reject::{NOT_INSIDE, NOT_JOINED, ROOM_BUSY, Reject};
use crate::rights::Rights;
use crate::rules::{Around, Rules};
use crate::tell::order::{Address, Said, tell};
use crate::view::viewer::PoseInput;
use serde_json::json;
use std::collections::{BTreeMap, VecDeque};
use thexr_wire::message::Mode;
use thexr_wire::pose::{Place, Pose};
use thexr_wire::{EntityId, PeerId, UserId};
use thexr_world::World;

/// Inputs a room queues between two ticks; above it the sender gets `room_busy`.
pub const MAILBOX_MAX: usize = 8_192;

/// What waits for the next tick.
enum Queued {
    Peer(PeerId, Input),
    Act(u64, Box<Act>),
}

/// One room. All its methods are deterministic functions of its state and their arguments.
pub struct Room {
    log: Log,
    people: People,
    acts: Acts,
    said: Said,
    mailbox: VecDeque<Queued>,
    /// Who waits for the answer of which save or restore.
    copying: BTreeMap<u64, Vec<Address>>,
    /// This tick is the last.
    ends: bool,
    motion: Motion,
    movers: Movers,
    physics: Physics,
    seats: Occupancy,
    screens: Occupancy,
    holds: Holds,
    rules: Rules,
    dead: Dead,
    shots: Shots,
    rounds: Rounds,
    monsters: Monsters,
}

impl Room {
    /// A room as the store kept it; everyone the journal has inside is away.
    pub fn open(mut boot: Boot) -> Self {
        let log = Log::open(&mut boot);
        let people = People::open(&mut boot, &log);
        Self {
            motion: Motion::new(log.now.tick),
            movers: Movers::default(),
            physics: Physics::default(),
            seats: Occupancy::new(&SEATS),
            screens: Occupancy::new(&SCREENS),
            holds: Holds::default(),
            rules: Rules::default(),
            dead: Dead::default(),
            shots: Shots::default(),
            rounds: Rounds::default(),
            monsters: Monsters::default(),
            log,
            people,
            acts: Acts::default(),
            said: Said::default(),
            mailbox: VecDeque::new(),
            copying: BTreeMap::new(),
            ends: false,
        }
    }

    /// Queues an input; refused with `room_busy` when the mailbox, or the sender's door, is full. Goodbyes are always taken.
    pub fn push(&mut self, peer: PeerId, input: Input) -> Result<(), Reject> {
        match input {
            Input::Join(join) => return self.people.knock(&self.log, peer, join),
            Input::Act { .. } if self.mailbox.len() >= MAILBOX_MAX => return Err(ROOM_BUSY),
            _ => self.mailbox.push_back(Queued::Peer(peer, input)),
        }
        Ok(())
    }

    /// Queues an act of someone who needs no connection; its answer goes [to the ticket](crate::To::Ticket).
    pub fn push_act(&mut self, ticket: u64, act: Act) -> Result<(), Reject> {
        if self.mailbox.len() >= MAILBOX_MAX {
            return Err(ROOM_BUSY);
        }
        self.mailbox.push_back(Queued::Act(ticket, Box::new(act)));
        Ok(())
    }

    /// Takes a connection's newest pose; `false` when it does not drive anyone. Call before the tick, in peer order.
    pub fn pose(&mut self, input: PoseInput) -> bool {
        strays(&self.log, &mut self.people, &self.physics, &input)
            || self.motion.take(&self.log, &mut self.people, input)
    }

    /// Takes all that a connection says in its newest frame that it simulates. Call before the tick, in peer order.
    pub fn claim(&mut self, peer: PeerId, claiming: Claiming) {
        let user = self.people.peers.get(&peer).map(|known| &known.user);
        let driven =
            |user: &&UserId| self.people.persons.get(*user).is_some_and(|person| person.driver == Some(peer));
        if let Some(user) = user.filter(driven) {
            self.physics.claim(user, claiming);
        }
    }

    /// How much the shell sheds, 0 for nothing: it alone knows whether there is time for everything.
    pub fn set_shed(&mut self, level: u8) {
        self.motion.set_shed(level);
    }

    /// Tells the room how the store is doing.
    pub fn set_store_state(&mut self, store: StoreState) {
        self.log.store = store;
    }

    /// The next tick is the room's last before it stops: what moves is kept where it is.
    pub fn set_ending(&mut self) {
        self.ends = true;
    }

    /// Tells the room whether newcomers can be told the state just now; while they cannot, joins wait.
    pub fn set_admitting(&mut self, admitting: bool) {
        self.people.admission.open = admitting;
    }

    /// Tells the room whether its stored states take all the space they may: then nothing more is saved or restored.
    pub fn set_states_full(&mut self, full: bool) {
        self.acts.copies.full = full;
    }

    /// One tick: everything queued, in order, then everything there is to tell.
    pub fn tick(&mut self, now: Now, out: &mut Outbox) {
        self.log.advance(now);
        self.acts.budget.begin(self.log.now.tick, self.people.peers.len());
        self.people.release_the_away(&mut self.log);
        self.acts.arms.sky = self.shots.sky();
        self.take_inputs(out);
        self.people.admit_joins(&mut self.log);
        let Self { log, people, physics, acts, rules, .. } = self;
        let launched = std::mem::take(&mut acts.arms.launches);
        for launch in launched {
            self.monsters.hear(launch.from, &launch.by);
            self.shots.launch(launch);
        }
        let movers = &self.movers;
        self.monsters.live(&mut Midst { log, people, physics, movers, tells: acts }, &mut self.shots, out);
        for hit in self.shots.fly(&Air { log, people, physics, movers }) {
            acts.hurt(log, physics, &hit);
        }
        for user in acts.arms.due(log, self.ends) {
            // Until it can be told it waits.
            let _ = acts.take_spent(log, physics, &user);
        }
        let seen = rules.run(&mut Around { log, people, physics, acts, out });
        self.dead.keep(&mut self.log, &mut self.people);
        self.people.put_back_the_strayed(&mut self.log);
        if self.rounds.keep(&mut self.log, &mut self.people) {
            self.reset(out);
        }
        self.log.end_lives();
        self.seats.keep(&mut self.log);
        self.screens.keep(&mut self.log);
        self.holds.keep(&mut self.log, &self.people);
        self.motion.look_at_people(&self.log, &mut self.people);
        self.people.follow(&self.log);
        self.movers.follow(&self.log, &mut self.people.slots);
        self.monsters.follow(&self.log);
        self.physics.pass(&mut self.log, &self.people, &self.movers);
        if self.ends {
            self.physics.keep(&mut self.log);
            self.monsters.keep(&mut self.log);
        }
        self.rules.remember(&mut self.log, seen);
        tell(&mut self.log, &mut self.people, &self.movers, std::mem::take(&mut self.said), out);
        save_places(&self.log, &mut self.people, out);
        self.show(out);
        let bodies = self.monsters.bodies(&self.movers, self.log.clock_ms());
        self.shots.remember(&self.log, &self.people, bodies);
        out.snapshots.extend(self.log.snapshot_now_and_then());
    }

    /// The game is over: the room is to be as it was made.
    fn reset(&mut self, out: &mut Outbox) {
        let Self { log, people, physics, acts, .. } = self;
        let Ok(Request { command, .. }) = Request::decode("restore_snapshot", json!({"name": INITIAL}))
        else {
            return;
        };
        let act = Act { actor: Actor::Server, grant: Grant::All, command, id: None };
        // One that fails is asked for again after a while.
        acts.perform(log, people, physics, act, out);
    }

    /// What moves, for the latest lane.
    fn show(&mut self, out: &mut Outbox) {
        let Self { physics, movers, motion, people, log, shots, monsters, .. } = self;
        let (tick, clock_ms) = (log.now.tick, log.clock_ms());
        let tell = |output: &mut TickOutput| {
            physics.tell(movers, clock_ms, tick, output);
            monsters.tell(movers, tick, output);
            shots.tell(clock_ms, output);
        };
        let moves = physics.moves() || shots.is_told() || monsters.stir(tick);
        let told = moves || physics.is_carried() || monsters.are_there();
        let tell: Option<TellBodies<'_>> = if told { Some(&tell) } else { None };
        motion.show(log, people, tell, moves, out);
    }

    fn take_inputs(&mut self, out: &mut Outbox) {
        for _ in 0..self.mailbox.len() {
            if self.log.made.is_full() || self.rules.are_there() && self.log.made.is_full_of_inputs() {
                return;
            }
            match self.mailbox.pop_front() {
                Some(Queued::Peer(peer, input)) => self.take(peer, input, out),
                Some(Queued::Act(ticket, act)) => self.perform(Address::Ticket(ticket), *act, out),
                None => return,
            }
        }
    }

    fn take(&mut self, peer: PeerId, input: Input, out: &mut Outbox) {
        match input {
            // Waits at the door already.
            Input::Join(_) => {}
            Input::Leave => self.depart(peer, false),
            Input::Lost => self.depart(peer, true),
            Input::Act { address, .. } if self.people.door.holds(peer) => {
                self.said.reply(Address::Peer(peer, address), Err(NOT_JOINED));
            }
            Input::Act { address, request } => {
                if let Some(act) = self.act_of(peer, *request) {
                    self.perform(Address::Peer(peer, address), act, out);
                }
            }
            Input::StateLoaded { request, state } => {
                let told = self.acts.copies.loaded(&mut self.log, &self.people, request, state, out);
                self.copied(told);
            }
            Input::Baked(baked) => self.monsters.baked(baked),
            Input::StateKept { number, kept } => {
                let told = self.acts.copies.kept(&mut self.log, number, kept);
                self.copied(told);
            }
        }
    }

    /// What a connection asks for, as an act of its person.
    fn act_of(&self, id: PeerId, request: Request) -> Option<Act> {
        let peer = self.people.peers.get(&id)?;
        let person = self.people.persons.get(&peer.user).filter(|_| peer.mode == Mode::Enter);
        let grant = match person.map(|person| person.driver) {
            None => Grant::Look,
            Some(Some(driver)) if driver != id => Grant::Aside,
            Some(_) => Grant::Role,
        };
        let Request { command, id } = request;
        Some(Act { actor: Actor::User(peer.user.clone()), grant, command, id })
    }

    fn perform(&mut self, address: Address, act: Act, out: &mut Outbox) {
        let Self { log, people, physics, acts, said, copying, rules, .. } = self;
        let actor = act.actor.clone();
        match acts.perform(log, people, physics, act, out) {
            Outcome::Reply(answer) => said.reply(address, answer),
            Outcome::Shout(payload) => {
                said.shouts.push(payload);
                said.reply(address, Ok("{}".into()));
            }
            Outcome::Drive => {
                let drives = matches!(&address, Address::Peer(peer, _) if people.drive_from(*peer));
                said.reply(address, if drives { Ok(r#"{"driver":true}"#.into()) } else { Err(NOT_INSIDE) });
            }
            Outcome::OfRules(OfRules::List(thing)) => {
                said.reply(address, Ok(rules.firings(log, &thing).to_string().into()));
            }
            Outcome::OfRules(OfRules::Test(test)) => {
                let mut around = Around { log, people, physics, acts, out };
                let done = rules.test(&mut around, &test.entity, &test.rule, actor.user());
                said.reply(address, done.map(|()| json!({"seq": log.seq}).to_string().into()));
            }
            Outcome::Later(request) => copying.entry(request).or_default().push(address),
        }
    }

    fn copied(&mut self, told: Answered) {
        let Some((request, answer)) = told else { return };
        for address in self.copying.remove(&request).unwrap_or_default() {
            self.said.reply(address, answer.clone());
        }
    }

    fn depart(&mut self, peer: PeerId, lost: bool) {
        self.people.depart(&mut self.log, peer, lost);
        self.said.forget(peer);
    }

    /// People inside (with an avatar and a connection).
    pub fn people_inside(&self) -> usize {
        self.people.inside()
    }

    /// Connections of any kind, those waiting to be admitted included.
    pub fn peer_count(&self) -> usize {
        self.people.connections()
    }

    /// Inputs waiting for the next tick.
    pub fn mailbox_depth(&self) -> usize {
        self.mailbox.len() + self.people.door.len()
    }

    /// Whether anyone is here, away or waiting: an idle room may stop.
    pub fn is_idle(&self) -> bool {
        self.people.is_empty() && self.mailbox.is_empty() && !self.is_keeping()
    }

    /// The state of all entities.
    pub fn world(&self) -> &World {
        &self.log.world
    }

    /// Where a thing that is pushed about is now; nothing for others.
    pub fn place_of(&self, id: &EntityId) -> Option<Place> {
        self.physics.place(id)
    }

    /// Things that people simulate now.
    pub fn simulated_by_people(&self) -> usize {
        self.physics.claimed()
    }

    /// Who may do what.
    pub fn rights(&self) -> &Rights {
        &self.log.rights
    }

    /// Everyone who hears the room, and from where they may be heard.
    pub fn listeners(&self) -> impl Iterator<Item = Listener> + '_ {
        self.people.listeners(&self.log)
    }

    /// The screens that are shared onto, by whose connections, and where they are.
    pub fn shared_screens(&self) -> impl Iterator<Item = Shared> + '_ {
        shared(&self.screens, &self.people, &self.log)
    }

    /// Last seq.
    pub fn seq(&self) -> u64 {
        self.log.seq
    }

    /// Which life of the room this is.
    pub fn incarnation(&self) -> u16 {
        self.log.incarnation
    }

    /// The room's moment.
    pub fn now(&self) -> Now {
        self.log.now
    }

    /// Poses to keep at a stop, of everyone who has one.
    pub fn places(&self) -> Vec<(UserId, Pose)> {
        self.people.persons.iter().map(|(user, person)| (user.clone(), person.pose)).collect()
    }

    /// Whether states are on their way to the store.
    pub fn is_keeping(&self) -> bool {
        self.log.is_keeping()
    }

    /// A snapshot of the present, for a stop.
    pub fn final_snapshot(&mut self) -> Option<SnapshotOut> {
        self.log.final_snapshot()
    }
}
