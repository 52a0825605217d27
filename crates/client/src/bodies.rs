//! Things that move, as the room tells them: each has a jitter buffer of its own and is shown where that says, until the place
//! where it has come to rest is a fact that the replica knows.

use crate::replica::Replica;
use crate::surroundings::Shown;
use crate::track::{Arrival, Track};
use std::collections::{BTreeMap, BTreeSet};
use thexr_wire::bodies::BodyState;
use thexr_wire::monsters::Doing;
use thexr_wire::pose::{Place, Pose};
use thexr_wire::{EntityId, Tier};
use thexr_world::transform::Transform;

/// What is shown off its track comes half as near to it in this time, milliseconds.
const OFF_HALVES_MS: f64 = 80.0;
/// Nearer than this it is on its track, metres.
const OFF_MIN_M: f32 = 0.001;
/// Farther off than this it was elsewhere: it is shown where it is at once, metres.
const OFF_MAX_M: f32 = 4.0;
/// A place that is a fact is news about a thing of which nothing else came for so long, milliseconds.
const SILENT_MS: f64 = 300.0;

/// When something is heard, of which frame, in which room.
pub(crate) struct Hearing<'a> {
    /// Room time of the frame.
    pub tick_ms: f64,
    pub replica: &'a Replica,
    /// Room time of its arrival.
    pub room_ms: f64,
}

/// A thing that moves.
#[derive(Debug)]
struct Mover {
    id: EntityId,
    track: Track,
    /// Room time of its first sample: it is shown from there on.
    first_ms: f64,
    newest_ms: f64,
    /// The newest sample says that it rests, there.
    rests: Option<Place>,
    /// The replica has it hang on something still: the room lets go of it before that is a fact.
    hangs: bool,
    /// Somebody simulates it.
    claimed: bool,
    /// It is told as what somebody holds: for who does not know where their hand is.
    held: bool,
    /// What a monster is about, and since when, room time.
    doing: Option<(Doing, f64)>,
    /// How far from its track it is shown, metres: it was seen elsewhere before the room had answered.
    off: [f32; 3],
    shown: Option<Place>,
    looked_ms: f64,
}

/// Everything that moves and is no person.
#[derive(Debug, Default)]
pub(crate) struct Bodies {
    movers: BTreeMap<u16, Mover>,
    /// When those were told to hang on something that moved until then, room time: what was before that is over.
    taken: BTreeMap<u16, f64>,
    /// Those whose place has changed since the last look, with where they are shown now; none as their components say.
    moved: Vec<(EntityId, Option<Place>)>,
}

impl Bodies {
    /// Another life of the room: slots mean other things.
    pub fn restart(&mut self) {
        self.taken.clear();
        let ended = std::mem::take(&mut self.movers);
        self.moved.extend(ended.into_values().map(|mover| (mover.id, None)));
    }

    /// Takes a record, of a monster with what it is about; `false` for a slot that nobody knows.
    pub fn take(
        &mut self,
        tier: Tier,
        body: &BodyState,
        doing: Option<Doing>,
        hearing: &Hearing<'_>,
    ) -> bool {
        let Hearing { tick_ms, replica, room_ms } = *hearing;
        let Some(id) = replica.in_slot(body.slot) else { return false };
        if self.taken.get(&body.slot).is_some_and(|taken_ms| tick_ms <= *taken_ms) {
            return true;
        }
        self.taken.remove(&body.slot);
        let place = body.place.place();
        let at_ms = tick_ms - f64::from(body.age_ms);
        let told = Arrival { at_ms, pose: at(place), tier, jumped: body.jumped };
        match self.movers.get_mut(&body.slot).filter(|mover| mover.id == *id) {
            Some(mover) => {
                mover.track.insert(told, room_ms);
                if at_ms >= mover.newest_ms {
                    (mover.newest_ms, mover.rests) = (at_ms, body.rests.then_some(place));
                    (mover.claimed, mover.held) = (body.claimed, body.held);
                    if let Some(doing) =
                        doing.filter(|doing| mover.doing.is_none_or(|(was, _)| was != *doing))
                    {
                        mover.doing = Some((doing, at_ms));
                    }
                }
            }
            None => {
                let hangs = replica.world().entity(id).is_some_and(|entity| entity.parent().is_some());
                let rests = body.rests.then_some(place);
                if body.held && !hangs {
                    // It has been let go of.
                    return true;
                }
                let mover = Mover::new(id.clone(), hangs, told, rests, room_ms);
                let doing = doing.map(|doing| (doing, at_ms));
                let mover = Mover { claimed: body.claimed, held: body.held, doing, ..mover };
                if let Some(other) = self.movers.insert(body.slot, mover) {
                    self.moved.push((other.id, None));
                }
            }
        }
        true
    }

    /// Some entities are told anew: what hangs on something now moves no more; a place that is a fact ends a movement of which
    /// nothing was heard any more.
    pub fn told(&mut self, changed: &BTreeSet<EntityId>, replica: &Replica, room_ms: f64) {
        if changed.is_empty() || self.movers.is_empty() {
            return;
        }
        let mut ended = Vec::new();
        for (slot, mover) in self.movers.iter_mut().filter(|(_, mover)| changed.contains(&mover.id)) {
            if !mover.told(replica, room_ms) {
                ended.push(*slot);
            }
        }
        for slot in ended {
            self.taken.insert(slot, room_ms);
            self.forget(slot);
        }
    }

    /// Where monsters are shown, and how long before now they were there.
    pub fn monsters_seen(&self) -> impl Iterator<Item = ([f32; 3], f64)> {
        let monsters = self.movers.values().filter(|mover| mover.doing.is_some());
        monsters.filter_map(|mover| {
            let [x, y, z, ..] = mover.shown?;
            Some(([x, y + 0.9, z], mover.track.delay_ms()))
        })
    }

    /// Adds the [row](crate::rows::monster_row) of a monster: of one that nothing was told of lately where its components have it.
    pub fn monster_row(
        &self,
        slot: u16,
        id: &EntityId,
        replica: &Replica,
        room_ms: f64,
        rows: &mut Vec<f32>,
    ) {
        let Some(index) = replica.index_of(id) else { return };
        let mover = self.movers.get(&slot).filter(|mover| mover.id == *id);
        let (doing, since_ms) = mover.and_then(|mover| mover.doing).unwrap_or((Doing::Stands, room_ms));
        let rests = || {
            let Transform { position: [x, y, z], rotation: [qx, qy, qz, qw], .. } =
                *replica.world().entity(id)?.transform();
            Some([x, y, z, qx, qy, qz, qw])
        };
        let Some([x, y, z, qx, qy, qz, qw]) = mover.and_then(|mover| mover.shown).or_else(rests) else {
            return;
        };
        let yaw = libm::atan2f(2.0 * (qx * qz + qw * qy), 1.0 - 2.0 * (qx * qx + qy * qy));
        let since_s = ((room_ms - since_ms) / 1_000.0).max(0.0) as f32;
        rows.extend([index as f32, f32::from(doing as u8), since_s, x, y, z, yaw]);
    }

    fn forget(&mut self, slot: u16) {
        if let Some(mover) = self.movers.remove(&slot) {
            self.moved.push((mover.id, None));
        }
    }

    /// Those that move, as they were shown last.
    pub fn shown(&self) -> impl Iterator<Item = Shown<'_>> {
        self.movers.values().filter_map(|mover| {
            let place = mover.shown?;
            Some(Shown { id: &mover.id, place, claimed: mover.claimed })
        })
    }

    /// Forgets how a thing moves that moves otherwise from now on.
    pub fn is_own(&mut self, is_own: impl Fn(&EntityId) -> bool) {
        self.movers.retain(|_, mover| !is_own(&mover.id));
    }

    /// What was shown otherwise is shown as it is told again.
    pub fn give(&mut self, id: EntityId) {
        match self.movers.values_mut().find(|mover| mover.id == id) {
            Some(mover) => mover.shown = None,
            None => self.moved.push((id, None)),
        }
    }

    /// A thing was seen at a place before the room had answered: from there it comes to where it is.
    pub fn seen_at(&mut self, id: &EntityId, point: [f32; 3]) {
        let Some(mover) = self.movers.values_mut().find(|mover| mover.id == *id) else { return };
        let shown = mover.shown.unwrap_or_else(|| mover.track.show(mover.looked_ms).pose.head);
        let off: [f32; 3] = std::array::from_fn(|axis| point[axis] - (shown[axis] - mover.off[axis]));
        let far = off.iter().any(|metres| metres.abs() > OFF_MAX_M);
        mover.off = if far { [0.0; 3] } else { off };
        // It is seen already, before its first sample's time.
        mover.first_ms = f64::MIN;
    }

    /// Plays everything to the moment; returns what is shown elsewhere than before. What somebody holds hangs on their hand as far as
    /// one knows where that is.
    pub fn show(
        &mut self,
        replica: &Replica,
        room_ms: f64,
        knows_hands: impl Fn(&EntityId) -> bool,
    ) -> Vec<(EntityId, Option<Place>)> {
        let mut ended = Vec::new();
        for (slot, mover) in &mut self.movers {
            if mover.held && mover.hangs_in_sight(replica, &knows_hands) {
                ended.push(*slot);
                continue;
            }
            let Some(place) = mover.show(room_ms) else { continue };
            if mover.shown != Some(place) {
                mover.shown = Some(place);
                self.moved.push((mover.id.clone(), Some(place)));
            }
            if mover.rests == Some(place) && is_fact(replica, &mover.id, &place) {
                ended.push(*slot);
            }
        }
        ended.into_iter().for_each(|slot| self.forget(slot));
        std::mem::take(&mut self.moved)
    }
}

impl Mover {
    fn new(id: EntityId, hangs: bool, told: Arrival, rests: Option<Place>, room_ms: f64) -> Self {
        Self {
            id,
            track: Track::first_seen(told, room_ms),
            first_ms: told.at_ms,
            newest_ms: told.at_ms,
            rests,
            hangs,
            claimed: false,
            held: false,
            doing: None,
            off: [0.0; 3],
            shown: None,
            looked_ms: room_ms,
        }
    }

    /// Whether it hangs on somebody whose hands one knows.
    fn hangs_in_sight(&self, replica: &Replica, knows_hands: impl Fn(&EntityId) -> bool) -> bool {
        let parent = replica.world().entity(&self.id).and_then(|entity| entity.parent());
        parent.is_some_and(|parent| knows_hands(&parent.entity))
    }

    /// Its components have changed; `false` when it moves no more.
    fn told(&mut self, replica: &Replica, room_ms: f64) -> bool {
        let Some(entity) = replica.world().entity(&self.id) else { return false };
        let hangs = entity.parent().is_some();
        if hangs {
            // What is told to fly before it is told to be let go of flies.
            return self.hangs;
        }
        self.hangs = false;
        let goes = entity.animate().and_then(|animate| animate.moves_ms());
        if goes.is_some_and(|(_, until_ms)| room_ms < until_ms) {
            // It goes by the clock.
            return false;
        }
        let Transform { position: [x, y, z], rotation: [qx, qy, qz, qw], .. } = *entity.transform();
        let place = [x, y, z, qx, qy, qz, qw];
        if room_ms - self.newest_ms > SILENT_MS && self.rests != Some(place) {
            let told = Arrival { at_ms: room_ms, pose: at(place), tier: Tier::A, jumped: false };
            self.track.insert(told, room_ms);
            (self.newest_ms, self.rests) = (room_ms, Some(place));
        }
        true
    }

    /// Where it is shown; `None` before its first sample's time has come.
    fn show(&mut self, room_ms: f64) -> Option<Place> {
        let shown = self.track.show(room_ms);
        if self.shown.is_none() && shown.played_ms < self.first_ms {
            return None;
        }
        // What rests is not gone on with.
        let rests = self.rests.filter(|_| shown.played_ms >= self.newest_ms);
        let mut place = rests.unwrap_or(shown.pose.head);
        if self.off != [0.0; 3] {
            let left = libm::exp2(-(room_ms - self.looked_ms).max(0.0) / OFF_HALVES_MS) as f32;
            for (off, metres) in self.off.iter_mut().zip(&mut place) {
                *off = if off.abs() < OFF_MIN_M || shown.jumped { 0.0 } else { *off * left };
                *metres += *off;
            }
        }
        self.looked_ms = room_ms;
        Some(place)
    }
}

/// Whether the replica knows a thing to be where it is shown.
fn is_fact(replica: &Replica, id: &EntityId, place: &Place) -> bool {
    replica.world().entity(id).is_none_or(|entity| {
        let Transform { position, rotation, .. } = entity.transform();
        position == &place[..3] && rotation == &place[3..]
    })
}

/// A place as the pose of a head that is all there is.
fn at(place: Place) -> Pose {
    Pose { head: place, ..Pose::standing([0.0; 3]) }
}
