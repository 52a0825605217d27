//! What guns are: the component that makers write, and what people carry of it. Pure.

use crate::game::{carried, whole};
use serde_json::{Map, Value, json};
use thexr_world::Entity;

/// Weapons that a person carries at most; further ones are `weapons_full`.
pub const WEAPONS_MAX: usize = 9;

/// What a gun does.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Gun {
    /// Metres a second; 0: what it shoots is there at once.
    pub speed_m_s: f32,
    pub range_m: f32,
    pub damage: f64,
    /// Shots a second.
    pub rate: f64,
    pub pellets: u32,
    /// Radians off the middle, at most.
    pub spread: f32,
    /// What it shoots, by the name under which it is in the inventory.
    pub ammo: String,
    /// Shots of a magazine; 0 without one.
    pub capacity: f64,
    pub reload_ms: u64,
    pub sound: String,
}

impl Gun {
    /// Reads a `gun`, or what a person carries of one: what is not said is as usual.
    pub fn read(value: &Value) -> Self {
        let number = |name: &str, usual: f64, least: f64, most: f64| {
            value.get(name).and_then(Value::as_f64).unwrap_or(usual).clamp(least, most)
        };
        let text = |name: &str, usual: &str| {
            value
                .get(name)
                .and_then(Value::as_str)
                .filter(|text| !text.is_empty())
                .unwrap_or(usual)
                .to_owned()
        };
        let flies = value.get("kind").and_then(Value::as_str) == Some("projectile");
        Self {
            speed_m_s: if flies { number("speed", 60.0, 5.0, 120.0) as f32 } else { 0.0 },
            range_m: number("range", 60.0, 1.0, 100.0) as f32,
            damage: number("damage", 10.0, 0.0, 1e6),
            rate: number("rate", 4.0, 0.2, 20.0),
            pellets: number("pellets", 1.0, 1.0, 12.0) as u32,
            spread: number("spread", 0.0, 0.0, 0.5) as f32,
            ammo: text("ammo", "bullets"),
            capacity: libm::floor(number("capacity", 0.0, 0.0, 1_000.0)),
            reload_ms: number("reload_ms", 1_500.0, 0.0, 10_000.0) as u64,
            sound: text("sound", "shot"),
        }
    }

    /// As a person carries it, with so many shots in its magazine.
    pub fn carried(&self, loaded: f64) -> Value {
        let kind = if self.speed_m_s > 0.0 { "projectile" } else { "hitscan" };
        json!({
            "kind": kind, "speed": self.speed_m_s, "range": self.range_m, "damage": self.damage, "rate": self.rate,
            "pellets": self.pellets, "spread": self.spread, "ammo": self.ammo, "capacity": self.capacity,
            "reload_ms": self.reload_ms, "sound": self.sound, "loaded": whole(loaded),
        })
    }
}

/// What a person shoots with.
pub(crate) struct Weapons<'a> {
    all: Option<&'a Map<String, Value>>,
    /// The name of the one in hand.
    pub in_hand: Option<&'a str>,
    inventory: Option<&'a Value>,
}

impl<'a> Weapons<'a> {
    /// Those of an avatar.
    pub fn of(avatar: Option<&'a Entity>) -> Self {
        let value = |name: &str| avatar.and_then(|avatar| avatar.value(name));
        Self {
            all: value("weapons").and_then(Value::as_object),
            in_hand: value("weapon").and_then(Value::as_str),
            inventory: value("inventory"),
        }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.map_or(0, Map::len)
    }

    /// One of them.
    pub fn get(&self, name: &str) -> Option<Gun> {
        self.all?.get(name).map(Gun::read)
    }

    /// The first of them by name, but for one.
    pub fn another(&self, than: &str) -> Option<&'a str> {
        self.all?.keys().map(String::as_str).find(|name| *name != than)
    }

    /// How many shots one has in its magazine, or without one how many there are at all.
    pub fn loaded(&self, name: &str, gun: &Gun) -> f64 {
        if gun.capacity <= 0.0 {
            return self.reserve(gun);
        }
        let loaded = self.all.and_then(|all| all.get(name)?.get("loaded")?.as_f64());
        loaded.unwrap_or(0.0)
    }

    /// How many shots for it are not in its magazine.
    pub fn reserve(&self, gun: &Gun) -> f64 {
        carried(self.inventory, &gun.ammo)
    }

    /// Whether something is what one of them shoots.
    pub fn shoot(&self, item: &str) -> bool {
        self.all.is_some_and(|all| all.values().any(|gun| Gun::read(gun).ammo == item))
    }
}
