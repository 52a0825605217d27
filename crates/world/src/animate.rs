//! Motion that is data: where an animated entity is, as a pure function of the room's clock. Everyone computes the same.

use crate::interpolate;
use crate::transform::{Transform, numbers, rotation};
use serde_json::Value;

/// A place of which parts may be left to the entity itself.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Placed {
    /// Metres.
    pub position: Option<[f32; 3]>,
    /// Unit quaternion.
    pub rotation: Option<[f32; 4]>,
    /// Factors.
    pub scale: Option<[f32; 3]>,
}

/// How evenly it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ease {
    /// At one speed.
    Linear,
    /// Begins and ends softly.
    Smooth,
}

/// What comes after the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// It stays there.
    Once,
    /// From the beginning, always again.
    Loop,
    /// Back and forth.
    Swing,
}

/// An `animate`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Animate {
    /// Where it begins; what is missing is the entity's own place.
    pub from: Placed,
    /// Where it ends; what is missing is the entity's own place.
    pub to: Placed,
    /// When it begins, room milliseconds; without it, when the change arrives.
    pub start_ms: Option<f64>,
    /// How long one way takes, milliseconds.
    pub duration_ms: f64,
    /// How evenly it goes.
    pub ease: Ease,
    /// What comes after the end.
    pub repeat: Repeat,
}

impl Placed {
    fn parse(value: &Value) -> Self {
        let vector = |name| value.get(name).and_then(numbers);
        Self { position: vector("position"), rotation: rotation(value, "rotation"), scale: vector("scale") }
    }

    /// The whole place, `rest` where nothing is said.
    pub fn beside(&self, rest: &Transform) -> Transform {
        Transform {
            position: self.position.unwrap_or(rest.position),
            rotation: self.rotation.unwrap_or(rest.rotation),
            scale: self.scale.unwrap_or(rest.scale),
        }
    }
}

impl From<Transform> for Placed {
    fn from(whole: Transform) -> Self {
        Self { position: Some(whole.position), rotation: Some(whole.rotation), scale: Some(whole.scale) }
    }
}

impl Animate {
    /// Reads an `animate`. Journals also hold the earlier form, in which the target stands beside the duration.
    pub fn parse(value: &Value) -> Option<Self> {
        let duration_ms = value.get("duration_ms")?.as_f64().filter(|ms| ms.is_finite() && *ms >= 0.0)?;
        let word = |name| value.get(name).and_then(Value::as_str);
        Some(Self {
            from: value.get("from").map(Placed::parse).unwrap_or_default(),
            to: Placed::parse(value.get("to").unwrap_or(value)),
            start_ms: value.get("start_ms").and_then(Value::as_f64).filter(|ms| ms.is_finite()),
            duration_ms,
            ease: if word("ease") == Some("smooth") { Ease::Smooth } else { Ease::Linear },
            repeat: match word("repeat") {
                Some("loop") => Repeat::Loop,
                Some("swing") => Repeat::Swing,
                _ => Repeat::Once,
            },
        })
    }

    /// When it moves, room milliseconds, from and until; nothing for one that begins when it arrives, or takes no time.
    pub fn moves_ms(&self) -> Option<(f64, f64)> {
        let start_ms = self.start_ms.filter(|_| self.duration_ms > 0.0)?;
        let end_ms = if self.repeat == Repeat::Once { start_ms + self.duration_ms } else { f64::INFINITY };
        Some((start_ms, end_ms))
    }

    /// How far it is on its way after `elapsed_ms`, 0 (from) to 1 (to).
    fn way(&self, elapsed_ms: f64) -> f64 {
        if self.duration_ms <= 0.0 {
            return 1.0;
        }
        let way = match self.repeat {
            Repeat::Once => (elapsed_ms / self.duration_ms).min(1.0),
            Repeat::Loop => elapsed_ms % self.duration_ms / self.duration_ms,
            Repeat::Swing => {
                let there_and_back = elapsed_ms % (2.0 * self.duration_ms) / self.duration_ms;
                1.0 - (1.0 - there_and_back).abs()
            }
        };
        match self.ease {
            Ease::Linear => way,
            Ease::Smooth => way * way * (3.0 - 2.0 * way),
        }
    }
}

/// Where an entity whose own place is `rest` is at a time of the room's clock, milliseconds; before the start it is where it
/// begins, after the end where it ends. One without a start has ended.
pub fn at(animate: &Animate, rest: &Transform, room_ms: f64) -> Transform {
    let (from, to) = (animate.from.beside(rest), animate.to.beside(rest));
    let Some(start_ms) = animate.start_ms else { return to };
    let elapsed_ms = room_ms - start_ms;
    if elapsed_ms < 0.0 || elapsed_ms.is_nan() {
        return from;
    }
    // The end is the place that was written, to the bit.
    match animate.way(elapsed_ms.min(f64::MAX)) {
        way if way >= 1.0 => to,
        way => interpolate::transform(&from, &to, way as f32),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn x_at(animate: Value, room_ms: f64) -> f32 {
        at(&Animate::parse(&animate).unwrap(), &Transform::default(), room_ms).position[0]
    }

    fn run(ease: &str, repeat: &str) -> Value {
        json!({"from": {"position": [1, 0, 0]}, "to": {"position": [3, 0, 0]}, "start_ms": 1000, "duration_ms": 200,
            "ease": ease, "repeat": repeat})
    }

    #[test]
    fn before_its_start_it_is_where_it_begins_and_after_its_end_where_it_ends() {
        let seen = [-1e15, 999.0, 1_000.0, 1_050.0, 1_100.0, 1_200.0, 9e15];
        assert_eq!(seen.map(|ms| x_at(run("linear", "once"), ms)), [1.0, 1.0, 1.0, 1.5, 2.0, 3.0, 3.0]);
    }

    #[test]
    fn a_loop_begins_again_and_a_swing_goes_back() {
        let seen = [900.0, 1_050.0, 1_150.0, 1_250.0, 1_350.0, 1_450.0];
        assert_eq!(seen.map(|ms| x_at(run("linear", "loop"), ms)), [1.0, 1.5, 2.5, 1.5, 2.5, 1.5]);
        assert_eq!(seen.map(|ms| x_at(run("linear", "swing"), ms)), [1.0, 1.5, 2.5, 2.5, 1.5, 1.5]);
    }

    #[test]
    fn smooth_begins_and_ends_softly_and_is_in_the_middle_half_way() {
        let seen = [1_000.0, 1_020.0, 1_100.0, 1_180.0, 1_200.0].map(|ms| x_at(run("smooth", "once"), ms));
        assert_eq!((seen[0], seen[2], seen[4]), (1.0, 2.0, 3.0));
        assert!(seen[1] < 1.1 && seen[3] > 2.9, "{seen:?}");
    }

    #[test]
    fn what_is_not_said_is_the_entitys_own() {
        let rest = Transform { position: [5.0, 6.0, 7.0], ..Transform::default() };
        let animate = json!({"to": {"scale": [3, 3, 3]}, "start_ms": 0, "duration_ms": 100});
        let half = at(&Animate::parse(&animate).unwrap(), &rest, 50.0);
        assert_eq!((half.position, half.scale), (rest.position, [2.0; 3]));
    }

    #[test]
    fn one_without_a_start_or_a_duration_is_at_its_end() {
        assert_eq!(x_at(json!({"position": [4, 0, 0], "duration_ms": 1000}), 3.0), 4.0, "the earlier form");
        assert_eq!(x_at(json!({"to": {"position": [4, 0, 0]}, "start_ms": 0, "duration_ms": 0}), 0.0), 4.0);
        assert_eq!(Animate::parse(&json!({"to": {}, "duration_ms": -1})), None);
        assert_eq!(Animate::parse(&json!({"to": {}})), None);
    }

    #[test]
    fn a_door_turns_evenly_on_the_short_way() {
        let half_turn = json!({"to": {"rotation": [0, 1, 0, 0]}, "start_ms": 0, "duration_ms": 180});
        let animate = Animate::parse(&half_turn).unwrap();
        for degrees in [0.0_f32, 1.0, 30.0, 90.0, 137.0, 180.0] {
            let [_, y, _, w] = at(&animate, &Transform::default(), f64::from(degrees)).rotation;
            let turned = 2.0 * libm::atan2f(y, w).to_degrees();
            assert!((turned - degrees).abs() < 0.01, "{turned} instead of {degrees}");
        }
    }

    #[test]
    fn huge_times_and_none_make_numbers() {
        for repeat in ["once", "loop", "swing"] {
            for ms in [f64::MAX, f64::MIN, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 9e15, -9e15] {
                let x = x_at(run("smooth", repeat), ms);
                assert!((1.0..=3.0).contains(&x), "{repeat} at {ms}: {x}");
            }
        }
        let far = json!({"to": {"position": [3, 0, 0]}, "start_ms": -9e15, "duration_ms": 1e-300, "repeat": "loop"});
        assert!(x_at(far, 9e15).is_finite());
    }
}
