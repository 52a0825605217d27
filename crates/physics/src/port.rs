//! What a simulation is asked for and what it answers: as calls, or as orders for one that runs elsewhere.

use crate::solid::{Solid, State};
use serde::{Deserialize, Serialize};
use thexr_wire::pose::Place;

/// What a thing is called; smaller ones come first.
pub type Key = u32;

/// Things that are simulated, wherever that is.
pub trait Things {
    /// Adds a thing, or replaces the one of this key; what touched it wakes up. A free one without speed falls unless `rests`.
    fn put(&mut self, key: Key, solid: Solid, state: State, rests: bool);
    /// Takes a thing away; what touched it wakes up.
    fn remove(&mut self, key: Key);
    /// Where a steered thing is to be, in so many steps.
    fn steer(&mut self, key: Key, place: Place, steps: u32);
    /// Sets gravity, m/s², and wakes everything up.
    fn set_gravity(&mut self, gravity: [f32; 3]);
}

/// A call that a simulation elsewhere is to get.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Order {
    /// Everything goes, and gravity is as usual.
    Clear,
    /// [`Things::put`].
    Put(Key, Solid, State, bool),
    /// [`Things::remove`].
    Remove(Key),
    /// [`Things::steer`].
    Steer(Key, Place, u32),
    /// [`Things::set_gravity`].
    Gravity([f32; 3]),
    /// So many sixtieths of a second pass.
    Step(u32),
}

/// What has become of a free thing since it was told of last.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// Which.
    pub key: Key,
    /// Where it is now, and how it moves.
    pub state: State,
    /// It has come to rest.
    pub rests: bool,
    /// What it may touch, of one that rested when it was told of last.
    pub beside: Vec<Key>,
}

/// What came of some orders.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// Free things that move, and those that have come to rest, in the order of their keys.
    pub told: Vec<Told>,
    /// A step would change nothing.
    pub still: bool,
}

/// Calls that wait for a simulation elsewhere.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Orders(pub Vec<Order>);

impl Orders {
    /// As bytes, for a simulation in another memory.
    pub fn to_bytes(&self) -> Vec<u8> {
        bytes(self)
    }

    /// Reads them; `None` for bytes that are none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        postcard::from_bytes(bytes).ok()
    }
}

impl Report {
    /// As bytes, for a client in another memory.
    pub fn to_bytes(&self) -> Vec<u8> {
        bytes(self)
    }

    /// Reads it; `None` for bytes that are none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        postcard::from_bytes(bytes).ok()
    }
}

fn bytes(value: &impl Serialize) -> Vec<u8> {
    postcard::to_allocvec(value).unwrap_or_else(|error| unreachable!("numbers in lists: {error}"))
}

impl Things for Orders {
    fn put(&mut self, key: Key, solid: Solid, state: State, rests: bool) {
        self.0.push(Order::Put(key, solid, state, rests));
    }

    fn remove(&mut self, key: Key) {
        self.0.push(Order::Remove(key));
    }

    fn steer(&mut self, key: Key, place: Place, steps: u32) {
        self.0.push(Order::Steer(key, place, steps));
    }

    fn set_gravity(&mut self, gravity: [f32; 3]) {
        self.0.push(Order::Gravity(gravity));
    }
}
