//! People and ticks for the tests of motion. Knows no room.

use crate::motion::output::{Encoded, Record, TickOutput};
use thexr_wire::pose::{Marks, Pose, Sample};
use thexr_wire::{Tier, UserId};

/// Someone who stands at a point since tick 5.
pub(crate) fn person(slot: u16, point: [f32; 3]) -> Record {
    looking(slot, Pose::standing(point), 5)
}

/// Someone whose pose changed in a tick.
pub(crate) fn looking(slot: u16, pose: Pose, changed_tick: u64) -> Record {
    let user = UserId::parse(&format!("{slot:020}")).unwrap();
    let sample = Sample { slot, tier: Tier::A, age_ms: 0, marks: Marks::default(), pose };
    Record::new(slot, user, changed_tick, pose, Encoded::new(&sample, pose.cell()))
}

/// A tick of the first life of a room.
pub(crate) fn output(tick: u64, records: Vec<Record>) -> TickOutput {
    let mut output = TickOutput::default();
    output.begin(1, tick, tick as i64 * 50);
    output.records = records;
    output.finish();
    output
}
