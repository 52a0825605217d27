use super::*;
use proptest::prelude::*;

fn place(reach: f32) -> impl Strategy<Value = Place> {
    (prop::array::uniform3(-reach..reach), prop::array::uniform4(-1.0f32..1.0)).prop_filter_map(
        "rotation",
        |(p, q)| {
            let q = quant::normalize(q)?;
            Some([p[0], p[1], p[2], q[0], q[1], q[2], q[3]])
        },
    )
}

fn angle(a: &Place, b: &Place) -> f32 {
    let dot: f32 = (3..7).map(|i| a[i] * b[i]).sum::<f32>().abs().min(1.0);
    2.0 * libm::acosf(dot)
}

/// Someone whose left hand is within reach; the right one is not tracked.
fn someone(reach: f32) -> impl Strategy<Value = Sample> {
    (place(reach), place(0.7), any::<u16>(), 0u32..250, any::<[bool; 3]>()).prop_map(
        |(head, hand, slot, age_ms, [jumped, speaking, holding])| {
            let mut left = hand;
            (0..3).for_each(|axis| left[axis] += head[axis]);
            let pose = Pose { head, left: Some(left), right: None, fingers: None };
            Sample { slot, tier: Tier::A, age_ms, marks: Marks { jumped, speaking, holding }, pose }
        },
    )
}

/// Largest distance on any axis.
fn off(a: &Place, b: &Place) -> f32 {
    (0..3).map(|axis| (a[axis] - b[axis]).abs()).fold(0.0, f32::max)
}

proptest! {
    #[test]
    fn tier_a_keeps_head_and_hands_within_its_quantisation(sample in someone(9000.0)) {
        let cell = sample.pose.cell();
        let back = decode_a(&encode_a(&sample, cell), cell);
        prop_assert_eq!((back.slot, back.age_ms, back.marks), (sample.slot, sample.age_ms / 4 * 4, sample.marks));
        prop_assert!(back.pose.right.is_none() && back.pose.fingers.is_none());
        // At 9 km a float has steps of a millimetre of its own.
        prop_assert!(off(&back.pose.head, &sample.pose.head) < 0.0031);
        prop_assert!(off(&back.pose.left.unwrap(), &sample.pose.left.unwrap()) < 0.0061);
        prop_assert!(angle(&back.pose.head, &sample.pose.head) < 0.0035);
        prop_assert!(angle(&back.pose.left.unwrap(), &sample.pose.left.unwrap()) < 0.0035);
    }

    #[test]
    fn tier_b_keeps_head_and_hands_within_its_quantisation(sample in someone(500.0)) {
        let cell = sample.pose.cell();
        let back = decode_b(&encode_b(&sample, cell), cell);
        prop_assert_eq!((back.slot, back.age_ms, back.marks), (sample.slot, sample.age_ms / 4 * 4, sample.marks));
        prop_assert!(back.pose.right.is_none() && back.pose.fingers.is_none());
        prop_assert!(off(&back.pose.head, &sample.pose.head) < 0.008);
        prop_assert!(off(&back.pose.left.unwrap(), &sample.pose.left.unwrap()) < 0.018);
        prop_assert!(angle(&back.pose.head, &sample.pose.head) < 0.012);
        prop_assert!(angle(&back.pose.left.unwrap(), &sample.pose.left.unwrap()) < 0.045);
    }

    #[test]
    fn tier_c_keeps_places_and_where_they_look_within_its_quantisation(sample in someone(500.0)) {
        let cell = sample.pose.cell();
        let back = decode_c(&encode_c(&sample, cell), cell);
        prop_assert_eq!(back.slot, sample.slot);
        prop_assert_eq!((back.marks.jumped, back.marks.speaking), (sample.marks.jumped, sample.marks.speaking));
        prop_assert!(back.pose.right.is_none());
        prop_assert!(off(&back.pose.head, &sample.pose.head) < 0.032);
        prop_assert!(off(&back.pose.left.unwrap(), &sample.pose.left.unwrap()) < 0.055);
        let ((yaw, pitch), (told_yaw, told_pitch)) =
            (quant::yaw_pitch(&sample.pose.head), quant::yaw_pitch(&back.pose.head));
        prop_assert!((pitch - told_pitch).abs() < 0.026);
        // Who looks straight up or down has no yaw worth telling.
        if pitch.abs() < 1.4 {
            let turned = (yaw - told_yaw).abs();
            prop_assert!(turned.min(std::f32::consts::TAU - turned) < 0.014, "{} {}", yaw, told_yaw);
        }
    }

    #[test]
    fn tier_d_keeps_place_and_yaw_within_its_quantisation(sample in someone(500.0)) {
        let cell = sample.pose.cell();
        let back = decode_d(&encode_d(&sample, cell), cell);
        prop_assert_eq!((back.slot, back.marks.jumped), (sample.slot, sample.marks.jumped));
        prop_assert!(off(&back.pose.head, &sample.pose.head) < 0.063);
        let ((yaw, pitch), told) = (quant::yaw_pitch(&sample.pose.head), quant::yaw_pitch(&back.pose.head).0);
        if pitch.abs() < 1.4 {
            let turned = (yaw - told).abs();
            prop_assert!(turned.min(std::f32::consts::TAU - turned) < 0.026);
        }
    }

    #[test]
    fn tier_e_keeps_a_place_within_a_quarter_of_a_metre(sample in someone(500.0)) {
        let head = sample.pose.head;
        let cell = crowd_cell(&head);
        let back = decode_e(&encode_e(sample.slot, &head, cell), cell, crowd_height(head[1], cell));
        prop_assert_eq!(back.slot, sample.slot);
        prop_assert!((back.pose.head[0] - head[0]).abs() <= CROWD_STEP_M / 2.0 + 1e-3);
        prop_assert!((back.pose.head[2] - head[2]).abs() <= CROWD_STEP_M / 2.0 + 1e-3);
        prop_assert!((back.pose.head[1] - head[1]).abs() < 0.033);
    }

    #[test]
    fn any_bytes_decode_to_a_usable_pose(bytes: [u8; 40], height: u8) {
        let part = |from: usize, length: usize| bytes[from..from + length].to_vec();
        let samples = [
            decode_a(&bytes, [0; 3]),
            decode_b(&part(0, B_BYTES).try_into().unwrap(), [0; 3]),
            decode_c(&part(3, C_BYTES).try_into().unwrap(), [0; 3]),
            decode_d(&part(7, D_BYTES).try_into().unwrap(), [0; 3]),
            decode_e(&part(9, E_BYTES).try_into().unwrap(), [0; 3], height),
        ];
        for sample in samples {
            prop_assert!(sample.pose.validated().is_ok(), "{:?}", sample);
        }
    }
}

#[test]
fn fingers_survive_tier_a_and_do_not_reach_tier_b() {
    let left =
        HandFingers { thumb: Thumb { base: 7, tip: 5, spread: 3 }, base: [15, 0, 7, 8], tip: [1, 14, 2, 13] };
    let right = HandFingers { thumb: Thumb { base: 1, tip: 2, spread: 1 }, base: [3; 4], tip: [9; 4] };
    let fingers = Fingers { left, right };
    let pose = Pose { fingers: Some(fingers), ..Pose::standing([1.0; 3]) };
    let sample = Sample { slot: 3, tier: Tier::A, age_ms: 0, marks: Marks::default(), pose };
    let back = decode_a(&encode_a(&sample, [0; 3]), [0; 3]);
    assert_eq!((back.slot, back.pose.fingers), (3, Some(fingers)));
    assert_eq!(decode_b(&encode_b(&sample, [0; 3]), [0; 3]).pose.fingers, None);
}

// Rule 4.3
#[test]
fn a_record_that_is_marked_is_that_of_the_same_person_who_jumped() {
    let pose = Pose::standing([3.0, 1.6, -2.0]);
    for marks in [Marks::default(), Marks { speaking: true, holding: true, jumped: false }] {
        let still = Sample { slot: 0x5a5a, tier: Tier::A, age_ms: 40, marks, pose };
        let jumped = Sample { marks: Marks { jumped: true, ..marks }, ..still };
        let cell = pose.cell();
        let of = |sample: &Sample| {
            [
                (Tier::A, encode_a(sample, cell).to_vec()),
                (Tier::B, encode_b(sample, cell).to_vec()),
                (Tier::C, encode_c(sample, cell).to_vec()),
                (Tier::D, encode_d(sample, cell).to_vec()),
            ]
        };
        for ((tier, mut marked), (_, wanted)) in of(&still).into_iter().zip(of(&jumped)) {
            assert_ne!(marked, wanted, "{tier:?}");
            mark_jumped(tier, &mut marked);
            assert_eq!(marked, wanted, "{tier:?}");
        }
    }
}

#[test]
fn every_record_begins_with_its_slot() {
    let pose = Pose::standing([1.0; 3]);
    let sample = Sample { slot: 0xabcd, tier: Tier::A, age_ms: 0, marks: Marks::default(), pose };
    let heads = [
        encode_a(&sample, [0; 3])[..2].to_vec(),
        encode_b(&sample, [0; 3])[..2].to_vec(),
        encode_c(&sample, [0; 3])[..2].to_vec(),
        encode_d(&sample, [0; 3])[..2].to_vec(),
        encode_e(sample.slot, &pose.head, [0; 3])[..2].to_vec(),
    ];
    assert!(heads.iter().all(|head| head[..] == [0xab, 0xcd]));
}
