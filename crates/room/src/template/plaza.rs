//! The plaza that greets newcomers: paving in rings, a wall with the sign and a sun behind it, seven lit plinths in an arc, benches,
//! trees in planters, a landmark, toys. Composed for who arrives at the spawn point and looks along +Z, with the sun behind the left shoulder.

use super::Builder;
use serde_json::{Value, json};
use thexr_wire::EntityId;
use thexr_world::transform::from_euler;

const PAVING: &str = "#DCCFBA";
const BAND: &str = "#CFAE8E";
const PLASTER: &str = "#EFE8DC";
const INK: &str = "#1F3D47";
const CLAY: &str = "#C8714E";
const WOOD: &str = "#B98455";
const CHARCOAL: &str = "#2F3540";
const TRUNK: &str = "#8A5C3A";
const LEAVES: [&str; 3] = ["#54793F", "#6F8F45", "#628442"];
const CORAL: &str = "#E4613F";
const AMBER: &str = "#EFB03F";
const INDIGO: &str = "#5257C2";
const TEAL: &str = "#2A8C82";
const ROSE: &str = "#D9688A";
const SKY: &str = "#3F8FCB";
const LEAF: &str = "#5F9A4B";

/// How far a thing sinks into what it rests on, metres.
const SUNK_M: f32 = 0.002;
/// Where people arrive, and which way they look, radians: past the plinths at the sign, which fits into a phone's picture; on wider
/// ones the landmark stands beside it.
const SPAWN: [f32; 2] = [-2.1, -1.3];
const SPAWN_YAW: f32 = 0.13;

/// A round slab of the ground; all reach down to 0, so that none floats where it is larger than what bears it.
struct Slab {
    z: f32,
    diameter: f32,
    top_m: f32,
    color: &'static str,
}

/// From below: the plaza with two dark bands, a finger higher from ring to ring so that no two lie in one plane, and the dais.
const SLABS: [Slab; 7] = [
    Slab { z: 6.0, diameter: 27.0, top_m: 0.15, color: PAVING },
    Slab { z: 6.0, diameter: 21.0, top_m: 0.16, color: BAND },
    Slab { z: 6.0, diameter: 18.0, top_m: 0.17, color: PAVING },
    Slab { z: 6.0, diameter: 9.0, top_m: 0.18, color: BAND },
    Slab { z: 6.0, diameter: 6.0, top_m: 0.19, color: PAVING },
    Slab { z: 15.0, diameter: 11.8, top_m: 0.32, color: "#DCCFB9" },
    Slab { z: 15.3, diameter: 10.2, top_m: 0.47, color: "#E2D6C2" },
];

/// Height of the ground, metres.
fn ground_m([x, z]: [f32; 2]) -> f32 {
    let bears = |slab: &&Slab| libm::hypotf(x, z - slab.z) <= slab.diameter / 2.0;
    SLABS.iter().filter(bears).map(|slab| slab.top_m).fold(0.0, f32::max)
}

pub(super) fn furnish(builder: &mut Builder) {
    paving(builder);
    wall(builder);
    plinths(builder);
    landmark(builder);
    for (at, turn) in [([-4.1, 5.0], -0.42), ([5.7, 5.2], 0.55), ([-7.9, 5.4], -1.25)] {
        bench(builder, at, turn);
    }
    for (at, height_m) in [([-7.1, 11.7], 4.7), ([-9.2, 14.2], 4.0), ([8.7, 7.0], 4.4)] {
        cypress(builder, at, height_m);
    }
    for (at, size) in [([7.9, 12.3], 1.0), ([10.3, 11.2], 1.12), ([-6.6, 0.7], 1.1)] {
        round_tree(builder, at, size);
    }
    toys(builder, [2.6, 7.0]);
    depth(builder);
}

/// Where people arrive.
pub(super) fn spawn_point(builder: &mut Builder) {
    let [x, z] = SPAWN;
    builder.add(json!({"name": "Spawn point", "spawn_point": {}, "position": [x, ground_m(SPAWN), z],
        "rotation": from_euler([0.0, SPAWN_YAW, 0.0])}));
}

fn cuboid([width, height, depth]: [f32; 3]) -> Value {
    json!({"kind": "box", "width": width, "height": height, "depth": depth})
}

fn tube(diameter: f32, height: f32) -> Value {
    json!({"kind": "cylinder", "diameter": diameter, "height": height})
}

fn ball(diameter: f32) -> Value {
    json!({"kind": "sphere", "diameter": diameter})
}

fn paving(builder: &mut Builder) {
    for slab in &SLABS {
        builder.add(json!({"name": "Paving", "shape": tube(slab.diameter, slab.top_m), "color": slab.color,
            "position": [0, slab.top_m / 2.0, slab.z], "floor": true, "teleportable": true}));
    }
}

/// The wall with the sign: the one large dark thing, before which people and letters stand out.
fn wall(builder: &mut Builder) {
    const TOP_M: f32 = 4.95;
    const FACE_Z: f32 = 16.35;
    let mut upright = |name: &str, color: &str, [x, z]: [f32; 2], [width, height, depth]: [f32; 3]| {
        builder
            .add(json!({"name": name, "shape": cuboid([width, height, depth]), "color": color, "wall": true,
            "position": [x, height / 2.0, z]}));
    };
    upright("Wall", INK, [0.0, FACE_Z + 0.25], [10.6, TOP_M, 0.5]);
    upright("Slab", CLAY, [-5.9, FACE_Z + 0.2], [1.1, 3.45, 0.7]);
    upright("Slab", TEAL, [6.1, FACE_Z + 0.3], [1.5, 6.05, 0.9]);
    let ground = ground_m([0.0, 15.9]);
    builder.add(json!({"name": "Ledge", "shape": cuboid([8.6, 0.28, 0.5]), "color": PLASTER, "wall": true,
        "position": [0, ground + 0.14, FACE_Z - 0.3]}));
    builder.add(
        json!({"name": "Sun", "shape": tube(4.6, 0.3), "color": AMBER, "position": [-3.0, 4.6, FACE_Z + 0.72],
        "rotation": from_euler([std::f32::consts::FRAC_PI_2, 0.0, 0.0])}),
    );
    builder.sign("Welcome to Thexr", [0.0, 3.85, FACE_Z - 0.03], 1.06);
    builder.sign("Walk around, pick things up, say hello", [0.0, 2.86, FACE_Z - 0.03], 0.45);
}

/// Every shape on show, each on a plinth with a light ring under its rim; they go where their plinth goes.
fn plinths(builder: &mut Builder) {
    const RADIUS_M: f32 = 8.4;
    const APART_RAD: f32 = 0.34;
    const WIDE_M: f32 = 1.15;
    let shown = [
        ("Box", cuboid([0.72, 0.72, 0.72]), CORAL, 0.36),
        ("Ball", ball(0.82), AMBER, 0.41),
        ("Cylinder", tube(0.6, 0.86), INDIGO, 0.43),
        ("Cone", json!({"kind": "cone", "diameter": 0.8, "height": 0.92}), TEAL, 0.46),
        ("Capsule", json!({"kind": "capsule", "radius": 0.28, "height": 1.0}), ROSE, 0.5),
        ("Plane", json!({"kind": "plane", "width": 0.8, "height": 0.8}), SKY, 0.4),
        ("Ground", json!({"kind": "ground", "width": 0.72, "height": 0.72}), LEAF, 0.06),
    ];
    for (n, (name, shape, color, up_m)) in shown.into_iter().enumerate() {
        let angle = (n as f32 - 3.0) * APART_RAD;
        let [x, z] = [libm::sinf(angle) * RADIUS_M, 4.2 + libm::cosf(angle) * RADIUS_M];
        let height = if n == 3 { 0.55 } else { 0.75 };
        let plinth = builder
            .add(json!({"name": "Plinth", "shape": tube(WIDE_M, height), "color": PLASTER, "wall": true,
            "position": [x, ground_m([x, z]) + height / 2.0, z], "rotation": from_euler([0.0, angle, 0.0])}));
        builder.part(
            &plinth,
            json!({"name": "Light ring", "shape": tube(WIDE_M + 0.03, 0.045), "color": "#FFD08A",
            "material": {"glow": 0.6}, "collider": false, "position": [0, height / 2.0 - 0.11, 0]}),
        );
        builder.part(
            &plinth,
            json!({"name": name, "shape": shape, "color": color, "position": [0, height / 2.0 + up_m, 0]}),
        );
    }
}

/// Two fins and a ball between them, seen from everywhere; between it and the wall there is sky.
fn landmark(builder: &mut Builder) {
    const BALL_M: f32 = 2.2;
    const FIN_M: [f32; 2] = [0.7, 2.6];
    let [x, z] = [12.2, 21.6];
    for (side, height) in [(-1.0, 11.5), (1.0, 9.6)] {
        let aside = side * (BALL_M + FIN_M[0] + 0.04) / 2.0;
        builder.add(json!({"name": "Fin", "shape": cuboid([FIN_M[0], height, FIN_M[1]]), "color": PLASTER, "wall": true,
            "position": [x + aside, height / 2.0, z]}));
    }
    builder.add(json!({"name": "Lantern", "shape": ball(BALL_M), "color": CORAL, "position": [x, 7.7, z]}));
}

/// A seat for two: each half is one.
fn bench(builder: &mut Builder, [x, z]: [f32; 2], turn: f32) {
    let beam = builder.add(json!({"name": "Bench", "shape": cuboid([1.7, 0.07, 0.24]), "color": CHARCOAL,
        "position": [x, ground_m([x, z]) + 0.365, z], "rotation": from_euler([0.0, turn, 0.0])}));
    for side in [-1.0, 1.0] {
        builder.part(
            &beam,
            json!({"name": "Bench foot", "shape": cuboid([0.16, 0.33, 0.44]), "color": CHARCOAL,
            "position": [side * 0.66, -0.2, 0]}),
        );
        builder.part(
            &beam,
            json!({"name": "Bench seat", "shape": cuboid([0.93, 0.06, 0.5]), "color": WOOD, "seat": {},
            "position": [side * 0.47, 0.065, 0]}),
        );
    }
}

/// A round tub of earth; what grows in it goes where it goes.
fn planter(builder: &mut Builder, [x, z]: [f32; 2]) -> EntityId {
    const HEIGHT_M: f32 = 0.6;
    let tub = builder
        .add(json!({"name": "Planter", "shape": tube(1.6, HEIGHT_M), "color": PLASTER, "wall": true,
        "position": [x, ground_m([x, z]) + HEIGHT_M / 2.0, z]}));
    builder.part(
        &tub,
        json!({"name": "Grass", "shape": tube(1.4, 0.06), "color": LEAF, "collider": false,
        "position": [0, HEIGHT_M / 2.0 + 0.02, 0]}),
    );
    tub
}

fn cypress(builder: &mut Builder, at: [f32; 2], height_m: f32) {
    const STEM_M: f32 = 0.3;
    const ACROSS_M: f32 = 1.5;
    let tub = planter(builder, at);
    let leaves_m = height_m - STEM_M;
    builder.part(
        &tub,
        json!({"name": "Trunk", "shape": tube(0.22, STEM_M + 0.3), "color": TRUNK, "position": [0, 0.3 + STEM_M / 2.0, 0]}),
    );
    builder.part(
        &tub,
        json!({"name": "Leaves", "color": LEAVES[0], "collider": false,
        "position": [0, 0.3 + STEM_M + leaves_m / 2.0, 0],
        "shape": {"kind": "sphere", "diameterX": ACROSS_M, "diameterY": leaves_m, "diameterZ": ACROSS_M}}),
    );
}

fn round_tree(builder: &mut Builder, at: [f32; 2], size: f32) {
    let tub = planter(builder, at);
    builder.part(
        &tub,
        json!({"name": "Trunk", "shape": tube(0.2, 1.9 * size), "color": TRUNK, "position": [0, 0.3 + 0.85 * size, 0]}),
    );
    for (n, ([x, y, z], across)) in
        [([0.0, 2.5, 0.1], 1.8), ([-0.6, 2.05, -0.2], 1.2), ([0.55, 2.1, -0.25], 1.3)].into_iter().enumerate()
    {
        builder.part(
            &tub,
            json!({"name": "Leaves", "shape": ball(across * size), "color": LEAVES[(n + 1) % 3], "collider": false,
            "position": [x * size, y * size, z * size]}),
        );
    }
}

/// A few things to take and throw, lying as they rest.
fn toys(builder: &mut Builder, [x, z]: [f32; 2]) {
    let ground = ground_m([x, z]);
    let body = |mass: f32| json!({"motion": "dynamic", "mass": mass});
    let boxes = [
        ("Amber box", AMBER, [0.0, 0.0, 0.0], 0.5, 0.3),
        ("Blue box", SKY, [0.02, 0.5 - SUNK_M, 0.02], 0.4, 0.75),
        ("Red box", CORAL, [0.75, 0.0, -0.2], 0.42, -0.35),
    ];
    for (name, color, [aside, up, ahead], edge, turn) in boxes {
        builder.add(json!({"name": name, "shape": {"kind": "box", "size": edge}, "color": color, "holdable": {}, "body": body(1.5),
            "position": [x + aside, ground + up + edge / 2.0 - SUNK_M, z + ahead], "rotation": from_euler([0.0, turn, 0.0])}));
    }
    let balls = [("Ball", INDIGO, [1.25, 0.35], 0.4), ("Small ball", ROSE, [-0.75, -0.5], 0.26)];
    for (name, color, [aside, ahead], across) in balls {
        builder.add(
            json!({"name": name, "shape": ball(across), "color": color, "material": "satin", "holdable": {},
            "position": [x + aside, ground + across / 2.0 - SUNK_M, z + ahead],
            "body": {"motion": "dynamic", "mass": 0.6, "restitution": 0.7}}),
        );
    }
}

/// Quiet blocks farther out: the plaza is a part of a place.
fn depth(builder: &mut Builder) {
    let blocks = [
        (PLASTER, [-17.5, 24.0], [3.2, 2.2, 2.4]),
        (CLAY, [-22.0, 19.0], [2.4, 1.4, 2.4]),
        (PLASTER, [22.0, 22.0], [2.2, 2.6, 2.2]),
        (CLAY, [22.5, 15.6], [2.6, 1.7, 2.2]),
        (PLASTER, [8.0, 31.0], [3.4, 3.0, 2.6]),
        (PLASTER, [-24.0, 6.5], [2.4, 1.9, 3.0]),
    ];
    for (color, [x, z], [width, height, depth]) in blocks {
        builder.add(
            json!({"name": "Block", "shape": cuboid([width, height, depth]), "color": color, "wall": true,
            "position": [x, height / 2.0, z]}),
        );
    }
}
