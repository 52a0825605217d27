//! The world: entities, components, ops and their fold, component schemas, transforms, interpolation.
//!
//! One fold serves server, client and replay alike. Knows nothing of peers, networks or clocks.

pub mod animate;
pub mod entity;
pub mod fold;
mod fold_error;
mod index;
pub mod interactions;
pub mod interpolate;
pub mod mesh;
mod names;
pub mod op;
pub mod rules;
pub mod schema;
pub mod shared;
pub mod sockets;
pub mod state;
pub mod transform;
pub mod typed;
mod values;

pub use entity::{Component, ComponentMap, Entity, Name, Parent};
pub use fold::{Entities, NoStates, Stamp, States, Undo, World};
pub use fold_error::FoldError;
pub use interactions::{Interaction, interactions};
pub use op::{Components, Op};
pub use schema::SchemaError;
pub use transform::Transform;
