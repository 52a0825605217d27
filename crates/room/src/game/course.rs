//! Whether somebody can have gone where they say they are, in games: not faster than people run, and through no wall.
//!
//! A step is looked at from the last place that counted. Who cannot have gone there is put back where they were.

use crate::bodies::physics::Physics;
use crate::game::game;
use crate::limbs::distance;
use crate::log::Log;
use crate::people::People;
use crate::people::person::Person;
use crate::view::viewer::PoseInput;
use thexr_wire::pose::Place;
use thexr_wire::{EntityId, UserId};
use thexr_world::World;

/// How far a head may be in a wall, metres: people lean, and lines shake.
const LEAN_M: f32 = 0.35;
/// How long a door that has shut holds nobody yet, milliseconds: so late people see it, and so late they are heard of; who is later
/// is put back.
const SEEN_MS: f64 = 500.0;
/// A step shorter than this is not looked at, metres.
const STIRS_M: f32 = 0.02;

/// Whether somebody says that they are where they cannot have gone: that does not count, and they are put back.
pub(crate) fn strays(log: &Log, people: &mut People, physics: &Physics, input: &PoseInput) -> bool {
    if !is_checked(&log.world) {
        return false;
    }
    let Some(user) = people.peers.get(&input.peer).map(|peer| &peer.user) else { return false };
    let Some(person) = people.persons.get_mut(user).filter(|person| person.driver == Some(input.peer)) else {
        return false;
    };
    let next_tick = log.now.tick + 1;
    if person.is_from_before(&input.pose.head, next_tick) {
        return false;
    }
    person.strayed = !may_go(log, physics, user, person, &input.pose.head, next_tick);
    person.strayed
}

/// Whether this room looks at where people go.
fn is_checked(world: &World) -> bool {
    let Some(game) = game(world) else { return false };
    game.get("checked").and_then(serde_json::Value::as_bool).unwrap_or(true)
}

/// Whether somebody can be there now; then it counts.
fn may_go(log: &Log, physics: &Physics, user: &UserId, person: &mut Person, head: &Place, tick: u64) -> bool {
    let from = person.pose.head;
    let level_m = distance(&[from[0], from[2]], &[head[0], head[2]]);
    let course = &mut person.course;
    let clear = course.from(from);
    if !course.has_left(level_m, tick) {
        return false;
    }
    if level_m > STIRS_M || clear != from {
        match (Walls { physics, log }).between(clear, *head) {
            Between::Nothing => course.begin_at(*head),
            Between::Leans => {}
            Between::Wall if sits(log, user) => course.begin_at(*head),
            Between::Wall => return false,
        }
    }
    course.went(level_m);
    true
}

/// What is between two places.
enum Between {
    Nothing,
    /// A wall, but the second is hardly in it.
    Leans,
    Wall,
}

fn sits(log: &Log, user: &UserId) -> bool {
    log.world.entity(&EntityId::avatar(user)).is_some_and(|avatar| avatar.value("sitting_on").is_some())
}

/// What holds people up.
struct Walls<'a> {
    physics: &'a Physics,
    log: &'a Log,
}

impl Walls<'_> {
    /// What is on the best way between two places: the straight one, or about a corner on either side.
    fn between(&self, from: Place, to: Place) -> Between {
        let (from, to) = ([from[0], from[1], from[2]], [to[0], to[1], to[2]]);
        if !self.are_on(from, to, 0.0) {
            return Between::Nothing;
        }
        let mut corners = [[from[0], to[1], to[2]], [to[0], to[1], from[2]]].into_iter();
        if corners.any(|corner| !self.are_on(from, corner, 0.0) && !self.are_on(corner, to, 0.0)) {
            return Between::Nothing;
        }
        if self.are_on(from, to, LEAN_M) { Between::Wall } else { Between::Leans }
    }

    /// Whether a wall is on a line, but for so much of its end.
    fn are_on(&self, from: [f32; 3], to: [f32; 3], but_m: f32) -> bool {
        let metres = distance(&from, &to);
        if metres <= but_m {
            return false;
        }
        let direction = [0, 1, 2].map(|axis| (to[axis] - from[axis]) / metres);
        let hit_m = self.physics.wall(from, direction, metres - but_m, |id| !self.has_just_come(id));
        hit_m.is_some_and(|hit_m| hit_m > 0.0)
    }

    /// Whether something went where it is so short a time ago that people far away may have gone through before they saw it.
    fn has_just_come(&self, id: &EntityId) -> bool {
        let way = self.log.world.entity(id).and_then(|entity| entity.animate()?.moves_ms());
        way.is_some_and(|(_, end_ms)| (self.log.clock_ms() as f64) < end_ms + SEEN_MS)
    }
}
