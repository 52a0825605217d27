//! How a game ends.

use crate::facts::Fact;
use crate::game::rounds::shown_until;
use crate::game::{Moment, set};
use crate::log::draft::Draft;
use crate::reject::Reject;
use serde_json::json;
use thexr_world::Op;

pub(crate) const NO_GAME: Reject =
    Reject::new("no_game", "No thing in this room has a `game`: there is nothing to win or lose.");

/// The game is won, or lost; its end is shown for a while.
pub(crate) fn end(moment: &Moment<'_>, won: bool, text: Option<String>) -> Result<(Vec<Op>, Draft), Reject> {
    let game = moment.world.game().ok_or(NO_GAME)?;
    let (status, fact) = if won { ("won", Fact::LEVEL_WON) } else { ("lost", Fact::LEVEL_LOST) };
    let payload = json!({"entity": game, "text": text, "by": moment.by});
    let mut ops = vec![set(game, "status", json!(status))];
    ops.extend(shown_until(moment));
    Ok((ops, Draft::server(fact, payload, Vec::new())))
}
