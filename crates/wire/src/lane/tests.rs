//! Frames of all kinds there and back, cut, damaged, in parts. Knows no room.

use super::*;
use crate::joints::{self, Hands, JOINTS, Joints};
use crate::pose::{Marks, Pose};
use crate::records::{crowd_cell, crowd_height, encode_a, encode_b, encode_c, encode_d, encode_e};
use proptest::prelude::*;

fn sample(slot: u16) -> Sample {
    let pose = Pose::standing([65.0, 1.8, -3.0]);
    Sample { slot, tier: Tier::A, age_ms: 12, marks: Marks::default(), pose }
}

fn hand(slot: u16, right: bool) -> HandJoints {
    let points = std::array::from_fn(|joint| [joint as f32 * 0.008, 0.0, f32::from(slot) * 0.001]);
    HandJoints { slot, age_ms: 8, right, joints: Joints::pack(&points) }
}

/// A section of a kind that nobody knows.
fn invented(out: &mut Vec<u8>, length: u16) {
    out.push(200);
    out.extend_from_slice(&length.to_le_bytes());
    out.extend((0..length).map(|at| at as u8));
}

/// A frame with a group of every tier, hands, and between them what is not known.
fn frame() -> Vec<u8> {
    let mut out = Vec::new();
    Header { incarnation: 7, tick: 100, seq: 42, ack: 9 }.write(&mut out);
    invented(&mut out, 300);
    write_section(SectionKind::People, &mut out, people);
    invented(&mut out, 0);
    write_section(SectionKind::Joints, &mut out, |out| {
        out.extend_from_slice(&joints::encode(&hand(3, false)));
        out.extend_from_slice(&joints::encode(&hand(3, true)));
    });
    out
}

fn people(out: &mut Vec<u8>) {
    let cell = sample(0).pose.cell();
    write_group(out, Tier::A, 1, cell);
    out.extend_from_slice(&encode_a(&sample(3), cell));
    write_group(out, Tier::B, 2, cell);
    out.extend_from_slice(&encode_b(&sample(40_000), cell));
    out.extend_from_slice(&encode_b(&sample(4), cell));
    write_group(out, Tier::C, 1, cell);
    out.extend_from_slice(&encode_c(&sample(5), cell));
    write_group(out, Tier::D, 1, cell);
    out.extend_from_slice(&encode_d(&sample(6), cell));
    let head = sample(0).pose.head;
    let cell = crowd_cell(&head);
    write_crowd(out, 2, cell, crowd_height(head[1], cell));
    out.extend_from_slice(&encode_e(65_535, &head, cell));
    out.extend_from_slice(&encode_e(8, &head, cell));
}

/// All that a frame tells, in order.
#[derive(Debug, Default, PartialEq)]
struct Heard {
    people: Vec<(Tier, u16, u32)>,
    hands: Vec<HandJoints>,
}

impl Sink for Heard {
    fn person(&mut self, sample: Sample) {
        assert!(sample.pose.head.iter().all(|number| number.is_finite()));
        self.people.push((sample.tier, sample.slot, sample.age_ms));
    }

    fn hand(&mut self, hand: &HandJoints) {
        self.hands.push(*hand);
    }
}

fn heard(frame: &[u8]) -> Result<(Header, Heard), LaneError> {
    let mut heard = Heard::default();
    read_down(frame, &mut heard).map(|header| (header, heard))
}

fn nobody(_: Sample) {}

// Rule 4.2
#[test]
fn a_frame_of_all_tiers_and_hands_comes_back_and_what_is_not_known_is_passed_over() {
    let (header, heard) = heard(&frame()).unwrap();
    assert_eq!(header, Header { incarnation: 7, tick: 100, seq: 42, ack: 9 });
    let people = [
        (Tier::A, 3, 12),
        (Tier::B, 40_000, 12),
        (Tier::B, 4, 12),
        (Tier::C, 5, 0),
        (Tier::D, 6, 0),
        (Tier::E, 65_535, 0),
        (Tier::E, 8, 0),
    ];
    assert_eq!(heard, Heard { people: people.into(), hands: vec![hand(3, false), hand(3, true)] });
}

#[test]
fn skimming_sees_the_tiers_slots_and_ages_that_reading_sees() {
    let (header, heard) = heard(&frame()).unwrap();
    let mut skimmed = Vec::new();
    assert_eq!(skim_down(&frame(), |tier, slot, age_ms| skimmed.push((tier, slot, age_ms))), Ok(header));
    assert_eq!(skimmed, heard.people);
    assert_eq!(peek_down(&frame()), Ok(header));
}

#[test]
fn a_frame_cut_within_a_section_is_truncated_however_it_is_read() {
    let whole = frame();
    let mut readable = 0;
    for length in 0..whole.len() {
        let read = read_down(&whole[..length], &mut nobody);
        assert_eq!(skim_down(&whole[..length], |_, _, _| ()).is_ok(), read.is_ok(), "{length}");
        match read {
            Ok(_) => readable += 1,
            Err(error) => assert_eq!(error, LaneError::Truncated, "{length}"),
        }
    }
    assert_eq!(readable, 4, "a frame may end behind its header and behind every section but the last here");
}

#[test]
fn groups_and_hands_cut_within_their_section_are_truncated() {
    let section = |kind: SectionKind, content: &[u8]| {
        let mut out = Vec::new();
        Header::default().write(&mut out);
        write_section(kind, &mut out, |out| out.extend_from_slice(content));
        out
    };
    let mut groups = Vec::new();
    people(&mut groups);
    let whole = (1..groups.len())
        .filter(|length| match read_down(&section(SectionKind::People, &groups[..*length]), &mut nobody) {
            Ok(_) => true,
            Err(error) => {
                assert_eq!(error, LaneError::Truncated, "{length}");
                false
            }
        })
        .count();
    assert_eq!(whole, 4, "behind every group but the last");
    let cut = section(SectionKind::Joints, &joints::encode(&hand(3, true))[..40]);
    assert_eq!(read_down(&cut, &mut nobody), Err(LaneError::Truncated));
}

#[test]
fn a_section_without_content_is_not_written() {
    let mut out = vec![1];
    write_section(SectionKind::People, &mut out, |_| ());
    assert_eq!(out, [1]);
}

#[test]
fn a_tier_that_does_not_exist_is_refused() {
    let mut bytes = Vec::new();
    Header::default().write(&mut bytes);
    write_section(SectionKind::People, &mut bytes, people);
    bytes[HEADER_BYTES + SECTION_BYTES] = 5;
    assert_eq!(read_down(&bytes, &mut nobody), Err(LaneError::UnknownTier));
    assert_eq!(skim_down(&bytes, |_, _, _| ()), Err(LaneError::UnknownTier));
}

fn own(x: f32) -> Own {
    let marks = Marks { jumped: true, speaking: true, holding: false };
    Own { sample_ms: 77, marks, pose: Pose::standing([x, 1.8, 200.0]), hands: Hands::default() }
}

#[test]
fn a_pose_up_comes_back_and_quantises_only_once() {
    let hands = Hands { left: None, right: Some(Joints::pack(&[[0.1; 3]; JOINTS])) };
    for hands in [Hands::default(), hands] {
        let mut bytes = Vec::new();
        write_up(65_535, 5, &Own { hands, ..own(-1.25) }, &mut bytes);
        let once = read_up(&bytes).unwrap();
        assert_eq!((once.seq, once.ack_tick), (Some(65_535), 5));
        let read = once.own.unwrap();
        assert_eq!((read.sample_ms, read.marks, read.hands), (77, own(0.0).marks, hands));
        let mut again = Vec::new();
        write_up(65_535, 5, &read, &mut again);
        assert_eq!(again, bytes);
    }
}

// Rule 4.4
#[test]
fn of_several_samples_up_the_youngest_counts_and_what_is_not_known_is_passed_over() {
    let mut bytes = Vec::new();
    write_up(1, 5, &own(1.0), &mut bytes);
    bytes.truncate(12);
    invented(&mut bytes, 20);
    write_section(SectionKind::People, &mut bytes, |out| {
        for (x, age_ms) in [(3.0, 100), (4.0, 20), (5.0, 60)] {
            let pose = Pose::standing([x, 1.8, 0.0]);
            let cell = pose.cell();
            write_group(out, Tier::A, 1, cell);
            out.extend_from_slice(&encode_a(&Sample { age_ms, pose, ..sample(0) }, cell));
        }
    });
    let read = read_up(&bytes).unwrap().own.unwrap();
    assert_eq!((read.pose.head[0], read.sample_ms), (4.0, 57));
}

#[test]
fn a_frame_up_without_people_says_only_what_was_heard() {
    let mut bytes = Vec::new();
    write_up(9, 5, &own(1.0), &mut bytes);
    bytes.truncate(12);
    assert_eq!(read_up(&bytes), Ok(Up { seq: Some(9), ack_tick: 5, own: None, claims: None }));
}

// Rule 4.4
#[test]
fn coarse_people_and_long_frames_do_not_go_up() {
    let mut bytes = Vec::new();
    write_up(1, 5, &own(1.0), &mut bytes);
    let head = bytes[..12].to_vec();
    let mut coarse = head.clone();
    write_section(SectionKind::People, &mut coarse, people);
    assert_eq!(read_up(&coarse), Err(LaneError::UnknownTier));
    let mut long = bytes.clone();
    invented(&mut long, (UP_BYTES_MAX - bytes.len() - SECTION_BYTES) as u16);
    assert!(read_up(&long).is_ok());
    long.push(0);
    assert_eq!(read_up(&long), Err(LaneError::TooLong));
}

#[test]
fn an_acknowledgement_comes_back_and_no_other_length_does() {
    let mut bytes = Vec::new();
    write_ack(0x0102_0304, &mut bytes);
    assert_eq!(bytes.len(), 6);
    assert_eq!(read_up(&bytes), Ok(Up { seq: None, ack_tick: 0x0102_0304, own: None, claims: None }));
    assert_eq!(read_up(&bytes[..5]), Err(LaneError::Truncated));
    bytes.push(0);
    assert_eq!(read_up(&bytes), Err(LaneError::Trailing));
}

#[test]
fn a_pose_up_with_a_cell_beyond_the_largest_room_is_refused() {
    let mut bytes = Vec::new();
    write_up(0, 0, &own(0.0), &mut bytes);
    let cell = 12 + SECTION_BYTES + 2;
    bytes[cell..cell + 2].copy_from_slice(&i16::MAX.to_le_bytes());
    assert_eq!(read_up(&bytes), Err(LaneError::Pose(pose::PoseError::OutOfBounds)));
}

/// A frame of so many people in each tier, as a server writes it, and so many hands.
fn large(counts: [usize; 5], hands: u16) -> Vec<u8> {
    let mut out = Vec::new();
    Header { incarnation: 1, tick: 2, seq: 3, ack: 4 }.write(&mut out);
    write_section(SectionKind::People, &mut out, |out| {
        let mut slot = 0;
        for (tier, count) in Tier::ALL.into_iter().zip(counts) {
            for first in (0..count).step_by(tier.group_records_max()) {
                let records = (count - first).min(tier.group_records_max());
                match tier {
                    Tier::E => write_crowd(out, records as u8, [0; 3], 0),
                    _ => write_group(out, tier, records as u8, [0; 3]),
                }
                for _ in 0..records {
                    slot += 1;
                    out.extend_from_slice(&encode_a(&sample(slot), [0; 3])[..tier.record_bytes()]);
                }
            }
        }
    });
    write_section(SectionKind::Joints, &mut out, |out| {
        (0..hands).for_each(|slot| out.extend_from_slice(&joints::encode(&hand(slot, true))));
    });
    out
}

proptest! {
    // Rule 4.15
    #[test]
    fn a_frame_in_parts_tells_the_same_and_each_part_by_itself(
        counts in [0usize..60, 0usize..60, 0usize..100, 0usize..200, 0usize..300], hands in 0u16..20,
    ) {
        let frame = large(counts, hands);
        let (header, whole) = heard(&frame).unwrap();
        let mut together = Heard::default();
        for part in parts(&frame, PART_BYTES_MAX).unwrap() {
            prop_assert!(part.len() <= PART_BYTES_MAX, "{}", part.len());
            let (part_header, mut part) = heard(&part).unwrap();
            prop_assert_eq!(part_header, header);
            together.people.append(&mut part.people);
            together.hands.append(&mut part.hands);
        }
        prop_assert_eq!(together, whole);
    }

    #[test]
    fn any_bytes_give_an_answer_and_never_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = heard(&bytes);
        let _ = skim_down(&bytes, |_, _, _| ());
        let _ = read_up(&bytes);
        let _ = parts(&bytes, PART_BYTES_MAX);
    }

    #[test]
    fn a_damaged_frame_never_panics_and_shows_numbers_only(at in 0usize..1_000, value: u8) {
        let mut bytes = frame();
        let at = at % bytes.len();
        bytes[at] = value;
        let _ = heard(&bytes);
        let _ = parts(&bytes, PART_BYTES_MAX);
    }
}

#[test]
fn a_frame_that_fits_is_one_part_and_an_unknown_section_stays_whole() {
    assert_eq!(parts(&frame(), 2_000).unwrap().len(), 1);
    let mut small = Vec::new();
    Header::default().write(&mut small);
    assert_eq!(parts(&small, PART_BYTES_MAX).unwrap(), [small.clone()]);
    invented(&mut small, 1_500);
    write_section(SectionKind::People, &mut small, people);
    let cut = parts(&small, PART_BYTES_MAX).unwrap();
    assert_eq!(cut.iter().map(Vec::len).collect::<Vec<_>>().len(), 2);
    assert_eq!(cut[0].len(), HEADER_BYTES + SECTION_BYTES + 1_500);
}
