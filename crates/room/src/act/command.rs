//! Every command there is: one table from which names, shapes, permissions and the protocol's page come.

use crate::act::args::{Args, Read};
use crate::act::edit::{
    CreateEntity, DeleteEntity, DuplicateEntity, RemoveComponents, Reparent, UpdateComponents,
};
use crate::act::own::{Drive, SetAvatar, SetNickname};
use crate::act::snapshots::{ListSnapshots, RestoreSnapshot, SaveSnapshot};
use crate::act::talk::{CustomEvent, Emote, Say, Shout};
use crate::act::transact::Transact;
use crate::reject::{Reject, UNKNOWN_EVENT};
use serde_json::Value;
use smol_str::SmolStr;

/// What the protocol says of a command.
#[derive(Debug)]
pub(crate) struct Spec {
    pub name: &'static str,
    /// Shape of its payload, without `id`.
    pub payload: &'static str,
    /// Its answer.
    pub answer: &'static str,
    /// Whether it changes anything that is stored.
    pub changes: bool,
    read: fn(&mut Args) -> Result<Command, Reject>,
}

macro_rules! commands {
    ($($variant:ident $name:literal $payload:literal => $answer:literal, $changes:literal;)*) => {
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
    SetNickname      "set_nickname"      "{nickname}" => "{seq}", true;
    SetAvatar        "set_avatar"        "{color?, model?}" => "{seq}", true;
    Drive            "drive"             "{}" => "{driver: true}", false;
    Say              "say"               "{text}" => "{seq}", true;
    Emote            "emote"             "{emote}" => "{seq}", true;
    CustomEvent      "event"             "{event_name, payload?}" => "{seq}", true;
    Shout            "shout"             "{…}" => "{}", false;
    CreateEntity     "create_entity"     "{components, entity?}" => "{seq, entity}", true;
    UpdateComponents "update_components" "{entity, components}" => "{seq, entity}", true;
    RemoveComponents "remove_components" "{entity, names}" => "{seq, entity}", true;
    DeleteEntity     "delete_entity"     "{entity}" => "{seq, entity}", true;
    DuplicateEntity  "duplicate_entity"  "{entity, position?}" => "{seq, entity}", true;
    Reparent         "reparent"          "{entity, parent}" => "{seq, entity}", true;
    Transact         "transact"          "{ops, conditions?}" => "{seq}", true;
    SaveSnapshot     "save_snapshot"     "{name}" => "{seq}", true;
    RestoreSnapshot  "restore_snapshot"  "{name}" => "{seq}", true;
    ListSnapshots    "list_snapshots"    "{}" => "{snapshots: [{name, kind, at}]}", false;
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
