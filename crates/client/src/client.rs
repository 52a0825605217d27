//! The client: what it wants, where it stands, its timers, and what it hands out. Messages in are `receive.rs`.

use crate::channel::{Channel, Pending};
use crate::clock::Clock;
use crate::comings::Comings;
use crate::commands::{Commands, Refusal};
use crate::event::{Detail, Event, Options, State, Transmit};
use crate::fingers::{self, OwnHand};
use crate::limits::{
    ACK_FRAMES, ACK_MS, DESYNCS_IN_A_ROW_MAX, EVENTS_MAX, JOIN_TIMEOUT_MS, REJOIN_FIXED, REJOIN_MS,
    SETTLED_MS,
};
use crate::line::{Line, Verdict};
use crate::matrices::{Foreseen, Limb, Matrices, Scene};
use crate::motion::{Look, Motion};
use crate::receive::{Relations, Restating};
use crate::replica::{Desync, Replica};
use crate::send_filter::SendFilter;
use crate::stats::{Ages, Stats};
use crate::sync::Assembly;
use serde_json::{Value, json};
use std::collections::{BTreeSet, VecDeque};
use thexr_wire::joints::{Hands, Joints};
use thexr_wire::lane::{Own, write_ack, write_claims, write_up};
use thexr_wire::message::{Dialect, JoinPayload, Mode, Resume, VERSION, event};
use thexr_wire::pose::{Fingers, Marks, Place, Pose, PoseError};
use thexr_wire::{EntityId, UserId};

/// Where the channel stands; see [`State`] for the picture.
#[derive(Debug)]
pub(crate) enum Phase {
    /// Nothing is asked for.
    Idle,
    /// No socket, or the next join is due at `at_ms`; never on this socket when infinite.
    Waiting { at_ms: f64 },
    /// The join went out.
    Joining { sent_ms: f64 },
    /// Chunks arrive.
    Syncing(Assembly),
    /// The replica follows.
    Live { since_ms: f64 },
}

/// A client of one room. Times are milliseconds of any steady clock, the same in every call.
#[derive(Debug)]
pub struct Client {
    pub(crate) options: Options,
    pub(crate) channel: Channel,
    pub(crate) phase: Phase,
    open: bool,
    was_joined: bool,
    failures: usize,
    /// Rejoins so far: each has a chance of its own.
    rejoins: u64,
    desyncs_in_a_row: u32,
    pub(crate) line: Line,
    /// Token of the last join; gone while the replica is not whole, since then there is nothing to resume.
    pub(crate) resume_token: Option<String>,
    /// Token of the join whose snapshot is arriving.
    pub(crate) next_token: Option<String>,
    pub(crate) user: Option<UserId>,
    pub(crate) driver: bool,
    /// Takes part as a spectator: its pose is a camera.
    pub(crate) observes: bool,
    /// Seq of the last event told, for noticing a gap.
    pub(crate) told_seq: u64,
    pub(crate) comings: Comings,
    /// Why the channel is about to end for good.
    pub(crate) ending: Option<Value>,
    pub(crate) replica: Replica,
    pub(crate) restating: Restating,
    pub(crate) commands: Commands,
    pub(crate) clock: Clock,
    pub(crate) motion: Motion,
    pub(crate) away: BTreeSet<UserId>,
    pub(crate) relations: Relations,
    pub(crate) stats: Stats,
    pub(crate) replaced: bool,
    pub(crate) filter: SendFilter,
    own_moved: bool,
    monster_rows: Vec<f32>,
    /// How the own hands are held, where they are known.
    own_fingers: Option<Fingers>,
    own_joints: Vec<f32>,
    pose_seq: u16,
    /// The pose in which one jumped, until the room has it or a later one.
    jumped_in: Option<u16>,
    speaking: bool,
    /// Frames of motion that the room knows we have.
    acked_frames: u64,
    acked_ms: f64,
    pub(crate) matrices: Matrices,
    events: VecDeque<Event>,
}

impl Client {
    /// A client that wants to join as soon as the socket opens.
    pub fn new(options: Options) -> Self {
        Self {
            channel: Channel::new(&options.room),
            phase: Phase::Waiting { at_ms: f64::MIN },
            open: false,
            was_joined: false,
            failures: 0,
            rejoins: 0,
            desyncs_in_a_row: 0,
            line: Line::opened(0.0),
            resume_token: None,
            next_token: None,
            user: options.user.clone(),
            driver: false,
            observes: false,
            told_seq: 0,
            comings: Comings::default(),
            ending: None,
            replica: Replica::new(options.detail == Detail::Light),
            restating: Restating::default(),
            commands: Commands::new(options.command_id_seed),
            clock: Clock::default(),
            motion: Motion::default(),
            away: BTreeSet::new(),
            relations: Relations::default(),
            stats: Stats::default(),
            replaced: false,
            filter: SendFilter::default(),
            own_moved: false,
            monster_rows: Vec::new(),
            own_fingers: None,
            own_joints: Vec::new(),
            pose_seq: 0,
            jumped_in: None,
            speaking: false,
            acked_frames: 0,
            acked_ms: f64::MIN,
            matrices: Matrices::default(),
            events: VecDeque::new(),
            options,
        }
    }

    /// The socket is open: joins, with a resume when the replica is whole.
    pub fn opened(&mut self, now_ms: f64) {
        self.closed(now_ms);
        self.open = true;
        self.line = Line::opened(now_ms);
        if !matches!(self.phase, Phase::Idle) {
            self.join(now_ms);
        }
    }

    /// The socket is closed or never opened; the caller opens the next one.
    pub fn closed(&mut self, _now_ms: f64) {
        self.open = false;
        self.channel.closed();
        self.driver = false;
        if !matches!(self.phase, Phase::Idle) {
            self.phase = Phase::Waiting { at_ms: f64::MIN };
        }
    }

    /// The next message to send; ask until `None` after every other call.
    pub fn poll_transmit(&mut self) -> Option<Transmit> {
        let transmit = self.channel.poll()?;
        self.stats.sent_bytes += match &transmit {
            Transmit::Text(text) => text.len() as u64,
            Transmit::Binary(bytes) => bytes.len() as u64,
        };
        Some(transmit)
    }

    /// The next frame of motion to be sent as a datagram, while [`set_datagrams`](Self::set_datagrams) says so.
    pub fn poll_datagram(&mut self) -> Option<Vec<u8>> {
        let frame = self.channel.poll_datagram()?;
        self.stats.sent_bytes += frame.len() as u64;
        Some(frame)
    }

    /// What this person does goes by datagrams from now on, or by the socket again; also by the socket with the next join.
    pub fn set_datagrams(&mut self, on: bool) {
        self.channel.set_datagrams(on);
    }

    /// The next event, oldest first.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// Joins (anew) with another mode and face: leaves the join there is, keeps unanswered commands.
    pub fn enter(&mut self, mode: Mode, nickname: &str, avatar: Value, now_ms: f64) {
        self.options.mode = mode;
        self.options.nickname = nickname.to_owned();
        self.options.avatar = avatar;
        self.resume_token = None;
        self.failures = 0;
        self.desyncs_in_a_row = 0;
        if self.is_joined() {
            self.channel.leave();
        }
        self.was_joined = false;
        self.phase = Phase::Waiting { at_ms: f64::MIN };
        if self.open {
            self.join(now_ms);
        }
    }

    /// Leaves the room; commands that wait are answered with `left`.
    pub fn leave(&mut self, _now_ms: f64) {
        if self.is_joined() {
            self.channel.leave();
        }
        self.stop();
    }

    /// Sends a command now or as soon as it can be; the handle names its [`Event::Reply`], which always comes.
    ///
    /// It is sent again after a rejoin until it is answered; its id makes that safe.
    pub fn command(&mut self, name: &str, payload: Value, _now_ms: f64) -> u64 {
        let handle = self.commands.handle();
        if self.state() == State::Idle {
            self.refuse(handle, Refusal::NotJoined);
            return handle;
        }
        let joined = self.is_joined();
        match self.commands.keep(handle, name, payload) {
            Ok(command) if joined => {
                self.channel.push(&command.name, &command.payload, Some(Pending::Command { handle }));
            }
            Ok(_) => {}
            Err(refusal) => self.refuse(handle, refusal),
        }
        handle
    }

    /// Shouts to everyone; not stored, not repeated. `false`: not in the room, nobody will hear it.
    pub fn shout(&mut self, payload: &Value) -> bool {
        let joined = self.is_joined();
        if joined {
            self.channel.push(event::SHOUT, &payload.to_string(), None);
        }
        joined
    }

    /// Takes the own pose; what is sent of it and when is the send filter's. Errors: the pose is unusable and ignored.
    pub fn set_pose(&mut self, pose: &Pose, jumped: bool, now_ms: f64) -> Result<(), PoseError> {
        let mut pose = pose.validated().inspect_err(|_| self.stats.bad_poses += 1)?;
        if pose.left.is_some() || pose.right.is_some() {
            pose.fingers = pose.fingers.or(self.own_fingers);
        }
        self.own_moved |= self.filter.pose() != Some(&pose);
        self.filter.set(pose, jumped, now_ms);
        self.send_pose(now_ms);
        Ok(())
    }

    /// Takes how the own hands are held, left and right: it belongs to the poses that are set from now on.
    pub fn set_hands(&mut self, hands: [OwnHand; 2]) {
        let joints = |hand: &OwnHand| match hand {
            OwnHand::Joints(points) => Some(Joints::pack(points)),
            OwnHand::Still | OwnHand::Controller { .. } => None,
        };
        self.filter.set_hands(Hands { left: joints(&hands[0]), right: joints(&hands[1]) });
        self.own_fingers = fingers::of_own(&hands);
        self.own_joints.clear();
        for (right, hand) in [(false, &hands[0]), (true, &hands[1])] {
            self.own_joints.extend(fingers::drawn(hand, right).iter().flatten());
        }
    }

    /// The own hands as they are drawn: 75 numbers each, left and right, every joint in the frame of its hand's place, metres.
    /// Empty before they are first set.
    pub fn own_joints(&self) -> &[f32] {
        &self.own_joints
    }

    /// Heartbeats, joins that are due, clock questions, the pose sample. At least every 50 ms while poses are sent.
    pub fn timers(&mut self, now_ms: f64) {
        if !self.open {
            return;
        }
        match self.phase {
            Phase::Waiting { at_ms } if now_ms >= at_ms => self.join(now_ms),
            Phase::Joining { sent_ms } if now_ms >= sent_ms + JOIN_TIMEOUT_MS => {
                self.channel.leave();
                self.rejoin_later(now_ms);
            }
            Phase::Live { since_ms } if now_ms >= since_ms + SETTLED_MS => {
                self.failures = 0;
                self.desyncs_in_a_row = 0;
            }
            _ => {}
        }
        self.heartbeat(now_ms);
        if self.is_joined() && self.clock.ask(now_ms) {
            self.channel.push(
                event::CLOCK,
                &json!({"t": now_ms}).to_string(),
                Some(Pending::Clock { sent_ms: now_ms }),
            );
        }
        self.send_pose(now_ms);
        self.acknowledge(now_ms);
    }

    /// Says whether this person speaks: everyone is told, and sees them one ring nearer.
    pub fn set_speaking(&mut self, speaking: bool) {
        if self.speaking != speaking {
            self.speaking = speaking;
            self.filter.hurry();
        }
    }

    /// Shows an entity on a limb of one's own, until [`as_told`](Self::as_told): what a hand takes follows it at once.
    pub fn show_held(&mut self, id: &EntityId, limb: Limb, place: &Place) {
        let own = self.user.as_ref().map(EntityId::avatar);
        // Who has no avatar holds nothing.
        let Some(own) = own.filter(|own| self.replica.index_of(own).is_some()) else { return };
        self.foresee(id, Some((own, limb)), place);
    }

    /// Shows an entity at a place in the room, until [`as_told`](Self::as_told).
    pub fn show_placed(&mut self, id: &EntityId, place: &Place) {
        self.foresee(id, None, place);
    }

    /// Shows an entity as the room tells it: its answer has come.
    pub fn as_told(&mut self, id: &EntityId) {
        if let Some(Foreseen { parent: None, position, .. }) = self.matrices.foresee(id.clone(), None) {
            self.motion.bodies.seen_at(id, position);
        }
        self.replica.stale.insert(id.clone());
        self.motion.prediction.as_told(id);
    }

    fn foresee(&mut self, id: &EntityId, parent: Option<(EntityId, Limb)>, place: &Place) {
        let [x, y, z, qx, qy, qz, qw] = *place;
        let foreseen = Foreseen { parent, position: [x, y, z], rotation: [qx, qy, qz, qw] };
        self.motion.prediction.note([id.clone()]);
        self.matrices.foresee(id.clone(), Some(foreseen));
        self.replica.stale.insert(id.clone());
    }

    /// Once per picture: timers, everyone's place, all matrices.
    pub fn frame(&mut self, now_ms: f64) {
        if self.options.detail != Detail::Light {
            self.line.drawn(now_ms);
        }
        self.timers(now_ms);
        let Some(room_ms) = self.clock.show(now_ms) else { return };
        if self.options.detail == Detail::Light {
            return;
        }
        let Self { replica, user, away, relations, motion, .. } = &mut *self;
        let look = Look { replica, own: user.as_ref(), away, relations, room_ms };
        let moved = motion.show(&look).to_vec();
        let mut stale = std::mem::take(&mut self.replica.stale);
        stale.extend(moved);
        let own = self.user.as_ref().map(EntityId::avatar);
        if std::mem::take(&mut self.own_moved) {
            stale.extend(own.clone());
        }
        self.motion.bodies.told(&stale, &self.replica, room_ms);
        let own_pose = self.filter.pose().copied();
        let Motion { bodies, prediction, figures, by_id, .. } = &mut self.motion;
        prediction.take_given().into_iter().for_each(|id| bodies.give(id));
        let knows_hands = |id: &EntityId| by_id.get(id).is_none_or(|at| figures[*at as usize].shows_hands());
        let mut moved = bodies.show(&self.replica, room_ms, knows_hands);
        prediction.show(&mut moved);
        self.motion.monster_rows(&self.replica, room_ms, &mut self.monster_rows);
        let motion = &self.motion;
        let pose =
            |id: &EntityId| if Some(id) == own.as_ref() { own_pose } else { motion.shown(id).copied() };
        let whole = std::mem::take(&mut self.replaced);
        let scene = Scene { replica: &self.replica, pose: &pose, moved: &moved, room_ms, whole };
        self.matrices.update(&scene, stale);
    }

    /// Where the client stands.
    pub fn state(&self) -> State {
        match self.phase {
            Phase::Idle => State::Idle,
            Phase::Waiting { at_ms } if at_ms == f64::INFINITY => State::Idle,
            Phase::Waiting { .. } | Phase::Joining { .. } if self.was_joined => State::Reconnecting,
            Phase::Waiting { .. } if !self.open => State::Idle,
            Phase::Waiting { .. } | Phase::Joining { .. } => State::Joining,
            Phase::Syncing(_) => State::Syncing,
            Phase::Live { .. } => State::Live,
        }
    }

    /// The room as this client knows it.
    pub fn replica(&self) -> &Replica {
        &self.replica
    }

    /// The room as this client knows it, for taking its changes.
    pub fn replica_mut(&mut self) -> &mut Replica {
        &mut self.replica
    }

    /// World matrices as of the last frame.
    pub fn matrices(&self) -> &Matrices {
        &self.matrices
    }

    /// Everyone else as of the last frame: rows of 24 numbers `[index, flags, head 7, left 7, right 7, age_ms]`.
    pub fn avatar_rows(&self) -> &[f32] {
        self.motion.rows()
    }

    /// The hands of those who are near as of the last frame, each in the frame of its place: rows of 77 numbers `[index, right, 25 joints x 3]`.
    pub fn hand_rows(&self) -> &[f32] {
        self.motion.hand_rows()
    }

    /// Monsters as of the last frame: rows of 7 numbers `[index, doing, since s, x, y, z, heading]`.
    pub fn monster_rows(&self) -> &[f32] {
        &self.monster_rows
    }

    /// Shots that were heard of since this was asked last: rows of 13 numbers `[index of who fired or −1, id, kind, ended, met, room
    /// clock ms, from x y z, to x y z, speed m/s]`.
    pub fn take_shots(&mut self) -> Vec<f64> {
        self.motion.take_shots(&self.replica)
    }

    /// The room's clock as it was for others as they are shown; none before the first join.
    pub fn seen_ms(&self, now_ms: f64) -> Option<f64> {
        Some(self.room_ms(now_ms)? - self.motion.usual_delay_ms())
    }

    /// The room's clock as it was for those at whom somebody aims along a ray, as they are shown; none before the first join.
    pub fn aimed_ms(&self, from: [f32; 3], direction: [f32; 3], now_ms: f64) -> Option<f64> {
        let room_ms = self.room_ms(now_ms)?;
        Some(
            room_ms
                - self.motion.seen_ago_ms(from, direction).unwrap_or_else(|| self.motion.usual_delay_ms()),
        )
    }

    /// Where an avatar was shown in the last frame.
    pub fn shown(&self, id: &EntityId) -> Option<&Pose> {
        self.motion.shown(id)
    }

    /// Who we are, once a join told it.
    pub fn user(&self) -> Option<&UserId> {
        self.user.as_ref()
    }

    /// Whether this connection moves the avatar.
    pub fn is_driver(&self) -> bool {
        self.driver
    }

    /// People whose connection is lost for the moment.
    pub fn away(&self) -> &BTreeSet<UserId> {
        &self.away
    }

    /// Whom we have blocked, and who has blocked us: neither is shown.
    pub fn is_hidden(&self, user: &UserId) -> bool {
        self.relations.hide(user)
    }

    /// The room's clock, best estimate.
    pub fn room_ms(&self, now_ms: f64) -> Option<f64> {
        self.clock.room_ms(now_ms)
    }

    /// Best recent round trip, milliseconds.
    pub fn rtt_ms(&self) -> Option<f64> {
        self.clock.rtt_ms()
    }

    /// Counters since the client was made; rejoining does not reset them.
    pub fn stats(&self) -> &Stats {
        &self.stats
    }

    /// Pose ages: room time of arrival minus the sender's sample time.
    pub fn ages(&self) -> &Ages {
        &self.motion.ages
    }

    /// Commands without an answer.
    pub fn outstanding(&self) -> usize {
        self.commands.waiting().count()
    }

    pub(crate) fn is_joined(&self) -> bool {
        matches!(self.phase, Phase::Syncing(_) | Phase::Live { .. })
    }

    pub(crate) fn tell(&mut self, event: Event) {
        if self.events.len() == EVENTS_MAX {
            self.events.pop_front();
            self.stats.dropped_events += 1;
        }
        self.events.push_back(event);
    }

    /// The join was accepted: whatever waits for an answer is sent (again).
    pub(crate) fn joined(&mut self) {
        self.was_joined = true;
        self.filter.restart();
        for (handle, command) in self.commands.waiting() {
            self.channel.push(&command.name, &command.payload, Some(Pending::Command { handle }));
        }
    }

    /// The channel failed: tries again after up to 1, 2, then 5 s, each client at another moment.
    pub(crate) fn rejoin_later(&mut self, now_ms: f64) {
        let most_ms = REJOIN_MS[self.failures.min(REJOIN_MS.len() - 1)];
        self.failures += 1;
        self.rejoins += 1;
        let wait_ms = most_ms * (REJOIN_FIXED + (1.0 - REJOIN_FIXED) * self.chance(self.rejoins));
        self.driver = false;
        self.phase = Phase::Waiting { at_ms: now_ms + wait_ms };
    }

    /// A number from 0 to 1 that differs between clients and times (SplitMix64); a function of the seed.
    fn chance(&self, time: u64) -> f64 {
        let mut z = self.options.command_id_seed.wrapping_add(time.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ z >> 31) >> 11) as f64 / (1u64 << 53) as f64
    }

    /// The replica is not to be trusted any more: a new snapshot, at once the first time.
    pub(crate) fn desync(&mut self, desync: &Desync, now_ms: f64) {
        self.stats.desyncs += 1;
        self.resume_token = None;
        self.desyncs_in_a_row += 1;
        let detail = desync.to_string();
        if self.desyncs_in_a_row > DESYNCS_IN_A_ROW_MAX {
            self.fatal(detail);
            return;
        }
        self.tell(Event::Desync { detail });
        if self.desyncs_in_a_row == 1 {
            self.phase = Phase::Waiting { at_ms: now_ms };
            self.driver = false;
        } else {
            self.rejoin_later(now_ms);
        }
    }

    pub(crate) fn fatal(&mut self, detail: String) {
        if self.is_joined() {
            self.channel.leave();
        }
        self.tell(Event::Fatal { detail });
        self.stop();
    }

    /// Wants nothing more of the room.
    pub(crate) fn stop(&mut self) {
        self.phase = Phase::Idle;
        self.give_up(Refusal::Left);
    }

    /// The room has our join: waiting longer is no silence.
    pub(crate) fn still_wanted(&mut self, now_ms: f64) {
        if let Phase::Joining { sent_ms } = &mut self.phase {
            *sent_ms = now_ms;
        }
    }

    /// The room wants nothing of us: asked again only over another connection, which may bring another token.
    pub(crate) fn refused(&mut self) {
        self.phase = Phase::Waiting { at_ms: f64::INFINITY };
        self.give_up(Refusal::NotJoined);
    }

    fn give_up(&mut self, refusal: Refusal) {
        self.driver = false;
        self.was_joined = false;
        self.resume_token = None;
        for handle in self.commands.drain() {
            self.refuse(handle, refusal);
        }
    }

    fn refuse(&mut self, handle: u64, refusal: Refusal) {
        self.tell(Event::Reply { handle, ok: false, response: refusal.response() });
    }

    fn join(&mut self, now_ms: f64) {
        let resume = self.resume_token.clone().map(|token| Resume { token, seq: self.replica.seq() });
        let Options { mode, nickname, avatar, .. } = &self.options;
        let payload = JoinPayload {
            dialect: Dialect::Thexr1,
            version: Some(VERSION),
            mode: *mode,
            resume,
            nickname: Some(nickname.clone()).filter(|nickname| !nickname.is_empty()),
            avatar: Some(avatar.clone()).filter(|avatar| !avatar.is_null()),
            ..JoinPayload::default()
        };
        self.channel.join(&json!(payload).to_string());
        self.phase = Phase::Joining { sent_ms: now_ms };
    }

    fn heartbeat(&mut self, now_ms: f64) {
        match self.line.look(now_ms) {
            Verdict::Fine => {}
            Verdict::Ask => self.channel.heartbeat(),
            Verdict::Dead => {
                self.closed(now_ms);
                self.tell(Event::Closed { reason: "heartbeat_timeout".into() });
            }
        }
    }

    /// The network or the page woke up: whether anybody is there still is asked as soon as somebody looks.
    pub fn doubt(&mut self) {
        self.line.doubt();
    }

    /// For how long the server has not answered, milliseconds; 0 while it need not.
    pub fn unanswered_ms(&self) -> f64 {
        self.line.unanswered_ms()
    }

    /// The driver's pose moves the avatar; an observer's is where the room tells motion from.
    pub(crate) fn send_pose(&mut self, now_ms: f64) {
        if !(self.driver || self.observes) || !self.is_joined() {
            return;
        }
        if self.clock.room_ms(now_ms).is_none() {
            return;
        }
        if self.motion.prediction.has_news() {
            self.filter.hurry();
        }
        let Some(due) = self.filter.sample(now_ms) else { return };
        let Some(room_ms) = self.clock.room_ms(due.at_ms) else { return };
        self.pose_seq = self.pose_seq.wrapping_add(1);
        self.stats.poses_sent += 1;
        (self.acked_frames, self.acked_ms) = (self.stats.frames, now_ms);
        let jumped = self.says_jumped(due.jumped);
        let own = Own {
            sample_ms: room_ms.max(0.0) as u64 as u32,
            marks: Marks { jumped, speaking: self.speaking, holding: false },
            pose: due.pose,
            hands: due.hands,
        };
        let mut frame = Vec::new();
        write_up(self.pose_seq, self.motion.newest_tick as u32, &own, &mut frame);
        if let Some(claims) = self.motion.prediction.claims(self.pose_seq, room_ms) {
            write_claims(&claims, &mut frame);
        }
        self.channel.push_pose(&frame);
    }

    /// Whether the next pose says that its person jumped. Where poses may be lost all say so until the room has one of them.
    fn says_jumped(&mut self, jumps: bool) -> bool {
        if jumps && self.channel.goes_by_datagrams() {
            self.jumped_in.get_or_insert(self.pose_seq);
        }
        let heard = |seq: u16| self.motion.acked_pose.wrapping_sub(seq) as i16 >= 0;
        self.jumped_in = self.jumped_in.filter(|seq| !heard(*seq));
        jumps || self.jumped_in.is_some()
    }

    /// Who hears and sends no poses says now and then how far it is, so that the room sends neither too much nor too little.
    fn acknowledge(&mut self, now_ms: f64) {
        let news = self.stats.frames - self.acked_frames;
        // Where frames are rare each is answered at once: an answer that waits looks like a slow line.
        let due = news >= ACK_FRAMES || news > 0 && now_ms - self.acked_ms >= ACK_MS;
        if !due || !self.is_joined() {
            return;
        }
        (self.acked_frames, self.acked_ms) = (self.stats.frames, now_ms);
        let mut frame = Vec::new();
        write_ack(self.motion.newest_tick as u32, &mut frame);
        self.channel.push_pose(&frame);
    }
}
