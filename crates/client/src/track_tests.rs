use super::*;

fn at(x: f32) -> Pose {
    Pose::standing([x, 1.8, 0.0])
}

fn told(at_ms: f64, pose: Pose) -> Arrival {
    Arrival { at_ms, pose, tier: Tier::A, jumped: false }
}

/// A walker at 1 m/s along x whose samples arrive `late_ms` after they were taken, from 0 to 1 s.
fn walker(late_ms: f64) -> Track {
    let mut track = standing_for_a_second(at(0.0), 0.0);
    for tick in 1..=20 {
        let ms = f64::from(tick) * 50.0;
        track.insert(told(ms, at(ms as f32 / 1000.0)), ms + late_ms);
    }
    track
}

/// Someone who has stood there for a second.
fn standing_for_a_second(pose: Pose, room_ms: f64) -> Track {
    Track::first_seen(Arrival { at_ms: room_ms - 1_000.0, pose, tier: Tier::A, jumped: true }, room_ms)
}

#[test]
fn a_steady_walker_is_shown_between_samples() {
    let mut track = walker(20.0);
    let shown = track.show(925.0);
    let delay = track.delay_ms();
    assert!((shown.pose.head[0] - (925.0 - delay) as f32 / 1000.0).abs() < 1e-4, "{shown:?}");
    assert_eq!(shown.age_ms, -75.0);
}

#[test]
fn a_movement_goes_on_for_a_tenth_of_a_second_and_without_news_comes_back_to_where_it_was_last() {
    let mut track = walker(20.0);
    let start = track.show(1_000.0 + track.delay_ms()).pose.head[0];
    assert!((start - 1.0).abs() < 0.02, "{start}");
    let newest = 0.95 + 0.05;
    let beyond = |track: &mut Track, ms: f64| {
        let delay = track.delay_ms();
        track.show(1_000.0 + delay + ms).pose.head[0] - newest
    };
    let seen = [50.0, 95.0, 200.0, 290.0].map(|ms| beyond(&mut track, ms));
    assert!(seen[1] > 0.085 && seen[0] < seen[1] && seen[2] < 0.06 && seen[3] < 0.02, "{seen:?}");
    assert_eq!(track.show(9_000.0).pose.head[0], newest);
}

#[test]
fn of_samples_that_lie_close_together_no_speed_is_told() {
    let mut track = walker(20.0);
    track.insert(told(1_004.0, at(1.05)), 1_020.0);
    let held = track.show(5_000.0).pose.head[0];
    assert!(held < 1.35, "{held}");
}

#[test]
fn what_was_continued_too_far_is_taken_back_slowly_and_whole() {
    let mut track = walker(20.0);
    let delay = track.delay_ms();
    let mut seen: Vec<f32> =
        (0..15).map(|n| track.show(950.0 + delay + f64::from(n) * 10.0).pose.head[0]).collect();
    assert!(seen[14] > 1.08, "gone on with: {seen:?}");
    // It stood since 1 s: ten centimetres too far.
    for ms in [1_050.0, 1_100.0] {
        track.insert(told(ms, at(1.0)), 1_160.0);
    }
    seen.extend((15..120).map(|n| track.show(950.0 + delay + f64::from(n) * 10.0).pose.head[0]));
    let back = seen.windows(2).map(|pair| pair[0] - pair[1]).fold(0.0_f32, f32::max);
    assert!(back < 0.02, "{back} m at once: {seen:?}");
    assert_eq!(seen.last(), Some(&1.0));
}

#[test]
fn who_jumps_or_is_far_from_where_they_were_guessed_is_there_at_once() {
    for (jumped, x) in [(true, 1.05), (false, 3.0)] {
        let mut track = walker(20.0);
        let delay = track.delay_ms();
        track.show(1_080.0 + delay);
        track.insert(Arrival { jumped, ..told(1_050.0, at(x)) }, 1_160.0);
        track.insert(told(1_100.0, at(x)), 1_160.0);
        assert_eq!(track.show(1_110.0 + delay).pose.head[0], x);
    }
}

#[test]
fn a_jump_is_not_walked() {
    let mut track = walker(20.0);
    let mut jump = at(50.0);
    jump.head[2] = 9.0;
    track.insert(Arrival { jumped: true, ..told(1_050.0, jump) }, 1_070.0);
    track.show(1_030.0 + track.delay_ms());
    let before = track.show(1_040.0 + track.delay_ms());
    assert!(before.pose.head[0] <= 1.001 && !before.jumped, "{before:?}");
    let after = track.show(1_060.0 + track.delay_ms());
    assert_eq!(after.pose.head[0], 50.0);
    assert!(after.jumped);
    assert!(!track.show(1_070.0 + track.delay_ms()).jumped);
}

#[test]
fn samples_out_of_order_are_put_in_order_and_duplicates_dropped() {
    let mut track = standing_for_a_second(at(0.0), 0.0);
    assert_eq!(track.insert(told(100.0, at(0.1)), 120.0), Taken::Kept);
    assert_eq!(track.insert(told(60.0, at(0.06)), 130.0), Taken::Kept);
    assert_eq!(track.insert(told(101.0, at(9.0)), 140.0), Taken::Duplicate);
    let shown = track.show(175.0);
    let played_ms = 175.0 - track.delay_ms();
    assert!((shown.pose.head[0] - played_ms as f32 / 1000.0).abs() < 1e-4, "{shown:?}");
}

#[test]
fn a_sample_older_than_everything_kept_is_late() {
    let mut track = standing_for_a_second(at(0.0), 1_000.0);
    for tick in 0..TRACK_SAMPLES {
        track.insert(told(1_050.0 + tick as f64 * 50.0, at(0.0)), 1_000.0);
    }
    assert_eq!(track.insert(told(10.0, at(5.0)), 2_000.0), Taken::Late);
}

#[test]
fn a_bad_line_is_played_later_and_a_good_one_sooner() {
    let bad = walker(180.0).needed_delay_ms;
    assert!((200.0..=240.0).contains(&bad), "{bad}");
    let good = walker(5.0).needed_delay_ms;
    assert!((DELAY_MIN_MS..DELAY_DEFAULT_MS).contains(&good), "{good}");
    assert_eq!(walker(5_000.0).needed_delay_ms, DELAY_MAX_MS);
}

#[test]
fn the_first_step_after_a_rest_does_not_pull_the_avatar_ahead() {
    let mut track = standing_for_a_second(at(0.0), 0.0);
    track.insert(told(2_000.0, at(0.1)), 2_020.0);
    assert_eq!(track.show(1_940.0 + track.delay_ms()).pose.head[0], 0.0);
}

/// Someone who walks along x at 1 m/s, told in a tier for some seconds and looked at all the while; returns the longest
/// and the shortest step that was shown within 20 ms in the second half.
fn steps(track: &mut Track, tier: Tier, from_ms: f64, seconds: f64) -> (f32, f32) {
    let period_ms = PERIODS_MS[tier as usize];
    let (mut next_ms, mut room_ms) = (from_ms, from_ms);
    let (mut before, mut longest, mut shortest) = (None, f32::MIN, f32::MAX);
    while room_ms < from_ms + seconds * 1_000.0 {
        if room_ms >= next_ms {
            let pose = Pose::standing([(next_ms / 1_000.0) as f32, 1.8, 0.0]);
            track.insert(Arrival { tier, ..told(next_ms, pose) }, next_ms + 30.0);
            next_ms += period_ms;
        }
        let x = track.show(room_ms).pose.head[0];
        if let Some(before) = before.replace(x)
            && room_ms > from_ms + seconds * 500.0
        {
            longest = longest.max(x - before);
            shortest = shortest.min(x - before);
        }
        room_ms += 20.0;
    }
    (longest, shortest)
}

#[test]
fn a_walker_is_shown_walking_evenly_in_every_tier() {
    for tier in Tier::ALL {
        let mut track = standing_for_a_second(Pose::standing([0.0, 1.8, 0.0]), 0.0);
        let (longest, shortest) = steps(&mut track, tier, 0.0, 40.0);
        assert!(longest < 0.035 && shortest > 0.005, "{tier:?}: steps of {shortest} to {longest} m");
    }
}

#[test]
fn who_steps_out_of_the_crowd_is_soon_shown_in_time() {
    let mut track = standing_for_a_second(Pose::standing([0.0, 1.8, 0.0]), 0.0);
    steps(&mut track, Tier::E, 0.0, 30.0);
    assert!(track.delay_ms() > 1_500.0, "{}", track.delay_ms());
    steps(&mut track, Tier::A, 30_000.0, 3.0);
    assert!(track.delay_ms() < 200.0, "{}", track.delay_ms());
}

// Rule 4.12
#[test]
fn a_place_in_the_crowd_does_not_move_someone_who_is_known_better() {
    let known = Pose::standing([1.1, 1.7, 1.1]);
    let mut track = standing_for_a_second(known, 0.0);
    track.insert(Arrival { tier: Tier::D, ..told(100.0, known) }, 120.0);
    let crowd = |at_ms, x| Arrival { tier: Tier::E, ..told(at_ms, Pose::standing([x, 1.8, 1.25])) };
    assert_eq!(track.insert(crowd(500.0, 9.0), 520.0), Taken::Coarse, "told better a moment ago");
    assert_eq!(track.insert(crowd(60_000.0, 1.25), 60_020.0), Taken::Coarse, "the same half metre");
    assert_eq!(track.insert(crowd(62_000.0, 1.75), 62_020.0), Taken::Kept, "half a metre on");
}

#[test]
fn in_the_crowd_one_looks_where_one_goes_and_keeps_ones_height() {
    let mut track = standing_for_a_second(Pose::standing([0.25, 1.5, 0.25]), 0.0);
    let crowd = |at_ms, x| Arrival { tier: Tier::E, ..told(at_ms, Pose::standing([x, 1.8, 0.25])) };
    track.insert(crowd(10_000.0, 2.25), 10_020.0);
    let shown = track.show(30_000.0).pose.head;
    assert_eq!((shown[0], shown[1]), (2.25, 1.5));
    let (yaw, _) = thexr_wire::quant::yaw_pitch(&shown);
    assert!((yaw - std::f32::consts::FRAC_PI_2).abs() < 1e-3, "{yaw}");
    track.insert(crowd(32_000.0, 52.25), 32_020.0);
    let jumped = (0..50).any(|step| track.show(30_000.0 + f64::from(step) * 100.0).jumped);
    assert!(jumped, "fifty metres in two seconds are not walked");
}
