//! Ways for whoever walks by themselves: a navigation mesh of what is fixed in a room, and the shortest way on it past closed doors.
//!
//! Pure: the same world gives the same mesh and the same ways. Baking takes a tenth of a second and more, so whoever has a clock to
//! keep does it elsewhere; asking takes microseconds. Knows neither people nor monsters, and nothing of what moves but where doors
//! and lifts are: those are areas of their own, so that none of them needs a new mesh when it opens or closes.

mod baking;
mod error;
mod gates;
mod geometry;
mod paths;
mod surface;
#[cfg(test)]
mod tests;
mod triangles;

pub use baking::{bake, bake_around};
pub use error::BakeError;
pub use geometry::is_fixed;
pub use paths::Paths;

/// Edge of a cell of the grid that the mesh is made of, metres: with 0.3 m doors of 1.4 m are gone, with 0.1 m a level takes five times as long.
const CELL_M: f32 = 0.2;
/// Height of such a cell, metres.
const CELL_HEIGHT_M: f32 = 0.1;
/// How wide whoever walks is, from the middle, metres: the mesh keeps so far from walls.
pub const WALKER_RADIUS_M: f32 = 0.4;
/// How much room they need above the floor, metres.
pub const WALKER_HEIGHT_M: f32 = 1.8;
/// How high a step they climb, metres.
pub const STEP_M: f32 = 0.4;
/// How steep a slope they climb, degrees.
const SLOPE_DEGREES: f32 = 45.0;

/// Longest edge of what one mesh covers, metres: at it a bake takes four times as long as for a level of 100 m. Monsters and places
/// they come from that are farther apart than this are refused (`TooFarApart`); floors beyond it are walked on by nobody.
pub const EXTENT_M_MAX: f32 = 200.0;
/// How far around what matters the mesh reaches at least, metres, as far as there is a floor.
const AROUND_M: f32 = 30.0;
/// How far above and below what matters the mesh reaches at most, metres.
const UPWARDS_M: f32 = 60.0;
/// Doors and lifts of one mesh, at most: each is an area of its own, of which there are 254; of more, those with the greater ids are
/// as if they were not there to be walked through at all.
pub const GATES_MAX: usize = 200;
/// Triangles that one mesh is made of, at most (a box has 12; memory); above it the bake is refused (`TooMuch`).
pub const TRIANGLES_MAX: usize = 300_000;
/// Cells that all triangles cover together, at most, so that a bake takes seconds at most whatever is piled up; above it the bake
/// is refused (`TooMuch`).
pub const COVERED_CELLS_MAX: u64 = 30_000_000;
/// Corners of one way that are told, at most (memory): whoever has come to the last one asks again.
pub const CORNERS_MAX: usize = 64;
