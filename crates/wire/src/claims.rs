//! Claims on the latest lane, up: what a client simulates because it touches or has thrown it, and where that is. Owns their layout.
//!
//! The newest frame is the whole truth: what it does not list is not claimed any more. Whether a claim holds is the room's to say.

use crate::bits::{BitReader, BitWriter};
use crate::bodies::Rounded;
use crate::pose::Cell;

/// Bytes of a claim: slot 16, rests 1, 7 reserved, place 3 × 16 (1/1024 m), rotation 2 + 3 × 12, velocity and spin 6 × 12 bits (and 2 that are left).
pub const RECORD_BYTES: usize = 23;
/// Bytes before the claims of a group: cell 3 × i16, count u8.
pub const GROUP_BYTES: usize = 7;
/// Bodies that one person simulates at a time, at most; further ones are the room's.
pub const CLAIMS_MAX: usize = 64;
/// How far from one's head a thing is that one begins to simulate, metres; of farther ones the room does it.
pub const REACH_M: f32 = 8.0;
/// The greatest velocity (m/s) and spin (rad/s) on each axis that a claim tells; faster ones are told as this.
pub const SPEED_MAX: f32 = 32.0;
const SPEED_BITS: u32 = 12;
const SPEED_STEPS: f32 = 2_047.0;

/// A body as somebody simulates it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Claim {
    /// Its slot.
    pub slot: u16,
    /// It lies still.
    pub rests: bool,
    /// Where it is.
    pub place: Rounded,
    /// m/s.
    pub velocity: [f32; 3],
    /// About its middle: axis times rad/s.
    pub spin: [f32; 3],
}

/// All that a client claims in a frame; one that simulates what it touches says so by claiming, be it nothing.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Claims {
    /// How long before the frame's sample time the bodies were there, milliseconds.
    pub behind_ms: u8,
    /// What it claims.
    pub bodies: Vec<Claim>,
}

fn steps(speed: f32) -> u32 {
    let steps = libm::roundf(speed.clamp(-SPEED_MAX, SPEED_MAX) / SPEED_MAX * SPEED_STEPS) as i32;
    steps as u32 & ((1 << SPEED_BITS) - 1)
}

fn speed(steps: u32) -> f32 {
    let unused = 32 - SPEED_BITS;
    ((steps << unused) as i32 >> unused) as f32 / SPEED_STEPS * SPEED_MAX
}

/// Writes the content of a section: behind_ms u8, then groups by cell.
pub fn write(claims: &Claims, out: &mut Vec<u8>) {
    out.push(claims.behind_ms);
    let mut left = &claims.bodies[..claims.bodies.len().min(CLAIMS_MAX)];
    while let Some(first) = left.first() {
        let cell = first.place.cell();
        let count = left.iter().take_while(|claim| claim.place.cell() == cell).count();
        cell.iter().for_each(|axis| out.extend_from_slice(&axis.to_le_bytes()));
        out.push(count as u8);
        left[..count].iter().for_each(|claim| out.extend_from_slice(&encode(claim)));
        left = &left[count..];
    }
}

/// Reads the content of a section; `None` when it is cut short or claims more than anyone may.
pub fn read(content: &[u8]) -> Option<Claims> {
    let (behind_ms, mut content) = content.split_first()?;
    let mut bodies = Vec::new();
    while !content.is_empty() {
        let (head, rest) = content.split_first_chunk::<GROUP_BYTES>()?;
        let [x, x_high, y, y_high, z, z_high, count] = *head;
        let cell = [[x, x_high], [y, y_high], [z, z_high]].map(i16::from_le_bytes);
        let (records, rest) = rest.split_at_checked(usize::from(count) * RECORD_BYTES)?;
        content = rest;
        bodies.extend(records.as_chunks::<RECORD_BYTES>().0.iter().map(|record| decode(record, cell)));
        if bodies.len() > CLAIMS_MAX {
            return None;
        }
    }
    Some(Claims { behind_ms: *behind_ms, bodies })
}

fn encode(claim: &Claim) -> [u8; RECORD_BYTES] {
    let mut bytes = [0; RECORD_BYTES];
    let mut bits = BitWriter::new(&mut bytes);
    bits.write(u32::from(claim.slot), 16);
    bits.write(u32::from(claim.rests), 1);
    bits.write(0, 7);
    claim.place.write(&mut bits);
    for part in claim.velocity.iter().chain(&claim.spin) {
        bits.write(steps(*part), SPEED_BITS);
    }
    bytes
}

fn decode(bytes: &[u8; RECORD_BYTES], cell: Cell) -> Claim {
    let mut bits = BitReader::new(bytes);
    let slot = bits.read(16) as u16;
    let rests = bits.read(1) == 1;
    bits.read(7);
    let place = Rounded::read(&mut bits, cell);
    let mut three = || [0; 3].map(|_: u32| speed(bits.read(SPEED_BITS)));
    Claim { slot, rests, place, velocity: three(), spin: three() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn claim(slot: u16, x: f32, speeds: [f32; 6]) -> Claim {
        let [a, b, c, d, e, f] = speeds;
        let place = Rounded::new(&[x, 0.5, -3.0, 0.0, 0.6, 0.0, 0.8]);
        Claim { slot, rests: slot.is_multiple_of(2), place, velocity: [a, b, c], spin: [d, e, f] }
    }

    proptest! {
        // Rule 4.17
        #[test]
        fn claims_arrive_as_they_were_rounded_with_their_speeds(
            slots in proptest::collection::vec(any::<u16>(), 1..CLAIMS_MAX),
            x in -500.0f32..500.0,
            speeds in proptest::array::uniform6(-40.0f32..40.0),
            behind_ms: u8,
        ) {
            let bodies = slots.iter().enumerate().map(|(n, slot)| claim(*slot, x + n as f32, speeds));
            let sent = Claims { behind_ms, bodies: bodies.collect() };
            let mut bytes = Vec::new();
            write(&sent, &mut bytes);
            let read = read(&bytes).unwrap();
            prop_assert_eq!(read.behind_ms, behind_ms);
            prop_assert_eq!(read.bodies.len(), sent.bodies.len());
            for (read, sent) in read.bodies.iter().zip(&sent.bodies) {
                prop_assert_eq!((read.slot, read.rests, read.place), (sent.slot, sent.rests, sent.place));
                let pairs = read.velocity.iter().zip(sent.velocity).chain(read.spin.iter().zip(sent.spin));
                for (read, sent) in pairs {
                    let sent = sent.clamp(-SPEED_MAX, SPEED_MAX);
                    prop_assert!((read - sent).abs() <= SPEED_MAX / SPEED_STEPS / 2.0 + 1e-5);
                }
            }
        }

        #[test]
        fn claims_of_any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            if let Some(claims) = read(&bytes) {
                prop_assert!(claims.bodies.len() <= CLAIMS_MAX);
                for claim in &claims.bodies {
                    let numbers = claim.place.place();
                    let mut numbers = numbers.iter().chain(&claim.velocity).chain(&claim.spin);
                    prop_assert!(numbers.all(|part| part.is_finite()));
                }
            }
        }
    }

    #[test]
    fn nobody_claims_more_than_they_may() {
        let mut bytes = Vec::new();
        write(&Claims::default(), &mut bytes);
        assert_eq!((bytes.len(), read(&bytes)), (1, Some(Claims::default())));
        bytes.clear();
        let many = |count: usize| Claims { behind_ms: 0, bodies: vec![claim(1, 0.0, [0.0; 6]); count] };
        write(&many(CLAIMS_MAX + 1), &mut bytes);
        assert_eq!(
            read(&bytes).map(|claims| claims.bodies.len()),
            Some(CLAIMS_MAX),
            "the rest is the room's"
        );
        let (head, record) =
            (bytes[1..1 + GROUP_BYTES].to_vec(), bytes[1 + GROUP_BYTES..][..RECORD_BYTES].to_vec());
        bytes.extend_from_slice(&head[..6]);
        bytes.push(1);
        bytes.extend_from_slice(&record);
        assert_eq!(read(&bytes), None, "a group more than anyone may have");
    }
}
