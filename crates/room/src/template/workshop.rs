//! The workshop: chairs round a table, things to stack, to throw and to swing on, a door, a lift. What hangs together is made in
//! one place, and lies from the beginning as it will rest.

use super::Builder;
use serde_json::{Value, json};

/// How far a thing sinks into what it rests on, metres.
const SUNK_M: f32 = 0.002;
const WOOD: &str = "#C89B6C";
const DARK: &str = "#8A6242";
const STEEL: &str = "#AEB9C6";
const PAINTS: [&str; 6] = ["#E76F51", "#F4A261", "#E9C46A", "#2A9D8F", "#5FA8D3", "#7678ED"];

pub(super) fn furnish(builder: &mut Builder) {
    table_with_chairs(builder, [0.0, 1.0]);
    pyramid(builder, [-4.0, 2.0]);
    balls(builder, [3.4, 0.6]);
    range(builder, [0.0, 9.0]);
    see_saw(builder, [4.5, 5.0]);
    door(builder, [-5.0, 6.0]);
    lift(builder, [7.5, 1.0]);
    builder.sign("Workshop", [0.0, 3.6, 9.2], 0.7);
    builder.sign("Take it, stack it, throw it, sit down", [0.0, 2.95, 9.2], 0.26);
}

fn cuboid([width, height, depth]: [f32; 3]) -> Value {
    json!({"kind": "box", "width": width, "height": height, "depth": depth})
}

fn body(mass: f32) -> Value {
    json!({"motion": "dynamic", "mass": mass})
}

fn table_with_chairs(builder: &mut Builder, [x, z]: [f32; 2]) {
    const TOP_M: f32 = 0.76;
    let top = cuboid([1.8, 0.06, 1.0]);
    builder.add(json!({"name": "Table", "shape": top, "color": WOOD, "position": [x, TOP_M - 0.03, z]}));
    for (side, end) in [(-0.8, -0.4), (0.8, -0.4), (-0.8, 0.4), (0.8, 0.4)] {
        builder.add(json!({"name": "Table leg", "shape": cuboid([0.07, TOP_M - 0.06, 0.07]), "color": DARK,
            "position": [x + side, (TOP_M - 0.06) / 2.0, z + end]}));
    }
    for (n, paint) in PAINTS.iter().enumerate() {
        let (column, row) = ((n % 3) as f32, (n / 3) as f32);
        builder.add(
            json!({"name": format!("Brick {}", n + 1), "shape": cuboid([0.24, 0.12, 0.12]), "color": paint,
            "position": [x - 0.3 + 0.3 * column, TOP_M + 0.06 - SUNK_M, z - 0.15 + 0.3 * row],
            "holdable": {}, "body": body(1.0)}),
        );
    }
    for (n, [aside, ahead]) in
        [[-0.5, -0.95], [0.5, -0.95], [-0.5, 0.95], [0.5, 0.95]].into_iter().enumerate()
    {
        let outward = if ahead < 0.0 { -1.0 } else { 1.0 };
        let turn = if ahead < 0.0 { [0.0, 0.0, 0.0, 1.0] } else { [0.0, 1.0, 0.0, 0.0] };
        let (cx, cz) = (x + aside, z + ahead);
        builder.add(json!({"name": format!("Chair {}", n + 1), "shape": cuboid([0.44, 0.46, 0.44]), "color": PAINTS[n],
            "position": [cx, 0.23, cz], "rotation": turn, "seat": {}}));
        builder.add(json!({"name": "Chair back", "shape": cuboid([0.44, 0.5, 0.06]), "color": PAINTS[n],
            "position": [cx, 0.71, cz + outward * 0.19]}));
    }
}

fn pyramid(builder: &mut Builder, [x, z]: [f32; 2]) {
    const SIDE_M: f32 = 0.4;
    let mut number = 0;
    for row in 0..4u8 {
        for column in 0..4 - row {
            number += 1;
            let height = SIDE_M / 2.0 + f32::from(row) * (SIDE_M - SUNK_M) - SUNK_M;
            let aside = (f32::from(column) - f32::from(3 - row) / 2.0) * (SIDE_M + 0.03);
            builder.add(json!({"name": format!("Crate {number}"), "shape": {"kind": "box", "size": SIDE_M},
                "color": PAINTS[usize::from(row + column) % PAINTS.len()], "position": [x + aside, height, z],
                "holdable": {}, "body": body(2.0)}));
        }
    }
}

fn balls(builder: &mut Builder, [x, z]: [f32; 2]) {
    const RADIUS_M: f32 = 0.13;
    const STAND_M: f32 = 0.9;
    for (n, (paint, tag)) in
        [("#E76F51", "red"), ("#E9C46A", "yellow"), ("#2A9D8F", "green")].iter().enumerate()
    {
        let ahead = n as f32 * 0.4;
        // A stand that takes the ball of its colour.
        let [stand_x, stand_z] = [x - 0.1 + 0.5 * n as f32, z + 2.1];
        builder.add(json!({"name": format!("Stand {}", n + 1), "color": DARK, "position": [stand_x, STAND_M / 2.0, stand_z],
            "shape": {"kind": "cylinder", "height": STAND_M, "diameter": 0.16},
            "socket": {"accepts": tag, "offset": {"position": [0.0, STAND_M / 2.0 + RADIUS_M - 0.02, 0.0]}}}));
        builder.add(
            json!({"name": "Stand's ring", "color": paint, "position": [stand_x, STAND_M - 0.02, stand_z],
            "shape": {"kind": "cylinder", "height": 0.06, "diameter": 0.24}, "collider": false}),
        );
        builder.add(
            json!({"name": format!("Ball {}", n + 1), "shape": {"kind": "sphere", "diameter": 2.0 * RADIUS_M},
            "color": paint, "position": [x, RADIUS_M - SUNK_M, z + ahead], "holdable": {}, "tag": tag,
            "body": {"motion": "dynamic", "mass": 0.6, "restitution": 0.75}}),
        );
    }
    builder.add(json!({"name": "Ball that two hands make larger", "shape": {"kind": "sphere", "diameter": 0.5},
        "color": "#7678ED", "position": [x + 0.8, 0.25 - SUNK_M, z], "holdable": {}, "two_hand_scalable": true,
        "body": {"motion": "dynamic", "mass": 1.0, "restitution": 0.6}}));
}

fn range(builder: &mut Builder, [x, z]: [f32; 2]) {
    const SHELF_M: f32 = 1.0;
    builder.add(json!({"name": "Wall", "shape": cuboid([6.0, 4.2, 0.2]), "color": "#1F3D47",
        "position": [x, 2.1, z + 0.4], "wall": true}));
    // Lying on the wall: round things stand along y.
    let facing = [std::f32::consts::FRAC_1_SQRT_2, 0.0, 0.0, std::f32::consts::FRAC_1_SQRT_2];
    for (n, (diameter, paint)) in
        [(1.2, "#F4F6FA"), (0.85, "#E76F51"), (0.5, "#F4F6FA"), (0.2, "#E76F51")].iter().enumerate()
    {
        builder.add(json!({"name": "Target", "shape": {"kind": "cylinder", "height": 0.04, "diameter": diameter},
            "color": paint, "position": [x, 2.0, z + 0.29 - 0.01 * n as f32], "rotation": facing, "collider": false}));
    }
    builder.add(json!({"name": "Shelf", "shape": cuboid([3.0, SHELF_M, 0.4]), "color": WOOD,
        "position": [x, SHELF_M / 2.0, z - 0.6]}));
    for n in 0..7u8 {
        builder.add(json!({"name": format!("Can {}", n + 1), "shape": {"kind": "cylinder", "height": 0.24, "diameter": 0.16},
            "color": if n % 2 == 0 { STEEL } else { "#5FA8D3" },
            "position": [x - 1.2 + 0.4 * f32::from(n), SHELF_M + 0.12 - SUNK_M, z - 0.6], "holdable": {}, "body": body(0.3)}));
    }
}

fn see_saw(builder: &mut Builder, [x, z]: [f32; 2]) {
    builder.add(json!({"name": "See-saw's foot", "shape": {"kind": "cylinder", "height": 1.0, "diameter": 0.44},
        "color": DARK, "position": [x, 0.1, z], "rotation": [0.707_106_77, 0.0, 0.0, 0.707_106_77], "collider": false}));
    builder.add(json!({"name": "See-saw", "shape": cuboid([3.2, 0.08, 0.5]), "color": PAINTS[1],
        "position": [x, 0.42, z], "body": body(12.0),
        "hinge": {"axis": [0.0, 0.0, 1.0], "at": [0.0, 0.0, 0.0], "least": -0.22, "most": 0.22}}));
}

fn door(builder: &mut Builder, [x, z]: [f32; 2]) {
    for aside in [-0.62, 0.62] {
        builder.add(json!({"name": "Door post", "shape": cuboid([0.16, 2.3, 0.2]), "color": DARK,
            "position": [x + aside, 1.15, z], "wall": true}));
    }
    builder.add(json!({"name": "Lintel", "shape": cuboid([1.4, 0.16, 0.2]), "color": DARK, "position": [x, 2.38, z], "wall": true}));
    builder.add(json!({"name": "Door", "shape": cuboid([1.0, 2.1, 0.06]), "color": PAINTS[4],
        "position": [x, 1.1, z], "body": body(8.0),
        "hinge": {"axis": [0.0, 1.0, 0.0], "at": [-0.52, 0.0, 0.0], "least": -1.9, "most": 1.9}}));
}

fn lift(builder: &mut Builder, [x, z]: [f32; 2]) {
    const UP_M: f32 = 2.6;
    builder.add(json!({"name": "Lift", "shape": cuboid([2.0, 0.12, 2.0]), "color": STEEL, "position": [x, 0.06, z],
        "animate": {"to": {"position": [x, UP_M, z]}, "start_ms": 0, "duration_ms": 7000, "ease": "smooth", "repeat": "swing"}}));
    builder.add(json!({"name": "Landing", "shape": cuboid([2.4, 0.16, 3.0]), "color": WOOD,
        "position": [x, UP_M - 0.02, z + 2.55], "wall": true}));
    for (aside, ahead) in [(-1.1, 1.2), (1.1, 1.2), (-1.1, 3.9), (1.1, 3.9)] {
        builder.add(json!({"name": "Landing post", "shape": cuboid([0.14, UP_M - 0.1, 0.14]), "color": DARK,
            "position": [x + aside, (UP_M - 0.1) / 2.0, z + ahead]}));
    }
}
