//! People weigh on what tips under them: a see-saw goes down on the side on which more of them stand.
//!
//! Only on what tips about its hinge: a loose thing of a kilogram under seventy would be pressed through the floor.

use crate::port::Key;
use rapier3d::prelude::{RigidBody, Vector};
use std::collections::BTreeMap;

/// What a person weighs, kilograms.
const PERSON_KG: f32 = 70.0;
/// From below somebody's chin down to where the floor may be on which they stand, metres: what goes down under them is told to be
/// there later than it is.
pub(crate) const DOWN_M: f32 = 1.65;
/// What somebody stands on wakes up when they have gone so far on it, metres.
const STRIDE_M: f32 = 0.02;

/// Somebody who weighs on something, if they stand on anything that tips.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Weight {
    /// Half a metre below their eyes.
    pub above: [f32; 3],
    /// Where they were when what they stand on was woken last.
    woken_at: [f32; 3],
    /// They are elsewhere than in the last step.
    pub moved: bool,
    pub on: Option<Key>,
}

/// Who weighs on things.
#[derive(Debug, Default)]
pub(crate) struct Weights(pub BTreeMap<Key, Weight>);

impl Weights {
    /// Whether anybody is elsewhere than in the last step.
    pub fn are_moving(&self) -> bool {
        self.0.values().any(|weight| weight.moved)
    }

    /// Somebody is there now; whether they were elsewhere.
    pub fn put(&mut self, who: Key, above: [f32; 3]) -> bool {
        let new = Weight { above, woken_at: [f32::INFINITY; 3], moved: true, on: None };
        let weight = self.0.entry(who).or_insert(new);
        weight.moved |= weight.above != above;
        weight.above = above;
        weight.moved
    }
}

impl Weight {
    /// They stand on that now; what is to wake up because of it.
    pub fn stands(&mut self, on: Option<Key>) -> impl Iterator<Item = Key> + use<> {
        let gone_m: f32 = (0..3).map(|axis| (self.above[axis] - self.woken_at[axis]).powi(2)).sum();
        let wakes = on != self.on || gone_m > STRIDE_M * STRIDE_M;
        if wakes {
            self.woken_at = self.above;
        }
        self.moved = false;
        let before = std::mem::replace(&mut self.on, on);
        before.into_iter().chain(on).filter(move |_| wakes)
    }
}

/// The weight of people at points of a body for a step of so many seconds, as far as it takes them along: nobody falls faster than
/// they fall. All of them together, so that who stands farther out weighs more.
pub(crate) fn push_down(body: &mut RigidBody, at: &[Vector], gravity: Vector, seconds: f32) {
    let length = gravity.length();
    if body.is_sleeping() || length == 0.0 {
        return;
    }
    let down = gravity / length;
    let properties = body.mass_properties().clone();
    let yields = |at: &Vector| {
        let turn = (*at - properties.world_com).cross(down);
        properties.effective_inv_mass.dot(down * down)
            + turn.dot(properties.effective_world_inv_inertia * turn)
    };
    let all: f32 = at.iter().map(yields).sum();
    let impulse = gravity * (seconds * PERSON_KG / (1.0 + PERSON_KG * all));
    at.iter().for_each(|at| body.apply_impulse_at_point(impulse, *at, false));
}

#[cfg(test)]
mod tests {
    use crate::{Form, Hinge, Key, Kind, STEPS_PER_S, Simulation, Solid, State, Things};
    use thexr_wire::pose::Place;

    const PLANK: Key = 1;

    /// A plank of 3.2 m, 42 cm above the floor.
    fn see_saw(axis: [f32; 3]) -> Simulation {
        let mut simulation = Simulation::default();
        let hinge = Hinge { axis, at: [0.0; 3], limits: Some([-0.22, 0.22]), zero: [0.0, 0.0, 0.0, 1.0] };
        let form = Form::Box { half: [1.6, 0.04, 0.25] };
        let plank = Solid { kind: Kind::Free, hinge: Some(hinge), mass: 12.0, ..Solid::fixed(form) };
        simulation.put(PLANK, plank, State::at([0.0, 0.42, 0.0, 0.0, 0.0, 0.0, 1.0]), true);
        simulation
    }

    /// How far the right end is above the left one, metres.
    fn tilt(simulation: &Simulation) -> f32 {
        let [_, _, _, x, y, z, w]: Place = simulation.state(PLANK).unwrap().place;
        thexr_world::transform::turned([3.2, 0.0, 0.0], [x, y, z, w])[1]
    }

    /// The tilt once it rests with people on it, each a key and how far to the right they stand.
    fn tilt_under(simulation: &mut Simulation, people: &[(Key, f32)]) -> f32 {
        for step in 0..20 * STEPS_PER_S {
            for (who, x) in people {
                let floor = 0.46 + tilt(simulation) * x / 3.2;
                simulation.weigh(*who, Some([*x, floor + 1.3, 0.0]));
            }
            simulation.step();
            if step > 20 && simulation.is_still() {
                return tilt(simulation);
            }
        }
        panic!("it never rests");
    }

    #[test]
    fn the_side_on_which_more_people_stand_goes_down_and_comes_up_when_they_leave() {
        let mut simulation = see_saw([0.0, 0.0, 1.0]);
        assert!(tilt_under(&mut simulation, &[]).abs() < 0.01);
        assert!(tilt_under(&mut simulation, &[(7, 1.2)]) < -0.6, "one to the right");
        let three = [(7, 1.2), (8, -1.2), (9, -0.9)];
        assert!(tilt_under(&mut simulation, &three) > 0.6, "two to the left are more");
        simulation.weigh(8, None);
        let two = [(7, 1.2), (9, -0.7)];
        assert!(tilt_under(&mut simulation, &two) < -0.6, "of two who are as heavy who stands farther out");
        simulation.weigh(7, None);
        assert!(tilt_under(&mut simulation, &[(9, -0.7)]) > 0.6, "who is left");
    }

    #[test]
    fn who_is_far_above_or_beside_weighs_nothing_and_a_door_is_no_floor() {
        let mut simulation = see_saw([0.0, 0.0, 1.0]);
        simulation.weigh(7, Some([1.2, 2.5, 0.0]));
        simulation.weigh(8, Some([2.5, 1.7, 0.0]));
        assert!(tilt_under(&mut simulation, &[]).abs() < 0.01);
        assert!(!see_saw([0.0, 1.0, 0.0]).has_tipping(), "a door turns beside people");
        assert!(simulation.has_tipping());
    }

    #[test]
    fn who_stands_still_weighs_on_what_comes_up_under_them_and_costs_no_steps_once_that_rests() {
        let mut simulation = see_saw([0.0, 0.0, 1.0]);
        tilt_under(&mut simulation, &[(7, 1.2)]);
        // In the air over the end that is down.
        simulation.weigh(8, Some([1.2, 0.72 + 1.3, 0.0]));
        simulation.weigh(7, None);
        assert!(tilt_under(&mut simulation, &[(9, -0.5)]) < 0.2, "it came up to where they are");
        assert!(simulation.is_still());
    }
}
