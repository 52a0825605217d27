//! Every command there is: one table from which names, shapes, permissions and the protocol's page come.

use crate::act::args::{Args, Read};
use crate::act::arms::{DropWeapon, Reload, Shoot, SwitchWeapon};
use crate::act::edit::{
    CreateEntity, DeleteEntity, DuplicateEntity, RemoveComponents, Reparent, UpdateComponents,
};
use crate::act::game::{Close, Collect, Open, Ready};
use crate::act::govern::{Block, Mute, SetRole, SetSettings, Unblock, Unmute};
use crate::act::handling::{Resize, Trigger};
use crate::act::hold::{Grab, HandOver, Release};
use crate::act::interact::{AddInteraction, ListInteractions, RemoveInteraction};
use crate::act::own::{Drive, SetAvatar, SetNickname};
use crate::act::screen::{ShareScreen, UnshareScreen};
use crate::act::seat::{Sit, Stand};
use crate::act::snapshots::{ListSnapshots, RestoreSnapshot, SaveSnapshot};
use crate::act::socket::Insert;
use crate::act::talk::{CustomEvent, Emote, Say, Shout};
use crate::act::test_rule::{ListFirings, TestRule};
use crate::act::transact::Transact;
use crate::outbox::Actor;
use crate::reject::{Reject, UNKNOWN_EVENT};
use crate::rights::Permission;
use serde_json::Value;
use smol_str::SmolStr;
use thexr_wire::EntityId;

/// What the protocol says of a command.
#[derive(Debug)]
pub(crate) struct Spec {
    pub name: &'static str,
    /// Shape of its payload, without `id`.
    pub payload: &'static str,
    /// Its answer.
    pub answer: &'static str,
    /// What it needs, unless it only concerns one's own avatar.
    pub permission: Permission,
    /// Whether it changes anything that is stored.
    pub changes: bool,
    read: fn(&mut Args) -> Result<Command, Reject>,
}

macro_rules! commands {
    ($($variant:ident $name:literal $payload:literal => $answer:literal, $permission:ident, $changes:literal;)*) => {
        /// What may be asked of a room; its payload has been read and checked for itself.
        #[derive(Debug, Clone, PartialEq)]
        pub enum Command {
            $(
                #[doc = concat!("`", $name, " ", $payload, "`")]
                $variant($variant),
            )*
        }

        /// All commands, in the order of the protocol's page.
        pub(crate) const COMMANDS: &[Spec] = &[
            $(Spec {
                name: $name,
                payload: $payload,
                answer: $answer,
                permission: Permission::$permission,
                changes: $changes,
                read: |args| $variant::read(args).map(Command::$variant),
            },)*
        ];

        impl Command {
            /// Its row of the table.
            pub(crate) fn spec(&self) -> &'static Spec {
                enum Row { $($variant,)* }
                match self {
                    $(Self::$variant(_) => &COMMANDS[Row::$variant as usize],)*
                }
            }
        }
    };
}

commands! {
    SetNickname      "set_nickname"      "{nickname}" => "{seq}", Own, true;
    SetAvatar        "set_avatar"        "{color?, model?, head?, top?, face?, hair?}" => "{seq}", Own, true;
    Drive            "drive"             "{}" => "{driver: true}", Own, false;
    Say              "say"               "{text, to?}" => "{seq}", Talk, true;
    Emote            "emote"             "{emote}" => "{seq}", Talk, true;
    CustomEvent      "event"             "{event_name, payload?, to?}" => "{seq}", Talk, true;
    Shout            "shout"             "{…}" => "{}", Talk, false;
    Sit              "sit"               "{entity}" => "{seq}", Own, true;
    Stand            "stand"             "{}" => "{seq}", Own, true;
    ShareScreen      "share_screen"      "{entity}" => "{seq}", Talk, true;
    UnshareScreen    "unshare_screen"    "{entity}" => "{seq}", Own, true;
    Grab             "grab"              "{entity, hand?, offset?: {position, rotation?}}" => "{seq, entity}", Own, true;
    HandOver         "hand_over"         "{entity}" => "{seq, entity}", Own, true;
    Release          "release"           "{entity, position?, rotation?, velocity?, spin?}" => "{seq, entity}", Own, true;
    Insert           "insert"            "{entity, socket}" => "{seq, entity}", Own, true;
    Trigger          "trigger"           "{entity, value?}" => "{seq, entity}", Own, true;
    Resize           "resize"            "{entity, scale}" => "{seq, entity}", Own, true;
    Open             "open"              "{entity}" => "{seq, entity}", Own, true;
    Close            "close"             "{entity}" => "{seq, entity}", Own, true;
    Collect          "collect"           "{entity}" => "{seq, entity}", Own, true;
    Shoot            "shoot"             "{origin, direction, at?}" => "{}", Own, true;
    Reload           "reload"            "{}" => "{seq}", Own, true;
    SwitchWeapon     "switch_weapon"     "{weapon}" => "{seq}", Own, true;
    DropWeapon       "drop_weapon"       "{}" => "{seq, entity}", Own, true;
    Ready            "ready"             "{ready?}" => "{seq}", Own, true;
    CreateEntity     "create_entity"     "{components, entity?}" => "{seq, entity}", Build, true;
    UpdateComponents "update_components" "{entity, components}" => "{seq, entity}", Build, true;
    RemoveComponents "remove_components" "{entity, names}" => "{seq, entity}", Build, true;
    DeleteEntity     "delete_entity"     "{entity}" => "{seq, entity}", Build, true;
    DuplicateEntity  "duplicate_entity"  "{entity, position?}" => "{seq, entity}", Build, true;
    Reparent         "reparent"          "{entity, parent}" => "{seq, entity}", Build, true;
    AddInteraction   "add_interaction"   "{entity, interaction, settings?}" => "{seq, entity}", Build, true;
    RemoveInteraction "remove_interaction" "{entity, interaction}" => "{seq, entity}", Build, true;
    ListInteractions "list_interactions" "{entity}" => "{entity, interactions}", Look, false;
    TestRule         "test_rule"         "{entity, rule}" => "{seq}", Build, true;
    ListFirings      "list_firings"      "{entity}" => "{firings: [{rule, ago_ms, actor?, outcome, reason?, detail?}]}", Build, false;
    Transact         "transact"          "{ops, conditions?}" => "{seq}", Build, true;
    SaveSnapshot     "save_snapshot"     "{name}" => "{seq}", Save, true;
    RestoreSnapshot  "restore_snapshot"  "{name}" => "{seq}", Save, true;
    ListSnapshots    "list_snapshots"    "{}" => "{snapshots: [{name, kind, at, by, changed}]}", Look, false;
    Block            "block"             "{user_id}" => "{}", Own, true;
    Unblock          "unblock"           "{user_id}" => "{}", Own, true;
    Mute             "mute"              "{user_id}" => "{seq}", Moderate, true;
    Unmute           "unmute"            "{user_id}" => "{seq}", Moderate, true;
    SetRole          "set_role"          "{user_id, role}" => "{seq}", Moderate, true;
    SetSettings      "set_settings"      "{who_may_build?, who_may_save?}" => "{seq}", Govern, true;
}

impl Command {
    /// Whether it is done with one's body, which one connection of a person moves.
    pub(crate) fn is_bodily(&self) -> bool {
        matches!(
            self,
            Self::Sit(_)
                | Self::Stand(_)
                | Self::ShareScreen(_)
                | Self::Grab(_)
                | Self::HandOver(_)
                | Self::Release(_)
                | Self::Insert(_)
                | Self::Trigger(_)
                | Self::Resize(_)
                | Self::Open(_)
                | Self::Close(_)
                | Self::Collect(_)
                | Self::Shoot(_)
                | Self::Reload(_)
                | Self::SwitchWeapon(_)
                | Self::DropWeapon(_)
        )
    }

    /// Whether rules may ask for it. What writes components they do by steps, which say what may be written; who may do what,
    /// and which states there are, is no maker's to say.
    pub(crate) fn is_for_rules(&self) -> bool {
        matches!(
            self,
            Self::DuplicateEntity(_)
                | Self::DeleteEntity(_)
                | Self::Reparent(_)
                | Self::AddInteraction(_)
                | Self::RemoveInteraction(_)
        )
    }

    /// What this needs of whoever asks it.
    pub fn permission(&self, actor: &Actor) -> Permission {
        let own = actor.user().map(EntityId::avatar);
        let about_oneself = own.is_some_and(|own| match self {
            Self::UpdateComponents(update) => update.entity == own,
            Self::RemoveComponents(remove) => remove.entity == own,
            Self::Transact(transact) => transact.concerns_only(&own),
            _ => false,
        });
        if about_oneself { Permission::Own } else { self.spec().permission }
    }
}

/// A push, read once, before it comes to the room.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// What is asked.
    pub command: Command,
    /// The client's id of it: a repeat gets the first reply.
    pub id: Option<SmolStr>,
}

impl Request {
    /// Reads a push; a refusal says nothing of any room and can be told at once.
    pub fn decode(name: &str, payload: Value) -> Result<Self, Reject> {
        Self::read(name, payload).map_err(Reject::told_at_once)
    }

    fn read(name: &str, payload: Value) -> Result<Self, Reject> {
        let spec = COMMANDS.iter().find(|spec| spec.name == name).ok_or(UNKNOWN_EVENT)?;
        let mut args = Args::new(payload)?;
        // A shout is nobody's business but its hearers': whatever it holds is theirs.
        let id = if name == thexr_wire::message::event::SHOUT { None } else { args.command_id()? };
        Ok(Self { command: (spec.read)(&mut args)?, id })
    }
}

/// The table of commands as the protocol's page has it.
pub fn commands_table() -> String {
    let row = |spec: &Spec| {
        let Spec { name, payload, answer, permission, .. } = spec;
        format!("| `{name}` | `{payload}` | `{answer}` | {} |\n", permission.as_str())
    };
    let rows: String = COMMANDS.iter().map(row).collect();
    format!("| command | payload | answer | needs |\n|---|---|---|---|\n{rows}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_protocols_page_has_this_table() {
        let page = include_str!("../../../../docs/protocol.md");
        assert!(page.contains(&commands_table()), "section 6 is to have:\n\n{}", commands_table());
    }

    #[test]
    fn every_command_has_a_name_of_its_own() {
        let names: std::collections::BTreeSet<_> = COMMANDS.iter().map(|spec| spec.name).collect();
        assert_eq!(names.len(), COMMANDS.len());
    }
}
