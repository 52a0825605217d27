//! Shots on the latest lane: how each begins and ends; between them it flies by the room's clock. Owns their layout.

/// Bytes of a record: slot u16, id u16, what u8 (kind 3, ended 1, hit 2, reserved 2 bits, the highest first), age u8 (4 ms), from
/// 3 × i24 (1/256 m), to − from 3 × i16 (1/256 m), speed u8 (m/s; 0 is at once).
pub const RECORD_BYTES: usize = 22;
/// The slot of a shot that nobody fired whom one could see.
pub const NOBODY: u16 = u16::MAX;
/// How far a shot goes at most, metres: as far as its record tells.
pub const RANGE_MAX_M: f32 = 100.0;
/// How fast one flies at most, m/s.
pub const SPEED_MAX_M_S: f32 = 120.0;
/// How long before the frame's tick a shot may have begun, milliseconds: older ones say so much.
pub const AGE_MAX_MS: u32 = 255 * AGE_UNIT_MS;

const STEPS_PER_M: f32 = 256.0;
const AGE_UNIT_MS: u32 = 4;
const FROM_MAX: i32 = (1 << 23) - 1;

/// What flies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum ShotKind {
    /// A bullet.
    Bullet = 0,
    /// What monsters throw.
    Fireball = 1,
}

/// What a shot has met.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
#[repr(u8)]
pub enum Met {
    /// Nothing: it went as far as it goes.
    #[default]
    Nothing = 0,
    /// A wall, or another thing.
    Solid = 1,
    /// A person or a monster.
    Body = 2,
}

impl Met {
    /// Its name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Solid => "thing",
            Self::Body => "somebody",
        }
    }
}

/// A shot, as it begins or as it ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shot {
    /// Slot of whoever fired it, a person or a monster; [`NOBODY`] where that is not told.
    pub slot: u16,
    /// Tells shots of one room from each other for a minute.
    pub id: u16,
    /// What flies.
    pub kind: ShotKind,
    /// It ends, at `to`; else it begins at `from`, and ends there if nothing that moves is in its way.
    pub ended: bool,
    /// What it meets there.
    pub met: Met,
    /// How long before the frame's tick it began or ended, milliseconds.
    pub age_ms: u32,
    /// Where it begins, metres.
    pub from: [f32; 3],
    /// Where it ends, metres.
    pub to: [f32; 3],
    /// How fast it flies, m/s; 0: it is there at once.
    pub speed_m_s: u8,
}

/// Writes a shot's record.
pub fn encode(shot: &Shot) -> [u8; RECORD_BYTES] {
    let mut bytes = [0; RECORD_BYTES];
    bytes[..2].copy_from_slice(&shot.slot.to_le_bytes());
    bytes[2..4].copy_from_slice(&shot.id.to_le_bytes());
    bytes[4] = (shot.kind as u8) << 5 | u8::from(shot.ended) << 4 | (shot.met as u8) << 2;
    bytes[5] = (shot.age_ms / AGE_UNIT_MS).min(255) as u8;
    for axis in 0..3 {
        let from = (libm::roundf(shot.from[axis] * STEPS_PER_M) as i32).clamp(-FROM_MAX, FROM_MAX);
        let off = libm::roundf((shot.to[axis] - shot.from[axis]) * STEPS_PER_M) as i32;
        let off = off.clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16;
        bytes[6 + axis * 3..9 + axis * 3].copy_from_slice(&from.to_le_bytes()[..3]);
        bytes[15 + axis * 2..17 + axis * 2].copy_from_slice(&off.to_le_bytes());
    }
    bytes[21] = shot.speed_m_s;
    bytes
}

/// Reads a shot's record; `None` for a kind that this code does not know.
pub fn decode(bytes: &[u8; RECORD_BYTES]) -> Option<Shot> {
    let kind = match bytes[4] >> 5 {
        0 => ShotKind::Bullet,
        1 => ShotKind::Fireball,
        _ => return None,
    };
    let met = match bytes[4] >> 2 & 3 {
        0 => Met::Nothing,
        1 => Met::Solid,
        2 => Met::Body,
        _ => return None,
    };
    let from = [0, 1, 2].map(|axis| {
        let [low, middle, high] = [6, 7, 8].map(|at| bytes[at + axis * 3]);
        // The sign of the highest byte is that of the number.
        (i32::from_le_bytes([0, low, middle, high]) >> 8) as f32 / STEPS_PER_M
    });
    let to = [0, 1, 2].map(|axis| {
        let off = i16::from_le_bytes([bytes[15 + axis * 2], bytes[16 + axis * 2]]);
        from[axis] + f32::from(off) / STEPS_PER_M
    });
    Some(Shot {
        slot: u16::from_le_bytes([bytes[0], bytes[1]]),
        id: u16::from_le_bytes([bytes[2], bytes[3]]),
        kind,
        ended: bytes[4] >> 4 & 1 == 1,
        met,
        age_ms: u32::from(bytes[5]) * AGE_UNIT_MS,
        from,
        to,
        speed_m_s: bytes[21],
    })
}

/// Reads a section of shots; `None` when one is cut short. Kinds that this code does not know are passed over.
pub fn read(content: &[u8], mut each: impl FnMut(&Shot)) -> Option<()> {
    let (records, rest) = content.as_chunks::<RECORD_BYTES>();
    records.iter().filter_map(decode).for_each(|shot| each(&shot));
    rest.is_empty().then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shot() -> Shot {
        Shot {
            slot: 3,
            id: 65_000,
            kind: ShotKind::Fireball,
            ended: true,
            met: Met::Body,
            age_ms: 48,
            from: [-1_000.5, 1.5, 20.25],
            to: [-990.5, 1.0, 80.0],
            speed_m_s: 12,
        }
    }

    #[test]
    fn a_shot_travels_as_it_is() {
        assert_eq!(decode(&encode(&shot())), Some(shot()));
        let mut many = encode(&shot()).to_vec();
        many.extend_from_slice(&encode(&Shot { id: 1, ended: false, ..shot() }));
        let mut ids = Vec::new();
        read(&many, |shot| ids.push(shot.id)).unwrap();
        assert_eq!(ids, [65_000, 1]);
        assert!(read(&many[1..], |_| {}).is_none());
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_shot_or_none_and_one_that_is_read_is_written_the_same(bytes: [u8; RECORD_BYTES]) {
            if let Some(shot) = decode(&bytes) {
                let again = decode(&encode(&shot)).unwrap();
                prop_assert_eq!(again.id, shot.id);
                prop_assert!((0..3).all(|axis| (again.from[axis] - shot.from[axis]).abs() <= 1.0 / 128.0));
            }
        }
    }
}
