//! Detail tiers of the latest lane: how exactly a person is told. Owns their numbers; who is in which is the room's.

/// How exactly a person is told, from everything to a place in the crowd.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Tier {
    /// Head, hands, fingers: 40 bytes.
    A = 0,
    /// Head and hands, coarser, no fingers: 24 bytes.
    B = 1,
    /// Head with yaw and pitch, hands as points: 14 bytes.
    C = 2,
    /// Place and yaw: 7 bytes.
    D = 3,
    /// A place within half a metre, told for a whole crowd cell at once: 3 bytes.
    E = 4,
}

impl Tier {
    /// All tiers, the most exact first.
    pub const ALL: [Self; 5] = [Self::A, Self::B, Self::C, Self::D, Self::E];

    /// The tier a group's first byte names.
    pub fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.get(usize::from(byte)).copied()
    }

    /// Lower-case letter, as reports and metrics spell it.
    pub fn name(self) -> &'static str {
        ["a", "b", "c", "d", "e"][self as usize]
    }

    /// Bytes of one record.
    pub const fn record_bytes(self) -> usize {
        [40, 24, 14, 7, 3][self as usize]
    }

    /// Bytes of the header of a group of such records; a crowd's has one more, its height.
    pub const fn group_bytes(self) -> usize {
        match self {
            Self::E => 9,
            _ => 8,
        }
    }

    /// The next more exact tier; A is its own.
    pub fn nearer(self) -> Self {
        Self::ALL[(self as usize).saturating_sub(1)]
    }
}
