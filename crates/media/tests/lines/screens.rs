//! Shared screens over a line that loses.

use crate::air::user;
use crate::screen_world::{Client, KEYFRAME_BYTES, Picture, World, room};
use str0m::Rtc;
use str0m::media::{Direction, KeyframeRequestKind, MediaKind};
use thexr_media::limits::{SCREEN_FRAME_BYTES_MAX, SCREENS_BYTES_AT_ONCE, SCREENS_KBIT_S_MAX};
use thexr_wire::PeerId;

/// Whether what came can be drawn: it begins with a keyframe, each picture follows the one before or is a keyframe, and times go on.
fn is_drawable(pictures: &[Picture]) -> bool {
    pictures.first().is_none_or(|first| first.is_keyframe) && is_drawable_from(pictures)
}

/// The same for what goes on from a picture that came before.
fn is_drawable_from(pictures: &[Picture]) -> bool {
    pictures.windows(2).all(|pair| {
        let [before, after] = [pair[0], pair[1]];
        let of_one = (before.source, before.layer) == (after.source, after.layer);
        let follows = after.is_keyframe || of_one && after.number == before.number + 1;
        follows && after.time > before.time
    })
}

fn layers_of(pictures: &[Picture]) -> Vec<u8> {
    let mut layers: Vec<u8> = pictures.iter().map(|picture| picture.layer).collect();
    layers.dedup();
    layers
}

// Rule 9.9
#[test]
fn what_somebody_shares_is_seen_by_those_near_in_the_size_they_wish_and_they_are_told_where() {
    let mut world = World::new(1, 0);
    let (ada, ben, eve, far) = (world.come(0.0), world.come(3.0), world.come(9.0), world.come(70.0));
    world.connect();
    world.share(ada, 7, 5.0);
    world.wish(eve, r#"{"screens":{"screen07":"high"}}"#);
    world.run(2_000);
    for (at, layer) in [(ben, 0), (eve, 1)] {
        let seen = world.seen(at);
        let last = *seen.last().unwrap();
        assert!(is_drawable(&seen) && seen.len() > 20, "{seen:?}");
        assert_eq!((last.source, last.layer), (ada as u8, layer));
        assert_eq!(world.clients[at].screens, [Some("screen07".to_owned()), None]);
    }
    assert!(world.seen(ada).is_empty() && world.clients[ada].screens.is_empty(), "nobody is sent their own");
    assert!(world.seen(far).is_empty() && world.clients[far].screens.is_empty());
    assert_eq!(world.sfu.shared(), 1);
}

// Rule 9.9
#[test]
fn what_the_room_does_not_say_is_shared_is_dropped_and_counted_and_so_is_what_comes_after_its_end() {
    let mut world = World::new(2, 0);
    let (ada, ben) = (world.come(0.0), world.come(3.0));
    world.connect();
    world.clients[ada].sends = [Some((0, true)); 2];
    world.run(1_000);
    assert!(world.seen(ben).is_empty() && world.dropped("not_shared") > 20);
    world.share(ada, 1, 5.0);
    world.run(1_000);
    assert!(world.seen(ben).len() > 10);
    world.scene.screens.clear();
    world.tell_scene();
    world.run(100);
    world.seen(ben);
    world.run(500);
    assert!(world.seen(ben).is_empty() && world.dropped("not_shared") > 10);
    assert_eq!((world.clients[ben].screens.clone(), world.sfu.shared()), (vec![None, None], 0));
}

#[test]
fn a_viewer_changes_between_the_sizes_at_keyframes_and_never_sees_a_broken_picture() {
    let mut world = World::new(3, 0);
    let (ada, ben) = (world.come(0.0), world.come(3.0));
    world.connect();
    world.share(ada, 1, 5.0);
    for want in ["low", "high", "low", "none", "high"] {
        world.wish(ben, &format!(r#"{{"screens":{{"screen01":"{want}"}}}}"#));
        world.run(2_500);
    }
    let seen = world.seen(ben);
    assert!(is_drawable(&seen));
    assert_eq!(layers_of(&seen), [0, 1, 0, 1]);
}

#[test]
fn who_comes_late_sees_at_once_what_is_shared_already() {
    let mut world = World::new(4, 0);
    let (ada, _) = (world.come(0.0), world.come(3.0));
    world.connect();
    world.share(ada, 1, 5.0);
    world.run(3_000);
    let cy = world.come(4.0);
    world.connect();
    world.run(1_300);
    let seen = world.seen(cy);
    assert!(is_drawable(&seen) && seen.len() > 5, "{seen:?}");
}

#[test]
fn a_line_that_loses_one_in_twenty_shows_whole_pictures_and_most_of_them() {
    for seed in [5, 6] {
        let mut world = World::new(seed, 0);
        let (ada, ben) = (world.come(0.0), world.come(3.0));
        world.connect();
        world.air.loss = 5;
        world.share(ada, 1, 5.0);
        world.wish(ben, r#"{"screens":{"screen01":"high"}}"#);
        world.run(10_000);
        let seen = world.seen(ben);
        assert!(is_drawable(&seen), "seed {seed}: {seen:?}");
        assert!(seen.len() > 120, "seed {seed}: {} of 200", seen.len());
    }
}

// Rule 9.9
#[test]
fn however_many_ask_for_keyframes_the_sharer_is_asked_once_a_second() {
    let mut world = World::new(7, 0);
    let ada = world.come(0.0);
    let viewers: Vec<usize> = (1..6).map(|at| world.come(at as f32)).collect();
    world.connect();
    world.share(ada, 1, 5.0);
    world.run(2_000);
    world.clients[ada].asked = 0;
    for _ in 0..500 {
        for at in &viewers {
            let Client { rtc, down, .. } = &mut world.clients[*at];
            let mut writer = rtc.writer(down[0]).unwrap();
            writer.request_keyframe(None, KeyframeRequestKind::Pli).unwrap();
        }
        world.run(10);
    }
    assert!((3..=6).contains(&world.clients[ada].asked), "{} in five seconds", world.clients[ada].asked);
}

// Rule 9.9
#[test]
fn who_blocks_or_is_blocked_sees_nothing_of_it_from_the_next_look_on() {
    let mut world = World::new(8, 0);
    let (ada, ben, eve) = (world.come(0.0), world.come(3.0), world.come(4.0));
    world.connect();
    world.share(ada, 1, 5.0);
    world.run(1_500);
    assert!(world.seen(ben).len() > 10);
    world.scene.part(&user(ben as u64), &user(ada as u64));
    world.tell_scene();
    world.run(100);
    world.seen(ben);
    world.seen(eve);
    world.run(1_000);
    assert!(world.seen(ben).is_empty() && world.seen(eve).len() > 10);
    assert_eq!(world.clients[ben].screens, [None, None]);
}

#[test]
fn somebody_who_stands_among_three_screens_sees_the_two_nearest_each_in_its_slot() {
    let mut world = World::new(9, 0);
    let sharers = [0.0, 10.0, 30.0].map(|z| world.come(z));
    let ben = world.come(5.0);
    world.connect();
    for (at, z) in sharers.into_iter().zip([0.0, 10.0, 30.0]) {
        world.share(at, at as u64, z);
    }
    world.run(1_500);
    assert_eq!(world.clients[ben].screens, [Some("screen00".to_owned()), Some("screen01".to_owned())]);
    for slot in 0..2 {
        let seen = world.clients[ben].seen[&slot].clone();
        assert!(is_drawable(&seen) && seen.iter().all(|picture| picture.source == slot as u8));
    }
    world.scene.people[ben].ear = [0.0, 1.7, 25.0];
    world.tell_scene();
    world.run(1_500);
    assert_eq!(world.clients[ben].screens, [Some("screen02".to_owned()), Some("screen01".to_owned())]);
}

#[test]
fn a_large_keyframe_for_thirty_goes_out_in_turns_and_reaches_all() {
    let mut world = World::new(10, 0);
    let ada = world.come(0.0);
    let viewers: Vec<usize> = (0..30).map(|at| world.come(1.0 + at as f32 * 0.1)).collect();
    world.connect();
    world.clients[ada].keyframe_bytes = [200_000, 200_000];
    world.burst = 0;
    world.share(ada, 1, 5.0);
    world.run(4_000);
    let step_bytes = SCREENS_KBIT_S_MAX as usize / 8 * 5;
    let most = SCREENS_BYTES_AT_ONCE + step_bytes + SCREEN_FRAME_BYTES_MAX;
    assert!(world.burst < most * 11 / 10, "{} in one step", world.burst);
    for at in viewers {
        let seen = world.seen(at);
        assert!(is_drawable(&seen) && seen.len() > 10, "{at}: {}", seen.len());
    }
}

// Rule 9.9
#[test]
fn who_sends_too_much_is_not_forwarded_and_nobody_sees_a_broken_picture_by_it() {
    let mut world = World::new(11, 0);
    let (ada, ben) = (world.come(0.0), world.come(3.0));
    world.connect();
    world.share(ada, 1, 5.0);
    world.run(1_000);
    world.sfu.take_counts();
    // Every picture of hers is a keyframe of 30 kB: 5 Mbit/s.
    for _ in 0..100 {
        world.clients[ada].sends.iter_mut().flatten().for_each(|sends| sends.1 = true);
        world.run(50);
    }
    let counts = world.sfu.take_counts();
    assert!(counts.dropped["too_much_video"] > 20 && counts.screens_in > 100, "{counts:?}");
    world.clients[ada].keyframe_bytes = [SCREEN_FRAME_BYTES_MAX + 1; 2];
    world.clients[ada].sends.iter_mut().flatten().for_each(|sends| sends.1 = true);
    world.run(2_000);
    assert!(world.dropped("frame_too_large") >= 2);
    let seen = world.seen(ben);
    assert!(is_drawable(&seen), "{seen:?}");
    world.clients[ada].keyframe_bytes = KEYFRAME_BYTES;
    world.run(4_000);
    let seen = world.seen(ben);
    assert!(seen.len() > 40, "it goes on once it is bearable: {}", seen.len());
}

// Rule 9.9
#[test]
fn twenty_who_all_send_more_than_they_may_are_bounded_and_the_honest_one_beside_them_is_seen() {
    let mut world = World::new(14, 0);
    let (ada, ben) = (world.come(0.0), world.come(0.5));
    let hostile: Vec<usize> = (0..20).map(|_| world.come(39.0)).collect();
    world.connect();
    world.share(ada, 1, 1.0);
    for (nth, at) in hostile.iter().enumerate() {
        world.share(*at, 10 + nth as u64, 39.0);
    }
    world.burst = 0;
    world.sfu.take_counts();
    for _ in 0..60 {
        for at in &hostile {
            world.clients[*at].sends.iter_mut().flatten().for_each(|sends| sends.1 = true);
        }
        world.run(50);
    }
    let counts = world.sfu.take_counts();
    assert!(counts.dropped["too_much_video"] > 200, "{counts:?}");
    let most = SCREENS_BYTES_AT_ONCE + SCREENS_KBIT_S_MAX as usize / 8 * 5 + SCREEN_FRAME_BYTES_MAX;
    assert!(world.burst < most * 2, "{} in one step", world.burst);
    let seen: Vec<Picture> = world.seen(ben).into_iter().filter(|of| of.source == ada as u8).collect();
    assert!(is_drawable(&seen) && seen.len() > 45, "{} of 60", seen.len());
}

#[test]
fn a_line_that_offers_no_video_is_shown_none_and_told_of_none() {
    let mut world = World::new(15, 0);
    let ada = world.come(0.0);
    let mut rtc = Rtc::builder().clear_codecs().enable_opus(true, false).build(world.now);
    let mut offer = rtc.sdp_api();
    offer.add_media(MediaKind::Audio, Direction::SendOnly, None, None, None);
    let offer = offer.apply().unwrap().0.to_sdp_string();
    let answer = world.sfu.offer(PeerId(50), &room(), &offer, world.now).unwrap();
    assert!(!answer.contains("m=video"));
    world.connect();
    world.share(ada, 1, 1.0);
    world.run(500);
    assert_eq!(world.sfu.take_counts().screens_out, 0);
}

#[test]
fn a_sharer_whose_line_is_made_anew_is_seen_again() {
    let mut world = World::new(12, 0);
    let (ada, ben) = (world.come(0.0), world.come(3.0));
    world.connect();
    world.share(ada, 1, 5.0);
    world.run(1_000);
    assert!(world.seen(ben).len() > 5);
    let anew = world.offer(ada as u64, 6_000);
    world.clients[ada] = anew;
    world.connect();
    world.clients[ada].sends = [Some((0, true)); 2];
    world.run(2_000);
    let seen = world.seen(ben);
    assert!(is_drawable(&seen) && seen.len() > 10, "{seen:?}");
}

#[test]
fn wishes_that_are_none_are_dropped_and_change_nothing() {
    let mut world = World::new(13, 0);
    let (ada, ben) = (world.come(0.0), world.come(3.0));
    world.connect();
    world.share(ada, 1, 5.0);
    world.run(500);
    let many: Vec<String> = (0..65).map(|at| format!(r#""wishes{at}":"low""#)).collect();
    let many = format!(r#"{{"screens":{{{}}}}}"#, many.join(","));
    for wish in
        [r#"{"screens":{"screen01":"huge"}}"#, r#"{"screens":{"!":"low"}}"#, r#"{"screens":7}"#, &many]
    {
        world.wish(ben, wish);
    }
    world.run(300);
    assert_eq!(world.dropped("bad_wish"), 4);
    world.seen(ben);
    world.run(500);
    assert!(world.seen(ben).len() > 5);
}

#[test]
fn where_packets_overtake_each_other_pictures_begin_within_two_seconds_and_from_then_on_none_is_missing() {
    for (seed, jitter_ms) in [(1, 4), (1, 8), (2, 8)] {
        let mut world = World::new(seed, 0);
        let (ada, ben) = (world.come(0.0), world.come(3.0));
        world.connect();
        world.air.jitter_ms = jitter_ms;
        world.share(ada, 7, 5.0);
        // A stream whose first packet is overtaken begins with the next keyframe.
        world.run(2_000);
        world.seen(ben);
        world.run(3_000);
        let seen = world.seen(ben);
        assert!(is_drawable_from(&seen) && seen.len() >= 58, "seed {seed}: {seen:?}");
    }
}
