//! What somebody who plays shoots with and at: choosing a weapon, a target, and how well they aim. Pure.

use super::scene::{Monster, Scene, away};
use crate::limits::{AIM_ERROR, DETOUR, DETOUR_M, SEES_M};
use rand::RngExt;
use rand::rngs::SmallRng;
use serde_json::{Value, json};

/// Monsters that are looked at more closely in one thought: a way costs a tenth of a millisecond.
const LOOKED_AT: usize = 3;
/// From a monster's feet to its middle, metres.
const MIDDLE_M: f32 = 0.8;
/// From the eyes to the muzzle: below and before them, metres.
const MUZZLE_M: [f32; 2] = [-0.12, 0.25];
/// How long one waits for the answer to `reload` or `switch_weapon`, milliseconds.
const ANSWER_MS: f64 = 600.0;

/// A weapon that one carries.
#[derive(Debug, Clone, PartialEq)]
struct Weapon<'a> {
    name: &'a str,
    /// Harm in a second.
    harm: f64,
    rate: f64,
    loaded: f64,
    reserve: f64,
    capacity: f64,
    reload_ms: f64,
    range_m: f32,
}

/// A shot to be fired.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Shot {
    pub origin: [f32; 3],
    pub direction: [f32; 3],
}

/// What is remembered between shots.
#[derive(Debug, Default)]
pub(crate) struct Arms {
    next_ms: f64,
    busy_ms: f64,
}

fn weapons<'a>(scene: &'a Scene<'_>) -> Vec<Weapon<'a>> {
    let all = scene.own("weapons").and_then(Value::as_object);
    let read = |(name, gun): (&'a String, &'a Value)| {
        let number = |name: &str, usual: f64| gun.get(name).and_then(Value::as_f64).unwrap_or(usual);
        let ammo = gun.get("ammo").and_then(Value::as_str).unwrap_or("bullets");
        let (rate, capacity, reserve) =
            (number("rate", 4.0).max(0.2), number("capacity", 0.0), scene.carries(ammo));
        Weapon {
            name,
            harm: number("damage", 10.0) * number("pellets", 1.0) * rate,
            rate,
            loaded: if capacity > 0.0 { number("loaded", 0.0) } else { reserve },
            reserve: if capacity > 0.0 { reserve } else { 0.0 },
            capacity,
            reload_ms: number("reload_ms", 1_500.0),
            range_m: number("range", 60.0) as f32,
        }
    };
    all.into_iter().flatten().map(read).collect()
}

/// Whether one has anything that shoots now or once it is loaded.
pub(crate) fn is_armed(scene: &Scene<'_>) -> bool {
    weapons(scene).iter().any(|weapon| weapon.loaded + weapon.reserve >= 1.0)
}

/// The nearest monster that is in view: the way to it is hardly longer than the straight line.
pub(crate) fn target<'a>(scene: &Scene<'a>, feet: [f32; 3]) -> Option<&'a Monster> {
    let mut near: Vec<(f32, &Monster)> =
        scene.monsters.iter().map(|monster| (away(feet, monster.at), monster)).collect();
    near.retain(|(metres, _)| *metres <= SEES_M);
    near.sort_by(|a, b| a.0.total_cmp(&b.0));
    let in_view = |(metres, monster): &&(f32, &Monster)| {
        scene.way(feet, monster.at).is_some_and(|(way_m, _)| way_m <= metres * DETOUR + DETOUR_M)
    };
    near.iter().take(LOOKED_AT).find(in_view).map(|(_, monster)| *monster)
}

/// The middle of a monster.
pub(crate) fn middle(monster: &Monster) -> [f32; 3] {
    [monster.at[0], monster.at[1] + MIDDLE_M, monster.at[2]]
}

impl Arms {
    /// Loads and changes weapons: what is to be asked for.
    pub fn tend(&mut self, scene: &Scene<'_>, fights: bool) -> Option<(&'static str, Value)> {
        if scene.room_ms < self.busy_ms {
            return None;
        }
        let weapons = weapons(scene);
        let in_hand = scene.own("weapon").and_then(Value::as_str);
        let held = weapons.iter().find(|weapon| Some(weapon.name) == in_hand);
        let loaded = weapons.iter().filter(|weapon| weapon.loaded >= 1.0);
        let best = loaded.max_by(|a, b| a.harm.total_cmp(&b.harm));
        let is_better =
            |best: &Weapon<'_>| held.is_none_or(|held| held.loaded < 1.0 && fights || best.harm > held.harm);
        if let Some(best) = best.filter(|best| Some(best.name) != in_hand && is_better(best)) {
            self.busy_ms = scene.room_ms + ANSWER_MS;
            return Some(("switch_weapon", json!({"weapon": best.name})));
        }
        let held = held.filter(|held| held.capacity > 0.0 && held.reserve >= 1.0)?;
        let lacks = if fights { held.loaded < 1.0 } else { held.loaded < held.capacity / 2.0 };
        lacks.then(|| {
            self.busy_ms = scene.room_ms + held.reload_ms.max(ANSWER_MS);
            ("reload", json!({}))
        })
    }

    /// It was empty, or not ready: one looks again at once.
    pub fn failed(&mut self, scene_ms: f64) {
        self.next_ms = self.next_ms.max(scene_ms + ANSWER_MS);
    }

    /// Shoots at the middle of a target when it is time, as well as people aim.
    pub fn shoot(
        &mut self,
        scene: &Scene<'_>,
        head: [f32; 3],
        target: &Monster,
        dice: &mut SmallRng,
    ) -> Option<Shot> {
        let now_ms = scene.room_ms;
        if now_ms < self.busy_ms || now_ms < self.next_ms {
            return None;
        }
        let in_hand = scene.own("weapon").and_then(Value::as_str)?;
        let weapons = weapons(scene);
        let weapon = weapons.iter().find(|weapon| weapon.name == in_hand && weapon.loaded >= 1.0)?;
        let middle = middle(target);
        let to = [0, 1, 2].map(|axis| middle[axis] - head[axis]);
        let metres = to.iter().map(|part| part * part).sum::<f32>().sqrt();
        if !(0.05..=weapon.range_m).contains(&metres) {
            return None;
        }
        // As fast as it can in the long run, though looked at in steps.
        self.next_ms = self.next_ms.max(now_ms - 100.0) + 1_000.0 / weapon.rate;
        let ahead = to.map(|part| part / metres);
        let [down_m, before_m] = MUZZLE_M;
        let mut origin = [0, 1, 2].map(|axis| head[axis] + ahead[axis] * before_m);
        origin[1] += down_m;
        let off = [0; 3].map(|_| metres * dice.random_range(-AIM_ERROR..=AIM_ERROR));
        let aimed = [0, 1, 2].map(|axis| middle[axis] + off[axis] - origin[axis]);
        let length = aimed.iter().map(|part| part * part).sum::<f32>().sqrt();
        (length > 0.05).then(|| Shot { origin, direction: aimed.map(|part| part / length) })
    }
}
