//! Why there is no mesh, for makers to read.

/// Why there is no mesh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BakeError {
    /// Nothing in the room walks.
    #[error("Nothing here walks by itself.")]
    NothingMatters,
    /// What matters is farther apart than a mesh reaches.
    #[error("Monsters and spawners are more than 200 m apart: put them nearer to each other.")]
    TooFarApart,
    /// There are too many walls and floors, or too large ones on top of each other.
    #[error("There are too many walls and floors for monsters to find their ways between.")]
    TooMuch,
    /// There is no floor that is large and level enough.
    #[error("There is no floor here that monsters could walk on.")]
    NoFloor,
    /// The mesh could not be made of what there is.
    #[error("Walls and floors here are such that no ways could be found between them.")]
    Unwalkable,
}
