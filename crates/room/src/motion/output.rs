//! What a tick says about motion: every avatar encoded once per tier, a grid to find them in, the crowd by cells.
//!
//! Built by the room, shared by all connections, recycled. Knows no receiver; nothing here allocates once it has grown.

use crate::motion::text;
use serde::Serialize;
use std::sync::{Arc, OnceLock};
use thexr_wire::bodies::{BodyState, RECORD_BYTES as BODY_BYTES, encode as encode_body};
use thexr_wire::joints::{HandJoints, Hands, RECORD_BYTES as HAND_BYTES, encode as encode_hand};
use thexr_wire::lane::{write_crowd, write_group};
use thexr_wire::monsters::{Doing, encode as encode_monster};
use thexr_wire::pose::{Cell, Pose, Sample};
use thexr_wire::records::{
    A_BYTES, B_BYTES, C_BYTES, CROWD_CELL_M, D_BYTES, crowd_cell, crowd_height, encode_a, encode_b, encode_c,
    encode_d, encode_e, mark_jumped,
};
use thexr_wire::shots::{RECORD_BYTES as SHOT_BYTES, Shot};
use thexr_wire::{EntityId, Tier, UserId};

/// People in one crowd group at most; smaller frames have smaller groups.
pub const CROWD_GROUP_MAX: usize = 32;

/// A pose in tiers A to D, as bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoded {
    a: [u8; A_BYTES],
    b: [u8; B_BYTES],
    c: [u8; C_BYTES],
    d: [u8; D_BYTES],
}

impl Encoded {
    /// Encodes a sample once for every tier; all are relative to `cell`.
    pub fn new(sample: &Sample, cell: Cell) -> Self {
        Self {
            a: encode_a(sample, cell),
            b: encode_b(sample, cell),
            c: encode_c(sample, cell),
            d: encode_d(sample, cell),
        }
    }

    /// Sets the age that tiers A and B tell, in units of 4 ms, 0 to 63: all that changes about someone who rests.
    pub fn set_age(&mut self, age: u8) {
        self.a[2] = age << 2 | self.a[2] & 3;
        self.b[2] = age << 2 | self.b[2] & 3;
    }

    /// The record of a tier; none of E, which is told by cells.
    pub fn bytes(&self, tier: Tier) -> &[u8] {
        match tier {
            Tier::A => &self.a,
            Tier::B => &self.b,
            Tier::C => &self.c,
            Tier::D => &self.d,
            Tier::E => &[],
        }
    }
}

/// One avatar in one tick.
#[derive(Debug)]
pub struct Record {
    /// Its slot.
    pub slot: u16,
    /// Whose it is.
    pub user: UserId,
    /// Tick in which the pose last changed.
    pub changed_tick: u64,
    /// Cell the records are relative to.
    pub cell: Cell,
    /// The pose.
    pub pose: Pose,
    /// They speak or hold something: one ring nearer for everyone.
    pub prominent: bool,
    /// Whom they came with; 0 for nobody.
    pub party: u32,
    /// Tiers A to D.
    pub encoded: Encoded,
    /// Where the output has the joints of the left and the right hand, if they are tracked.
    pub hands: [Option<u32>; 2],
    /// Tick in which they changed.
    pub hands_tick: u64,
    /// Tick in which the person jumped last: whoever was told before is told that, however much later.
    pub jumped_tick: u64,
    json: OnceLock<Arc<str>>,
    moved: OnceLock<Arc<str>>,
}

impl Record {
    /// A record of this tick; `encoded` holds the same pose.
    pub fn new(slot: u16, user: UserId, changed_tick: u64, pose: Pose, encoded: Encoded) -> Self {
        let (json, moved) = (OnceLock::new(), OnceLock::new());
        let cell = pose.cell();
        let (prominent, party, hands, hands_tick, jumped_tick) = (false, 0, [None; 2], 0, 0);
        Self {
            slot,
            user,
            changed_tick,
            cell,
            pose,
            prominent,
            party,
            encoded,
            hands,
            hands_tick,
            jumped_tick,
            json,
            moved,
        }
    }

    /// Whether the joints of a hand are known.
    pub(crate) fn has_hands(&self) -> bool {
        self.hands != [None; 2]
    }

    /// `stoc` payload of `user_moved`, encoded once for all who are told.
    pub fn user_moved(&self, at_ms: i64) -> &Arc<str> {
        self.json.get_or_init(|| text::user_moved(&self.user, &self.pose, at_ms).into())
    }

    /// The member `"user_id":pose` of a `movements` payload, encoded once for all who are told.
    pub fn movement(&self) -> &Arc<str> {
        self.moved.get_or_init(|| text::movement(&self.user, &self.pose).into())
    }
}

/// A pose as json clients read it in facts: `{position, rotation, pose}`, exactly.
#[derive(Serialize)]
pub(crate) struct UserPlace<'a> {
    position: &'a [f32],
    rotation: &'a [f32],
    pose: &'a Pose,
}

impl<'a> UserPlace<'a> {
    pub fn of(pose: &'a Pose) -> Self {
        Self { position: &pose.head[..3], rotation: &pose.head[3..], pose }
    }
}

/// Someone as the interest query scans them, in the order of cells.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spot {
    pub point: [f32; 3],
    pub slot: u16,
    pub record: u16,
}

/// People of one cell of 8 m: a range of the spots, by slot.
#[derive(Debug, Clone, Copy)]
struct GridCell {
    key: u64,
    first: u32,
    /// Their mean height, as a crowd's header tells it.
    height: u8,
}

/// A place in the order of the crowd: cell by rows, then slot; it stays one when people come and go.
pub(crate) type CrowdPlace = (u64, u16);

/// People of one crowd cell who are told in one group.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CrowdGroup {
    cell: u32,
    first: u32,
    count: u32,
}

impl CrowdGroup {
    pub fn bytes(&self) -> usize {
        Tier::E.group_bytes() + self.count as usize * Tier::E.record_bytes()
    }
}

/// What hangs on somebody is told every so many ticks, to those who see its holder, but not their hands.
pub(crate) const HELD_TICKS: u64 = 4;

/// A thing that moves, in one tick.
#[derive(Debug, Clone)]
pub struct Moving {
    /// Which.
    pub id: EntityId,
    /// As it travels.
    pub state: BodyState,
    /// Where it is, metres.
    pub point: [f32; 3],
    /// The cell its record is relative to.
    pub cell: Cell,
    /// Its record.
    pub bytes: [u8; BODY_BYTES],
    /// Slot of whoever simulates or holds it, and is not told of it.
    pub by: Option<u16>,
    /// There is something to tell: nothing has come of one that somebody simulates otherwise.
    pub news: bool,
    /// Tick in which it was put somewhere, if that is not long ago: whoever was told before is told that, however much later.
    pub jumped_tick: Option<u64>,
    /// It is told only to those who claim it in vain: to others it is where it was.
    pub to_refused: bool,
    /// What a monster is about.
    pub doing: Doing,
    text: OnceLock<Box<str>>,
}

impl Moving {
    /// Encodes it once for everyone.
    pub fn new(id: EntityId, state: BodyState) -> Self {
        let [x, y, z, ..] = state.place.place();
        let (cell, bytes) = (state.place.cell(), encode_body(&state));
        Self {
            id,
            state,
            point: [x, y, z],
            cell,
            bytes,
            by: None,
            news: true,
            jumped_tick: None,
            to_refused: false,
            doing: Doing::Stands,
            text: OnceLock::new(),
        }
    }

    /// A monster, and what it is about.
    pub fn monster(id: EntityId, state: BodyState, doing: Doing) -> Self {
        Self { bytes: encode_monster(&state, doing), doing, ..Self::new(id, state) }
    }

    /// The member `"entity":{position, rotation}` of a `movements` payload, encoded once for all who are told.
    pub fn movement(&self) -> &str {
        self.text.get_or_init(|| text::thing_movement(&self.id, &self.state.place.place()).into())
    }
}

/// A shot that began or ended of late.
#[derive(Debug, Clone, PartialEq)]
pub struct ToldShot {
    /// Which of all beginnings and ends of this life of the room it is.
    pub number: u64,
    /// Who fired it.
    pub by: EntityId,
    /// It, as it travels.
    pub shot: Shot,
    /// Its record.
    pub bytes: [u8; SHOT_BYTES],
}

/// Adds the things that move to an output.
pub(crate) type TellBodies<'a> = &'a dyn Fn(&mut TickOutput);

/// What a frame needs to know of a record before its bytes; small, since every receiver looks at all it may tell.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Brief {
    /// Index of the cell its bytes are relative to.
    pub base: u16,
    pub prominent: bool,
    /// Low bits of the tick of the last jump.
    pub jumped: u32,
}

/// A record that one receiver is told.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Picked {
    /// Its index.
    pub record: u16,
    /// Its person has jumped since the receiver was told of them last: in this tick, or in one that was passed over.
    pub jumped: bool,
}

/// Who is in a slot this tick.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct InSlot {
    /// Index of the record plus one; 0 for nobody.
    record: u16,
    /// Index of the spot.
    spot: u16,
    /// Low bits of the tick after the last change.
    changed: u32,
}

/// What a tick says about motion; shared by all connections of the room.
#[derive(Debug, Default)]
pub struct TickOutput {
    /// Which life of the room.
    pub incarnation: u16,
    /// The room's tick it tells of; frames carry the low 32 bits.
    pub tick: u64,
    /// Room time, milliseconds.
    pub at_ms: i64,
    /// How much the server sheds, 0 for nothing; see [`crate::Viewer`].
    pub shed: u8,
    /// Every avatar.
    pub records: Vec<Record>,
    briefs: Vec<Brief>,
    /// Cells that records are relative to, sorted.
    bases: Vec<Cell>,
    /// Bytes of tiers A to D, record after record, so that those of one tier lie together.
    packed: [Vec<u8>; 4],
    spots: Vec<Spot>,
    /// Indices of the spots of those who may count as nearer than they are.
    special: Vec<u16>,
    order: Vec<(u64, u16, u16)>,
    cells: Vec<GridCell>,
    /// Tier E records in the order of spots.
    crowd: Vec<u8>,
    /// Hands joint by joint, as they are sent.
    hands: Vec<[u8; HAND_BYTES]>,
    slots: Vec<InSlot>,
    /// Things that move, by slot.
    pub bodies: Vec<Moving>,
    /// Monsters that stir, by slot.
    pub monsters: Vec<Moving>,
    /// Shots that began or ended of late, in the order in which they did.
    pub shots: Vec<ToldShot>,
    /// Slots of bodies and of people who claim them in vain, sorted.
    pub refused: Vec<(u16, u16)>,
}

/// Cells in rows of z, then x, then y, as one number: neighbours on x are neighbours in order.
fn row_key([x, y, z]: Cell) -> u64 {
    let bits = |axis: i16| u64::from((axis as u16) ^ 0x8000);
    bits(z) << 32 | bits(x) << 16 | bits(y)
}

fn cell_of(key: u64) -> Cell {
    let axis = |shift: u32| ((key >> shift) as u16 ^ 0x8000) as i16;
    [axis(16), axis(0), axis(32)]
}

/// Copies records of `N` bytes each: a size the compiler knows costs no call for each of them.
fn copy<const N: usize>(tier: Tier, packed: &[u8], picked: &[Picked], out: &mut Vec<u8>) {
    let (packed, _) = packed.as_chunks::<N>();
    for Picked { record, jumped } in picked {
        out.extend_from_slice(&packed[usize::from(*record)]);
        if *jumped {
            let begins = out.len() - N;
            mark_jumped(tier, &mut out[begins..]);
        }
    }
}

impl TickOutput {
    /// Empties it for another tick, keeping its memory.
    pub fn begin(&mut self, incarnation: u16, tick: u64, at_ms: i64) {
        (self.incarnation, self.tick, self.at_ms) = (incarnation, tick, at_ms);
        self.records.clear();
        self.hands.clear();
        self.bodies.clear();
        self.monsters.clear();
        self.shots.clear();
        self.refused.clear();
    }

    /// Adds somebody, and their hands as far as they are tracked.
    pub fn add(&mut self, mut record: Record, hands: &Hands, age_ms: u32) {
        for (right, joints) in hands.each() {
            record.hands[usize::from(right)] = Some(self.hands.len() as u32);
            self.hands.push(encode_hand(&HandJoints { slot: record.slot, age_ms, right, joints }));
        }
        self.records.push(record);
    }

    /// Makes everyone findable, once all records are there.
    pub fn finish(&mut self) {
        self.bodies.sort_unstable_by_key(|body| body.state.slot);
        self.monsters.sort_unstable_by_key(|monster| monster.state.slot);
        self.refused.sort_unstable();
        self.pack();
        self.find_slots();
        self.sort_into_cells();
        self.encode_crowd();
    }

    fn pack(&mut self) {
        self.bases.clear();
        self.bases.extend(self.records.iter().map(|record| record.cell));
        self.bases.sort_unstable();
        self.bases.dedup();
        let base = |cell: &Cell| self.bases.partition_point(|base| base < cell) as u16;
        let brief = |record: &Record| Brief {
            base: base(&record.cell),
            prominent: record.prominent,
            jumped: record.jumped_tick as u32,
        };
        self.briefs.clear();
        self.briefs.extend(self.records.iter().map(brief));
        for (packed, tier) in self.packed.iter_mut().zip(Tier::ALL) {
            packed.clear();
            self.records.iter().for_each(|record| packed.extend_from_slice(record.encoded.bytes(tier)));
        }
    }

    fn find_slots(&mut self) {
        self.slots.clear();
        for (index, record) in self.records.iter().enumerate() {
            let slot = usize::from(record.slot);
            if self.slots.len() <= slot {
                self.slots.resize(slot + 1, InSlot::default());
            }
            let changed = record.changed_tick as u32;
            self.slots[slot] = InSlot { record: index as u16 + 1, spot: 0, changed };
        }
    }

    fn sort_into_cells(&mut self) {
        let place = |(index, record): (usize, &Record)| {
            (row_key(crowd_cell(&record.pose.head)), record.slot, index as u16)
        };
        self.order.clear();
        self.order.extend(self.records.iter().enumerate().map(place));
        self.order.sort_unstable();
        self.spots.clear();
        self.special.clear();
        self.cells.clear();
        for (key, slot, index) in &self.order {
            if self.cells.last().is_none_or(|last| last.key != *key) {
                self.cells.push(GridCell { key: *key, first: self.spots.len() as u32, height: 0 });
            }
            let record = &self.records[usize::from(*index)];
            let [x, y, z, ..] = record.pose.head;
            let spot = Spot { point: [x, y, z], slot: *slot, record: *index };
            self.slots[usize::from(*slot)].spot = self.spots.len() as u16;
            self.spots.push(spot);
            if record.prominent || record.party != 0 {
                self.special.push(self.spots.len() as u16 - 1);
            }
        }
    }

    fn encode_crowd(&mut self) {
        self.crowd.clear();
        for at in 0..self.cells.len() {
            let cell = cell_of(self.cells[at].key);
            let spots = &self.spots[self.cells[at].first as usize..self.end_of(at)];
            let mean_y = spots.iter().map(|spot| spot.point[1]).sum::<f32>() / spots.len() as f32;
            for spot in spots {
                let head = &self.records[usize::from(spot.record)].pose.head;
                self.crowd.extend_from_slice(&encode_e(spot.slot, head, cell));
            }
            self.cells[at].height = crowd_height(mean_y, cell);
        }
    }

    fn end_of(&self, cell: usize) -> usize {
        self.cells.get(cell + 1).map_or(self.spots.len(), |next| next.first as usize)
    }

    /// The avatar in a slot.
    pub fn in_slot(&self, slot: u16) -> Option<&Record> {
        self.records.get(self.record_index(slot)?)
    }

    /// A record in short.
    pub(crate) fn brief(&self, record: usize) -> Brief {
        self.briefs[record]
    }

    /// How many cells records are relative to.
    pub(crate) fn bases_len(&self) -> usize {
        self.bases.len()
    }

    /// Appends records of one tier, A to D, and one base as groups.
    pub(crate) fn write_records(&self, tier: Tier, base: u16, picked: &[Picked], out: &mut Vec<u8>) {
        let cell = self.bases[usize::from(base)];
        for part in picked.chunks(tier.group_records_max()) {
            write_group(out, tier, part.len() as u8, cell);
            match tier {
                Tier::A => copy::<A_BYTES>(tier, &self.packed[0], part, out),
                Tier::B => copy::<B_BYTES>(tier, &self.packed[1], part, out),
                Tier::C => copy::<C_BYTES>(tier, &self.packed[2], part, out),
                Tier::D => copy::<D_BYTES>(tier, &self.packed[3], part, out),
                Tier::E => {}
            }
        }
    }

    /// Index of the record of a slot.
    pub(crate) fn record_index(&self, slot: u16) -> Option<usize> {
        usize::from(self.slots.get(usize::from(slot))?.record).checked_sub(1)
    }

    /// Low bits of the tick in which a slot's pose last changed; `None` when nobody is in it.
    pub(crate) fn changed_in(&self, slot: u16) -> Option<u32> {
        self.slots.get(usize::from(slot)).filter(|found| found.record > 0).map(|found| found.changed)
    }

    /// Whether anybody's hands are known joint by joint.
    pub(crate) fn has_hands(&self) -> bool {
        !self.hands.is_empty()
    }

    /// A hand's record.
    pub(crate) fn hand(&self, index: u32) -> &[u8] {
        &self.hands[index as usize]
    }

    /// One more than the largest slot in use.
    pub(crate) fn slots_len(&self) -> usize {
        self.slots.len()
    }

    /// Bytes of the whole crowd at most, in groups of at most so many people.
    pub(crate) fn crowd_bytes(&self, people_max: usize) -> usize {
        let groups = self.cells.len() + self.spots.len() / people_max;
        self.crowd.len() + groups * Tier::E.group_bytes()
    }

    /// The next people of the crowd behind a place, at most so many and of one cell, and the place of the last.
    pub(crate) fn crowd_after(
        &self,
        place: Option<CrowdPlace>,
        people_max: usize,
    ) -> Option<(CrowdGroup, CrowdPlace)> {
        let (cell, first) = match place {
            None => (0, 0),
            Some((key, slot)) => {
                let cell = self.cells.partition_point(|cell| cell.key < key);
                let here = self.cells.get(cell).filter(|here| here.key == key);
                let spots = here.map_or(0..0, |here| here.first as usize..self.end_of(cell));
                let told = self.spots[spots.clone()].partition_point(|spot| spot.slot <= slot);
                match here {
                    Some(_) if told == spots.len() => (cell + 1, spots.end),
                    _ => (cell, spots.start.max(self.cells.get(cell).map_or(0, |c| c.first as usize)) + told),
                }
            }
        };
        let key = self.cells.get(cell)?.key;
        let end = self.end_of(cell).min(first + people_max);
        let group = CrowdGroup { cell: cell as u32, first: first as u32, count: (end - first) as u32 };
        Some((group, (key, self.spots[end - 1].slot)))
    }

    /// Appends a group of the crowd with its header.
    pub(crate) fn write_crowd(&self, group: &CrowdGroup, out: &mut Vec<u8>) {
        let GridCell { key, height, .. } = self.cells[group.cell as usize];
        write_crowd(out, group.count as u8, cell_of(key), height);
        let bytes = Tier::E.record_bytes();
        out.extend_from_slice(&self.crowd[group.first as usize * bytes..][..group.count as usize * bytes]);
    }

    /// The people of a group.
    pub(crate) fn group_spots(&self, group: &CrowdGroup) -> &[Spot] {
        &self.spots[group.first as usize..][..group.count as usize]
    }

    /// Those who speak, hold something or belong to a party: they may be told better than others as far away.
    pub(crate) fn special(&self) -> impl Iterator<Item = u16> {
        self.special.iter().copied()
    }

    /// Someone by the index of their spot.
    pub(crate) fn spot(&self, index: u16) -> &Spot {
        &self.spots[usize::from(index)]
    }

    /// Index of the spot of a slot.
    pub(crate) fn spot_index(&self, slot: u16) -> Option<u16> {
        self.slots.get(usize::from(slot)).filter(|found| found.record > 0).map(|found| found.spot)
    }

    /// Everyone in the cells within `reach_m` of a point on x and z, row by row with the index of its first spot; some are
    /// farther away.
    pub(crate) fn rows_around(&self, point: [f32; 3], reach_m: f32) -> impl Iterator<Item = (u16, &[Spot])> {
        let cell_at = |metres: f32| libm::floorf(metres / CROWD_CELL_M) as i16;
        let [x, _, z] = point;
        let (x0, x1) = (cell_at(x - reach_m), cell_at(x + reach_m));
        // Rows are next to each other: each search goes on where the last one ended.
        let mut rest = 0;
        (cell_at(z - reach_m)..=cell_at(z + reach_m)).map(move |row| {
            let (from, to) = (row_key([x0, i16::MIN, row]), row_key([x1, i16::MAX, row]));
            let first = rest + self.cells[rest..].partition_point(|cell| cell.key < from);
            let behind = first + self.cells[first..].partition_point(|cell| cell.key <= to);
            rest = behind;
            let start = self.cells.get(first).map_or(self.spots.len(), |cell| cell.first as usize);
            let end = self.cells.get(behind).map_or(self.spots.len(), |cell| cell.first as usize);
            (start as u16, &self.spots[start..end])
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stage::{output, person};
    use thexr_wire::lane::{Header, SectionKind, read_down, write_section};

    #[test]
    fn everyone_around_a_point_is_found_and_nobody_twice() {
        let spread = |n: u16| [f32::from(n % 37) * 5.0 - 90.0, 1.8, f32::from(n / 37) * 7.0 - 90.0];
        let output = output(5, (0..900).map(|n| person(n, spread(n))).collect());
        for (point, reach_m) in
            [([0.0, 1.8, 0.0], 30.0f32), ([-88.0, 1.8, 71.0], 60.0), ([500.0, 0.0, 0.0], 9.0)]
        {
            let mut found = Vec::new();
            found.extend(output.rows_around(point, reach_m).flat_map(|(_, row)| row).map(|spot| spot.slot));
            let within = |n: &u16| {
                let [x, _, z] = spread(*n);
                (x - point[0]).hypot(z - point[2]) <= reach_m
            };
            let expected: Vec<u16> = (0..900).filter(within).collect();
            assert!(expected.iter().all(|slot| found.contains(slot)), "{point:?}");
            let once = found.len();
            found.sort_unstable();
            found.dedup();
            assert_eq!(found.len(), once);
        }
    }

    #[test]
    fn the_crowd_holds_everyone_once_within_a_quarter_of_a_metre_in_small_groups() {
        let spread = |n: u16| [f32::from(n % 20), 1.8, f32::from(n / 20)];
        let output = output(5, (0..400).map(|n| person(n, spread(n))).collect());
        let mut groups = Vec::new();
        let (mut place, mut groups_bytes) = (None, 0);
        while let Some((group, last)) = output.crowd_after(place, CROWD_GROUP_MAX) {
            assert!(group.count as usize <= CROWD_GROUP_MAX);
            output.write_crowd(&group, &mut groups);
            groups_bytes += group.bytes();
            place = Some(last);
        }
        assert_eq!(groups.len(), groups_bytes);
        let mut frame = Vec::new();
        Header::default().write(&mut frame);
        write_section(SectionKind::People, &mut frame, |out| out.append(&mut groups));
        let mut seen = vec![0; 400];
        read_down(&frame, &mut |sample: Sample| {
            seen[usize::from(sample.slot)] += 1;
            let ([x, _, z], head) = (spread(sample.slot), sample.pose.head);
            assert!((head[0] - x).abs() < 0.26 && (head[2] - z).abs() < 0.26 && (head[1] - 1.8).abs() < 0.04);
        })
        .unwrap();
        assert!(seen.iter().all(|count| *count == 1));
    }

    #[test]
    fn the_crowd_goes_on_behind_a_place_whoever_has_come_or_gone() {
        let at = |n: u16| [if n < 50 { 1.0 } else { 9.0 }, 1.8, 1.0];
        let everyone = output(5, (0..60).map(|n| person(n, at(n))).collect());
        let (group, place) = everyone.crowd_after(None, CROWD_GROUP_MAX).unwrap();
        assert_eq!((group.count, place.1), (32, 31));
        let fewer = output(6, (20..60).filter(|n| *n != 31).map(|n| person(n, at(n))).collect());
        let (group, place) = fewer.crowd_after(Some(place), CROWD_GROUP_MAX).unwrap();
        assert_eq!((fewer.group_spots(&group)[0].slot, place.1), (32, 49));
        let without_the_cell = output(7, (50..60).map(|n| person(n, at(n))).collect());
        let (group, place) = without_the_cell.crowd_after(Some(place), CROWD_GROUP_MAX).unwrap();
        assert_eq!((without_the_cell.group_spots(&group)[0].slot, place.1), (50, 59));
        assert!(without_the_cell.crowd_after(Some(place), CROWD_GROUP_MAX).is_none());
        assert!(output(8, vec![]).crowd_after(None, CROWD_GROUP_MAX).is_none());
    }

    #[test]
    fn a_recycled_output_knows_only_its_own_tick() {
        let mut output = output(5, (0..50).map(|n| person(n, [f32::from(n), 1.8, 0.0])).collect());
        output.begin(1, 6, 300);
        output.records.push(person(3, [4.0, 1.8, 0.0]));
        output.finish();
        assert_eq!((output.slots_len(), output.crowd.len()), (4, 3));
        assert!(output.in_slot(2).is_none() && output.in_slot(40).is_none());
        assert_eq!(output.in_slot(3).unwrap().pose.head[0], 4.0);
    }

    #[test]
    fn only_the_age_of_a_resting_person_is_written_anew() {
        let sample = |age_ms| Sample {
            slot: 9,
            tier: Tier::A,
            age_ms,
            marks: thexr_wire::pose::Marks { holding: true, jumped: true, speaking: true },
            pose: Pose::standing([1.0, 1.8, 2.0]),
        };
        let mut encoded = Encoded::new(&sample(0), [0; 3]);
        encoded.set_age(31);
        assert_eq!(encoded, Encoded::new(&sample(124), [0; 3]));
    }
}
