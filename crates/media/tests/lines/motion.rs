//! Motion on lines that lose: what comes counts by itself, nothing is sent twice, and nobody carries what they were not asked to.

use crate::world::{World, room};
use thexr_media::Moved;
use thexr_media::limits::{MOTION_FRAMES_PER_S, MOTION_FRAMES_UNDER_WAY_MAX};
use thexr_wire::PeerId;
use thexr_wire::lane::{Header, PART_BYTES_MAX, SectionKind, peek_down, write_group, write_section};
use thexr_wire::pose::{Marks, Pose, Sample};
use thexr_wire::records::encode_d;
use thexr_wire::{Tier, lane};

/// A frame of a tick with so many people in two groups.
fn frame(tick: u32, people: u8) -> Vec<u8> {
    let mut out = Vec::new();
    Header { incarnation: 1, tick, seq: 9, ack: 4 }.write(&mut out);
    write_section(SectionKind::People, &mut out, |out| {
        for x in [10.0, 90.0] {
            let pose = Pose::standing([x, 1.8, 3.0]);
            write_group(out, Tier::D, people, pose.cell());
            for slot in 0..people {
                let marks = Marks::default();
                let sample = Sample { slot: slot.into(), tier: Tier::D, age_ms: 0, marks, pose };
                out.extend_from_slice(&encode_d(&sample, pose.cell()));
            }
        }
    });
    out
}

/// Two people whose channels of motion are open.
fn two(seed: u64) -> World {
    let mut world = World::new(seed, 0);
    world.come(0.0);
    world.come(2.0);
    world.connect();
    world.run(300);
    world
}

fn say(world: &mut World, at: usize, binary: bool, bytes: &[u8]) {
    let client = &mut world.clients[at];
    let mut channel = client.rtc.channel(client.motion.unwrap()).unwrap();
    assert!(channel.write(binary, bytes).unwrap());
}

fn came(world: &mut World) -> Vec<Moved> {
    std::iter::from_fn(|| world.sfu.moved()).collect()
}

// Rule 9.8
#[test]
fn a_frame_of_any_size_arrives_in_parts_that_are_datagrams_and_count_by_themselves() {
    let mut world = two(31);
    world.sfu.begin_motion(PeerId(0)).unwrap();
    let long = frame(100, 100);
    assert!(long.len() > PART_BYTES_MAX);
    world.sfu.send_motion(PeerId(0), &long);
    world.run(100);
    let moved = std::mem::take(&mut world.clients[0].moved);
    assert!(moved.len() > 1 && moved.iter().all(|part| part.len() <= PART_BYTES_MAX), "{}", moved.len());
    let people = |part: &Vec<u8>| {
        let mut people = 0;
        lane::read_down(part, &mut |_: Sample| people += 1).unwrap();
        people
    };
    assert_eq!(moved.iter().map(people).sum::<usize>(), 200);
    assert!(world.clients[1].moved.is_empty());
}

/// What became of fifteen seconds of motion for sixty people on a line that loses: frames that came, those that were two ticks late or
/// more, and the longest time without any, ticks.
fn motion_over(seed: u64, loss: u64) -> [u32; 3] {
    let mut world = two(seed);
    world.sfu.begin_motion(PeerId(0)).unwrap();
    world.air.loss = loss;
    let ([mut came, mut late, mut gap], mut last) = ([0; 3], 0);
    for tick in 0..300_u32 {
        world.sfu.send_motion(PeerId(0), &frame(tick, 60));
        world.run(50);
        for part in std::mem::take(&mut world.clients[0].moved) {
            came += 1;
            late += u32::from(tick - peek_down(&part).unwrap().tick > 1);
            (gap, last) = (gap.max(tick - last), tick);
        }
    }
    [came, late, gap]
}

#[test]
fn what_is_lost_is_not_sent_again_and_a_line_that_loses_one_in_a_hundred_never_stands_still() {
    for seed in 30..60 {
        let [came, late, gap] = motion_over(seed, 1);
        assert!(
            came >= 285 && late == 0 && gap <= 3,
            "seed {seed}: {came} came, {late} late, {gap} ticks without"
        );
    }
}

/// SCTP waits for a second and more where what says that something is given up is lost as well: such a line stands still for a moment
/// now and then, which a page takes for a reason to leave it. What comes then is the newest, not all that was missed.
#[test]
fn of_lines_that_lose_one_in_twenty_four_in_five_never_stand_still_and_none_hands_out_what_is_old() {
    let lines: Vec<[u32; 3]> = (30..60).map(|seed| motion_over(seed, 5)).collect();
    let stood_still = lines.iter().filter(|[_, _, gap]| *gap > 10).count();
    let [came, late] = [0, 1].map(|at| lines.iter().map(|line| line[at]).sum::<u32>());
    assert!(stood_still <= 6, "{lines:?}");
    assert!(came > 8_100 && late * 50 < came, "{came} came, {late} late: {lines:?}");
}

#[test]
fn a_line_that_takes_nothing_is_not_filled_with_what_is_old() {
    let mut world = two(35);
    world.sfu.begin_motion(PeerId(0)).unwrap();
    world.air.loss = 100;
    for tick in 0..100 {
        world.sfu.send_motion(PeerId(0), &frame(tick, 40));
        world.run(50);
    }
    let counts = world.sfu.take_counts();
    assert!(counts.motion_out <= 2 * MOTION_FRAMES_UNDER_WAY_MAX as u64, "{counts:?}");
}

// Rule 9.8
#[test]
fn frames_up_reach_the_room_once_the_line_carries_motion_and_not_before_or_after() {
    let mut world = two(37);
    say(&mut world, 0, true, b"early");
    world.run(100);
    assert_eq!(came(&mut world), []);
    assert_eq!(world.sfu.take_counts().dropped["no_motion"], 1);
    world.sfu.begin_motion(PeerId(0)).unwrap();
    say(&mut world, 0, true, b"a frame");
    world.run(100);
    assert_eq!(came(&mut world), [Moved::Frame(PeerId(0), b"a frame".to_vec())]);
    world.sfu.end_motion(PeerId(0));
    assert_eq!(came(&mut world), [Moved::Ended(PeerId(0))]);
    say(&mut world, 0, true, b"late");
    world.sfu.send_motion(PeerId(0), &frame(1, 1));
    world.run(100);
    assert!(came(&mut world).is_empty() && world.clients[0].moved.is_empty());
}

#[test]
fn motion_ends_with_its_channel_and_with_its_line() {
    let mut world = two(39);
    for at in [0, 1] {
        world.sfu.begin_motion(PeerId(at)).unwrap();
    }
    let client = &mut world.clients[0];
    client.rtc.direct_api().close_data_channel(client.motion.unwrap());
    world.run(300);
    assert_eq!(came(&mut world), [Moved::Ended(PeerId(0))]);
    world.sfu.close(PeerId(1));
    assert_eq!(came(&mut world), [Moved::Ended(PeerId(1))]);
    assert_eq!(world.sfu.begin_motion(PeerId(1)).unwrap_err().reason(), "no_channel");
    assert!(world.sfu.is_in_use(&room()));
}

#[test]
fn questions_come_back_as_they_are_and_a_flood_of_anything_costs_its_sender_alone() {
    let mut world = two(41);
    say(&mut world, 0, false, b"17");
    world.run(100);
    assert_eq!(world.clients[0].probed, ["17"]);
    world.sfu.begin_motion(PeerId(0)).unwrap();
    for _ in 0..100 {
        say(&mut world, 0, false, b"again");
        say(&mut world, 0, true, b"a frame");
    }
    say(&mut world, 0, true, &[7; 5_000]);
    say(&mut world, 0, false, &[b'x'; 100]);
    world.run(600);
    let frames = came(&mut world).len();
    assert!(frames <= 2 * MOTION_FRAMES_PER_S as usize, "{frames}");
    let dropped = world.sfu.take_counts().dropped;
    for reason in ["motion_too_large", "too_much_motion", "too_many_probes"] {
        assert!(dropped.contains_key(reason), "{reason} in {dropped:?}");
    }
    say(&mut world, 1, false, b"and I?");
    world.run(100);
    assert_eq!(world.clients[1].probed, ["and I?"]);
}
