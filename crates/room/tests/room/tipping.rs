//! People weigh on what tips under them.

use crate::stage::Stage;
use serde_json::json;
use thexr_room::Claiming;
use thexr_room::template::Template;
use thexr_wire::bodies::Rounded;
use thexr_wire::claims::{Claim, Claims};
use thexr_wire::pose::Pose;
use thexr_wire::{EntityId, PeerId};

/// How far the plank is turned, radians, left down; as the room has it now.
fn turned(stage: &Stage, plank: &EntityId) -> f32 {
    2.0 * libm::asinf(stage.room.place_of(plank).unwrap()[5])
}

/// The same once it rests, with people on it who go up and down with it, each at an x.
fn turned_under(stage: &mut Stage, plank: &EntityId, people: &[(PeerId, f32)]) -> f32 {
    for tick in 0..400 {
        for (peer, x) in people {
            let floor = 0.46 + x * libm::sinf(turned(stage, plank));
            stage.stand(*peer, Pose::standing([*x, floor + 1.8, 5.0]));
        }
        stage.tick();
        if tick > 20 && stage.motion.bodies.is_empty() && stage.quiet {
            return turned(stage, plank);
        }
    }
    panic!("it never rests");
}

// Rule 4.17
#[test]
fn whoever_simulates_what_they_touch_lifts_a_lid_as_others_do_and_pushes_nothing_else_in_the_room() {
    for simulates in [false, true] {
        let mut stage = Stage::new(Template::Empty);
        let ada = stage.enter_thexr("ada");
        // A lid of a chest, on a line along x at its far side, and a box beside it.
        let hinge = json!({"axis": [1, 0, 0], "at": [0, 0, 0.4], "least": -1.5, "most": 1.5});
        let shape = json!({"kind": "box", "width": 1.0, "height": 0.05, "depth": 0.8});
        let lid = json!({"shape": shape, "position": [0, 1, 1], "hinge": hinge, "body": {"mass": 2, "gravityFactor": 0}});
        let lid = stage.create(ada, lid);
        let cube = json!({"shape": {"kind": "box", "size": 0.3}, "position": [1.2, 0.15, 0.75], "body": {"mass": 1}});
        let cube = stage.create(ada, cube);
        stage.stand(ada, Pose::standing([0.0, 1.7, -0.4]));
        stage.ticks(30);
        let before = stage.room.place_of(&cube).unwrap();
        for step in 0..30u8 {
            let hand = |x: f32, y: f32| Some([x, y, 0.75, 0.0, 0.0, 0.0, 1.0]);
            let up = f32::from(step) * 0.02;
            let (left, right) = (hand(0.0, 0.8 + up), hand(1.5 - up, 0.15));
            stage.stand(ada, Pose { left, right, ..Pose::standing([0.0, 1.7, -0.4]) });
            if simulates {
                let now = stage.room.now();
                let claims = Some(Claims::default());
                let sample_ms = (now.tick * 50) as u32;
                stage.room.claim(
                    ada,
                    Claiming { heard_tick: now.tick as u32, overtaken_tick: None, sample_ms, claims },
                );
            }
            stage.tick();
        }
        let turned = stage.room.place_of(&lid).unwrap()[3].abs();
        assert!(turned > 0.1, "lifted ({simulates}): {turned}");
        let pushed = stage.room.place_of(&cube).unwrap()[0] < before[0] - 0.05;
        assert_eq!(pushed, !simulates, "what one simulates oneself the room does not push in one's name");
    }
}

// Rule 3.12
#[test]
fn a_see_saw_goes_down_where_people_stand_and_is_nobodys_to_claim() {
    let mut stage = Stage::new(Template::Empty);
    let [ada, bob] = ["ada", "bob"].map(|name| stage.enter_thexr(name));
    stage.stand(bob, Pose::standing([-8.0, 1.8, 5.0]));
    let hinge = json!({"axis": [0, 0, 1], "least": -0.2, "most": 0.2});
    let shape = json!({"kind": "box", "width": 3.2, "height": 0.08, "depth": 0.5});
    let plank = json!({"shape": shape, "position": [0, 0.42, 5], "hinge": hinge, "body": {"mass": 12}});
    let id = stage.create(ada, plank);
    stage.ticks(30);
    assert!(turned(&stage, &id).abs() < 0.01);
    assert!(turned_under(&mut stage, &id, &[(ada, 0.8)]) < -0.15, "down on Ada's side");
    // Who simulates what they touch weighs no less.
    let now = stage.room.now();
    let claims = Some(Claims::default());
    stage
        .room
        .claim(bob, Claiming { heard_tick: now.tick as u32, overtaken_tick: None, sample_ms: 0, claims });
    assert!(turned_under(&mut stage, &id, &[(ada, 0.8), (bob, -1.5)]) > 0.15, "Bob stands farther out");
    let place = Rounded::new(&stage.room.place_of(&id).unwrap());
    let slot = stage.slot(&id).unwrap();
    let claim = Claim { slot, rests: false, place, velocity: [0.0; 3], spin: [0.0; 3] };
    let now = stage.room.now();
    let claims = Some(Claims { behind_ms: 0, bodies: vec![claim] });
    let sample_ms = (now.tick * 50) as u32;
    stage.room.claim(bob, Claiming { heard_tick: now.tick as u32, overtaken_tick: None, sample_ms, claims });
    stage.tick();
    assert_eq!(stage.room.simulated_by_people(), 0, "they stand on it together");
    stage.leave(bob);
    assert!(turned_under(&mut stage, &id, &[(ada, 0.8)]) < -0.15, "Ada alone again");
}
