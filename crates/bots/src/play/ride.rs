//! How somebody who plays rides a lift: onto it, up or down with it, and off it again. Pure.

use super::feet::Feet;
use super::scene::{Scene, apart};
use super::wish::Wish;
use crate::limits::{PLAY_ASK_MS, RIDE_MS_MAX};
use serde_json::json;
use thexr_wire::EntityId;
use thexr_world::Entity;
use thexr_world::interactions::door_is_open;

/// How far above or below the floor a lift may be that one steps onto, and a floor that one steps down to, metres.
const STEP_M: f32 = 0.45;
/// How far from the middle of a lift one looks for a floor to step onto, metres.
const OFF_M: [f32; 4] = [1.4, 1.9, 2.5, 3.2];

/// How far a ride has come.
///
/// ```text
/// boards ──on its middle──▶ waits ──it has gone──▶ rides ──it stands──▶ leaves ──on a floor──▶ over
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
enum Stage {
    Boards,
    Waits,
    Rides,
    Leaves([f32; 3]),
    Over,
}

/// A ride on a lift.
#[derive(Debug)]
pub(crate) struct Ride {
    lift: EntityId,
    stage: Stage,
    ask_ms: f64,
    until_ms: f64,
}

/// The height of a thing above its middle, metres.
fn top(entity: &Entity) -> f32 {
    entity.shape().map_or(0.0, |shape| shape.size[1] * entity.transform().scale[1].abs() / 2.0)
}

impl Ride {
    pub fn new(lift: EntityId, now_ms: f64) -> Self {
        Self { lift, stage: Stage::Boards, ask_ms: 0.0, until_ms: now_ms + RIDE_MS_MAX }
    }

    /// Whether it has come to its end, or will not any more.
    pub fn is_over(&self, scene: &Scene<'_>) -> bool {
        self.stage == Stage::Over || scene.room_ms >= self.until_ms
    }

    /// One step; what is to be asked.
    pub fn go_on(&mut self, scene: &Scene<'_>, feet: &mut Feet, seconds: f32) -> Option<Wish> {
        let entity = scene.world.entity(&self.lift);
        let (Some(entity), Some(middle)) = (entity, scene.place(&self.lift)) else {
            self.stage = Stage::Over;
            return None;
        };
        let deck = [middle[0], middle[1] + top(entity), middle[2]];
        let moves = scene.moves(entity);
        match self.stage {
            Stage::Boards if moves || (deck[1] - feet.at[1]).abs() > STEP_M => self.stage = Stage::Over,
            Stage::Boards => {
                feet.step_towards(deck, seconds);
                if apart(feet.at, deck) < 0.1 {
                    self.stage = Stage::Waits;
                }
            }
            Stage::Waits if moves => self.stage = Stage::Rides,
            Stage::Waits if scene.room_ms >= self.ask_ms => {
                self.ask_ms = scene.room_ms + 4.0 * PLAY_ASK_MS;
                let name = if door_is_open(entity) == Some(true) { "close" } else { "open" };
                return Some(Wish::Ask(name, json!({"entity": self.lift})));
            }
            Stage::Waits | Stage::Over => {}
            Stage::Rides => {
                feet.put(deck);
                if !moves {
                    self.stage = floor_beside(scene, deck).map_or(Stage::Over, Stage::Leaves);
                }
            }
            Stage::Leaves(to) => {
                feet.step_towards(to, seconds);
                if apart(feet.at, to) < 0.1 {
                    self.stage = Stage::Over;
                }
            }
        }
        None
    }
}

/// A floor beside a lift, at the height of its deck.
fn floor_beside(scene: &Scene<'_>, deck: [f32; 3]) -> Option<[f32; 3]> {
    let paths = scene.paths?;
    let is_free =
        |to: &[f32; 3]| (to[1] - deck[1]).abs() <= STEP_M && paths.path(*to, *to, scene.shut).is_some();
    OFF_M.into_iter().find_map(|metres| {
        let turns = (0..8u8).map(|turn| f32::from(turn) * std::f32::consts::FRAC_PI_4);
        let mut around =
            turns.map(|turn| [deck[0] + metres * turn.sin(), deck[1], deck[2] + metres * turn.cos()]);
        around.find_map(|to| paths.nearest(to).filter(is_free).filter(|to| apart(*to, deck) > metres - 0.5))
    })
}
