//! What people hold, as those see it who are too far away to be told where hands are.

use crate::stage::Stage;
use serde_json::json;
use thexr_room::template::Template;
use thexr_room::{Scratch, Telling, Viewer};
use thexr_wire::Tier;
use thexr_wire::bodies::BodyState;
use thexr_wire::lane::{Sink, read_down};
use thexr_wire::pose::{Pose, Sample};

/// What a frame tells of things.
struct Bodies(Vec<BodyState>);

impl Sink for Bodies {
    fn person(&mut self, _: Sample) {}
    fn body(&mut self, _: Tier, body: &BodyState) {
        self.0.push(*body);
    }
}

// Rule 4.16
#[test]
fn who_is_too_far_away_to_know_a_hand_is_told_where_the_thing_in_it_is_and_who_is_near_or_holds_it_is_not() {
    let mut stage = Stage::new(Template::Empty);
    let peers = ["ada", "bob", "eve"].map(|name| stage.enter_thexr(name));
    for (peer, z) in peers.into_iter().zip([0.0, 80.0, 6.0]) {
        stage.stand(peer, Pose::standing([0.0, 1.8, z]));
    }
    stage.tick();
    let shape = json!({"kind": "box", "size": 0.3});
    let thing =
        json!({"shape": shape, "position": [0, 1.5, 1], "holdable": true, "body": {"motion": "dynamic"}});
    let thing = stage.create(peers[0], thing);
    stage.call(peers[0], "grab", json!({"entity": thing, "offset": {"position": [0, -0.3, 1]}})).unwrap();
    let slot = stage.slot(&thing).unwrap();
    // In the order in which they came.
    let mut viewers = [1, 2, 0].map(|slot| Viewer::new(Telling::Frames, Some(slot), 1_360));
    let mut told = [Vec::new(), Vec::new(), Vec::new()];
    let (mut scratch, mut bytes) = (Scratch::default(), Vec::new());
    for step in 0..40u8 {
        stage.stand(peers[0], Pose::standing([0.1 * f32::from(step), 1.8, 0.0]));
        stage.tick();
        for (viewer, told) in viewers.iter_mut().zip(&mut told) {
            bytes.clear();
            let mut bodies = Bodies(Vec::new());
            let tick = stage.room.now().tick;
            viewer.acked(tick, tick as u32, tick as u32);
            viewer.frame(&stage.motion, 0, 0, &mut scratch, &mut bytes);
            if !bytes.is_empty() {
                read_down(&bytes, &mut bodies).unwrap();
            }
            told.extend(bodies.0.into_iter().filter(|body| body.slot == slot));
        }
    }
    let [far, near, holder] = told;
    assert!((8..=12).contains(&far.len()), "five times a second: {}", far.len());
    let newest = far.last().unwrap();
    let [x, y, z, ..] = newest.place.place();
    assert!(
        newest.held
            && !newest.rests
            && (x - 3.8).abs() < 0.4
            && (y - 1.5).abs() < 0.01
            && (z - 1.0).abs() < 0.01,
        "{x} {y} {z}"
    );
    assert_eq!((near, holder), (Vec::new(), Vec::new()));
}
