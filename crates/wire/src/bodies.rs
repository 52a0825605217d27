//! Bodies on the latest lane: where things are that fall, fly and are pushed. Owns their layout and how exactly they are told.
//!
//! Whoever simulates bodies rounds them as they travel, in every step: then those who are told and the one who tells go on from
//! the same numbers (G. Fiedler, "State Synchronization").

use crate::bits::{BitReader, BitWriter};
use crate::pose::{CELL_M, Cell, Place};
use crate::quant;
use crate::tier::Tier;

/// Steps of a body's place in a metre.
const STEPS_PER_M: f32 = 1024.0;
/// Bits of a place on each axis of a cell.
const AXIS_BITS: u32 = 16;
/// Bits of each of the three smallest parts of a rotation.
const ROTATION_BITS: u32 = 12;
/// Bytes of a body's record: slot 16, rests 1, jumped 1, claimed 1, held 1, age 6 (4 ms), place 3 × 16 (1/1024 m), rotation 2 + 3 × 12 bits.
pub const RECORD_BYTES: usize = 14;
/// Milliseconds of an age's unit.
const AGE_UNIT_MS: u32 = 4;
const AGE_BITS: u32 = 6;
/// Bytes before the records of a group, as for people: tier u8 (how often it is told), count u8, cell 3 × i16.
pub const GROUP_BYTES: usize = Tier::A.group_bytes();

const _: () =
    assert!(CELL_M * STEPS_PER_M == (1u32 << AXIS_BITS) as f32, "a cell has as many steps as 16 bits name");

/// A place as it travels: to 1/1024 m, the rotation to 12 bits of its three smallest parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rounded {
    /// Steps from the middle of the room; a cell is 65,536 of them.
    steps: [i32; 3],
    largest: u32,
    parts: [u32; 3],
}

/// A body in one tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyState {
    /// Its slot.
    pub slot: u16,
    /// It lies still.
    pub rests: bool,
    /// It was put there: nobody is to see it on the way.
    pub jumped: bool,
    /// Somebody simulates it: nobody else may, until they let go of it.
    pub claimed: bool,
    /// It hangs on somebody, and is there: for those who are told of them too coarsely to know where it hangs.
    pub held: bool,
    /// How long before the frame's tick it was there, milliseconds: of what somebody simulates; up to 252, in steps of 4.
    pub age_ms: u32,
    /// Where it is.
    pub place: Rounded,
}

impl BodyState {
    /// A body that moves there as the room has it.
    pub fn new(slot: u16, place: Rounded) -> Self {
        Self { slot, rests: false, jumped: false, claimed: false, held: false, age_ms: 0, place }
    }
}

impl Rounded {
    /// Rounds a place (metres, unit quaternion).
    pub fn new(place: &Place) -> Self {
        let steps = [place[0], place[1], place[2]].map(|metres| libm::roundf(metres * STEPS_PER_M) as i32);
        let (largest, parts) = quant::upright_three([place[3], place[4], place[5], place[6]], ROTATION_BITS);
        Self { steps, largest, parts }
    }

    /// The place: the same numbers wherever it has travelled.
    pub fn place(&self) -> Place {
        let [x, y, z] = self.steps.map(|steps| steps as f32 / STEPS_PER_M);
        let [qx, qy, qz, qw] = quant::from_upright_three(self.largest, self.parts, ROTATION_BITS);
        [x, y, z, qx, qy, qz, qw]
    }

    /// Writes the place relative to its [cell](Self::cell): 86 bits.
    pub(crate) fn write(&self, bits: &mut BitWriter<'_>) {
        for steps in self.steps {
            bits.write(steps as u32 & 0xFFFF, AXIS_BITS);
        }
        bits.write(self.largest, 2);
        for part in self.parts {
            bits.write(part, ROTATION_BITS);
        }
    }

    /// Reads a place in a cell.
    pub(crate) fn read(bits: &mut BitReader<'_>, cell: Cell) -> Self {
        let steps = cell.map(|cell| (i32::from(cell) << AXIS_BITS) + bits.read(AXIS_BITS) as i32);
        let largest = bits.read(2);
        let parts = [0; 3].map(|_: u32| bits.read(ROTATION_BITS));
        Self { steps, largest, parts }
    }

    /// The cell it is told in.
    pub fn cell(&self) -> Cell {
        self.steps.map(|steps| (steps >> AXIS_BITS) as i16)
    }
}

/// Writes a body's record, relative to its [cell](Rounded::cell).
pub fn encode(body: &BodyState) -> [u8; RECORD_BYTES] {
    let mut bytes = [0; RECORD_BYTES];
    let mut bits = BitWriter::new(&mut bytes);
    bits.write(u32::from(body.slot), 16);
    bits.write(u32::from(body.rests), 1);
    bits.write(u32::from(body.jumped), 1);
    bits.write(u32::from(body.claimed), 1);
    bits.write(u32::from(body.held), 1);
    bits.write((body.age_ms / AGE_UNIT_MS).min((1 << AGE_BITS) - 1), AGE_BITS);
    body.place.write(&mut bits);
    bytes
}

/// Says of a body's record that it was put where it is.
pub fn mark_jumped(record: &mut [u8; RECORD_BYTES]) {
    record[2] |= 0x40;
}

/// Reads a body's record.
pub fn decode(bytes: &[u8; RECORD_BYTES], cell: Cell) -> BodyState {
    let mut bits = BitReader::new(bytes);
    let slot = bits.read(16) as u16;
    let [rests, jumped, claimed, held] = [0; 4].map(|_| bits.read(1) == 1);
    let age_ms = bits.read(AGE_BITS) * AGE_UNIT_MS;
    BodyState { slot, rests, jumped, claimed, held, age_ms, place: Rounded::read(&mut bits, cell) }
}

/// Bytes of the first group of a section; `None` when it is cut short.
pub fn first_group_bytes(content: &[u8]) -> Option<usize> {
    let bytes = GROUP_BYTES + usize::from(*content.get(1)?) * RECORD_BYTES;
    (bytes <= content.len()).then_some(bytes)
}

/// Reads the groups of a section; `None` when one is cut short or of a tier in which no bodies are told.
pub fn read(mut content: &[u8], mut each: impl FnMut(Tier, &BodyState)) -> Option<()> {
    while !content.is_empty() {
        let (head, rest) = content.split_first_chunk::<GROUP_BYTES>()?;
        let [tier, count, x, x_high, y, y_high, z, z_high] = *head;
        let tier = Tier::from_byte(tier).filter(|tier| *tier < Tier::E)?;
        let cell = [[x, x_high], [y, y_high], [z, z_high]].map(i16::from_le_bytes);
        let (records, rest) = rest.split_at_checked(usize::from(count) * RECORD_BYTES)?;
        content = rest;
        records.as_chunks::<RECORD_BYTES>().0.iter().for_each(|record| each(tier, &decode(record, cell)));
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn places() -> impl Strategy<Value = Place> {
        let metres = || -2_000.0f32..2_000.0;
        let part = || -1.0f32..1.0;
        (metres(), metres(), metres(), (part(), part(), part(), part())).prop_filter_map(
            "a direction",
            |(x, y, z, (a, b, c, d))| {
                let [a, b, c, d] = quant::normalize([a, b, c, d])?;
                Some([x, y, z, a, b, c, d])
            },
        )
    }

    proptest! {
        // Rule 4.16
        #[test]
        fn a_body_arrives_as_its_sender_has_rounded_it(
            place in places(), slot: u16, flags in 0u8..16, age in 0u32..64,
        ) {
            let [rests, jumped, claimed, held] = [1, 2, 4, 8].map(|flag| flags & flag != 0);
            let place_told = Rounded::new(&place);
            let body = BodyState { slot, rests, jumped, claimed, held, age_ms: 4 * age, place: place_told };
            prop_assert_eq!(decode(&encode(&body), body.place.cell()), body);
            let told = body.place.place();
            let away = (0..3).map(|axis| (told[axis] - place[axis]).abs()).fold(0.0, f32::max);
            prop_assert!(away <= 0.000_61, "{away} m");
            let same: f32 = (3..7).map(|part| told[part] * place[part]).sum();
            prop_assert!(same.abs() > 0.999_999, "{same}");
        }

        #[test]
        fn a_section_of_any_bytes_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let mut count = 0;
            let read = read(&bytes, |_, body| {
                count += 1;
                assert!(body.place.place().iter().all(|part| part.is_finite()));
            });
            prop_assert!(read.is_none() || count * RECORD_BYTES <= bytes.len());
        }
    }

    // Rule 4.16
    #[test]
    fn a_record_that_is_marked_is_that_of_the_same_body_which_was_put_there() {
        let place = Rounded::new(&[1.0, 2.0, 3.0, 0.0, 0.0, 0.0, 1.0]);
        let still = BodyState { rests: true, claimed: true, ..BodyState::new(0x5a5a, place) };
        let mut marked = encode(&still);
        mark_jumped(&mut marked);
        assert_eq!(marked, encode(&BodyState { jumped: true, ..still }));
    }

    #[test]
    fn what_stands_upright_is_told_upright() {
        let upright = [1.0, 2.0, 3.0, 0.0, 0.0, 0.0, 1.0];
        assert_eq!(Rounded::new(&upright).place(), upright);
    }

    #[test]
    fn groups_of_several_cells_are_read_in_order() {
        let bodies = [[1.0, 2.0, 3.0], [-0.5, 0.0, 70.0], [-64.0, -64.0, -64.0]].map(|[x, y, z]| BodyState {
            rests: y > 0.0,
            ..BodyState::new(x as i16 as u16, Rounded::new(&[x, y, z, 0.0, 0.0, 0.0, 1.0]))
        });
        let mut bytes = Vec::new();
        for body in &bodies {
            bytes.extend_from_slice(&[Tier::B as u8, 1]);
            body.place.cell().iter().for_each(|axis| bytes.extend_from_slice(&axis.to_le_bytes()));
            bytes.extend_from_slice(&encode(body));
        }
        let mut seen = Vec::new();
        read(&bytes, |tier, body| seen.push((tier, *body))).unwrap();
        assert_eq!(seen, bodies.map(|body| (Tier::B, body)));
        assert_eq!(read(&bytes[..bytes.len() - 1], |_, _| {}), None, "cut short");
        bytes[0] = Tier::E as u8;
        assert_eq!(read(&bytes, |_, _| {}), None, "no crowd of bodies");
    }
}
