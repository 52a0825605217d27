//! Shots as the room tells them, for whoever draws them; each once, though frames may tell it more than once.

use crate::replica::Replica;
use crate::rows::shot_row::FLOATS;
use std::collections::VecDeque;
use thexr_wire::EntityId;
use thexr_wire::shots::Shot;

/// Shots that wait to be drawn; of more the oldest are not (a page in the background draws none).
pub const SHOTS_WAITING_MAX: usize = 256;
/// Shots that are remembered, so that none is drawn twice: more than frames tell again.
const HEARD_MAX: usize = 1_024;

/// What was heard of shots and not drawn yet.
#[derive(Debug, Default)]
pub(crate) struct Shots {
    waiting: VecDeque<(Shot, f64)>,
    /// Ids with whether they ended, the newest last.
    heard: VecDeque<(u16, bool)>,
}

impl Shots {
    /// Another life of the room: ids mean other shots.
    pub fn restart(&mut self) {
        *self = Self::default();
    }

    /// Takes a record of a frame of room time `tick_ms`.
    pub fn take(&mut self, shot: &Shot, tick_ms: f64) {
        let key = (shot.id, shot.ended);
        if self.heard.contains(&key) {
            return;
        }
        if self.heard.len() >= HEARD_MAX {
            self.heard.pop_front();
        }
        self.heard.push_back(key);
        if self.waiting.len() >= SHOTS_WAITING_MAX {
            self.waiting.pop_front();
        }
        self.waiting.push_back((*shot, tick_ms - f64::from(shot.age_ms)));
    }

    /// All that was heard since this was asked last, in [rows](crate::rows::shot_row).
    pub fn rows(&mut self, replica: &Replica, person_in: impl Fn(u16) -> Option<EntityId>) -> Vec<f64> {
        let mut rows = Vec::with_capacity(self.waiting.len() * FLOATS);
        for (shot, at_ms) in self.waiting.drain(..) {
            let by = replica.in_slot(shot.slot).cloned().or_else(|| person_in(shot.slot));
            let by = by.and_then(|id| replica.index_of(&id)).map_or(-1.0, f64::from);
            let whole = [by, f64::from(shot.id), f64::from(shot.kind as u8), f64::from(u8::from(shot.ended))];
            rows.extend(whole);
            rows.extend([f64::from(shot.met as u8), at_ms]);
            rows.extend(shot.from.iter().chain(&shot.to).map(|metres| f64::from(*metres)));
            rows.push(f64::from(shot.speed_m_s));
        }
        rows
    }
}

/// How far a point is off a ray, metres; nothing for one behind its beginning.
pub(crate) fn off_ray(point: [f32; 3], from: [f32; 3], direction: [f32; 3]) -> Option<f32> {
    let to: [f32; 3] = std::array::from_fn(|axis| point[axis] - from[axis]);
    let along: f32 = (0..3).map(|axis| to[axis] * direction[axis]).sum();
    let off = (0..3).map(|axis| to[axis] - direction[axis] * along).map(|part| part * part).sum();
    (along > 0.0).then(|| libm::sqrtf(off))
}

#[cfg(test)]
mod tests {
    use super::*;
    use thexr_wire::shots::{Met, ShotKind};

    #[test]
    fn each_shot_is_drawn_once_however_often_it_is_told() {
        let shot = Shot {
            slot: 9,
            id: 4,
            kind: ShotKind::Bullet,
            ended: false,
            met: Met::Nothing,
            age_ms: 40,
            from: [1.0, 2.0, 3.0],
            to: [1.0, 2.0, 63.0],
            speed_m_s: 60,
        };
        let (mut shots, replica) = (Shots::default(), Replica::default());
        shots.take(&shot, 1_000.0);
        shots.take(&Shot { age_ms: 88, ..shot }, 1_050.0);
        shots.take(&Shot { ended: true, met: Met::Body, ..shot }, 1_100.0);
        let rows = shots.rows(&replica, |_| None);
        assert_eq!(rows.len(), 2 * FLOATS);
        assert_eq!(rows[..FLOATS], [-1.0, 4.0, 0.0, 0.0, 0.0, 960.0, 1.0, 2.0, 3.0, 1.0, 2.0, 63.0, 60.0]);
        assert_eq!(rows[FLOATS + 3..FLOATS + 6], [1.0, 2.0, 1_060.0]);
        assert!(shots.rows(&replica, |_| None).is_empty());
        (0..2_000).for_each(|id| shots.take(&Shot { id, ..shot }, 2_000.0));
        assert_eq!(shots.rows(&replica, |_| None).len(), SHOTS_WAITING_MAX * FLOATS);
    }
}
