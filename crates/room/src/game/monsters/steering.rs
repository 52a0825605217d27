//! How monsters move from corner to corner: on the floor, beside each other, and never through what is shut.

use super::brain::{Means, Monster, Scene, apart};
use std::collections::BTreeMap;
use thexr_wire::EntityId;
use thexr_wire::monsters::Doing;

/// Who is so near to a corner has passed it, metres.
const PASSED_M: f32 = 0.25;
/// Edge of a cell of the grid in which neighbours are found, metres: more than two brutes need.
const CELL_M: f32 = 2.0;
/// Neighbours that one keeps clear of, at most (work, in a heap of them).
const NEIGHBOURS_MAX: usize = 12;
/// How fast two that stand in each other are parted, m/s.
const PARTS_M_S: f32 = 1.5;
/// How far the floor may be above or below the last step, metres.
const FLOOR_M: f32 = 0.6;
/// How far ahead of itself one feels its way that knows none, metres, and how high.
const FEELS_M: f32 = 0.6;
const KNEES_M: f32 = 0.5;
/// How far from its way one is that is not on it any more: it thinks again, metres.
const OFF_M: f32 = 0.05;

/// Where everyone was when the tick began, by cells.
pub(super) struct Crowd {
    cells: BTreeMap<[i32; 2], Vec<Neighbour>>,
}

#[derive(Debug, Clone, Copy)]
struct Neighbour {
    number: u64,
    at: [f32; 3],
    radius_m: f32,
}

impl Crowd {
    pub fn new(living: &BTreeMap<EntityId, Monster>) -> Self {
        let mut cells: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for monster in living.values().filter(|monster| monster.doing != Doing::Dies) {
            let Monster { number, at, .. } = *monster;
            let one = Neighbour { number, at, radius_m: monster.stats.radius_m };
            cells.entry(cell(at)).or_default().push(one);
        }
        Self { cells }
    }

    /// Which way, and how far at most, the neighbours of one push it, m/s on x and z.
    fn pushes(&self, monster: &Monster) -> [f32; 2] {
        let [column, row] = cell(monster.at);
        let around = (-1..=1).flat_map(|dz| (-1..=1).map(move |dx| [column + dx, row + dz]));
        let near = around.filter_map(|cell| self.cells.get(&cell)).flatten();
        let (mut push, mut met) = ([0.0f32; 2], 0);
        for Neighbour { number, at, radius_m } in near {
            let (away, clear) = (apart(monster.at, *at), monster.stats.radius_m + radius_m);
            if *number == monster.number || away >= clear || (at[1] - monster.at[1]).abs() > 1.5 {
                continue;
            }
            // Two in one place part along a line of their own.
            let side = if monster.number < *number { 1.0 } else { -1.0 };
            let [dx, dz] = match away {
                0.0..=0.001 => [side, 0.0],
                _ => [(monster.at[0] - at[0]) / away, (monster.at[2] - at[2]) / away],
            };
            let share = (1.0 - away / clear) * PARTS_M_S;
            push = [push[0] + dx * share, push[1] + dz * share];
            met += 1;
            if met == NEIGHBOURS_MAX {
                break;
            }
        }
        let length = libm::sqrtf(push[0] * push[0] + push[1] * push[1]);
        if length > PARTS_M_S { push.map(|part| part / length * PARTS_M_S) } else { push }
    }
}

fn cell([x, _, z]: [f32; 3]) -> [i32; 2] {
    [x, z].map(|part| libm::floorf(part / CELL_M) as i32)
}

/// Lets one go on for so many seconds.
pub(super) fn go(monster: &mut Monster, scene: &Scene<'_>, crowd: &Crowd, means: &mut Means, seconds: f32) {
    if monster.doing == Doing::Dies {
        return;
    }
    let before = (monster.at, monster.yaw);
    let walks = !monster.is_busy() && !monster.is_near(scene);
    let stepped = walks && step(monster, scene, means, monster.stats.speed_m_s * seconds);
    if !monster.is_busy() {
        monster.doing = if stepped { Doing::Walks } else { Doing::Stands };
    }
    let [dx, dz] = crowd.pushes(monster).map(|part| part * seconds);
    if dx != 0.0 || dz != 0.0 {
        let [x, y, z] = monster.at;
        let to = [x + dx, y, z + dz];
        // Nobody is pushed off the floor or into a wall.
        let paths = scene.paths.filter(|paths| paths.is_on(to));
        if let Some(paths) = paths.filter(|paths| !paths.is_shut(monster.at, to, scene.shut)) {
            monster.at =
                [to[0], paths.floor(to).filter(|floor| (floor - y).abs() <= FLOOR_M).unwrap_or(y), to[2]];
        }
    }
    if (monster.at, monster.yaw) != before {
        monster.stirred_tick = scene.tick;
    }
}

/// One step along the way; whether it was made.
fn step(monster: &mut Monster, scene: &Scene<'_>, means: &mut Means, mut metres: f32) -> bool {
    let from = monster.at;
    let mut at = from;
    while let Some(corner) = monster.way.last().copied() {
        let left = apart(at, corner);
        if left <= PASSED_M.min(metres) || left < OFF_M {
            at = [corner[0], at[1], corner[2]];
            metres -= left;
            monster.way.pop();
            continue;
        }
        let share = (metres / left).min(1.0);
        at = [at[0] + (corner[0] - at[0]) * share, at[1], at[2] + (corner[2] - at[2]) * share];
        break;
    }
    if at == from {
        return false;
    }
    monster.turn_to(at);
    match scene.paths {
        Some(paths) => {
            if paths.is_shut(from, at, scene.shut) {
                // Somebody has closed it in the meantime.
                monster.way.clear();
                monster.think_tick = monster.think_tick.min(scene.tick + 1);
                return false;
            }
            at[1] = paths.floor(at).filter(|floor| (floor - from[1]).abs() <= FLOOR_M).unwrap_or(from[1]);
        }
        None => {
            if means.rays == 0 {
                return false;
            }
            means.rays -= 1;
            let ahead = super::brain::direction([from[0], 0.0, from[2]], [at[0], 0.0, at[2]]);
            let knees = [from[0], from[1] + KNEES_M, from[2]];
            if scene.physics.ray(knees, ahead, FEELS_M + apart(from, at)).is_some() {
                monster.way.clear();
                return false;
            }
        }
    }
    monster.at = at;
    true
}
