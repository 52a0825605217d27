//! Who hears a room, and whom the whole room hears.

use crate::stage::{Stage, user};
use serde_json::json;
use thexr_room::Listener;
use thexr_wire::PeerId;

fn of(stage: &Stage, peer: PeerId) -> Listener {
    stage.room.listeners().find(|listener| listener.peer == peer).unwrap()
}

/// Before whoever stands there: a place for a thing, so many metres aside.
fn beside(stage: &Stage, peer: PeerId, metres: f32) -> serde_json::Value {
    let [x, _, z] = of(stage, peer).head.unwrap();
    json!([x + metres, 0.0, z])
}

// Rule 9.5
#[test]
fn people_speak_from_their_heads_observers_only_listen_and_the_muted_are_not_heard() {
    let mut stage = Stage::made_by("ada");
    let (ada, ben) = (stage.enter("ada"), stage.enter("ben"));
    let cam = stage.join("cam", json!({"mode": "observe"}));
    stage.tick();
    assert!(of(&stage, ada).speaks && of(&stage, ben).head.is_some());
    assert!(!of(&stage, cam).speaks);
    stage.call(ada, "mute", json!({"user_id": user("ben")})).unwrap();
    assert!(!of(&stage, ben).speaks);
    stage.call(ada, "unmute", json!({"user_id": user("ben")})).unwrap();
    assert!(of(&stage, ben).speaks);
}

// Rule 9.7
#[test]
fn at_a_private_table_people_have_its_number_and_on_a_stage_the_whole_room_hears_them() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    let here = beside(&stage, ada, 0.5);
    let table = stage.create(ada, json!({"voice_zone": "private", "position": here}));
    assert!(of(&stage, ada).zone > 0 && !of(&stage, ada).stage);
    stage
        .call(
            ada,
            "update_components",
            json!({"entity": table, "components": {"voice_zone": {"kind": "private", "radius": 0.5}}}),
        )
        .unwrap();
    let far = beside(&stage, ada, 9.0);
    stage.call(ada, "update_components", json!({"entity": table, "components": {"position": far}})).unwrap();
    assert_eq!(of(&stage, ada).zone, 0);
    let stand = stage.create(ada, json!({"voice_zone": {"kind": "stage", "radius": 2}, "position": here}));
    assert!(of(&stage, ada).stage);
    stage.call(ada, "delete_entity", json!({"entity": stand})).unwrap();
    assert!(!of(&stage, ada).stage);
}

// Rule 9.7
#[test]
fn whoever_holds_a_megaphone_is_heard_in_the_whole_room_until_they_let_go() {
    let mut stage = Stage::empty();
    let ada = stage.enter("ada");
    let here = beside(&stage, ada, 0.5);
    let megaphone = stage.create(ada, json!({"megaphone": true, "holdable": true, "position": here}));
    assert!(!of(&stage, ada).stage);
    stage.call(ada, "grab", json!({"entity": megaphone})).unwrap();
    assert!(of(&stage, ada).stage);
    stage.call(ada, "release", json!({"entity": megaphone})).unwrap();
    assert!(!of(&stage, ada).stage);
}
