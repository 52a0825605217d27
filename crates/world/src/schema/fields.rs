//! The fields of known components that are objects. Names of OMI and KHR extensions where there are such.

use super::kind::{Field, Kind, Object};
use crate::mesh::{POINTS_MAX, TRIANGLES_MAX};
use thexr_wire::limits::{COORDINATE_MAX_M, TEXT_CHARS_MAX, TITLE_CHARS_MAX};

/// Largest size or scale of a thing, metres or factor.
pub const SIZE_MAX: f64 = 10_000.0;
/// The shapes a `shape` may be.
pub const SHAPES: [&str; 7] = ["box", "sphere", "cylinder", "cone", "capsule", "plane", "ground"];
/// The lights a `light` may be.
pub const LIGHTS: [&str; 4] = ["point", "spot", "directional", "hemispheric"];
/// The skies a `sky` may name.
pub const SKIES: [&str; 5] = ["day", "dusk", "night", "studio", "overcast"];
/// The surfaces a `material` may name.
pub const MATERIALS: [&str; 7] = ["matte", "satin", "glossy", "metal", "glass", "glow", "grid"];
/// What a `voice_zone` may be.
pub const VOICE_ZONES: [&str; 2] = ["private", "stage"];
/// The shapes a person's head may have.
pub const AVATAR_HEADS: [&str; 3] = ["round", "tall", "wide"];
/// What may be on a person's head: hair and hats.
pub const AVATAR_TOPS: [&str; 6] = ["none", "short", "bun", "curls", "cap", "beanie"];
/// What may be before a person's eyes.
pub const AVATAR_FACES: [&str; 3] = ["none", "round_glasses", "square_glasses"];
/// Longest single run of a timed motion, milliseconds (30 days).
const RUN_MS_MAX: f64 = 30.0 * 24.0 * 3_600_000.0;

pub(super) const TITLE: Kind = Kind::Text { chars_max: TITLE_CHARS_MAX };
pub(super) const LONG_TEXT: Kind = Kind::Text { chars_max: TEXT_CHARS_MAX };
pub(super) const POINT: Kind = vec3(-COORDINATE_MAX_M, COORDINATE_MAX_M, "m");
pub(super) const FACTORS: Kind = vec3(-SIZE_MAX, SIZE_MAX, "");
pub(super) const VELOCITY: Kind = vec3(-SIZE_MAX, SIZE_MAX, "m/s");
pub(super) const SIZE: Kind = number(-SIZE_MAX, SIZE_MAX, "m");
const RADIUS: Kind = number(0.001, SIZE_MAX, "m");
const TEAM: Kind = Kind::Text { chars_max: 64 };
/// A part of a shape's maker: what its kind does not name, kept for those who know it.
const PARAMETER: Kind = Kind::Either(&[SIZE, Kind::Bool, Kind::Text { chars_max: 64 }]);

pub(super) const fn number(min: f64, max: f64, unit: &'static str) -> Kind {
    Kind::Number { min, max, unit }
}

pub(super) const fn vec3(min: f64, max: f64, unit: &'static str) -> Kind {
    Kind::Vec3 { min, max, unit }
}

const fn field(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: false, default: "" }
}

const fn required(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: true, default: "" }
}

const fn with(name: &'static str, kind: Kind, default: &'static str) -> Field {
    Field { name, kind, required: false, default }
}

/// An object of these fields and any others.
const fn open(fields: &'static [Field]) -> Object {
    Object { fields, others: Kind::Any }
}

pub(super) const SHAPE: Object = Object {
    fields: &[
        required("kind", Kind::Word(&SHAPES)),
        field("size", SIZE),
        field("width", SIZE),
        field("height", SIZE),
        field("depth", SIZE),
        field("diameter", SIZE),
        field("diameterX", SIZE),
        field("diameterY", SIZE),
        field("diameterZ", SIZE),
        field("diameterTop", SIZE),
        field("diameterBottom", SIZE),
        field("radius", SIZE),
    ],
    others: PARAMETER,
};

pub(super) const MODEL: Object = open(&[required("url", Kind::Link), field("animation", TITLE)]);

pub(super) const TEXT: Object =
    open(&[required("value", LONG_TEXT), with("size", number(0.001, 1_000.0, "m per line"), "0.3")]);

pub(super) const LIGHT: Object = open(&[
    required("kind", Kind::Word(&LIGHTS)),
    with("intensity", number(0.0, 1_000.0, ""), "1"),
    with("color", Kind::Color, "\"#FFFFFF\""),
    with("range", number(0.0, SIZE_MAX, "m"), "12"),
    with("angle", number(0.0, 6.3, "radians"), "1"),
]);

pub(super) const MATERIAL: Object = open(&[
    with("grid", Kind::Bool, "false"),
    with("glow", number(0.0, 1.0, ""), "0"),
    with("roughness", number(0.0, 1.0, ""), "1"),
    with("metal", Kind::Bool, "false"),
]);

pub(super) const SKY: Object = open(&[
    with("preset", Kind::Word(&SKIES), "\"day\""),
    field("top", Kind::Color),
    field("horizon", Kind::Color),
    field("ground", Kind::Color),
    field("haze", number(0.0, SIZE_MAX, "m")),
    with("light", number(0.0, 2.0, ""), "1"),
    with("turn", number(-6.3, 6.3, "radians"), "0"),
    with("plain", Kind::Bool, "true"),
]);

pub(super) const PARENT: Object =
    open(&[required("entity", Kind::Entity), field("node", Kind::Text { chars_max: 64 })]);

/// A place within something else; what is missing is that thing's own.
const PLACED: Kind = Kind::Object(&open(&[
    field("position", POINT),
    field("rotation", Kind::Rotation),
    field("scale", FACTORS),
]));

pub(super) const ANIMATE: Object = open(&[
    field("from", PLACED),
    required("to", PLACED),
    field("start_ms", number(-super::kind::NUMBER_MAX, super::kind::NUMBER_MAX, "ms of the room's clock")),
    required("duration_ms", number(0.0, RUN_MS_MAX, "ms")),
    with("ease", Kind::Word(&["linear", "smooth"]), "\"linear\""),
    with("repeat", Kind::Word(&["once", "loop", "swing"]), "\"once\""),
]);

pub(super) const AVATAR: Object = open(&[
    field("model", LONG_TEXT),
    field("color", Kind::Color),
    with("head", Kind::Word(&AVATAR_HEADS), "\"round\""),
    with("top", Kind::Word(&AVATAR_TOPS), "\"none\""),
    with("face", Kind::Word(&AVATAR_FACES), "\"none\""),
    field("hair", Kind::Color),
]);

pub(super) const POSE: Object =
    open(&[field("head", Kind::Place), field("left", Kind::Place), field("right", Kind::Place)]);

pub(super) const HOLDABLE: Object = open(&[
    field(
        "offset",
        Kind::Object(&open(&[
            with("position", POINT, "[0,0,0]"),
            with("rotation", Kind::Rotation, "[0,0,0,1]"),
        ])),
    ),
    with("policy", Kind::Word(&["deny", "ask", "allow", "steal"]), "\"allow\""),
]);

pub(super) const HOLDING: Object = open(&[field("left", Kind::Entity), field("right", Kind::Entity)]);

pub(super) const SOCKET: Object = open(&[
    field("accepts", TEAM),
    field(
        "offset",
        Kind::Object(&open(&[
            with("position", POINT, "[0,0,0]"),
            with("rotation", Kind::Rotation, "[0,0,0,1]"),
        ])),
    ),
]);

pub(super) const TRIGGERABLE: Object =
    open(&[with("type", Kind::Word(&["discrete", "continuous"]), "\"discrete\"")]);

pub(super) const BODY: Object = open(&[
    with("motion", Kind::Word(&["static", "kinematic", "dynamic"]), "\"dynamic\""),
    with("mass", number(0.001, 1e6, "kg"), "1"),
    with("friction", number(0.0, 10.0, ""), "0.5"),
    with("restitution", number(0.0, 1.0, ""), "0"),
    with("gravityFactor", number(-10.0, 10.0, ""), "1"),
]);

pub(super) const COLLIDER: Object = open(&[
    field("shape", Kind::Word(&["box", "sphere", "capsule", "cylinder", "convex", "trimesh"])),
    field("size", vec3(0.001, SIZE_MAX, "m")),
    field("radius", RADIUS),
    field("height", RADIUS),
    field("offset", POINT),
    field("points", Kind::List { of: &POINT, max: POINTS_MAX }),
    field("triangles", Kind::List { of: &vec3(0.0, POINTS_MAX as f64 - 1.0, ""), max: TRIANGLES_MAX }),
]);

pub(super) const HELD_BY: Object =
    open(&[field("user", Kind::Text { chars_max: 64 }), field("hand", Kind::Word(&["left", "right"]))]);

pub(super) const HINGE: Object = open(&[
    with("axis", vec3(-1.0, 1.0, ""), "[0,1,0]"),
    with("at", POINT, "[0,0,0]"),
    field("least", number(-6.3, 6.3, "radians")),
    field("most", number(-6.3, 6.3, "radians")),
    field("zero", Kind::Rotation),
]);

pub(super) const FLIGHT: Object = open(&[
    field("velocity", vec3(-SIZE_MAX, SIZE_MAX, "m/s")),
    field("spin", vec3(-SIZE_MAX, SIZE_MAX, "rad/s")),
]);

pub(super) const SPAWN_POINT: Object =
    open(&[field("title", TITLE), field("team", TEAM), field("group", TEAM)]);

pub(super) const PORTAL: Object =
    open(&[field("uri", Kind::Link), field("room", TITLE), field("title", TITLE)]);

pub(super) const SEAT: Object = open(&[
    with("back", POINT, "[0,0,0]"),
    with("foot", POINT, "[0,0,0]"),
    with("knee", POINT, "[0,0,0]"),
    with("angle", number(0.0, 6.3, "radians"), "1.5707964"),
]);

pub(super) const LIFT: Object = open(&[
    with("height", number(-SIZE_MAX, SIZE_MAX, "m"), "3"),
    with("speed", number(0.05, 100.0, "m/s"), "1.5"),
]);

pub(super) const DOOR: Object = open(&[
    with("state", Kind::Word(&["open", "closed"]), "\"closed\""),
    field("key", TITLE),
    field("slide", vec3(-SIZE_MAX, SIZE_MAX, "m")),
    field("swing", number(-6.3, 6.3, "radians")),
    with("duration_ms", number(0.0, 60_000.0, "ms"), "2000"),
]);

pub(super) const GAME: Object = open(&[
    with("health", number(1.0, 1e6, ""), "100"),
    with("respawn_ms", number(0.0, 600_000.0, "ms"), "15000"),
    with("friendly_fire", Kind::Bool, "false"),
    with("ready", Kind::Bool, "false"),
    with("reset_ms", number(0.0, 600_000.0, "ms"), "20000"),
    with("checked", Kind::Bool, "true"),
    field("ambience", Kind::Word(&AMBIENCES)),
]);
/// What is heard of a place itself while one is there.
pub const AMBIENCES: [&str; 2] = ["hall", "wind"];

/// What a gun shoots with: at once, or with what flies.
pub const GUN_KINDS: [&str; 2] = ["hitscan", "projectile"];
pub(super) const GUN: Object = open(&[
    with("kind", Kind::Word(&GUN_KINDS), "\"hitscan\""),
    with("damage", number(0.0, 1e6, ""), "10"),
    with("rate", number(0.2, 20.0, "shots a second"), "4"),
    with("pellets", number(1.0, 12.0, ""), "1"),
    with("spread", number(0.0, 0.5, "radians"), "0"),
    with("ammo", TITLE, "\"bullets\""),
    with("capacity", number(0.0, 1_000.0, "shots"), "0"),
    with("reload_ms", number(0.0, 10_000.0, "ms"), "1500"),
    with("speed", number(5.0, 120.0, "m/s"), "60"),
    with("range", number(1.0, 100.0, "m"), "60"),
    with("sound", TITLE, "\"shot\""),
]);

pub(super) const UNTIL: Object = open(&[required("until", number(0.0, 9e15, "ms"))]);

pub(super) const COLLECTABLE: Object = open(&[
    field("label", TITLE),
    with("amount", number(-1e9, 1e9, ""), "1"),
    with("item", TITLE, "\"points\""),
    field("respawn_ms", number(0.0, 3_600_000.0, "ms")),
]);

/// The kinds of monsters.
pub const MONSTERS: [&str; 3] = ["walker", "spitter", "brute"];
pub(super) const MONSTER: Object = open(&[
    with("kind", Kind::Word(&MONSTERS), "\"walker\""),
    field("health", number(1.0, 1e6, "")),
    field("speed", number(0.0, 10.0, "m/s")),
    field("damage", number(0.0, 1e6, "")),
    field("sight", number(0.0, 100.0, "m")),
    field("points", number(0.0, 1e6, "")),
]);

pub(super) const SPAWNER: Object =
    open(&[with("kind", Kind::Word(&MONSTERS), "\"walker\""), field("group", TEAM)]);

pub(super) const WAVES: Object = open(&[
    field("group", TEAM),
    with("count", number(1.0, 100.0, "waves"), "3"),
    with("pause_ms", number(0.0, 600_000.0, "ms"), "5000"),
    with("per_player", number(0.0, 100.0, "monsters"), "1"),
]);

/// How far a zone of voices reaches unless it says so, metres.
pub const VOICE_ZONE_RADIUS_M: f32 = 3.0;
pub(super) const VOICE_ZONE: Object =
    open(&[required("kind", Kind::Word(&VOICE_ZONES)), with("radius", number(0.5, 100.0, "m"), "3")]);

/// Who may share onto a `screen`.
const SCREEN_SHARERS: [&str; 3] = ["everyone", "builders", "moderators"];
pub(super) const SCREEN: Object = open(&[with("who", Kind::Word(&SCREEN_SHARERS), "\"everyone\"")]);
