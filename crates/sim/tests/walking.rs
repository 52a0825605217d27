//! Honest people who walk through a checked game over a bad network, for half an hour: the room puts nobody back.
//!
//! Walls, some of them askew, doors that everyone opens and closes, an upper floor with a ramp and a lift, from which people jump. Everyone knows the room by
//! their own replica, so a door has closed before they hear of it. Poses go by datagrams, of which some are lost.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use thexr_client::{Client, Detail, Event, Mode, Options, State};
use thexr_nav::{Paths, bake};
use thexr_room::Caps;
use thexr_room::template::Template;
use thexr_sim::connection::Packet;
use thexr_sim::dice::Dice;
use thexr_sim::disk::Disk;
use thexr_sim::host::{Host, Machine, START_MS};
use thexr_sim::lanes::{Lanes, Weather};
use thexr_wire::pose::Pose;
use thexr_wire::{EntityId, RoomId, UserId};
use thexr_world::interactions::door_is_open;
use thexr_world::{Op, World, animate};

const PEOPLE: u64 = 8;
const MINUTES: f64 = 30.0;
const STEP_MS: f64 = 25.0;
/// Above the floor, metres.
const HEAD_M: f32 = 1.7;
/// There and back it is twice that.
const LATE: Weather = Weather { delay_ms: 150.0, jitter_ms: 30.0, loss: 0.05 };
/// From slow to as fast as a page lets people run, metres a second.
const PACES_M_S: [f32; 4] = [1.5, 3.0, 4.0, 5.5];
/// The way up and the deck of the lift, metres.
const LIFT: ([f32; 3], f32) = ([9.0, 0.1, -9.0], 0.1);
const UP_M: f32 = 3.0;
/// Beyond this there is nothing under the upper floor's edge, metres.
const EDGE_X_M: f32 = 12.0;
/// How fast people fall, metres a second.
const FALL_M_S: f32 = 5.0;

fn id(text: &str) -> EntityId {
    EntityId::parse(text).unwrap()
}

fn thing(name: &str, components: Value) -> Op {
    let Value::Object(map) = components else { unreachable!() };
    Op::Create { entity: id(name), components: map.into_iter().collect() }
}

fn a_box(at: [f64; 3], size: [f64; 3], turn: f64) -> Value {
    let [width, height, depth] = size;
    json!({"shape": {"kind": "box", "width": width, "height": height, "depth": depth}, "position": at,
        "rotation": [0, libm::sin(turn / 2.0), 0, libm::cos(turn / 2.0)]})
}

/// Four rooms about a cross of walls with a door in each of its arms, pillars that stand askew, an upper floor.
fn level() -> Vec<Op> {
    let mut ops = vec![
        thing("game1", json!({"game": {"health": 100}})),
        thing("spawn1", json!({"spawner": {}, "position": [5, 0, 5]})),
        thing("upper", a_box([9.0, UP_M as f64 - 0.1, -3.6], [4.0, 0.2, 8.0], 0.0)),
        thing("lift1", {
            let mut lift = a_box([9.0, 0.05, -9.0], [2.0, 0.1, 2.0], 0.0);
            lift["lift"] = json!({"height": UP_M, "speed": 1.5});
            lift
        }),
    ];
    let ramp = json!({"shape": {"kind": "box", "width": 3, "height": 0.2, "depth": 11.4}, "position": [9, 1.24, 5.75],
        "rotation": [-libm::sin(-0.152), 0, 0, libm::cos(0.152)]});
    ops.push(thing("ramp1", ramp));
    for (n, [x, z]) in [[0.0, 7.5], [0.0, -7.5], [7.5, 0.0], [-7.5, 0.0]].into_iter().enumerate() {
        // Two walls and a door of 1.6 m between them.
        let along_x = z == 0.0;
        for side in [-1.0, 1.0] {
            let (at, size) = if along_x {
                ([x + side * 4.15, 1.5, 0.0], [6.7, 3.0, 0.2])
            } else {
                ([0.0, 1.5, z + side * 4.15], [0.2, 3.0, 6.7])
            };
            // Beyond the third door is the ramp.
            if n != 2 || side < 0.0 {
                ops.push(thing(&format!("wall{n}{}", i32::from(side > 0.0)), a_box(at, size, 0.0)));
            }
        }
        let size = if along_x { [1.6, 3.0, 0.2] } else { [0.2, 3.0, 1.6] };
        let mut door = a_box([x, 1.5, z], size, 0.0);
        // Some are quick, some swing.
        door["door"] = match n {
            0 => json!({"slide": [0, 3, 0], "duration_ms": 300}),
            1 => json!({"slide": [0, 0, 1.6], "duration_ms": 1500}),
            // Into its wall.
            2 => json!({"slide": [-1.6, 0, 0], "duration_ms": 250}),
            _ => json!({"slide": [1.6, 0, 0], "duration_ms": 700}),
        };
        ops.push(thing(&format!("door{n}"), door));
    }
    for (n, [x, z]) in
        [[5.0, 11.0], [-5.0, 6.0], [-6.0, -6.0], [4.0, -5.0], [-10.0, 9.0]].into_iter().enumerate()
    {
        ops.push(thing(&format!("pillar{n}"), a_box([x, 1.5, z], [2.5, 3.0, 0.3], 0.6 + n as f64)));
    }
    ops
}

/// What one goes through next.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Ride {
    No,
    Onto,
    On,
    Off([f32; 3]),
    /// Off the edge of the upper floor, and down.
    Down,
}

struct Walker {
    user: UserId,
    client: Client,
    dice: Dice,
    at: [f32; 3],
    placed: bool,
    way: Vec<[f32; 3]>,
    pace_m_s: f32,
    ride: Ride,
    idle_until_ms: f64,
    ask_ms: f64,
    carried: bool,
    carry: Option<u64>,
    up: Lanes<Packet>,
    down: Lanes<Packet>,
}

#[derive(Debug, Default)]
struct Found {
    metres: f64,
    turned: usize,
    doors_passed: usize,
    rides: usize,
    falls: usize,
    put_back: Vec<(f64, [f32; 3])>,
}

fn apart(a: [f32; 3], b: [f32; 3]) -> f32 {
    libm::hypotf(a[0] - b[0], a[2] - b[2])
}

fn moves(world: &World, door: &EntityId, room_ms: f64) -> bool {
    let way = world.entity(door).and_then(|door| door.animate()?.moves_ms());
    way.is_some_and(|(_, end_ms)| room_ms < end_ms)
}

fn shut(world: &World, paths: &Paths, room_ms: f64) -> Vec<EntityId> {
    let open = |id: &EntityId| {
        world.entity(id).is_some_and(|door| door.value("lift").is_none() && door_is_open(door) == Some(true))
    };
    paths.gates().filter(|id| !open(id) || moves(world, id, room_ms)).cloned().collect()
}

impl Walker {
    fn new(number: u64, seed: u64) -> Self {
        let room = RoomId::parse("simroom").unwrap();
        let options = Options {
            room,
            user: None,
            nickname: format!("Walker {number}"),
            avatar: Value::Null,
            mode: Mode::Enter,
            command_id_seed: seed * 1_000 + number,
            detail: Detail::Full,
        };
        Self {
            user: UserId::parse(&format!("{number:020}")).unwrap(),
            client: Client::new(options),
            dice: Dice::new(seed, 50 + number),
            at: [0.0; 3],
            placed: false,
            way: Vec::new(),
            pace_m_s: PACES_M_S[number as usize % PACES_M_S.len()],
            ride: Ride::No,
            idle_until_ms: 0.0,
            ask_ms: 0.0,
            carried: false,
            carry: None,
            up: Lanes::default(),
            down: Lanes::default(),
        }
    }

    fn hear(&mut self, now_ms: f64, found: &mut Found) {
        while let Some(event) = self.client.poll_event() {
            match event {
                Event::Joined { pose: Some(pose), .. } => {
                    let [x, y, z, ..] = pose.head;
                    (self.at, self.placed) = ([x, y - 1.8, z], true);
                    self.way.clear();
                }
                Event::Event { event, payload, .. }
                    if event == "user_moved_back" && payload["user_id"] == json!(self.user) =>
                {
                    found.put_back.push((now_ms, self.at));
                    let at = |n: usize| payload["position"][n].as_f64().unwrap() as f32;
                    self.at = [at(0), at(1), at(2)];
                    self.way.clear();
                    self.ride = Ride::No;
                }
                Event::Reply { handle, ok: true, .. } if Some(handle) == self.carry => {
                    self.client.set_datagrams(true);
                    self.carried = true;
                }
                _ => {}
            }
        }
        if self.client.state() == State::Live && self.carry.is_none() {
            self.carry = Some(self.client.command("rtc_motion", json!({"on": true}), now_ms));
        }
    }

    fn act(&mut self, paths: &Paths, now_ms: f64, found: &mut Found) {
        let Some(room_ms) = self.client.room_ms(now_ms) else { return };
        if !self.placed || self.client.state() != State::Live || !self.client.is_driver() {
            return;
        }
        let world = self.client.replica().world().clone();
        let before = self.at;
        match self.ride {
            Ride::No => self.walk(&world, paths, room_ms, now_ms, found),
            _ => self.go_on_riding(&world, paths, room_ms, now_ms, found),
        }
        found.metres += f64::from(apart(before, self.at));
        let pose = Pose::standing([self.at[0], self.at[1] + HEAD_M, self.at[2]]);
        self.client.set_pose(&pose, false, now_ms).unwrap();
    }

    fn walk(&mut self, world: &World, paths: &Paths, room_ms: f64, now_ms: f64, found: &mut Found) {
        let shut = shut(world, paths, room_ms);
        self.turn_doors(world, now_ms, found);
        if self.way.is_empty() {
            if now_ms < self.idle_until_ms {
                return;
            }
            self.idle_until_ms = now_ms + self.dice.between(100.0, 1_500.0);
            let deck = [LIFT.0[0], LIFT.1, LIFT.0[2] + 1.6];
            if self.dice.chance(0.15) && apart(self.at, deck) < 4.0 && self.at[1] < 1.0 {
                self.ride = Ride::Onto;
                return;
            }
            let to = if self.dice.chance(0.2) {
                deck
            } else {
                let [x, z] = [0; 2].map(|_| self.dice.between(-11.0, 11.0) as f32);
                [x, if self.dice.chance(0.3) { UP_M } else { 0.0 }, z]
            };
            let to = paths.nearest(to);
            let way = to.and_then(|to| paths.path(self.at, to, &shut)).unwrap_or_default();
            self.way = way.into_iter().skip(1).rev().collect();
            if self.at[1] > 0.5 && self.dice.chance(0.2) {
                self.way.clear();
                self.ride = Ride::Down;
            }
            return;
        }
        let mut left = self.pace_m_s * STEP_MS as f32 / 1_000.0;
        while let Some(next) = self.way.last().copied().filter(|_| left > 0.0) {
            let metres = apart(self.at, next);
            let part = if metres > 0.0 { (left / metres).min(1.0) } else { 1.0 };
            let to = [0, 1, 2].map(|axis| self.at[axis] + (next[axis] - self.at[axis]) * part);
            if paths.is_shut(self.at, to, &shut) {
                return self.way.clear();
            }
            found.doors_passed +=
                usize::from(paths.is_shut(self.at, to, &paths.gates().cloned().collect::<Vec<_>>()));
            self.at = [to[0], paths.floor(to).unwrap_or(to[1]), to[2]];
            left -= metres;
            if part >= 1.0 {
                self.way.pop();
            }
        }
    }

    /// Opens and closes whatever door is near, without a thought for others.
    fn turn_doors(&mut self, world: &World, now_ms: f64, found: &mut Found) {
        if now_ms < self.ask_ms {
            return;
        }
        self.ask_ms = now_ms + self.dice.between(400.0, 2_500.0);
        for n in 0..4 {
            let door = id(&format!("door{n}"));
            let Some(entity) = world.entity(&door) else { continue };
            if apart(self.at, entity.transform().position) < 2.8 && self.at[1] < 1.0 {
                let is_open = door_is_open(entity) == Some(true);
                let name = if is_open && self.dice.chance(0.5) { "close" } else { "open" };
                self.client.command(name, json!({"entity": door}), now_ms);
                found.turned += 1;
            }
        }
    }

    fn go_on_riding(&mut self, world: &World, paths: &Paths, room_ms: f64, now_ms: f64, found: &mut Found) {
        let lift = id("lift1");
        let Some(entity) = world.entity(&lift) else { return };
        let rest = *entity.transform();
        let now = entity.animate().map_or(rest, |way| animate::at(way, &rest, room_ms));
        let [x, y, z] = now.position;
        let deck = [x, y + LIFT.1 / 2.0, z];
        let towards = |at: [f32; 3], [x, _, z]: [f32; 3], y: f32| {
            let to = [x, y, z];
            let metres = apart(at, to).max(1e-3);
            let part = (4.0 * STEP_MS as f32 / 1_000.0 / metres).min(1.0);
            [0, 1, 2].map(|axis| at[axis] + (to[axis] - at[axis]) * part)
        };
        match self.ride {
            Ride::Onto if (deck[1] - self.at[1]).abs() > 0.4 => {
                if now_ms >= self.ask_ms {
                    self.ask_ms = now_ms + 3_000.0;
                    self.client.command("close", json!({"entity": lift}), now_ms);
                    self.ride = Ride::No;
                }
            }
            Ride::Onto => {
                self.at = towards(self.at, deck, deck[1]);
                if apart(self.at, deck) < 0.1 {
                    self.ride = Ride::On;
                    self.idle_until_ms = now_ms + self.dice.between(500.0, 4_000.0);
                }
            }
            Ride::On => {
                self.at = deck;
                if moves(world, &lift, room_ms) {
                    self.idle_until_ms = now_ms + self.dice.between(0.0, 1_500.0);
                } else if now_ms >= self.idle_until_ms && self.dice.chance(0.5) {
                    let off = [deck[0], deck[1], deck[2] + 1.9];
                    if let Some(off) = paths.nearest(off).filter(|to| (to[1] - deck[1]).abs() < 0.4) {
                        self.ride = Ride::Off(off);
                        found.rides += 1;
                    }
                } else if now_ms >= self.ask_ms {
                    self.ask_ms = now_ms + 1_500.0;
                    let name = if door_is_open(entity) == Some(true) { "close" } else { "open" };
                    self.client.command(name, json!({"entity": lift}), now_ms);
                }
            }
            Ride::Off(to) => {
                self.at = towards(self.at, to, to[1]);
                if apart(self.at, to) < 0.1 {
                    self.ride = Ride::No;
                    self.at[1] = paths.floor(self.at).unwrap_or(to[1]);
                }
            }
            Ride::Down if self.at[0] < EDGE_X_M => {
                self.at = towards(self.at, [EDGE_X_M + 0.1, 0.0, self.at[2]], self.at[1])
            }
            Ride::Down => {
                self.at[1] = (self.at[1] - FALL_M_S * STEP_MS as f32 / 1_000.0).max(0.0);
                if self.at[1] <= 0.0 {
                    found.falls += 1;
                    self.ride = Ride::No;
                }
            }
            Ride::No => {}
        }
    }
}

fn send(lane: &mut Lanes<Packet>, packet: Packet, now_ms: f64, dice: &mut Dice) {
    match packet {
        Packet::Message(_) => lane.send(packet, now_ms, &LATE, dice),
        Packet::Datagram(_) => lane.send_latest(packet, now_ms, &LATE, dice),
    }
}

fn walk(seed: u64, minutes: f64) -> (Found, BTreeMap<String, usize>) {
    let mut disk = Disk::of(Template::Empty, seed, START_MS);
    disk.add(level(), START_MS);
    let machine = Machine { commit: (2.0, 30.0), overruns: 0.0, frame_bytes: 1_360, caps: Caps::default() };
    let mut host = Host::start(disk, &RoomId::parse("simroom").unwrap(), 0.0, machine);
    let paths = bake(host.room().world(), 0.0).expect("ways");
    let mut dice = Dice::new(seed, 1);
    let mut walkers: Vec<Walker> = (0..PEOPLE).map(|number| Walker::new(number, seed)).collect();
    for (connection, walker) in (0..).zip(&mut walkers) {
        host.connect(connection, walker.user.clone());
        walker.client.opened(0.0);
    }
    let mut found = Found::default();
    let mut now_ms = 0.0;
    while now_ms < minutes * 60_000.0 {
        now_ms += STEP_MS;
        for (connection, walker) in (0..).zip(&mut walkers) {
            while let Some(packet) = walker.up.arrived(now_ms) {
                host.receive(connection, packet, now_ms);
            }
        }
        host.step(now_ms);
        while let Some((connection, packet)) = host.poll() {
            send(&mut walkers[connection as usize].down, packet, now_ms, &mut dice);
        }
        for walker in &mut walkers {
            while let Some(packet) = walker.down.arrived(now_ms) {
                match packet {
                    Packet::Message(thexr_client::Transmit::Text(text)) => {
                        walker.client.receive_text(&text, now_ms)
                    }
                    Packet::Message(thexr_client::Transmit::Binary(bytes)) => {
                        walker.client.receive_binary(&bytes, now_ms)
                    }
                    Packet::Datagram(frame) => walker.client.receive_datagram(&frame, now_ms),
                }
            }
            walker.hear(now_ms, &mut found);
            walker.act(&paths, now_ms, &mut found);
            walker.client.timers(now_ms);
            loop {
                let message = walker.client.poll_transmit().map(Packet::Message);
                let Some(packet) = message.or_else(|| walker.client.poll_datagram().map(Packet::Datagram))
                else {
                    break;
                };
                send(&mut walker.up, packet, now_ms, &mut dice);
            }
        }
    }
    assert!(walkers.iter().all(|walker| walker.carried), "poses may be lost");
    let mut facts = BTreeMap::new();
    for event in &host.disk().journal {
        *facts.entry(event.name.clone()).or_default() += 1;
    }
    (found, facts)
}

// Rule 3.21
#[test]
fn nobody_who_goes_where_people_can_go_is_put_back_however_bad_the_line() {
    let (found, facts) = walk(4, MINUTES);
    println!("{found:?}\n{facts:?}");
    assert!(found.metres > 35_000.0 && found.turned > 1_500, "{found:?}");
    assert!(found.doors_passed > 800 && found.rides > 40 && found.falls > 5, "{found:?}");
    assert_eq!(facts.get("user_moved_back"), None, "{:?}", found.put_back);
}

/// The same for ten hours of each of them: `cargo test -p thexr-sim --test walking -- --ignored`.
#[test]
#[ignore = "takes some minutes"]
fn nor_in_ten_hours() {
    for seed in 10..30 {
        let (found, facts) = walk(seed, MINUTES);
        println!("{seed}: {found:?}");
        assert_eq!(facts.get("user_moved_back"), None, "{:?}", found.put_back);
    }
}
