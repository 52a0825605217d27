//! When a body rests: it has stayed about where it is for a while. Rapier's own rule ends with every rounding, so this is ours.

use thexr_wire::pose::Place;

/// Steps for which a body stays where it is until it rests.
pub(crate) const STILL_STEPS: u16 = 16;
/// How far it may go meanwhile, metres.
const STILL_M: f32 = 0.002;
/// How far it may turn meanwhile: the cosine of half a degree, as quaternions tell a turn of one degree.
const STILL_COSINE: f32 = 0.999_962;

/// Since when a body stays about where it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Still {
    at: Place,
    steps: u16,
}

impl Still {
    /// From here on.
    pub fn new(at: Place) -> Self {
        Self { at, steps: 0 }
    }

    /// Notes where the body is after another step; whether it has stayed for long enough to rest.
    pub fn passes(&mut self, now: &Place) -> bool {
        let away: f32 = (0..3).map(|axis| (now[axis] - self.at[axis]) * (now[axis] - self.at[axis])).sum();
        let same: f32 = (3..7).map(|part| now[part] * self.at[part]).sum();
        if away > STILL_M * STILL_M || same.abs() < STILL_COSINE {
            *self = Self::new(*now);
        }
        self.steps = self.steps.saturating_add(1).min(STILL_STEPS);
        self.steps == STILL_STEPS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turned(degrees: f32) -> Place {
        let half = degrees.to_radians() / 2.0;
        [0.0, 0.0, 0.0, 0.0, libm(half).0, 0.0, libm(half).1]
    }

    // Of small angles, which these are.
    fn libm(radians: f32) -> (f32, f32) {
        (radians - radians * radians * radians / 6.0, 1.0 - radians * radians / 2.0)
    }

    fn steps_until_rest(mut at: impl FnMut(u16) -> Place) -> Option<u16> {
        let mut still = Still::new(at(0));
        (1..200).find(|step| still.passes(&at(*step)))
    }

    #[test]
    fn who_stays_rests_after_sixteen_steps() {
        assert_eq!(steps_until_rest(|_| turned(0.0)), Some(STILL_STEPS));
        assert_eq!(
            steps_until_rest(|step| turned(if step % 2 == 0 { 0.4 } else { -0.4 })),
            Some(STILL_STEPS)
        );
    }

    #[test]
    fn who_creeps_or_turns_slowly_does_not_rest() {
        let creeping = |step: u16| [f32::from(step) * 0.000_2, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0];
        assert_eq!(steps_until_rest(creeping), None);
        assert_eq!(steps_until_rest(|step| turned(f32::from(step) * 0.09)), None);
        let slower = |step: u16| [f32::from(step) * 0.000_1, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0];
        assert_eq!(steps_until_rest(slower), Some(STILL_STEPS));
    }
}
