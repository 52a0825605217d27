//! Which shots one receiver is told in a frame: those near by that began or ended since it was told last.

use crate::motion::output::TickOutput;
use crate::motion::text::shot_event;
use thexr_wire::lane::SECTION_BYTES;
use thexr_wire::shots::RECORD_BYTES;

/// How near one end of a shot is to whoever is told of it, metres.
const NEAR_M: f32 = 80.0;
/// Where frames may be lost, each is told in so many of them.
const LOSSY_TIMES: u8 = 2;

/// What one receiver has been told of shots.
#[derive(Debug, Default)]
pub(crate) struct NearShots {
    /// The newest that was told or passed over, one number for each time that they are told.
    passed: [u64; LOSSY_TIMES as usize],
    /// Indices of those that may be told in this tick, the newest first: what does not fit was long ago.
    due: Vec<u16>,
    begun: bool,
}

impl NearShots {
    /// Another life of the room: its shots are counted anew.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Finds what may be told in this tick, seen from a point; returns its bytes, 0 for nothing.
    pub fn gather(&mut self, output: &TickOutput, from: [f32; 3], lossy: bool) -> usize {
        self.due.clear();
        let Some(newest) = output.shots.last().map(|shot| shot.number) else { return 0 };
        if !std::mem::replace(&mut self.begun, true) {
            // Who has just come hears of what is shot from now on.
            self.passed = [newest; LOSSY_TIMES as usize];
            return 0;
        }
        let known = if lossy { self.passed[0] } else { self.passed[usize::from(LOSSY_TIMES) - 1] };
        let near = |point: &[f32; 3]| {
            let square: f32 =
                (0..3).map(|axis| (point[axis] - from[axis]) * (point[axis] - from[axis])).sum();
            square <= NEAR_M * NEAR_M
        };
        for (index, shot) in output.shots.iter().enumerate().rev() {
            if shot.number <= known {
                break;
            }
            if near(&shot.shot.from) || near(&shot.shot.to) {
                self.due.push(index as u16);
            }
        }
        self.passed.rotate_left(1);
        self.passed[usize::from(LOSSY_TIMES) - 1] = newest;
        if self.due.is_empty() { 0 } else { SECTION_BYTES + self.due.len() * RECORD_BYTES }
    }

    /// Leaves in what is due what fits into so many bytes, the newest first; returns its bytes.
    pub fn fit(&mut self, bytes: usize) -> usize {
        self.due.truncate(bytes.saturating_sub(SECTION_BYTES) / RECORD_BYTES);
        if self.due.is_empty() { 0 } else { SECTION_BYTES + self.due.len() * RECORD_BYTES }
    }

    /// Hands out what is due as text, in the order in which it happened, as far as it fits into so many bytes.
    pub fn texts(&mut self, output: &TickOutput, mut bytes: usize, mut each: impl FnMut(&str)) {
        for index in self.due.drain(..).rev() {
            let told = &output.shots[usize::from(index)];
            let text = shot_event(&told.by, &told.shot, output.at_ms);
            let Some(left) = bytes.checked_sub(text.len()) else { break };
            bytes = left;
            each(&text);
        }
    }

    /// Appends what is due, in the order in which it happened.
    pub fn write(&mut self, output: &TickOutput, out: &mut Vec<u8>) {
        for index in self.due.drain(..).rev() {
            out.extend_from_slice(&output.shots[usize::from(index)].bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::motion::output::ToldShot;
    use thexr_wire::EntityId;
    use thexr_wire::shots::{Met, Shot, ShotKind, encode, read};

    fn shot(number: u64, metres: f32) -> ToldShot {
        let (from, to) = ([metres, 1.0, 0.0], [metres, 1.0, 20.0]);
        let record = Shot {
            slot: 1,
            id: number as u16,
            kind: ShotKind::Bullet,
            ended: false,
            met: Met::Nothing,
            age_ms: 0,
            from,
            to,
            speed_m_s: 60,
        };
        let by = EntityId::parse("monster1").unwrap();
        ToldShot { number, by, shot: record, bytes: encode(&record) }
    }

    fn output(shots: &[ToldShot]) -> TickOutput {
        let mut output = TickOutput::default();
        output.shots.extend_from_slice(shots);
        output
    }

    fn told(near: &mut NearShots, output: &TickOutput, lossy: bool, bytes: usize) -> Vec<u16> {
        near.gather(output, [0.0; 3], lossy);
        near.fit(bytes);
        let (mut section, mut ids) = (Vec::new(), Vec::new());
        near.write(output, &mut section);
        read(&section, |shot| ids.push(shot.id)).unwrap();
        ids
    }

    #[test]
    fn each_shot_near_by_is_told_once_and_twice_where_frames_are_lost() {
        for (lossy, again) in [(false, Vec::new()), (true, vec![2u16])] {
            let mut near = NearShots::default();
            let before = output(&[shot(1, 0.0)]);
            assert!(told(&mut near, &before, lossy, 1_000).is_empty(), "what was before somebody came");
            let next = output(&[shot(1, 0.0), shot(2, 0.0), shot(3, 300.0)]);
            assert_eq!(told(&mut near, &next, lossy, 1_000), [2]);
            assert_eq!(told(&mut near, &next, lossy, 1_000), again);
            assert!(told(&mut near, &next, lossy, 1_000).is_empty());
        }
    }

    #[test]
    fn of_too_many_the_newest_are_told_in_their_order() {
        let mut near = NearShots::default();
        told(&mut near, &output(&[shot(1, 0.0)]), false, 1_000);
        let many: Vec<ToldShot> = (2..100).map(|number| shot(number, 0.0)).collect();
        let bytes = SECTION_BYTES + 3 * RECORD_BYTES + 5;
        assert_eq!(told(&mut near, &output(&many), false, bytes), [97, 98, 99]);
    }
}
