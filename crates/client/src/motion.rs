//! The latest lane as a client reads it: which frames count, whose samples they are, what everyone looks like now.
//!
//! Knows slots through the replica and the room's clock through its argument; playback is the tracks'. People lie in a
//! dense list in the order of their slots, so that a frame touches nothing else.

use crate::bodies::{Bodies, Hearing};
use crate::event::Detail;
use crate::hands::ShownHands;
use crate::limits::{DELAY_DEFAULT_MS, FRAME_FUTURE_MAX_MS, PERIODS_MS};
use crate::prediction::{Heard, Prediction};
use crate::receive::Relations;
use crate::replica::Replica;
use crate::shots::{Shots, off_ray};
use crate::stats::{Ages, Stats};
use crate::track::{Arrival, Shown, Taken, Track};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use thexr_wire::bodies::BodyState;
use thexr_wire::joints::HandJoints;
use thexr_wire::lane::{Header, LaneError, Sink, peek_down, read_down, skim_down};
use thexr_wire::limits::TICK_MS;
use thexr_wire::monsters::Doing;
use thexr_wire::pose::{Marks, Pose, Sample};
use thexr_wire::shots::Shot;
use thexr_wire::{EntityId, Tier, UserId};

/// Numbers of one avatar in the rows.
pub const AVATAR_ROW: usize = avatar_row::FLOATS;
/// Numbers of one hand in the rows.
pub const HAND_ROW: usize = hand_row::FLOATS;

/// Where things lie in an avatar's row; TypeScript's copy is written from here.
pub mod avatar_row {
    /// Index of its entity.
    pub const INDEX: usize = 0;
    /// Bits of `flag`.
    pub const FLAGS: usize = 1;
    /// Head: position and quaternion.
    pub const HEAD: usize = 2;
    /// Left hand, zeros when it is not tracked.
    pub const LEFT: usize = HEAD + 7;
    /// Right hand.
    pub const RIGHT: usize = LEFT + 7;
    /// Age of the newest sample, milliseconds.
    pub const AGE_MS: usize = RIGHT + 7;
    /// All of them.
    pub const FLOATS: usize = AGE_MS + 1;
}

/// Where things lie in a hand's row; TypeScript's copy is written from here.
pub mod hand_row {
    use thexr_wire::joints::JOINTS;

    /// Index of its person's entity.
    pub const INDEX: usize = 0;
    /// 1 for the right hand.
    pub const RIGHT: usize = 1;
    /// Joints in the frame of the hand's place, three numbers each, metres.
    pub const POINTS: usize = 2;
    /// All of them.
    pub const FLOATS: usize = POINTS + 3 * JOINTS;
}

/// Bits of a row's flags.
pub mod flag {
    /// The left hand is tracked.
    pub const LEFT: u32 = 1;
    /// The right hand is tracked.
    pub const RIGHT: u32 = 2;
    /// The fingers are tracked.
    pub const FINGERS: u32 = 4;
    /// It jumped since the last frame.
    pub const JUMPED: u32 = 8;
    /// The person speaks.
    pub const SPEAKING: u32 = 16;
    /// The person's connection is lost for the moment.
    pub const AWAY: u32 = 32;
    /// The person holds something.
    pub const HOLDING: u32 = 64;
    /// From this bit on: the tier of the newest sample, three bits.
    pub const TIER_SHIFT: u32 = 8;
}

/// One person as shown.
#[derive(Debug)]
pub(crate) struct Figure {
    id: EntityId,
    index: u32,
    own: bool,
    away: bool,
    hidden: bool,
    /// Something hangs on it or is drawn at its matrix.
    carries: bool,
    marks: Marks,
    /// `None` until the room has told where they are: they are not shown.
    track: Option<Track>,
    hands: ShownHands,
    shown: Option<Pose>,
}

/// Everyone's movement.
#[derive(Debug, Default)]
pub(crate) struct Motion {
    pub incarnation: u16,
    pub newest_tick: u64,
    /// Number of the own pose that the newest frame answers.
    pub acked_pose: u16,
    pub ages: Ages,
    pub bodies: Bodies,
    pub shots: Shots,
    pub prediction: Prediction,
    pub figures: Vec<Figure>,
    /// Per slot: index of its figure plus one.
    in_slot: Vec<u32>,
    pub by_id: BTreeMap<EntityId, u32>,
    people_version: Option<u64>,
    things_version: Option<u64>,
    slots_version: Option<u64>,
    /// Monsters, by slot.
    monsters: Vec<(u16, EntityId)>,
    rows: Vec<f32>,
    hand_rows: Vec<f32>,
    moved: Vec<EntityId>,
    told: TellingFrame,
}

/// What a frame tells: taken when it could be read to its end.
#[derive(Debug, Default)]
struct TellingFrame {
    people: Vec<Sample>,
    hands: Vec<HandJoints>,
    bodies: Vec<(Tier, BodyState)>,
    monsters: Vec<(Tier, BodyState, Doing)>,
    shots: Vec<Shot>,
}

impl Sink for TellingFrame {
    fn person(&mut self, sample: Sample) {
        self.people.push(sample);
    }

    fn hand(&mut self, hand: &HandJoints) {
        self.hands.push(*hand);
    }

    fn body(&mut self, tier: Tier, body: &BodyState) {
        self.bodies.push((tier, *body));
    }

    fn monster(&mut self, tier: Tier, body: &BodyState, doing: Doing) {
        self.monsters.push((tier, *body, doing));
    }

    fn shot(&mut self, shot: &Shot) {
        self.shots.push(*shot);
    }
}

/// Who is looking at what, for one frame.
pub(crate) struct Look<'a> {
    pub replica: &'a Replica,
    pub own: Option<&'a UserId>,
    pub away: &'a BTreeSet<UserId>,
    pub relations: &'a Relations,
    pub room_ms: f64,
}

impl Motion {
    /// Another life of the room or another join: ticks start from here.
    pub fn restart(&mut self, incarnation: u16, tick: u64) {
        self.incarnation = incarnation;
        self.newest_tick = tick;
        self.bodies.restart();
        self.shots.restart();
        self.prediction.restart();
    }

    /// Takes a frame that arrived at `room_ms`.
    pub fn receive(
        &mut self,
        frame: &[u8],
        detail: Detail,
        replica: &Replica,
        room_ms: f64,
        stats: &mut Stats,
    ) -> Result<(), LaneError> {
        match detail {
            Detail::Full => self.read(frame, replica, room_ms, stats),
            Detail::Light => self.measure(frame, replica, room_ms, stats),
        }
    }

    /// Every sample to its avatar's track; all or none of a frame.
    fn read(
        &mut self,
        frame: &[u8],
        replica: &Replica,
        room_ms: f64,
        stats: &mut Stats,
    ) -> Result<(), LaneError> {
        let mut told = std::mem::take(&mut self.told);
        told.people.clear();
        told.hands.clear();
        told.bodies.clear();
        told.monsters.clear();
        told.shots.clear();
        let header = read_down(frame, &mut told);
        let result = header.map(|header| self.take(&header, &told, replica, room_ms, stats));
        self.told = told;
        result
    }

    fn take(
        &mut self,
        header: &Header,
        told: &TellingFrame,
        replica: &Replica,
        room_ms: f64,
        stats: &mut Stats,
    ) {
        self.know_people(replica);
        let tick_ms = self.begin(header, room_ms, stats);
        let in_slot =
            |slots: &[u32], slot: u16| slots.get(usize::from(slot)).and_then(|at| at.checked_sub(1));
        for hand in &told.hands {
            let Some((tick_ms, at)) = tick_ms.zip(in_slot(&self.in_slot, hand.slot)) else {
                stats.unknown_records += 1;
                continue;
            };
            self.figures[at as usize].hands.take(hand, tick_ms - f64::from(hand.age_ms), room_ms);
        }
        if tick_ms.is_some() {
            self.prediction.acked(header.ack);
        }
        for (tier, body) in &told.bodies {
            let known = tick_ms.is_some_and(|tick_ms| {
                let heard = self.prediction.hear(replica, header.ack, body);
                if heard == Heard::PassedOver {
                    return true;
                }
                let known = self.bodies.take(*tier, body, None, &Hearing { tick_ms, replica, room_ms });
                if let (Heard::From(point), Some(id)) = (heard, replica.in_slot(body.slot)) {
                    self.bodies.seen_at(id, point);
                }
                known
            });
            stats.unknown_records += u64::from(!known);
        }
        for (tier, body, doing) in &told.monsters {
            let known = tick_ms.is_some_and(|tick_ms| {
                self.bodies.take(*tier, body, Some(*doing), &Hearing { tick_ms, replica, room_ms })
            });
            stats.unknown_records += u64::from(!known);
        }
        if let Some(tick_ms) = tick_ms {
            told.shots.iter().for_each(|shot| self.shots.take(shot, tick_ms));
        }
        for sample in &told.people {
            let Some((tick_ms, at)) = tick_ms.zip(in_slot(&self.in_slot, sample.slot)) else {
                stats.unknown_records += 1;
                continue;
            };
            let at_ms = tick_ms - f64::from(sample.age_ms);
            stats.records += 1;
            self.ages.add(sample.tier, room_ms - at_ms);
            let figure = &mut self.figures[at as usize];
            let told = Arrival { at_ms, pose: sample.pose, tier: sample.tier, jumped: sample.marks.jumped };
            match figure.take(told, room_ms) {
                Taken::Coarse => stats.coarse_records += 1,
                _ => figure.mark(sample),
            }
        }
    }

    /// Ages only.
    fn measure(
        &mut self,
        frame: &[u8],
        replica: &Replica,
        room_ms: f64,
        stats: &mut Stats,
    ) -> Result<(), LaneError> {
        let tick_ms = self.begin(&peek_down(frame)?, room_ms, stats);
        skim_down(frame, |tier, slot, age_ms| match tick_ms.filter(|_| replica.in_slot(slot).is_some()) {
            Some(tick_ms) => {
                stats.records += 1;
                self.ages.add(tier, room_ms - tick_ms + f64::from(age_ms));
            }
            None => stats.unknown_records += 1,
        })?;
        Ok(())
    }

    /// Room time of a frame's tick; `None` for frames of another life or from the far future.
    fn begin(&mut self, header: &Header, room_ms: f64, stats: &mut Stats) -> Option<f64> {
        let tick = expand(header.tick, self.newest_tick);
        let tick_ms = tick as f64 * TICK_MS as f64;
        if header.incarnation != self.incarnation || tick_ms > room_ms + FRAME_FUTURE_MAX_MS {
            return None;
        }
        stats.frames += 1;
        if tick >= self.newest_tick {
            (self.newest_tick, self.acked_pose) = (tick, header.ack);
        }
        Some(tick_ms)
    }

    /// A pose told on the ordered lane: by an op (a jump), or by a resumed join (where they are now).
    pub fn tell(&mut self, id: &EntityId, pose: Pose, jumped: bool, replica: &Replica, room_ms: f64) {
        self.know_people(replica);
        let Some(at) = self.by_id.get(id) else { return };
        self.figures[*at as usize].take(Arrival { at_ms: room_ms, pose, tier: Tier::A, jumped }, room_ms);
    }

    /// [Rows](crate::rows::monster_row) of the monsters as they are shown.
    pub fn monster_rows(&mut self, replica: &Replica, room_ms: f64, rows: &mut Vec<f32>) {
        rows.clear();
        if self.slots_version != Some(replica.slots_version()) {
            self.slots_version = Some(replica.slots_version());
            let is_monster = |id: &EntityId| {
                replica.world().entity(id).is_some_and(|thing| thing.value("monster").is_some())
            };
            let monsters = replica.slots().iter().filter(|(_, id)| is_monster(id));
            self.monsters = monsters.map(|(slot, id)| (*slot, id.clone())).collect();
        }
        for (slot, id) in &self.monsters {
            self.bodies.monster_row(*slot, id, replica, room_ms, rows);
        }
    }

    /// Shots that were heard of since this was asked last.
    pub fn take_shots(&mut self, replica: &Replica) -> Vec<f64> {
        let Self { shots, figures, in_slot, .. } = self;
        shots.rows(replica, |slot| {
            let at = in_slot.get(usize::from(slot))?.checked_sub(1)?;
            Some(figures[at as usize].id.clone())
        })
    }

    /// How long before now others are shown, milliseconds: monsters where there are any, else people, in the mean.
    pub fn usual_delay_ms(&self) -> f64 {
        let mean = |delays: &mut dyn Iterator<Item = f64>| {
            let (count, sum) = delays.fold((0u32, 0.0), |(count, sum), delay| (count + 1, sum + delay));
            (count > 0).then(|| sum / f64::from(count))
        };
        let monsters = &mut self.bodies.monsters_seen().map(|(_, ago_ms)| ago_ms);
        let tracks = self.figures.iter().filter_map(|figure| figure.track.as_ref());
        mean(monsters).or_else(|| mean(&mut tracks.map(Track::delay_ms))).unwrap_or(DELAY_DEFAULT_MS)
    }

    /// When those are seen at whom somebody aims, milliseconds before now: of who is nearest to the line, else as bodies usually are.
    pub fn seen_ago_ms(&self, from: [f32; 3], direction: [f32; 3]) -> Option<f64> {
        let people = self.figures.iter().filter(|figure| !figure.own).filter_map(|figure| {
            let [x, y, z, ..] = figure.shown.as_ref()?.head;
            Some(([x, y - 0.6, z], figure.track.as_ref()?.delay_ms()))
        });
        let seen = people.chain(self.bodies.monsters_seen());
        let off = seen.filter_map(|(point, ago_ms)| Some((off_ray(point, from, direction)?, ago_ms)));
        off.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, ago_ms)| ago_ms)
    }

    /// Where an avatar was shown last.
    pub fn shown(&self, id: &EntityId) -> Option<&Pose> {
        self.figures[*self.by_id.get(id)? as usize].shown.as_ref()
    }

    /// Rows of [`AVATAR_ROW`] numbers, one for everyone whose place is known but oneself, in the order of slots.
    pub fn rows(&self) -> &[f32] {
        &self.rows
    }

    /// Rows of [`HAND_ROW`] numbers, one for each hand of those who are near.
    pub fn hand_rows(&self) -> &[f32] {
        &self.hand_rows
    }

    /// Plays everyone to the moment; returns those who moved and carry something.
    pub fn show(&mut self, look: &Look<'_>) -> &[EntityId] {
        self.know_people(look.replica);
        self.know_things(look);
        self.rows.clear();
        self.hand_rows.clear();
        self.moved.clear();
        for figure in self.figures.iter_mut().filter(|figure| !figure.own && !figure.hidden) {
            let Some(shown) = figure.track.as_mut().map(|track| track.show(look.room_ms)) else { continue };
            push_row(&mut self.rows, figure, &shown);
            push_hands(&mut self.hand_rows, figure, &shown, look.room_ms);
            if figure.carries && figure.shown != Some(shown.pose) {
                self.moved.push(figure.id.clone());
            }
            figure.shown = Some(shown.pose);
        }
        &self.moved
    }

    /// Follows who is here and in which slot; nothing to do while that stays the same.
    fn know_people(&mut self, replica: &Replica) {
        if self.people_version == Some(replica.people_version()) {
            return;
        }
        self.people_version = Some(replica.people_version());
        self.things_version = None;
        let mut before: BTreeMap<EntityId, Figure> =
            self.figures.drain(..).map(|figure| (figure.id.clone(), figure)).collect();
        self.in_slot.clear();
        self.by_id.clear();
        let with_slot = replica.slots().iter().map(|(slot, id)| (Some(*slot), id));
        let with_slot = with_slot.filter(|(_, id)| replica.avatars().contains(*id));
        let slotted: BTreeSet<&EntityId> = replica.slots().values().collect();
        let others = replica.avatars().iter().filter(|id| !slotted.contains(id)).map(|id| (None, id));
        for (slot, id) in with_slot.chain(others) {
            let Some(index) = replica.index_of(id) else { continue };
            let at = self.figures.len() as u32;
            let figure = before.remove(id).unwrap_or_else(|| Figure::new(id.clone()));
            self.figures.push(Figure { index, ..figure });
            self.by_id.insert(id.clone(), at);
            if let Some(slot) = slot.map(usize::from) {
                self.in_slot.resize(self.in_slot.len().max(slot + 1), 0);
                self.in_slot[slot] = at + 1;
            }
        }
    }

    /// Follows who is away or hidden and who carries something.
    fn know_things(&mut self, look: &Look<'_>) {
        for figure in &mut self.figures {
            let user = figure.id.as_str();
            figure.own = look.own.is_some_and(|own| own.as_str() == user);
        }
        let away = |figure: &Figure| {
            !look.away.is_empty() && figure.id.user().is_some_and(|user| look.away.contains(&user))
        };
        let hidden = |figure: &Figure| figure.id.user().is_some_and(|user| look.relations.hide(&user));
        for figure in &mut self.figures {
            (figure.away, figure.hidden) = (away(figure), !look.relations.is_empty() && hidden(figure));
        }
        if self.things_version == Some(look.replica.things_version()) {
            return;
        }
        self.things_version = Some(look.replica.things_version());
        let world = look.replica.world();
        for figure in &mut self.figures {
            let drawn =
                |name: &&str| world.entity(&figure.id).is_some_and(|entity| entity.value(name).is_some());
            let looks = ["shape", "model", "text", "light"];
            figure.carries = world.children(&figure.id).next().is_some() || looks.iter().any(drawn);
        }
    }
}

impl Figure {
    fn new(id: EntityId) -> Self {
        let marks = Marks::default();
        let (index, own, away, hidden, carries) = (0, false, false, false, true);
        let (track, hands, shown) = (None, ShownHands::default(), None);
        Self { id, index, own, away, hidden, carries, marks, track, hands, shown }
    }

    /// Whether one knows where their hands are.
    pub fn shows_hands(&self) -> bool {
        self.own || self.track.as_ref().is_some_and(|track| track.tier() <= Tier::B)
    }

    fn take(&mut self, told: Arrival, room_ms: f64) -> Taken {
        match &mut self.track {
            Some(track) => track.insert(told, room_ms),
            None => {
                self.track = Some(Track::first_seen(told, room_ms));
                Taken::Kept
            }
        }
    }

    /// Keeps what was said beside the pose, as far as the tier says it.
    fn mark(&mut self, sample: &Sample) {
        let Marks { speaking, holding, .. } = sample.marks;
        match sample.tier {
            Tier::A | Tier::B => (self.marks.speaking, self.marks.holding) = (speaking, holding),
            Tier::C => self.marks.speaking = speaking,
            Tier::D | Tier::E => self.marks.speaking = false,
        }
    }
}

/// A pose component, if it is one.
pub(crate) fn read_pose(value: &serde_json::Value) -> Option<Pose> {
    Pose::deserialize(value).ok()?.validated().ok()
}

fn push_row(rows: &mut Vec<f32>, figure: &Figure, shown: &Shown) {
    let pose = &shown.pose;
    let bits = [
        (pose.left.is_some(), flag::LEFT),
        (pose.right.is_some(), flag::RIGHT),
        (pose.fingers.is_some(), flag::FINGERS),
        (shown.jumped, flag::JUMPED),
        (figure.marks.speaking, flag::SPEAKING),
        (figure.away, flag::AWAY),
        (figure.marks.holding, flag::HOLDING),
    ];
    let tier = (shown.tier as u32) << flag::TIER_SHIFT;
    let flags = bits.iter().filter(|(set, _)| *set).fold(tier, |flags, (_, bit)| flags | bit);
    rows.extend_from_slice(&[figure.index as f32, flags as f32]);
    rows.extend_from_slice(&pose.head);
    rows.extend_from_slice(&pose.left.unwrap_or_default());
    rows.extend_from_slice(&pose.right.unwrap_or_default());
    rows.push(shown.age_ms as f32);
}

fn push_hands(rows: &mut Vec<f32>, figure: &mut Figure, shown: &Shown, room_ms: f64) {
    if shown.pose.fingers.is_none() {
        figure.hands.clear();
    }
    if shown.tier != Tier::A {
        return;
    }
    for (right, hand) in [(false, shown.pose.left), (true, shown.pose.right)] {
        if hand.is_some() {
            let points = figure.hands.show(right, shown.pose.fingers.as_ref(), shown.played_ms, room_ms);
            rows.extend_from_slice(&[figure.index as f32, f32::from(u8::from(right))]);
            rows.extend(points.iter().flatten());
        }
    }
}

/// The full tick whose low 32 bits are `low`, nearest to `near`.
fn expand(low: u32, near: u64) -> u64 {
    let ahead = low.wrapping_sub(near as u32) as i32;
    near.saturating_add_signed(i64::from(ahead))
}

const _: () = assert!(PERIODS_MS.len() == Tier::ALL.len());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tick_is_expanded_to_the_nearest_full_one() {
        assert_eq!(expand(5, 0x1_0000_0003), 0x1_0000_0005);
        assert_eq!(expand(0xffff_ffff, 0x1_0000_0003), 0xffff_ffff);
        assert_eq!(expand(2, 0xffff_fffe), 0x1_0000_0002);
        assert_eq!(expand(0xffff_ffff, 3), 0);
    }
}
