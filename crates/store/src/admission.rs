//! Which batches may be written: the checks that every backend makes inside its transaction.
//!
//! Pure: given where the rooms' journals end, it decides and moves the ends on. Knows no SQL.

use crate::{Outcome, RefusedReason, RoomBatch};
use std::collections::BTreeMap;
use thexr_wire::RoomId;

/// Where a room's journal ends, read inside the transaction and moved on by each admitted batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct End {
    pub epoch: i64,
    pub last_seq: u64,
    pub last_tick: u64,
    pub last_at_ms: i64,
}

/// The ends of all rooms that occur in a group; a room that is missing does not exist.
pub(crate) type Ends = BTreeMap<RoomId, End>;

/// Decides one batch; an admitted one moves its room's end, so that the next batch of the room is judged after it.
pub(crate) fn admit(ends: &mut Ends, batch: &RoomBatch) -> Outcome {
    let Some(end) = ends.get_mut(&batch.room) else {
        return Outcome::Refused(RefusedReason::NoSuchRoom);
    };
    match check(end, batch) {
        Ok(()) => {
            advance(end, batch);
            Outcome::Committed { last_seq: end.last_seq }
        }
        Err(reason) => Outcome::Refused(reason),
    }
}

fn check(end: &End, batch: &RoomBatch) -> Result<(), RefusedReason> {
    if end.epoch != batch.epoch {
        return Err(RefusedReason::Fenced);
    }
    let expected = end.last_seq + 1..;
    if batch.events.iter().zip(expected).any(|(event, seq)| event.seq != seq) {
        return Err(RefusedReason::SeqConflict { stored_last: end.last_seq });
    }
    if storable(batch) { Ok(()) } else { Err(RefusedReason::Constraint) }
}

fn advance(end: &mut End, batch: &RoomBatch) {
    end.last_seq = batch.last_seq().unwrap_or(end.last_seq);
    end.last_tick = end.last_tick.max(batch.tick);
    end.last_at_ms = batch.events.iter().map(|event| event.at_ms).fold(end.last_at_ms, i64::max);
}

/// Whether every backend can hold the batch: PostgreSQL has no NUL in text, and no database here has unsigned numbers.
fn storable(batch: &RoomBatch) -> bool {
    let numbers = batch.events.iter().flat_map(|event| [Some(event.seq), event.undoes]).flatten();
    let fits = numbers.chain([batch.tick]).all(|number| i64::try_from(number).is_ok());
    let events = batch.events.iter().flat_map(|event| {
        [Some(&event.actor), Some(&event.name), Some(&event.payload), Some(&event.ops)]
            .into_iter()
            .chain([event.inverse.as_ref(), event.command_id.as_ref()])
            .flatten()
    });
    let people = batch.places.iter().map(|place| &place.pose);
    let people = people.chain(batch.members.iter().map(|member| &member.state)).chain(&batch.settings);
    fits && events.chain(people).all(|text| plain(text))
}

/// Whether every backend can hold the text.
pub(crate) fn plain(text: &str) -> bool {
    !text.contains('\0')
}
