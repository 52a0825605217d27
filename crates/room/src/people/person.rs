//! One connection, and one person with an avatar.

use crate::limbs::distance;
use crate::log::Log;
use crate::motion::output::Encoded;
use crate::people::course::Course;
use thexr_wire::joints::Hands;
use thexr_wire::message::{Dialect, Mode, Movements};
use thexr_wire::pose::{Marks, Place, Pose};
use thexr_wire::{PeerId, UserId};

/// How long poses of somewhere else are passed over after a person was put somewhere, ticks (2 s): a page that has not followed
/// by then does not follow.
pub const PUT_TICKS: u64 = 40;
/// Who is so near to where they were put is there, metres.
const PUT_NEAR_M: f32 = 2.0;

/// One connection.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    pub user: UserId,
    pub dialect: Dialect,
    pub mode: Mode,
    pub movements: Movements,
    pub interest: bool,
    /// Wanted to enter, but the room is full of people.
    pub crowded: bool,
    /// Where a spectator looked from last.
    pub camera: Option<Place>,
}

impl Peer {
    /// Whether it is a lobby's: it hears no motion and takes no place.
    pub fn is_preview(&self) -> bool {
        self.mode == Mode::Preview
    }
}

/// Someone with an avatar here, connected or away.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    /// Connections that entered, oldest first.
    pub entered: Vec<PeerId>,
    pub driver: Option<PeerId>,
    pub slot: u16,
    pub pose: Pose,
    pub marks: Marks,
    pub hands: Hands,
    /// Tick in which the hands' joints changed.
    pub hands_tick: u64,
    /// Whom they came with; 0 for nobody.
    pub party: u32,
    /// The pose in every tier, since it changed.
    pub encoded: Option<Encoded>,
    pub sample_ms: u64,
    pub changed_tick: u64,
    /// Tick in which they jumped last.
    pub jumped_tick: u64,
    /// They have said that they stay where they are.
    pub stopped: bool,
    pub away_since_ms: Option<i64>,
    /// What peers were told last about being away.
    pub told_away: bool,
    pub place_saved_tick: u64,
    /// They have died, and lie where they were.
    pub dead: bool,
    /// Where the room has put their head, and in which tick, until their own page is there.
    pub put: Option<(Place, u64)>,
    /// How far they may go, in games.
    pub course: Course,
    /// They say that they are where they cannot have gone.
    pub strayed: bool,
}

impl Person {
    /// Someone at a place who has not moved yet.
    pub fn new(log: &Log, slot: u16, pose: Pose) -> Self {
        Self {
            entered: Vec::new(),
            driver: None,
            slot,
            pose,
            marks: Marks { jumped: true, ..Marks::default() },
            hands: Hands::default(),
            hands_tick: 0,
            party: 0,
            encoded: None,
            sample_ms: log.clock_ms(),
            changed_tick: log.now.tick,
            jumped_tick: log.now.tick,
            stopped: true,
            away_since_ms: None,
            told_away: false,
            place_saved_tick: log.now.tick,
            dead: false,
            put: None,
            course: Course::default(),
            strayed: false,
        }
    }

    /// Puts them somewhere, at once: what they still say of where they were does not count.
    pub fn put(&mut self, head: Place, tick: u64) {
        self.pose = Pose { head, left: None, right: None, fingers: None };
        self.hands = Hands::default();
        self.marks.jumped = true;
        (self.jumped_tick, self.changed_tick, self.hands_tick) = (tick, tick, tick);
        self.stopped = false;
        self.put = Some((head, tick));
        self.course.begin_at(head);
    }

    /// Whether a pose they send is one from before they were put somewhere, or died.
    pub fn is_from_before(&mut self, head: &Place, tick: u64) -> bool {
        if self.dead {
            return true;
        }
        let Some((put, since)) = self.put else { return false };
        let waits = tick < since + PUT_TICKS && distance(&put, head) > PUT_NEAR_M;
        if !waits {
            self.put = None;
        }
        waits
    }
}
