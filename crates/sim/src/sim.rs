//! The simulation: virtual time, connections that come and go, a server that crashes, and what must hold at the end.
//!
//! Everything is a function of the plan; owns no rule of the room.

use crate::connection::Packet;
use crate::dice::Dice;
use crate::disk::{Delay, Disk};
use crate::host::{Host, Machine, START_MS};
use crate::lanes::{Lanes, Weather};
use crate::person::Person;
use crate::play::Play;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use thexr_client::{Client, State, Transmit};
use thexr_room::{Actor, Caps, FRAME_BYTES};
use thexr_wire::limits::TICK_MS;
use thexr_wire::{EntityId, RoomId, UserId};
use thexr_world::animate::{self, Animate};
use thexr_world::state;
use thexr_world::{Entity, Op};

/// Length of a step, milliseconds: frames of clients, deliveries.
const STEP_MS: f64 = 10.0;
/// Steps between two pictures of a client: 50 a second.
const PICTURE_STEPS: usize = 2;
/// How far off something that rests may be shown, metres.
const BODY_TOLERANCE_M: f32 = 0.001;
/// How far off something that rides on a door may be shown, metres: it goes a metre a second, and is told once a second far away.
const RIDER_TOLERANCE_M: f32 = 2.0;
/// Steps that the room gets to settle at the end, on a fair network (60 s).
const SETTLE_STEPS: usize = 6_000;
/// How far an avatar may be shown from where its person stands when all is still, metres on each axis: half a step of
/// tier D, since people walk as far apart as that.
pub const POSE_TOLERANCE_M: f32 = 0.032;
/// How far something that moves one metre a second may be shown from where it is, metres: a tick, and the clocks' error.
const DOOR_TOLERANCE_M: f32 = 0.06;

/// What is simulated.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Seed of everything.
    pub seed: u64,
    /// Whose client each one is; the same number twice is one person in two tabs.
    pub people: Vec<u64>,
    /// How many of them, the last ones, are out to break things.
    pub hostile: usize,
    /// Length of the stormy part, milliseconds.
    pub storm_ms: f64,
    /// The network meanwhile.
    pub weather: Weather,
    /// Mean time between two losses of a connection, milliseconds; `None`: never.
    pub drop_every_ms: Option<f64>,
    /// How long a client that lost its connection waits before it opens another, from and to, milliseconds.
    pub redial_ms: Delay,
    /// How long a commit takes.
    pub commit: Delay,
    /// Share of ticks that are followed by one to five skipped ones.
    pub overruns: f64,
    /// The most that one frame of motion may hold, bytes.
    pub frame_bytes: usize,
    /// When the server dies, milliseconds from the start.
    pub crashes_ms: Vec<f64>,
    /// Boxes with which they play instead of building; 0: they build.
    pub boxes: usize,
    /// Each among boxes of their own.
    pub apart: bool,
    /// Monsters that hunt them while the storm lasts.
    pub monsters: usize,
    /// One in so many people simulates what they touch; 0: nobody.
    pub predicting: u64,
}

impl Plan {
    /// Eight people on a bad network.
    pub fn eight(seed: u64) -> Self {
        Self {
            seed,
            people: (0..8).collect(),
            hostile: 0,
            storm_ms: 20_000.0,
            weather: Weather { delay_ms: 40.0, jitter_ms: 60.0, loss: 0.1 },
            drop_every_ms: Some(4_000.0),
            redial_ms: (50.0, 1_500.0),
            commit: (2.0, 30.0),
            overruns: 0.0,
            frame_bytes: FRAME_BYTES,
            crashes_ms: Vec::new(),
            boxes: 0,
            apart: false,
            monsters: 0,
            predicting: 2,
        }
    }

    /// Eight people who play with 64 boxes, on a line of 100 ms there and back that loses a twentieth.
    pub fn play(seed: u64) -> Self {
        Self {
            storm_ms: 20_000.0,
            weather: Weather { delay_ms: 50.0, jitter_ms: 0.0, loss: 0.05 },
            drop_every_ms: None,
            boxes: 64,
            predicting: 1,
            ..Self::eight(seed)
        }
    }
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Report {
    /// Last seq of the room.
    pub seq: u64,
    /// Digest of the room's world.
    pub digest: String,
    /// Hash of the journal and of everything every client told.
    pub transcript: String,
    /// Things that were moving by the room's clock at the end.
    pub doors: usize,
    /// Facts for a few that clients heard.
    pub whispers: usize,
    /// Commands granted, of all clients.
    pub granted: usize,
    /// Commands refused, by reason.
    pub refused: BTreeMap<String, usize>,
    /// Facts of the journal, by name.
    pub facts: BTreeMap<String, usize>,
    /// Joins that took up an earlier connection, of all clients.
    pub resumes: u64,
    /// Joins of all clients.
    pub joins: u64,
    /// Pose records that clients took.
    pub records: u64,
    /// Reasons for which people who mean no harm were refused.
    pub honest_refused: BTreeSet<String>,
    /// The longest that one of them waited for an answer, milliseconds.
    pub honest_waited_ms: f64,
    /// Frames of motion that came to clients as datagrams.
    pub datagrams: u64,
    /// Things that people simulated at a time, at most.
    pub simulated: usize,
    /// Throws of those who play.
    pub throws: u64,
    /// How far off what people had simulated was where it became the room's again, metres, sorted.
    pub corrections: Vec<f32>,
    /// Events, and bytes of their ops and payloads, of the busiest tick.
    pub busiest: (usize, usize),
}

struct Link {
    up: Lanes<Packet>,
    down: Lanes<Packet>,
    /// The client's side is open.
    open: bool,
    /// When the server notices that the client has gone.
    noticed_ms: f64,
}

/// Monsters all around, of every kind, that hardly hurt and are gone when the storm is over: what is told must have been heard then.
fn monsters(plan: &Plan) -> Vec<Op> {
    let kinds = ["walker", "spitter", "brute"];
    let monster = |number: usize| {
        let turn = number as f64 * std::f64::consts::TAU / plan.monsters as f64;
        let entity =
            EntityId::parse(&format!("hunter{number:02}")).unwrap_or_else(|error| unreachable!("{error}"));
        let monster = json!({"kind": kinds[number % kinds.len()], "damage": 0.01, "sight": 100});
        let components = [
            ("monster".to_owned(), monster),
            ("position".to_owned(), json!([9.0 * libm::cos(turn), 0, 9.0 * libm::sin(turn)])),
            ("ttl".to_owned(), json!(plan.storm_ms)),
        ];
        Op::Create { entity, components: components.into_iter().collect() }
    };
    (0..plan.monsters).map(monster).collect()
}

/// Messages arrive in order, datagrams perhaps not at all.
fn send(lane: &mut Lanes<Packet>, packet: Packet, now_ms: f64, weather: &Weather, dice: &mut Dice) {
    match packet {
        Packet::Message(_) => lane.send(packet, now_ms, weather, dice),
        Packet::Datagram(_) => lane.send_latest(packet, now_ms, weather, dice),
    }
}

/// A room, its clients and all between.
pub struct Sim {
    plan: Plan,
    weather: Weather,
    room: RoomId,
    now_ms: f64,
    dice: Dice,
    host: Option<Host>,
    disk: Option<Disk>,
    starts_ms: f64,
    people: Vec<Person>,
    /// The connection each client has or opens next, and when.
    dials: Vec<(Option<u64>, f64)>,
    links: BTreeMap<u64, Link>,
    owners: BTreeMap<u64, usize>,
    next_connection: u64,
    simulated: usize,
}

impl Sim {
    /// Everyone is about to connect.
    pub fn new(plan: Plan) -> Self {
        let room = RoomId::parse("simroom").unwrap_or_else(|error| unreachable!("a room's id: {error}"));
        let user = |number: &u64| {
            UserId::parse(&format!("{number:020}")).unwrap_or_else(|error| unreachable!("{error}"))
        };
        let people: Vec<Person> = plan
            .people
            .iter()
            .zip(0..)
            .map(|(who, number)| {
                let hostile = number as usize + plan.hostile >= plan.people.len();
                let mut person = Person::new(&room, user(who), plan.seed, number, hostile);
                if plan.predicting > 0 && number % plan.predicting == 0 {
                    person.predict();
                }
                if plan.weather.loss > 0.0 {
                    person.use_datagrams();
                }
                person.play = (plan.boxes > 0).then(|| Play::new(plan.boxes, plan.apart));
                person
            })
            .collect();
        let mut dice = Dice::new(plan.seed, 0);
        let dials = people.iter().map(|_| (None, dice.between(0.0, 2_000.0))).collect();
        let mut disk = Disk::new(plan.seed, START_MS);
        if plan.monsters > 0 {
            disk.add(monsters(&plan), START_MS);
        }
        Self {
            weather: plan.weather,
            room,
            now_ms: 0.0,
            dice,
            host: None,
            disk: Some(disk),
            starts_ms: 0.0,
            people,
            dials,
            links: BTreeMap::new(),
            owners: BTreeMap::new(),
            next_connection: 1,
            simulated: 0,
            plan,
        }
    }

    /// Runs the storm, lets it settle, checks what must hold. Panics when it does not.
    pub fn run(mut self) -> Report {
        while self.now_ms < self.plan.storm_ms {
            self.trouble();
            self.step(true);
        }
        self.weather = Weather::FAIR;
        for (_, at_ms) in &mut self.dials {
            *at_ms = at_ms.min(self.now_ms + 1_000.0);
        }
        for _ in 0..SETTLE_STEPS {
            self.step(false);
        }
        self.check();
        self.report()
    }

    fn step(&mut self, acting: bool) {
        self.now_ms += STEP_MS;
        self.start_host();
        self.deliver_up();
        if let Some(host) = &mut self.host {
            host.step(self.now_ms);
            self.simulated = self.simulated.max(host.room().simulated_by_people());
            while let Some((connection, packet)) = host.poll() {
                let Some(link) = self.links.get_mut(&connection) else { continue };
                send(&mut link.down, packet, self.now_ms, &self.weather, &mut self.dice);
            }
        }
        for number in 0..self.people.len() {
            self.dial(number);
            self.live(number, acting);
        }
    }

    fn start_host(&mut self) {
        if self.host.is_none() && self.now_ms >= self.starts_ms {
            let Some(disk) = self.disk.take() else { return };
            let Plan { commit, overruns, frame_bytes, .. } = self.plan;
            let machine = Machine { commit, overruns, frame_bytes, caps: Caps::default() };
            self.host = Some(Host::start(disk, &self.room, self.now_ms, machine));
        }
    }

    /// A client without a connection opens one when its time has come and the server is there.
    fn dial(&mut self, number: usize) {
        let (None, at_ms) = self.dials[number] else { return };
        if self.now_ms < at_ms {
            return;
        }
        let Some(host) = &mut self.host else {
            self.dials[number].1 = self.now_ms + self.dice.between(200.0, 1_500.0);
            return;
        };
        let connection = self.next_connection;
        self.next_connection += 1;
        host.connect(connection, self.people[number].user.clone());
        let (up, down) = (Lanes::default(), Lanes::default());
        self.links.insert(connection, Link { up, down, open: true, noticed_ms: f64::INFINITY });
        self.owners.insert(connection, number);
        self.dials[number].0 = Some(connection);
        self.people[number].client.opened(self.now_ms);
    }

    /// One client's step: what arrived, what its person does, what it sends.
    fn live(&mut self, number: usize, acting: bool) {
        let person = &mut self.people[number];
        let mut link = self.dials[number].0.and_then(|connection| self.links.get_mut(&connection));
        if let Some(link) = &mut link {
            while let Some(message) = link.down.arrived(self.now_ms) {
                match message {
                    Packet::Message(Transmit::Text(text)) => person.client.receive_text(&text, self.now_ms),
                    Packet::Message(Transmit::Binary(bytes)) => {
                        person.client.receive_binary(&bytes, self.now_ms)
                    }
                    Packet::Datagram(frame) => person.client.receive_datagram(&frame, self.now_ms),
                }
            }
        }
        if acting {
            person.act(self.now_ms, STEP_MS);
        }
        // They take turns to draw.
        let step = (self.now_ms / STEP_MS) as usize;
        if (step + number).is_multiple_of(PICTURE_STEPS) {
            person.frame(self.now_ms);
        }
        let client = &mut person.client;
        let next = |client: &mut Client| {
            let message = client.poll_transmit().map(Packet::Message);
            message.or_else(|| client.poll_datagram().map(Packet::Datagram))
        };
        while let Some(packet) = next(client) {
            let Some(link) = &mut link else { continue };
            send(&mut link.up, packet, self.now_ms, &self.weather, &mut self.dice);
        }
    }

    fn deliver_up(&mut self) {
        let Some(host) = &mut self.host else { return };
        let mut gone = Vec::new();
        for (connection, link) in &mut self.links {
            while let Some(message) = link.up.arrived(self.now_ms) {
                host.receive(*connection, message, self.now_ms);
            }
            if self.now_ms >= link.noticed_ms {
                host.disconnect(*connection);
                gone.push(*connection);
            }
        }
        gone.iter().for_each(|connection| drop(self.links.remove(connection)));
    }

    /// Connections are lost, the server dies.
    fn trouble(&mut self) {
        if self.plan.crashes_ms.first().is_some_and(|at_ms| self.now_ms >= *at_ms) {
            self.plan.crashes_ms.remove(0);
            self.crash();
        }
        let Some(every_ms) = self.plan.drop_every_ms else { return };
        for number in 0..self.people.len() {
            if self.dice.chance(STEP_MS / every_ms) {
                self.lose(number);
            }
        }
    }

    /// A client's connection is lost; the server notices later, and may still hear what was on its way.
    fn lose(&mut self, number: usize) {
        let Some(connection) = self.dials[number].0.take() else { return };
        let (from, to) = self.plan.redial_ms;
        self.dials[number].1 = self.now_ms + self.dice.between(from, to);
        self.people[number].client.closed(self.now_ms);
        let Some(link) = self.links.get_mut(&connection) else { return };
        link.open = false;
        link.down.cut();
        if self.dice.chance(0.5) {
            link.up.cut();
        }
        link.noticed_ms = self.now_ms + self.dice.between(0.0, 2_000.0);
    }

    fn crash(&mut self) {
        let Some(host) = self.host.take() else { return };
        self.disk = Some(host.crash());
        self.starts_ms = self.now_ms + self.dice.between(100.0, 3_000.0);
        self.links.clear();
        for number in 0..self.people.len() {
            if self.dials[number].0.take().is_some() {
                let (from, to) = self.plan.redial_ms;
                self.dials[number].1 = self.now_ms + self.dice.between(from, to);
                self.people[number].client.closed(self.now_ms);
            }
        }
    }

    fn host(&self) -> &Host {
        self.host.as_ref().unwrap_or_else(|| panic!("the server has come back"))
    }

    fn check(&self) {
        assert!(self.host().is_settled(), "the store has confirmed everything");
        self.check_replicas();
        self.check_commands();
        self.check_people();
        self.check_poses();
        self.check_doors();
        self.check_seats();
        self.check_holds();
        self.check_bodies();
    }

    /// What falls, flies and is pushed has come to rest, and everyone is shown it there, within a millimetre.
    fn check_bodies(&self) {
        for (id, entity) in self.host().room().world().entities() {
            let Some([x, y, z, ..]) = self.host().room().place_of(id) else { continue };
            let place = entity.transform().position;
            let rests = (0..3).all(|axis| (place[axis] - [x, y, z][axis]).abs() <= BODY_TOLERANCE_M);
            let tolerance_m = if rests { BODY_TOLERANCE_M } else { RIDER_TOLERANCE_M };
            self.check_shown(id, [x, y, z], tolerance_m);
        }
    }

    /// Every client shows a thing where it is.
    fn check_shown(&self, id: &EntityId, place: [f32; 3], tolerance_m: f32) {
        for (number, person) in self.people.iter().enumerate() {
            let index = person.client.replica().index_of(id);
            let index = index.unwrap_or_else(|| panic!("client {number} has {id}"));
            let shown = &person.client.matrices().values()[16 * index as usize + 12..][..3];
            let off = (0..3).map(|axis| (shown[axis] - place[axis]).abs()).fold(0.0, f32::max);
            assert!(off <= tolerance_m, "client {number} shows {id} {off} m off: {shown:?} {place:?}");
        }
    }

    /// Who has a seat or a screen and what somebody has say the same.
    fn check_seats(&self) {
        self.check_pairs("occupied_by", "sitting_on");
        self.check_pairs("shared_by", "sharing_on");
    }

    fn check_pairs(&self, taken_by: &str, has: &str) {
        let world = self.host().room().world();
        let says = |id: &EntityId, name: &str| {
            world.entity(id).and_then(|entity| entity.value(name)?.as_str().map(str::to_owned))
        };
        for id in world.entities().keys() {
            if let Some(user) = says(id, taken_by) {
                let avatar = EntityId::parse(&user).unwrap_or_else(|_| panic!("{id} is taken by {user}"));
                assert_eq!(says(&avatar, has).as_deref(), Some(id.as_str()), "{user} has {id}");
            }
            if let Some(thing) = says(id, has) {
                let thing = EntityId::parse(&thing).unwrap_or_else(|_| panic!("{id} has {thing}"));
                assert_eq!(says(&thing, taken_by).as_deref(), Some(id.as_str()), "{thing} is taken by {id}");
            }
        }
    }

    /// What is in a hand and what the hand's person says they hold say the same, and it hangs on them.
    fn check_holds(&self) {
        let world = self.host().room().world();
        let holding =
            |avatar: &EntityId, hand: &str| world.entity(avatar)?.value("holding")?.get(hand).cloned();
        for (id, entity) in world.entities() {
            if let Some(held_by) = entity.value("held_by") {
                let (user, hand) =
                    (held_by["user"].as_str().unwrap_or(""), held_by["hand"].as_str().unwrap_or(""));
                let avatar = EntityId::parse(user).unwrap_or_else(|_| panic!("{id} is held by {user}"));
                assert_eq!(holding(&avatar, hand), Some(json!(id)), "{user} holds {id}");
                assert_eq!(
                    entity.parent().map(|parent| &parent.entity),
                    Some(&avatar),
                    "{id} hangs on {user}"
                );
            }
            for hand in ["left", "right"] {
                let Some(thing) = holding(id, hand) else { continue };
                let thing = thing.as_str().and_then(|thing| EntityId::parse(thing).ok());
                let held_by = thing.and_then(|thing| world.entity(&thing)?.value("held_by").cloned());
                assert_eq!(held_by, Some(json!({"user": id, "hand": hand})), "{id} holds something");
            }
        }
    }

    /// What moves by the room's clock is everywhere where it is, within what it moves in a tick: whoever was there when it began,
    /// and whoever came later.
    fn check_doors(&self) {
        // Where ticks are skipped the room's newest one may be a few old: the clients' clocks know better.
        let tolerance_m = if self.plan.overruns > 0.0 { 4.0 * DOOR_TOLERANCE_M } else { DOOR_TOLERANCE_M };
        for (id, (entity, animate)) in self.doors() {
            let room_ms = (self.host().room().now().tick * TICK_MS) as f64;
            self.check_shown(id, animate::at(animate, entity.transform(), room_ms).position, tolerance_m);
        }
    }

    /// Things that move by the room's clock and hang on nothing.
    fn doors(&self) -> impl Iterator<Item = (&EntityId, (&Entity, &Animate))> {
        let entities = self.host().room().world().entities().iter();
        let still = |entity: &Entity| entity.parent().is_some();
        entities
            .filter(move |(_, entity)| !still(entity))
            .filter_map(|(id, entity)| Some((id, (&**entity, entity.animate()?))))
    }

    /// Every client is live and knows the room as it is.
    fn check_replicas(&self) {
        let room = self.host().room();
        for (number, person) in self.people.iter().enumerate() {
            assert_eq!(person.client.state(), State::Live, "client {number}");
            assert_eq!(person.client.replica().seq(), room.seq(), "client {number}");
            assert_eq!(
                person.client.replica().hash(),
                room.world().digest(),
                "client {number} has another room"
            );
            assert_eq!(person.client.stats().desyncs, 0, "client {number}");
        }
    }

    /// Every command is answered, and every granted one is in the journal once.
    fn check_commands(&self) {
        let journal = &self.host().disk().journal;
        let mut seen = BTreeSet::new();
        let mut events: BTreeMap<&UserId, usize> = BTreeMap::new();
        for event in journal {
            let (Some(id), Actor::User(user)) = (&event.command_id, &event.actor) else { continue };
            assert!(seen.insert((user, id)), "{id} of {user} is doubled");
            *events.entry(user).or_default() += 1;
        }
        for user in self.people.iter().map(|person| &person.user) {
            let tabs = self.people.iter().filter(|person| person.user == *user);
            let granted: usize = tabs.map(|person| person.granted).sum();
            assert_eq!(events.get(user).copied().unwrap_or(0), granted, "commands of {user}");
        }
        for (number, person) in self.people.iter().enumerate() {
            assert_eq!(person.asked, BTreeMap::new(), "client {number} has its answers");
            assert_eq!(person.client.outstanding(), 0, "client {number}");
        }
    }

    /// Exactly those who are connected are in the room, driven by one connection each.
    fn check_people(&self) {
        let room = self.host().room();
        let inside: BTreeSet<&EntityId> = room
            .world()
            .entities()
            .iter()
            .filter(|(_, entity)| entity.is_avatar())
            .map(|(id, _)| id)
            .collect();
        let entered = self.people.iter().filter(|person| person.has_entered());
        let expected: BTreeSet<EntityId> = entered.map(|person| EntityId::avatar(&person.user)).collect();
        assert_eq!(inside, expected.iter().collect(), "no ghosts, nobody missing");
        for avatar in &expected {
            let drivers = self.people.iter().filter(|person| EntityId::avatar(&person.user) == *avatar);
            assert_eq!(
                drivers.filter(|person| person.client.is_driver()).count(),
                1,
                "{avatar} has one driver"
            );
        }
    }

    /// Everyone is shown where they stand.
    fn check_poses(&self) {
        for driver in self.people.iter().filter(|person| person.client.is_driver()) {
            let avatar = EntityId::avatar(&driver.user);
            for (number, viewer) in
                self.people.iter().enumerate().filter(|(_, viewer)| viewer.user != driver.user)
            {
                let shown = viewer.client.shown(&avatar);
                let shown = shown.unwrap_or_else(|| panic!("client {number} shows {avatar}"));
                let far =
                    (0..3).map(|axis| (shown.head[axis] - driver.pose.head[axis]).abs()).fold(0.0, f32::max);
                assert!(far <= POSE_TOLERANCE_M, "client {number} shows {avatar} {far} m off");
            }
        }
    }

    fn report(&self) -> Report {
        let honest = || self.people.iter().filter(|person| !person.is_hostile());
        let mut refused = BTreeMap::new();
        for reason in self.people.iter().flat_map(|person| &person.refused) {
            *refused.entry(reason.clone()).or_default() += 1;
        }
        let mut facts = BTreeMap::new();
        for event in &self.host().disk().journal {
            *facts.entry(event.name.clone()).or_default() += 1;
        }
        let journal = self.host().disk().journal.iter().map(|event| format!("{event:?}"));
        let heard = self.people.iter().flat_map(|person| person.heard.iter().cloned());
        let transcript: Vec<String> = journal.chain(heard).collect();
        let stats = |of: fn(&thexr_client::Stats) -> u64| {
            self.people.iter().map(|person| of(person.client.stats())).sum()
        };
        Report {
            seq: self.host().room().seq(),
            digest: self.host().room().world().digest(),
            transcript: state::hash(&transcript.join("\n")),
            doors: self.doors().count(),
            whispers: self.people.iter().map(|person| person.whispers).sum(),
            granted: self.people.iter().map(|person| person.granted).sum(),
            refused,
            facts,
            resumes: stats(|stats| stats.resumes),
            joins: stats(|stats| stats.joins),
            records: stats(|stats| stats.records),
            datagrams: stats(|stats| stats.datagrams),
            honest_refused: honest().flat_map(|person| person.refused.iter().cloned()).collect(),
            honest_waited_ms: honest().map(|person| person.slowest_answer_ms).fold(0.0, f64::max),
            simulated: self.simulated,
            throws: self.people.iter().filter_map(|person| person.play.as_ref()).map(Play::throws).sum(),
            corrections: {
                let each = self.people.iter().flat_map(|person| person.client.corrections());
                let mut corrections: Vec<f32> = each.collect();
                corrections.sort_by(f32::total_cmp);
                corrections
            },
            busiest: self.host().busiest(),
        }
    }
}
