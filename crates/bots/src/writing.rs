//! A bot that changes the room: durable commands at a rate, and how long their answers take.

use crate::bot::Bot;
use crate::histogram::Histogram;
use crate::shared::Phase;
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;
use thexr_client::Event;
use tokio::time::Instant;

/// Answers to commands sent while measuring.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    /// Commands that were accepted: durable when the answer came.
    pub count: u64,
    /// From sending to the answer, milliseconds.
    pub times: Histogram,
}

impl Answers {
    /// Adds another bot's.
    pub fn take(&mut self, mut other: Self) {
        self.count += other.count;
        self.times.take(&mut other.times);
    }
}

/// Sends commands and waits for none of them.
pub(crate) struct Writer {
    pause: Option<Duration>,
    next: Instant,
    written: u64,
    sent: BTreeMap<u64, Instant>,
    answers: Answers,
}

impl Writer {
    /// A writer of so many commands a second; 0 writes nothing.
    pub fn new(commands_hz: u32) -> Self {
        let pause = (commands_hz > 0).then(|| Duration::from_secs(1) / commands_hz.max(1));
        Self { pause, next: Instant::now(), written: 0, sent: BTreeMap::new(), answers: Answers::default() }
    }

    /// Sends the next command when it is due: a component of the bot's own avatar.
    pub fn write(&mut self, bot: &mut Bot, phase: Phase) {
        let Some(pause) = self.pause.filter(|_| phase == Phase::Measure) else { return };
        let now = Instant::now();
        if now < self.next {
            return;
        }
        let Some(user) = bot.client().user().map(ToString::to_string) else { return };
        self.next = now.max(self.next + pause);
        self.written += 1;
        let at_ms = bot.now_ms();
        let payload = json!({"entity": user, "components": {"written": self.written}});
        self.sent.insert(bot.client_mut().command("update_components", payload, at_ms), now);
    }

    /// Notes the answers among a turn's events.
    pub fn read(&mut self, events: &[Event], phase: Phase) {
        for event in events {
            let Event::Reply { handle, ok, .. } = event else { continue };
            let Some(sent) = self.sent.remove(handle).filter(|_| *ok && phase == Phase::Measure) else {
                continue;
            };
            self.answers.count += 1;
            self.answers.times.add(sent.elapsed().as_secs_f32() * 1_000.0);
        }
    }

    /// What came back.
    pub fn into_answers(self) -> Answers {
        self.answers
    }
}
