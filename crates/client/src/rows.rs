//! Layouts of what is handed over as rows of numbers; TypeScript's copy is written from here.

/// Where things lie in a monster's row.
pub mod monster_row {
    /// Index of its entity.
    pub const INDEX: usize = 0;
    /// What it is about, by number.
    pub const DOING: usize = 1;
    /// Since when, seconds.
    pub const SINCE_S: usize = 2;
    /// Its feet, metres.
    pub const PLACE: usize = 3;
    /// Where it faces, radians about Y, +Z towards +X.
    pub const HEADING: usize = PLACE + 3;
    /// All of them.
    pub const FLOATS: usize = HEADING + 1;
}

/// Where things lie in a shot's row.
pub mod shot_row {
    /// Index of the entity of who fired it, or −1.
    pub const BY: usize = 0;
    /// Which shot.
    pub const ID: usize = 1;
    /// 0 a bullet, 1 a fireball.
    pub const KIND: usize = 2;
    /// 1: it ends.
    pub const ENDED: usize = 3;
    /// What it met: 0 nothing, 1 a thing, 2 somebody.
    pub const MET: usize = 4;
    /// When, on the room's clock, milliseconds.
    pub const AT_MS: usize = 5;
    /// Where it begins, metres.
    pub const FROM: usize = 6;
    /// Where it ends, metres.
    pub const TO: usize = FROM + 3;
    /// How fast it flies, m/s; 0 is at once.
    pub const SPEED: usize = TO + 3;
    /// All of them.
    pub const FLOATS: usize = SPEED + 1;
}
