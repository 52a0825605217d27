//! The golden vectors of `docs/vectors/wire.json`: other implementations test against the same file.

use serde_json::{Value, json};
use thexr_wire::Tier;
use thexr_wire::bodies::{self, BodyState, Rounded};
use thexr_wire::claims::{self, Claim, Claims};
use thexr_wire::joints::{self, HandJoints, Hands, JOINTS, Joints};
use thexr_wire::json::canonical;
use thexr_wire::lane::{
    Header, Own, PART_BYTES_MAX, SectionKind, parts, read_down, read_up, write_ack, write_crowd, write_group,
    write_section, write_up,
};
use thexr_wire::phoenix::{Payload, decode_binary, encode_client_push, write_push_head};
use thexr_wire::pose::{Fingers, HandFingers, Marks, Pose, Sample, Thumb};
use thexr_wire::records::{crowd_cell, crowd_height, encode_a, encode_b, encode_c, encode_d, encode_e};

const VECTORS: &str = include_str!("../../../docs/vectors/wire.json");

fn vectors() -> Value {
    serde_json::from_str(VECTORS).unwrap()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes(value: &Value) -> Vec<u8> {
    let text = value.as_str().unwrap();
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
}

fn places() -> Vec<(&'static str, Sample)> {
    let turned = [0.0, 0.5f32.sqrt(), 0.0, 0.5f32.sqrt()];
    let head = |x, y, z| [x, y, z, 0.0, 0.0, 0.0, 1.0];
    let standing = Pose { head: head(1.5, 1.8, -2.25), left: None, right: None, fingers: None };
    let [a, b, c, d] = turned;
    let whole = Pose {
        head: [-70.0, 1.625, 130.5, a, b, c, d],
        left: Some([-70.25, 1.125, 130.75, 0.5, 0.5, 0.5, 0.5]),
        right: Some([-69.75, 1.125, 130.75, 0.0, 0.0, 1.0, 0.0]),
        fingers: Some(Fingers {
            left: HandFingers {
                thumb: Thumb { base: 1, tip: 6, spread: 2 },
                base: [0, 5, 10, 15],
                tip: [15, 9, 4, 1],
            },
            right: HandFingers {
                thumb: Thumb { base: 7, tip: 0, spread: 3 },
                base: [1, 2, 3, 4],
                tip: [5, 6, 7, 8],
            },
        }),
    };
    let sample = |slot, age_ms, marks, pose| Sample { slot, tier: Tier::A, age_ms, marks, pose };
    vec![
        ("standing", sample(7, 12, Marks::default(), standing)),
        (
            "hands and fingers",
            sample(65535, 252, Marks { jumped: true, speaking: true, holding: true }, whole),
        ),
    ]
}

/// One person in every tier.
fn record(name: &str, sample: &Sample) -> Value {
    let (cell, crowd) = (sample.pose.cell(), crowd_cell(&sample.pose.head));
    let Marks { jumped, speaking, holding } = sample.marks;
    let height = crowd_height(sample.pose.head[1], crowd);
    json!({"name": name, "cell": cell, "pose": sample.pose,
        "sample": {"jumped": jumped, "speaking": speaking, "holding": holding, "slot": sample.slot, "age_ms": sample.age_ms},
        "a": hex(&encode_a(sample, cell)), "b": hex(&encode_b(sample, cell)), "c": hex(&encode_c(sample, cell)),
        "d": hex(&encode_d(sample, cell)),
        "e": {"cell": crowd, "height": height, "record": hex(&encode_e(sample.slot, &sample.pose.head, crowd))}})
}

/// Both people in every tier.
fn everyone(out: &mut Vec<u8>) {
    for (_, sample) in places() {
        let (cell, crowd) = (sample.pose.cell(), crowd_cell(&sample.pose.head));
        write_group(out, Tier::A, 1, cell);
        out.extend_from_slice(&encode_a(&sample, cell));
        write_group(out, Tier::B, 1, cell);
        out.extend_from_slice(&encode_b(&sample, cell));
        write_group(out, Tier::C, 1, cell);
        out.extend_from_slice(&encode_c(&sample, cell));
        write_group(out, Tier::D, 1, cell);
        out.extend_from_slice(&encode_d(&sample, cell));
        write_crowd(out, 1, crowd, crowd_height(sample.pose.head[1], crowd));
        out.extend_from_slice(&encode_e(sample.slot, &sample.pose.head, crowd));
    }
}

/// Where the joints of the hand are, in its frame.
fn points() -> [[f32; 3]; JOINTS] {
    std::array::from_fn(|joint| [joint as f32 * 0.008, -0.02, 0.1 - joint as f32 * 0.01])
}

fn joints() -> Joints {
    Joints::pack(&points())
}

/// Three things that move, far from each other, with how often each is told.
fn moving() -> [(Tier, BodyState); 3] {
    let lies = [1.5, 0.25, -3.0, 0.0, 0.6, 0.0, 0.8];
    let flies = [-70.25, 130.5, 64.0, 0.1, -0.7, 0.1, -0.7];
    let state = |slot, rests, place| BodyState {
        rests,
        jumped: !rests,
        ..BodyState::new(slot, Rounded::new(&place))
    };
    let flies = BodyState { claimed: true, age_ms: 148, ..state(65_534, false, flies) };
    let held = [2.0, 1.25, 0.5, 0.5, 0.5, 0.5, 0.5];
    let held = BodyState { held: true, ..BodyState::new(301, Rounded::new(&held)) };
    [(Tier::A, state(300, true, lies)), (Tier::C, flies), (Tier::D, held)]
}

/// Two things that somebody simulates, in cells of their own.
fn claimed() -> [Claim; 2] {
    let [(_, lies), (_, flies), _] = moving();
    let claim = |body: BodyState, velocity, spin| Claim {
        slot: body.slot,
        rests: body.rests,
        place: body.place,
        velocity,
        spin,
    };
    [claim(lies, [0.0; 3], [0.0; 3]), claim(flies, [32.0, -16.0, 0.5], [-32.0, 3.25, -0.25])]
}

fn claims_section() -> Vec<u8> {
    let mut section = Vec::new();
    claims::write(&Claims { behind_ms: 9, bodies: claimed().to_vec() }, &mut section);
    section
}

fn moving_section() -> Vec<u8> {
    let mut section = Vec::new();
    for (tier, body) in moving() {
        write_group(&mut section, tier, 1, body.place.cell());
        section.extend_from_slice(&bodies::encode(&body));
    }
    section
}

/// Bytes of the parts that the published frame is cut into: small, so that there are some.
const PARTS_OF: usize = 150;
const _: () = assert!(PARTS_OF < PART_BYTES_MAX);

/// What the vectors must be; compared with the file below, so that neither can drift.
fn expected() -> Value {
    let records: Vec<Value> = places().into_iter().map(|(name, sample)| record(name, &sample)).collect();
    let mut down = Vec::new();
    Header { incarnation: 513, tick: 1_000_000, seq: 77, ack: 4242 }.write(&mut down);
    write_section(SectionKind::People, &mut down, everyone);
    // A kind that nobody knows yet: passed over by its length.
    down.extend_from_slice(&[200, 5, 0, 1, 2, 3, 4, 5]);
    write_section(SectionKind::Joints, &mut down, |out| {
        out.extend_from_slice(&joints::encode(&HandJoints {
            slot: 7,
            age_ms: 12,
            right: true,
            joints: joints(),
        }));
    });
    let cut: Vec<_> = parts(&down, PARTS_OF).unwrap().iter().map(|part| hex(part)).collect();
    let mut up = Vec::new();
    let (_, sample) = places().remove(0);
    let hands = Hands { left: Some(joints()), right: None };
    let own = Own { sample_ms: 50_000_123, marks: Marks::default(), pose: sample.pose, hands };
    write_up(65_535, 1_000_001, &own, &mut up);
    let mut ack = Vec::new();
    write_ack(1_000_001, &mut ack);
    let mut push = Vec::new();
    assert!(write_push_head(&mut push, "3", "room:abcde", "pose"));
    push.extend_from_slice(&[1, 2, 3]);
    let spelt = json!({"b": [1.0, -0.0, 0.5], "a": {"z": null, "é": "\n\"", "y": true}});
    json!({
        "records": records,
        "frame_down": {"incarnation": 513, "tick": 1_000_000, "seq": 77, "ack": 4242,
            "slots": [7, 7, 7, 7, 7, 65535, 65535, 65535, 65535, 65535], "sections": [1, 200, 2],
            "bytes": hex(&down), "parts_of": PARTS_OF, "parts": cut},
        "bodies": {"section": hex(&moving_section()), "told": moving().map(|(tier, body)| json!({"tier": tier as u8,
            "slot": body.slot, "rests": body.rests, "jumped": body.jumped, "claimed": body.claimed, "held": body.held,
            "age_ms": body.age_ms, "cell": body.place.cell(),
            "place": body.place.place()}))},
        "claims": {"section": hex(&claims_section()), "behind_ms": 9, "bodies": claimed().map(|claim| json!({
            "slot": claim.slot, "rests": claim.rests, "place": claim.place.place(),
            "velocity": claim.velocity, "spin": claim.spin}))},
        "hand": {"slot": 7, "age_ms": 12, "right": true, "points": points().to_vec(),
            "bytes": hex(&joints::encode(&HandJoints { slot: 7, age_ms: 12, right: true, joints: joints() }))},
        "ack_up": {"ack_tick": 1_000_001, "bytes": hex(&ack)},
        "frame_up": {"seq": 65535, "ack_tick": 1_000_001, "sample_ms": 50_000_123, "record": "standing", "hand": "left", "bytes": hex(&up)},
        "phoenix_client_push": {"join_ref": "3", "ref": "9", "topic": "room:abcde", "event": "pose", "data": "010203",
            "bytes": hex(&encode_client_push("3", "9", "room:abcde", "pose", &[1, 2, 3]))},
        "phoenix_server_push": {"join_ref": "3", "topic": "room:abcde", "event": "pose", "data": "010203", "bytes": hex(&push)},
        "canonical_json": {"value": spelt, "text": canonical(&spelt)},
    })
}

// Rules 4.2, 4.3, 4.4, 4.13, 4.16, 4.17
#[test]
fn the_published_vectors_are_what_this_code_writes() {
    let expected = expected();
    assert!(
        thexr_wire::json::same(&vectors(), &expected),
        "docs/vectors/wire.json should be:\n{}",
        serde_json::to_string_pretty(&expected).unwrap()
    );
}

#[test]
fn the_published_vectors_read_back() {
    let vectors = vectors();
    let mut slots = Vec::new();
    let header =
        read_down(&bytes(&vectors["frame_down"]["bytes"]), &mut |sample: Sample| slots.push(sample.slot))
            .unwrap();
    assert_eq!((json!(slots), header.tick), (vectors["frame_down"]["slots"].clone(), 1_000_000));
    assert_eq!(read_up(&bytes(&vectors["frame_up"]["bytes"])).unwrap().ack_tick, 1_000_001);
    let mut told = Vec::new();
    bodies::read(&bytes(&vectors["bodies"]["section"]), |tier, body| told.push((tier, *body))).unwrap();
    assert_eq!(told, moving());
    let read = claims::read(&bytes(&vectors["claims"]["section"])).unwrap();
    assert_eq!((read.behind_ms, read.bodies.len()), (9, 2));
    assert_eq!(read.bodies[1].place, claimed()[1].place);
    let push = decode_binary(&bytes(&vectors["phoenix_client_push"]["bytes"])).unwrap();
    assert_eq!((push.topic, push.payload), (json!("room:abcde"), Payload::Binary(vec![1, 2, 3])));
}
