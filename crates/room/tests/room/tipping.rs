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
    stage.room.claim(bob, Claiming { heard_tick: now.tick as u32, sample_ms: 0, claims });
    assert!(turned_under(&mut stage, &id, &[(ada, 0.8), (bob, -1.5)]) > 0.15, "Bob stands farther out");
    let place = Rounded::new(&stage.room.place_of(&id).unwrap());
    let slot = stage.slot(&id).unwrap();
    let claim = Claim { slot, rests: false, place, velocity: [0.0; 3], spin: [0.0; 3] };
    let now = stage.room.now();
    let claims = Some(Claims { behind_ms: 0, bodies: vec![claim] });
    let sample_ms = (now.tick * 50) as u32;
    stage.room.claim(bob, Claiming { heard_tick: now.tick as u32, sample_ms, claims });
    stage.tick();
    assert_eq!(stage.room.simulated_by_people(), 0, "they stand on it together");
    stage.leave(bob);
    assert!(turned_under(&mut stage, &id, &[(ada, 0.8)]) < -0.15, "Ada alone again");
}
