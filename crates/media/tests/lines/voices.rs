//! Voices of several people over a line that loses.

use crate::air::{server, user};
use crate::world::{World, room};
use std::net::SocketAddr;
use str0m::channel::ChannelConfig;
use str0m::media::{Direction, MediaKind};
use str0m::{Candidate, Rtc};
use thexr_media::Way;
use thexr_wire::PeerId;

// Rule 9.4
#[test]
fn two_people_hear_each_other_and_are_told_who_it_is() {
    let mut world = World::new(1, 0);
    let (ada, ben) = (world.come(0.0), world.come(2.0));
    world.connect();
    world.clients[ada].talks = true;
    world.run(1_000);
    let heard = world.heard(ben, ada as u8);
    assert!((45..=50).contains(&heard), "{heard} packets of a second");
    assert_eq!(world.clients[ben].slots.iter().flatten().collect::<Vec<_>>(), [user(0).as_str()]);
    assert_eq!(world.heard(ada, ada as u8), 0, "nobody hears themselves");
    // Silence costs nothing.
    world.clients[ada].talks = false;
    world.run(1_000);
    world.sfu.take_counts();
    world.run(1_000);
    assert_eq!(world.sfu.take_counts().voices_out, 0);
}

#[test]
fn a_line_that_loses_one_in_ten_loses_little_more_of_a_voice() {
    for seed in [3, 4] {
        let mut world = World::new(seed, 10);
        let (ada, ben) = (world.come(0.0), world.come(2.0));
        world.connect();
        world.clients[ada].talks = true;
        world.run(4_000);
        let heard = world.heard(ben, ada as u8);
        // 81 of 100 pass both ways.
        assert!(heard > 140, "seed {seed}: {heard} packets of 200");
    }
}

#[test]
fn who_asks_for_each_packet_twice_loses_hardly_any_where_one_in_ten_is_lost() {
    let share = |redundant: bool, seed: u64| {
        let mut world = World::new(seed, 0);
        let (ada, ben) = (world.come(0.0), world.come(2.0));
        world.connect();
        world.clients[ada].talks = true;
        world.run(300);
        world.wish(ben, if redundant { "{\"redundant\":true}" } else { "{\"redundant\":false}" });
        world.run(300);
        world.air.loss = 10;
        world.heard(ben, ada as u8);
        world.run(10_000);
        world.heard(ben, ada as u8)
    };
    for seed in [5, 6] {
        let (twice, once) = (share(true, seed), share(false, seed));
        assert!(twice >= 480, "seed {seed}: {twice} of 500 where each comes twice");
        assert!(once < 470, "seed {seed}: {once} of 500 where each comes once");
    }
}

#[test]
fn of_twelve_who_all_talk_each_hears_the_four_nearest_and_times_never_go_back() {
    let mut world = World::new(7, 1);
    let everyone: Vec<_> = [0.0, 1.5, 3.0, 6.0, 12.0]
        .into_iter()
        .chain((0..7).map(|number| 30.0 + number as f32))
        .map(|z| world.come(z))
        .collect();
    world.connect();
    for at in &everyone {
        world.clients[*at].talks = true;
    }
    world.run(2_000);
    everyone.iter().for_each(|at| world.clients[*at].said.clear());
    world.run(1_000);
    let first = world.clients[0].said.clone();
    for speaker in 1..=4 {
        assert!(first.iter().filter(|said| **said == speaker).count() > 40, "{speaker} in {first:?}");
    }
    assert!(first.iter().filter(|said| **said > 4).count() < 10);
    for client in &world.clients {
        for times in client.heard.values() {
            assert!(times.windows(2).all(|pair| pair[0] < pair[1]), "{times:?}");
        }
    }
}

#[test]
fn what_overtakes_on_its_way_is_heard_in_the_order_in_which_it_was_said() {
    for seed in [8, 9, 10] {
        let mut world = World::new(seed, 0);
        let (ada, ben) = (world.come(0.0), world.come(2.0));
        world.connect();
        world.clients[ada].talks = true;
        world.run(500);
        // One packet may overtake another, not two.
        world.air.jitter_ms = 35;
        world.heard(ben, ada as u8);
        world.run(4_000);
        let heard = world.heard(ben, ada as u8);
        assert!(heard >= 196, "seed {seed}: {heard} of 200");
        for times in world.clients[ben].heard.values() {
            assert!(times.windows(2).all(|pair| pair[0] < pair[1]), "seed {seed}: {times:?}");
        }
    }
}

// Rule 9.5
#[test]
fn a_voice_that_is_blocked_muted_or_not_wished_for_is_not_sent() {
    let mut world = World::new(9, 0);
    let (ada, ben, eve) = (world.come(0.0), world.come(1.0), world.come(2.0));
    world.connect();
    world.clients[ada].talks = true;
    world.run(500);
    assert!(world.heard(ben, 0) > 10 && world.heard(eve, 0) > 10);
    world.scene.part(&user(0), &user(1));
    world.sfu.scene(&room(), world.scene.clone(), world.now);
    world.run(60);
    world.heard(ben, 0);
    world.run(500);
    assert_eq!(world.heard(ben, 0), 0, "blocked");
    world.wish(eve, &format!("{{\"unheard\":[\"{}\"]}}", user(0)));
    world.run(100);
    world.heard(eve, 0);
    world.run(500);
    assert_eq!(world.heard(eve, 0), 0, "not wished for");
    world.wish(eve, "{\"unheard\":[]}");
    world.run(500);
    assert!(world.heard(eve, 0) > 10, "wished for again");
    world.scene.people[ada].mouth = None;
    world.sfu.scene(&room(), world.scene.clone(), world.now);
    world.run(60);
    world.heard(eve, 0);
    world.run(500);
    assert_eq!(world.heard(eve, 0), 0, "muted for all");
}

#[test]
fn who_leaves_frees_their_slot_and_an_offer_anew_takes_the_place_of_the_earlier_one() {
    let mut world = World::new(11, 0);
    let (ada, ben) = (world.come(0.0), world.come(2.0));
    world.connect();
    world.clients[ada].talks = true;
    world.run(500);
    assert_eq!(world.clients[ben].slots.iter().flatten().count(), 1);
    world.clients[ben] = world.offer(ben as u64, 6_000);
    world.connect();
    world.run(500);
    assert!(world.heard(ben, 0) > 10, "heard on the new line");
    assert_eq!((world.sfu.lines(), world.clients[ben].slots.iter().flatten().count()), (2, 1));
    world.sfu.close(PeerId(ada as u64));
    world.run(600);
    assert_eq!((world.clients[ben].slots.iter().flatten().count(), world.sfu.lines()), (0, 1));
    world.sfu.close(PeerId(ben as u64));
    assert!(world.sfu.lines() == 0 && !world.sfu.is_in_use(&room()));
}

// Rule 9.3
#[test]
fn the_line_of_somebody_who_is_not_in_the_room_any_more_ends() {
    let mut world = World::new(12, 0);
    world.come(0.0);
    world.come(1.0);
    world.run(21_000);
    world.scene.people.remove(1);
    world.sfu.scene(&room(), world.scene.clone(), world.now);
    assert_eq!(world.sfu.lines(), 1);
}

#[test]
fn fewer_slots_are_kept_to_as_a_listener_asks() {
    let mut world = World::new(13, 0);
    let _everyone: Vec<_> = (0..5).map(|number| world.come(number as f32)).collect();
    world.connect();
    (1..5).for_each(|at| world.clients[at].talks = true);
    world.run(500);
    assert_eq!(world.clients[0].slots.iter().flatten().count(), 4);
    world.wish(0, "{\"slots\":2}");
    world.run(500);
    assert_eq!(world.clients[0].slots.iter().flatten().count(), 2);
}

// Rule 9.6
#[test]
fn whatever_comes_in_from_anywhere_is_dropped_counted_and_harms_nobody() {
    let mut world = World::new(17, 0);
    let (ada, ben) = (world.come(0.0), world.come(2.0));
    world.connect();
    world.clients[ada].talks = true;
    let stranger: SocketAddr = "10.9.9.9:9".parse().unwrap();
    let known = world.clients[ada].address;
    for round in 0..400_u64 {
        let length = world.air.roll(1_600) as usize;
        let mut bytes: Vec<u8> = (0..length).map(|_| world.air.roll(256) as u8).collect();
        // What looks like STUN, DTLS, RTP and RTCP.
        if let Some(first) = bytes.first_mut() {
            *first = [0, 1, 22, 23, 128, 144, 255][round as usize % 7];
        }
        let from = if round % 2 == 0 { stranger } else { known };
        world.sfu.datagram(Way::Udp, from, server(), &bytes, world.now);
        world.run(5);
    }
    let dropped = world.sfu.take_counts().dropped;
    assert!(dropped.values().sum::<u64>() > 100, "{dropped:?}");
    world.clients[ben].said.clear();
    world.run(1_000);
    assert!(world.heard(ben, 0) > 40, "the honest are still heard");
    let now = world.now;
    for (sdp, reason) in [
        (String::new(), "bad_offer"),
        ("v=0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n".into(), "bad_offer"),
        ("m=audio\r\n".repeat(40), "bad_offer"),
        ("\u{0}".repeat(70_000), "offer_too_large"),
    ] {
        let refusal = world.sfu.offer(PeerId(99), &room(), &sdp, now).unwrap_err();
        assert_eq!(refusal.reason(), reason, "{refusal}");
    }
    for wish in
        ["", "[]", "{\"unheard\":\"everyone\"}", "{\"slots\":-1}", "{\"slots\":99999}", "{\"more\":1}"]
    {
        world.wish(ben, wish);
    }
    world.run(300);
    assert!(world.heard(ben, 0) > 5);
}

#[test]
fn a_line_that_opens_channel_after_channel_ends_and_no_other_does() {
    let mut world = World::new(18, 0);
    let (eve, _) = (world.come(0.0), world.come(2.0));
    world.connect();
    for _ in 0..20 {
        let config = ChannelConfig { label: "more".into(), ..ChannelConfig::default() };
        world.clients[eve].rtc.direct_api().create_data_channel(config);
    }
    world.run(1_000);
    assert_eq!(world.sfu.lines(), 1);
}

#[test]
fn an_answer_names_our_addresses_and_nobody_elses() {
    let mut world = World::new(19, 0);
    world.come(0.0);
    let offer = |rtc: &mut Rtc| {
        let mut offer = rtc.sdp_api();
        offer.add_media(MediaKind::Audio, Direction::SendOnly, None, None, None);
        offer.apply().unwrap().0.to_sdp_string()
    };
    let mut rtc = Rtc::builder().build(world.now);
    rtc.add_local_candidate(Candidate::host("192.0.2.77:7".parse().unwrap(), "udp").unwrap());
    let sdp = offer(&mut rtc);
    assert!(sdp.contains("192.0.2.77"));
    let answer = world.sfu.offer(PeerId(5), &room(), &sdp, world.now).unwrap();
    assert!(
        answer.contains("10.0.0.1 4000") && !answer.contains("192.0.2.77") && !answer.contains("10.0.1.")
    );
    world.run(1_000);
    let to_strangers = world.air.is_bound_for("192.0.2.77".parse().unwrap());
    assert!(!to_strangers, "nothing is sent to an address that only an offer names");
}

#[test]
fn an_offer_that_never_connects_is_forgotten() {
    let mut world = World::new(23, 100);
    world.come(0.0);
    world.run(19_000);
    assert_eq!(world.sfu.lines(), 1);
    world.run(3_000);
    assert_eq!(world.sfu.lines(), 0);
}
