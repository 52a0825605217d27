//! How loud somebody is, and whether they speak: from the levels that their packets tell.

use std::time::{Duration, Instant};

/// Louder counts as this loud, dBov: a forged level carries no farther than a loud voice.
const LEVEL_MAX_DB: f32 = -18.0;
/// Quieter is silence, dBov.
const LEVEL_MIN_DB: f32 = -70.0;
/// Louder than this is speech; a quiet room with a fan is at about -55.
const SPEECH_DB: f32 = -48.0;
/// A level rises within about two packets, and falls like a word fades: time constants, seconds.
const ATTACK_S: f32 = 0.02;
const RELEASE_S: f32 = 0.3;
/// Between words one goes on speaking.
const HANGOVER: Duration = Duration::from_millis(500);

/// The level of one voice.
#[derive(Debug, Clone, Copy)]
pub struct Loudness {
    level_db: f32,
    heard_at: Option<Instant>,
    spoke_at: Option<Instant>,
}

impl Default for Loudness {
    fn default() -> Self {
        Self { level_db: LEVEL_MIN_DB, heard_at: None, spoke_at: None }
    }
}

impl Loudness {
    /// A packet of this level came, dBov from -127 to 0; `None` where it does not say.
    pub fn hear(&mut self, level_db: Option<i8>, now: Instant) {
        // Who does not say counts as a quiet voice: it is heard near by.
        let told = level_db.map_or(SPEECH_DB + 3.0, f32::from).clamp(LEVEL_MIN_DB, LEVEL_MAX_DB);
        let passed_s = self.heard_at.map_or(0.02, |at| now.saturating_duration_since(at).as_secs_f32());
        let constant_s = if told > self.level_db { ATTACK_S } else { RELEASE_S };
        self.level_db += (told - self.level_db) * (1.0 - libm::expf(-passed_s / constant_s));
        self.heard_at = Some(now);
        if told > SPEECH_DB {
            self.spoke_at = Some(now);
        }
    }

    /// Whether they speak, or have stopped just now.
    pub fn speaks(&self, now: Instant) -> bool {
        self.spoke_at.is_some_and(|at| now.saturating_duration_since(at) < HANGOVER)
    }

    /// How loud they are, dBov.
    pub fn level_db(&self) -> f32 {
        self.level_db
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[allow(clippy::disallowed_methods, reason = "where tests begin")]
    fn start() -> Instant {
        Instant::now()
    }

    fn after(levels: &[i8]) -> (Loudness, Instant) {
        let (mut loudness, mut now) = (Loudness::default(), start());
        for level in levels {
            now += Duration::from_millis(20);
            loudness.hear(Some(*level), now);
        }
        (loudness, now)
    }

    #[test]
    fn a_voice_is_loud_within_three_packets_and_fades_within_a_second() {
        let (mut loudness, mut now) = after(&[-30; 3]);
        assert!(loudness.level_db() > -35.0, "{loudness:?}");
        for _ in 0..50 {
            now += Duration::from_millis(20);
            loudness.hear(Some(-127), now);
        }
        assert!(loudness.level_db() < -60.0, "{loudness:?}");
    }

    #[test]
    fn one_speaks_on_between_words_and_stops_half_a_second_after_the_last() {
        let (loudness, now) = after(&[-30, -127, -127]);
        assert!(loudness.speaks(now + Duration::from_millis(400)));
        assert!(!loudness.speaks(now + Duration::from_millis(520)));
        let (fan, now) = after(&[-55; 100]);
        assert!(!fan.speaks(now));
    }

    #[test]
    fn a_level_that_no_voice_has_counts_as_a_loud_voice() {
        let (shouts, _) = after(&[0; 50]);
        assert!(shouts.level_db() <= LEVEL_MAX_DB);
        let (forged, now) = after(&[i8::MAX, i8::MIN, 127]);
        assert!((LEVEL_MIN_DB..=LEVEL_MAX_DB).contains(&forged.level_db()) && forged.speaks(now));
    }
}
