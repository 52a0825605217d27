//! The list of known components: name, group, who writes it, what it holds. Everything else about them is made of this.

use super::fields::*;
use super::kind::Kind;
use super::{Group, Known, Short};
use thexr_wire::limits::{NICKNAME_CHARS_MAX, TTL_MS_MAX};

use Group::{Game, Handling, Media, Moving, People, Place, Shape, Things};

const fn known(name: &'static str, group: Group, kind: Kind, description: &'static str) -> Known {
    Known { name, group, server_only: false, kind, shorts: &[], description }
}

/// One that also has shorter spellings.
const fn short(known: Known, shorts: &'static [Short]) -> Known {
    Known { shorts, ..known }
}

/// One that the room and its rules write alone, whatever they put there.
const fn room(name: &'static str, group: Group, kind: Kind, description: &'static str) -> Known {
    Known { server_only: true, ..known(name, group, kind, description) }
}

const TAG: Kind = Kind::Text { chars_max: 64 };
const TAGS: Kind = Kind::Either(&[TAG, Kind::List { of: &TAG, max: 64 }]);
const COUNT: Kind = number(-1e15, 1e15, "");

/// The known components, sorted for their search.
pub(super) const COMPONENTS: &[Known] = &[
    room("ammo", Game, COUNT, "Shots that are left."),
    short(
        known(
            "animate",
            Place,
            Kind::Object(&ANIMATE),
            "A motion on the room's clock; without a start it begins when it is seen to change, and has ended for newcomers.",
        ),
        &[Short::Gather { into: "to", names: &["position", "rotation", "scale"] }],
    ),
    room("armour", Game, COUNT, "What hits take before health."),
    known("audio", Media, Kind::Any, "A sound (KHR_audio_emitter)."),
    known("avatar", People, Kind::Object(&AVATAR), "How a person looks; makes the entity one."),
    short(
        known("body", Handling, Kind::Object(&BODY), "How it moves when pushed (OMI_physics_body)."),
        &[Short::Field("motion"), Short::True],
    ),
    known("bullet", Things, Kind::Any, "Flies and hits."),
    known(
        "collectable",
        Things,
        Kind::Either(&[Kind::Bool, Kind::Object(&COLLECTABLE)]),
        "Goes into the inventory of whoever takes it.",
    ),
    known(
        "collider",
        Handling,
        Kind::Either(&[Kind::Bool, Kind::Object(&COLLIDER)]),
        "What others bump into (OMI_physics_shape); false for nothing, and as the shape is where it says no more; a model's are the hull of its `points`, or the `triangles` between them.",
    ),
    known("color", Shape, Kind::Color, "Its colour."),
    room("dead", People, Kind::Any, "Has died, and is back when the room's clock is `until`."),
    room("deaths", Game, COUNT, "How often a person has died."),
    known("direction", Things, vec3(-SIZE_MAX, SIZE_MAX, ""), "Where it is bound for."),
    known("door", Things, Kind::Either(&[Kind::Bool, Kind::Object(&DOOR)]), "Opens and closes."),
    room("door_state", Things, Kind::Word(&["open", "closed"]), "Whether a door is open."),
    room(
        "flight",
        Handling,
        Kind::Object(&FLIGHT),
        "How it went on when it was let go of; gone when it rests.",
    ),
    known("floor", Moving, Kind::Mark, "People stand on it."),
    known(
        "flying",
        Moving,
        Kind::Bool,
        "Whether people may fly in this room; of several the first entity's counts.",
    ),
    known(
        "game",
        Game,
        Kind::Object(&GAME),
        "How the game of this room goes; of several the first entity's counts.",
    ),
    known(
        "gravity",
        Moving,
        number(-50.0, 50.0, "m/s²"),
        "How fast things and people fall in this room, along y, instead of -9.81; of several the first entity's counts.",
    ),
    known(
        "gun",
        Things,
        Kind::Either(&[Kind::Bool, Kind::Object(&GUN)]),
        "Shoots, in the hand of whoever has picked it up as the `item` of its `collectable`.",
    ),
    room("health", People, COUNT, "What hits take."),
    room("held_by", Handling, Kind::Object(&HELD_BY), "In whose hand it is."),
    known(
        "hinge",
        Handling,
        Kind::Object(&HINGE),
        "It turns about a line that stays where it is, as doors and see-saws do.",
    ),
    short(
        known(
            "holdable",
            Handling,
            Kind::Either(&[Kind::Bool, Kind::Object(&HOLDABLE)]),
            "People may take it into a hand.",
        ),
        &[Short::True],
    ),
    room("holding", People, Kind::Object(&HOLDING), "What a person has in their hands."),
    room("immune", People, Kind::Object(&UNTIL), "Nothing hurts them until the room's clock says so."),
    room("in_socket", Handling, Kind::Entity, "In which socket it is."),
    room("inventory", People, Kind::Any, "What a person carries."),
    known("keep_while", Things, Kind::Entity, "It lives as long as that entity."),
    room("kills", Game, COUNT, "How many a person has killed."),
    known("lift", Moving, Kind::Either(&[Kind::Bool, Kind::Object(&LIFT)]), "Carries people up and down."),
    room("lift_state", Moving, Kind::Word(&["up", "down"]), "Where a lift is, or is bound for."),
    short(known("light", Shape, Kind::Object(&LIGHT), "It shines."), &[Short::Field("kind")]),
    known("locked", Place, Kind::Bool, "Builders leave it as it is until it is unlocked."),
    known("log_wall", Media, Kind::Any, "Shows what has happened here."),
    known(
        "material",
        Shape,
        Kind::Either(&[Kind::Word(&MATERIALS), Kind::Text { chars_max: 64 }, Kind::Object(&MATERIAL)]),
        "How its surface answers light: a word, or more closely.",
    ),
    known("megaphone", Handling, Kind::Mark, "Whoever holds it is heard in the whole room."),
    known("mic", People, Kind::Any, "Whether a person's microphone is open."),
    short(
        known(
            "model",
            Shape,
            Kind::Object(&MODEL),
            "A glTF model; a `collider` of its corners makes it solid.",
        ),
        &[Short::Field("url")],
    ),
    short(
        known("monster", Things, Kind::Either(&[Kind::Bool, Kind::Object(&MONSTER)]), "Hunts people."),
        &[Short::Field("kind")],
    ),
    room("muted", People, Kind::Bool, "A moderator has closed a person's microphone."),
    known("name", Shape, LONG_TEXT, "What makers call it."),
    known("nickname", People, Kind::Text { chars_max: NICKNAME_CHARS_MAX }, "What a person is called."),
    room("occupied", Moving, Kind::Bool, "Somebody sits here."),
    room("occupied_by", Moving, Kind::Any, "Who sits here."),
    room(
        "over",
        Game,
        Kind::Object(&UNTIL),
        "The game is over; the room is as it was made when its clock says so.",
    ),
    room("owned_by", Things, Kind::Any, "Whose it is."),
    short(
        known(
            "parent",
            Place,
            Kind::Object(&PARENT),
            "What it hangs on: position, rotation and scale are relative to that.",
        ),
        &[Short::Field("entity")],
    ),
    room("points", Game, COUNT, "What has been won."),
    known("portal", Moving, Kind::Object(&PORTAL), "Leads to another room or page (OMI_link)."),
    known(
        "pose",
        People,
        Kind::Object(&POSE),
        "Head and hands where a person last was; live ones are motion.",
    ),
    known("position", Place, POINT, "Where it is."),
    known("prefab", Things, Kind::Mark, "Rules make copies of it; its own rules do nothing."),
    room("ready", People, Kind::Bool, "They wait for the game to begin."),
    room("role", People, Kind::Text { chars_max: 64 }, "What a person may do."),
    known("rotation", Place, Kind::Rotation, "How it is turned."),
    known(
        "rules",
        Things,
        Kind::Any,
        "What happens when something happens ([rules](rules.md)): a list of rules.",
    ),
    room("rules_state", Things, Kind::Any, "What rules have done, and what they still have to do."),
    short(known("scale", Place, FACTORS, "How much larger it is."), &[Short::Even]),
    room("score", Game, COUNT, "What has been reached."),
    short(
        known(
            "screen",
            Media,
            Kind::Either(&[Kind::Bool, Kind::Object(&SCREEN)]),
            "Shows what one person shares onto it: their screen, a window, a camera.",
        ),
        &[Short::Field("who"), Short::True],
    ),
    known("script", Things, Kind::Any, "What it does, in JavaScript."),
    short(known("seat", Moving, Kind::Object(&SEAT), "People sit on it (OMI_seat)."), &[Short::True]),
    known("sequencer", Media, Kind::Any, "Plays notes."),
    known("serialized_mesh", Shape, Kind::Any, "A mesh as an earlier system kept it."),
    short(
        known("shape", Shape, Kind::Object(&SHAPE), "A simple form."),
        &[Short::Field("kind"), Short::Pair],
    ),
    room("shared_by", Media, Kind::Any, "Who shares onto this screen."),
    room("sharing_on", People, Kind::Any, "Onto which screen a person shares."),
    room("sitting", People, Kind::Any, "Whether a person sits."),
    room("sitting_on", People, Kind::Any, "On what a person sits."),
    known(
        "sky",
        Shape,
        Kind::Either(&[Kind::Object(&SKY), Kind::Word(&SKIES), Kind::Any]),
        "What is above and around: one of our skies, its colours, or both.",
    ),
    short(
        known(
            "socket",
            Handling,
            Kind::Either(&[Kind::Bool, Kind::Object(&SOCKET)]),
            "One thing that people hold fits into it.",
        ),
        &[Short::True],
    ),
    known(
        "spawn_point",
        Moving,
        Kind::Either(&[Kind::Bool, Kind::Object(&SPAWN_POINT)]),
        "People arrive near it.",
    ),
    room("spawned_by", Things, Kind::Entity, "What it is a copy of, made by a rule."),
    short(
        known(
            "spawner",
            Things,
            Kind::Either(&[Kind::Bool, Kind::Object(&SPAWNER)]),
            "Monsters of a wave come out of it.",
        ),
        &[Short::Field("kind")],
    ),
    known("spin", Place, vec3(-SIZE_MAX, SIZE_MAX, "radians per second"), "It turns, about its own axes."),
    room("status", People, Kind::Any, "How it goes."),
    known("tag", Game, TAGS, "What games tell it by."),
    room(
        "taken",
        Things,
        Kind::Object(&UNTIL),
        "Somebody has picked it up; it is back when the room's clock says so.",
    ),
    known("target", Things, Kind::Any, "Whom it follows."),
    room("team", People, TAG, "Whom they play with."),
    known("teleportable", Moving, Kind::Mark, "People may point at it to go there."),
    short(known("text", Shape, Kind::Object(&TEXT), "A text to read."), &[Short::Field("value")]),
    known("throwable", Handling, Kind::Mark, "It flies on when let go of."),
    short(
        known(
            "triggerable",
            Handling,
            Kind::Either(&[Kind::Bool, Kind::Object(&TRIGGERABLE)]),
            "It does something when used.",
        ),
        &[Short::Field("type"), Short::True],
    ),
    known("ttl", Things, number(1.0, TTL_MS_MAX as f64, "ms"), "How long it lives."),
    known("two_hand_scalable", Handling, Kind::Mark, "Two hands make it larger and smaller."),
    known("velocity", Things, VELOCITY, "How fast it flies."),
    known("visibility", Shape, number(0.0, 1.0, ""), "0 is unseen."),
    short(
        known(
            "voice_zone",
            Media,
            Kind::Object(&VOICE_ZONE),
            "Around it voices carry otherwise: a `private` table hears itself alone, a `stage` is heard in the whole room.",
        ),
        &[Short::Field("kind")],
    ),
    known("wall", Moving, Kind::Mark, "People do not walk through it."),
    room("wave_of", Things, Kind::Entity, "Of which waves it is."),
    short(
        known(
            "waves",
            Game,
            Kind::Either(&[Kind::Bool, Kind::Object(&WAVES)]),
            "Monsters come in waves out of the spawners of its group, once a rule says so.",
        ),
        &[Short::True],
    ),
    room(
        "waves_state",
        Game,
        Kind::Any,
        "Which wave it is, of how many, and how many of it are still to come and alive.",
    ),
    room("weapon", People, Kind::Text { chars_max: 80 }, "Which of their weapons they have in hand."),
    room("weapons", People, Kind::Any, "What they can shoot with, by name."),
    known("whiteboard", Media, Kind::Any, "People draw on it."),
];
