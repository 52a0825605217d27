//! Whether anybody is at the other end of the line: asked when nothing has come for a while, given up when nothing answers.

use crate::limits::{ANSWER_MS, ANSWER_UNSEEN_MS, HEARTBEAT_MS, PICTURE_GAP_MS, QUIET_MS};

/// What has been heard of the line, and when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Line {
    heard_ms: f64,
    /// When the server was asked last, and that nothing has come since.
    asked_ms: f64,
    unanswered: bool,
    looked_ms: f64,
    /// When the last picture was drawn: somebody looks.
    drawn_ms: f64,
}

/// What is to be done about the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing.
    Fine,
    /// The server is to be asked whether it is there.
    Ask,
    /// It is not.
    Dead,
}

impl Line {
    /// A line that has just opened.
    pub fn opened(now_ms: f64) -> Self {
        let drawn_ms = f64::MIN;
        Self { heard_ms: now_ms, asked_ms: now_ms, unanswered: false, looked_ms: now_ms, drawn_ms }
    }

    /// Something came, whatever it was.
    pub fn heard(&mut self, now_ms: f64) {
        (self.heard_ms, self.unanswered) = (now_ms, false);
    }

    /// A picture is drawn: whoever looks wants to know.
    pub fn drawn(&mut self, now_ms: f64) {
        self.drawn_ms = now_ms;
    }

    /// Something may have happened to the line: it is asked as soon as somebody looks.
    pub fn doubt(&mut self) {
        self.heard_ms = f64::MIN;
    }

    /// For how long nothing has answered, milliseconds.
    pub fn unanswered_ms(&self) -> f64 {
        if self.unanswered { self.looked_ms - self.asked_ms } else { 0.0 }
    }

    /// What is to be done now; an [`Verdict::Ask`] is taken as done.
    pub fn look(&mut self, now_ms: f64) -> Verdict {
        let gap_ms = now_ms - std::mem::replace(&mut self.looked_ms, now_ms);
        let seen = now_ms - self.drawn_ms <= PICTURE_GAP_MS;
        if self.unanswered {
            if seen && gap_ms > PICTURE_GAP_MS {
                // The page stood still, and has not read yet what has come meanwhile.
                self.asked_ms += gap_ms;
            }
            let patience_ms = if seen { ANSWER_MS } else { ANSWER_UNSEEN_MS };
            return if now_ms - self.asked_ms >= patience_ms { Verdict::Dead } else { Verdict::Fine };
        }
        // The server takes who says nothing for gone, whatever it says itself.
        let due = now_ms - self.asked_ms >= HEARTBEAT_MS || (seen && now_ms - self.heard_ms >= QUIET_MS);
        if !due {
            return Verdict::Fine;
        }
        (self.asked_ms, self.unanswered) = (now_ms, true);
        Verdict::Ask
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is done about a line in so many milliseconds of pictures, or of a page that nobody sees, with when.
    fn done(line: &mut Line, from_ms: f64, ms: f64, seen: bool, answers: bool) -> Vec<(f64, Verdict)> {
        let step_ms = if seen { 20.0 } else { 1_000.0 };
        let mut done = Vec::new();
        let mut now_ms = from_ms;
        while now_ms < from_ms + ms {
            now_ms += step_ms;
            if seen {
                line.drawn(now_ms);
            }
            let verdict = line.look(now_ms);
            if verdict != Verdict::Fine {
                done.push((now_ms, verdict));
            }
            if verdict == Verdict::Ask && answers {
                line.heard(now_ms + 10.0);
            }
            if verdict == Verdict::Dead {
                break;
            }
        }
        done
    }

    #[test]
    fn a_line_that_is_silent_while_somebody_looks_is_asked_after_two_seconds_and_dead_five_later() {
        let mut line = Line::opened(0.0);
        assert_eq!(
            done(&mut line, 0.0, 60_000.0, true, false),
            [(2_000.0, Verdict::Ask), (7_000.0, Verdict::Dead)]
        );
        assert_eq!(line.unanswered_ms(), 5_000.0);
    }

    #[test]
    fn a_line_that_answers_is_asked_every_two_seconds_and_lives() {
        let mut line = Line::opened(0.0);
        let asked = done(&mut line, 0.0, 60_000.0, true, true);
        assert!(
            (28..=30).contains(&asked.len()) && asked.iter().all(|(_, verdict)| *verdict == Verdict::Ask)
        );
        assert_eq!(line.unanswered_ms(), 0.0);
    }

    #[test]
    fn a_page_that_nobody_sees_asks_every_twenty_five_seconds_and_knows_within_thirty_five() {
        let mut line = Line::opened(0.0);
        assert_eq!(done(&mut line, 0.0, 60_000.0, false, true).len(), 2);
        let silent = done(&mut line, 60_000.0, 60_000.0, false, false);
        let (dead_ms, verdict) = silent[silent.len() - 1];
        assert!(verdict == Verdict::Dead && dead_ms - 50_000.0 <= 36_000.0, "{silent:?}");
    }

    #[test]
    fn whatever_comes_is_a_sign_of_life_and_who_only_hears_says_something_now_and_then() {
        let mut line = Line::opened(0.0);
        let mut asked = 0;
        for step in 0..3_000u32 {
            let now_ms = f64::from(step) * 20.0;
            line.heard(now_ms);
            line.drawn(now_ms);
            asked += u32::from(line.look(now_ms) == Verdict::Ask);
        }
        assert_eq!(asked, 2, "in a minute");
    }

    #[test]
    fn a_page_that_stood_still_is_no_dead_line() {
        let mut line = Line::opened(0.0);
        assert_eq!(done(&mut line, 0.0, 2_000.0, true, false), [(2_000.0, Verdict::Ask)]);
        // A minute of sleep; then what had come is read.
        line.drawn(62_000.0);
        assert_eq!(line.look(62_000.0), Verdict::Fine);
        line.heard(62_010.0);
        assert_eq!(done(&mut line, 62_000.0, 1_000.0, true, true), []);
        // Asleep again, and nobody is there any more.
        line.doubt();
        line.drawn(163_000.0);
        assert_eq!(line.look(163_000.0), Verdict::Ask);
        assert_eq!(done(&mut line, 163_000.0, 10_000.0, true, false), [(168_000.0, Verdict::Dead)]);
    }
}
