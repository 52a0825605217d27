//! Movements as json clients read them: canonical JSON, cut to what can be seen. Knows no receiver.

use std::fmt::Write;
use thexr_wire::monsters::Doing;
use thexr_wire::pose::{Place, Pose};
use thexr_wire::shots::{Shot, ShotKind};
use thexr_wire::{EntityId, UserId};

/// Steps of a number in one: millimetres of a position, thousandths of a rotation; finer ones cost bytes and show nothing.
const STEPS: i64 = 1_000;
/// A usual text, bytes: with both hands.
const USUAL_BYTES: usize = 384;

/// The `stoc` payload of `user_moved`.
pub(crate) fn user_moved(user: &UserId, pose: &Pose, at_ms: i64) -> String {
    let mut text = String::with_capacity(USUAL_BYTES);
    let _ = write!(text, "{{\"at\":{at_ms},\"event\":\"user_moved\",\"payload\":{{\"pose\":");
    write_pose(pose, &mut text);
    text.push_str(",\"position\":");
    write_numbers(&pose.head[..3], &mut text);
    text.push_str(",\"rotation\":");
    write_numbers(&pose.head[3..], &mut text);
    let _ = write!(text, ",\"user_id\":\"{user}\"}}}}");
    text
}

/// The member `"user_id":pose` of a `movements` payload.
pub(crate) fn movement(user: &UserId, pose: &Pose) -> String {
    let mut text = String::with_capacity(USUAL_BYTES);
    let _ = write!(text, "\"{user}\":");
    write_pose(pose, &mut text);
    text
}

/// The member `"entity":{position, rotation}` of a `movements` payload.
pub(crate) fn thing_movement(id: &EntityId, place: &Place) -> String {
    let mut text = format!("\"{id}\":{{\"position\":");
    write_numbers(&place[..3], &mut text);
    text.push_str(",\"rotation\":");
    write_numbers(&place[3..], &mut text);
    text.push('}');
    text
}

/// The `stoc` payload of `monster_moved`.
pub(crate) fn monster_moved(id: &EntityId, place: &Place, doing: Doing, at_ms: i64) -> String {
    let mut text = format!("{{\"at\":{at_ms},\"event\":\"monster_moved\",\"payload\":{{\"doing\":\"");
    let _ = write!(text, "{}\",\"entity\":\"{}\",\"position\":", doing.as_str(), id);
    write_numbers(&place[..3], &mut text);
    text.push_str(",\"rotation\":");
    write_numbers(&place[3..], &mut text);
    text.push_str("}}");
    text
}

/// The `stoc` payload of `weapon_discharged` or `fireball_moved`: a shot as it begins, or as it ends.
pub(crate) fn shot_event(by: &EntityId, shot: &Shot, at_ms: i64) -> String {
    let event = if shot.kind == ShotKind::Fireball { "fireball_moved" } else { "weapon_discharged" };
    let mut text =
        format!("{{\"at\":{},\"event\":\"{event}\",\"payload\":{{", at_ms - i64::from(shot.age_ms));
    let _ = write!(text, "\"by\":\"{by}\",\"ended\":{},\"from\":", shot.ended);
    write_numbers(&shot.from, &mut text);
    let _ = write!(
        text,
        ",\"met\":\"{}\",\"shot\":{},\"speed\":{},\"to\":",
        shot.met.as_str(),
        shot.id,
        shot.speed_m_s
    );
    write_numbers(&shot.to, &mut text);
    text.push_str("}}");
    text
}

fn write_pose(pose: &Pose, text: &mut String) {
    text.push('{');
    if let Some(fingers) = &pose.fingers {
        text.push_str("\"fingers\":{\"left\":");
        write_numbers(&<[u8; 11]>::from(fingers.left).map(f32::from), text);
        text.push_str(",\"right\":");
        write_numbers(&<[u8; 11]>::from(fingers.right).map(f32::from), text);
        text.push_str("},");
    }
    write_place("head", &pose.head, text);
    for (name, hand) in [("left", &pose.left), ("right", &pose.right)] {
        if let Some(hand) = hand {
            text.push(',');
            write_place(name, hand, text);
        }
    }
    text.push('}');
}

fn write_place(name: &str, place: &Place, text: &mut String) {
    let _ = write!(text, "\"{name}\":");
    write_numbers(place, text);
}

fn write_numbers(numbers: &[f32], text: &mut String) {
    text.push('[');
    for (at, number) in numbers.iter().enumerate() {
        if at > 0 {
            text.push(',');
        }
        write_number(*number, text);
    }
    text.push(']');
}

/// A number to the nearest step, in as few digits as say it.
fn write_number(number: f32, text: &mut String) {
    let steps = libm::round(f64::from(number) * STEPS as f64) as i64;
    let sign = if steps < 0 { "-" } else { "" };
    let (whole, mut rest) = (steps.abs() / STEPS, steps.abs() % STEPS);
    let _ = write!(text, "{sign}{whole}");
    if rest == 0 {
        return;
    }
    let mut digits = 3;
    while rest % 10 == 0 {
        (rest, digits) = (rest / 10, digits - 1);
    }
    let _ = write!(text, ".{rest:0digits$}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;
    use thexr_wire::json::canonical;
    use thexr_wire::pose::{Fingers, HandFingers, Thumb};

    fn number(number: f32) -> String {
        let mut text = String::new();
        write_number(number, &mut text);
        text
    }

    fn user() -> UserId {
        UserId::parse("00000000000000000042").unwrap()
    }

    #[test]
    fn numbers_are_cut_to_thousandths_in_as_few_digits_as_say_them() {
        let spelt = [
            (5.0, "5"),
            (-9.5, "-9.5"),
            (0.1, "0.1"),
            (1.0 / 3.0, "0.333"),
            (0.000_6, "0.001"),
            (-0.000_6, "-0.001"),
            (-0.000_4, "0"),
            (-0.0, "0"),
            (0.999_9, "1"),
            (-0.05, "-0.05"),
            (10_000.0, "10000"),
            (12.305, "12.305"),
            (-100.07, "-100.07"),
        ];
        for (value, text) in spelt {
            assert_eq!(number(value), text, "{value}");
        }
    }

    #[test]
    fn a_pose_with_everything_is_told_whole() {
        let hand = [0.25, 1.0, -0.5, 0.0, 0.0, 0.0, 1.0];
        let left =
            HandFingers { thumb: Thumb { base: 7, tip: 5, spread: 3 }, base: [15, 0, 2, 3], tip: [9; 4] };
        let fingers = Some(Fingers { left, right: HandFingers::default() });
        let pose = Pose { left: Some(hand), right: Some(hand), fingers, ..Pose::standing([1.5, 1.8, 0.0]) };
        let told: Value = serde_json::from_str(&user_moved(&user(), &pose, 77)).unwrap();
        assert_eq!(
            (&told["event"], &told["at"], &told["payload"]["user_id"]),
            (&"user_moved".into(), &77.into(), &user().as_str().into())
        );
        assert_eq!(serde_json::from_value::<Pose>(told["payload"]["pose"].clone()).unwrap(), pose);
        let member: Value = serde_json::from_str(&format!("{{{}}}", movement(&user(), &pose))).unwrap();
        assert_eq!(member[user().as_str()], told["payload"]["pose"]);
        let only_head = movement(&user(), &Pose::standing([1.5, 1.8, 0.0]));
        assert_eq!(only_head, r#""00000000000000000042":{"head":[1.5,1.8,0,0,0,0,1]}"#);
    }

    #[test]
    fn a_thing_is_told_by_its_place() {
        let id = EntityId::parse("ball0").unwrap();
        let place = [1.5, 0.25, -3.0, 0.0, 0.0, 0.0, 1.0];
        assert_eq!(thing_movement(&id, &place), r#""ball0":{"position":[1.5,0.25,-3],"rotation":[0,0,0,1]}"#);
    }

    proptest! {
        #[test]
        fn what_is_told_is_canonical_and_within_half_a_step_of_the_truth(
            point in prop::array::uniform3(-10_000.0f32..10_000.0),
            rotation in prop::array::uniform4(-1.0f32..1.0),
            small in -0.01f32..0.01,
            with_hand: bool,
        ) {
            let [x, y, z] = point;
            let [qx, qy, qz, qw] = rotation;
            let head = [x, y, z, qx, qy, qz, qw];
            let left = with_hand.then_some([small, x, y, qx, small, qz, qw]);
            let pose = Pose { head, left, right: None, fingers: None };
            let text = user_moved(&user(), &pose, 1_700_000_000_000);
            let told: Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(&canonical(&told), &text);
            let read = |value: &Value| -> Vec<f64> {
                value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
            };
            let payload = &told["payload"];
            prop_assert_eq!(read(&payload["position"]), read(&payload["pose"]["head"])[..3].to_vec());
            prop_assert_eq!(read(&payload["rotation"]), read(&payload["pose"]["head"])[3..].to_vec());
            for (name, place) in [("head", Some(head)), ("left", left)] {
                let Some(place) = place else { continue };
                for (told, truth) in read(&payload["pose"][name]).into_iter().zip(place) {
                    prop_assert!((told - f64::from(truth)).abs() <= 0.000_500_001, "{told} {truth}");
                }
            }
        }
    }
}
