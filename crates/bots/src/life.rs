//! A bot from joining to leaving: turn by turn, with its habits, lost connections and what it brings home.

use crate::backlog::Backlog;
use crate::backoff::Backoff;
use crate::bot::Bot;
use crate::dice::{Stream, dice};
use crate::habit::{Act, Habit};
use crate::meter::Meter;
use crate::mix::Behaviour;
use crate::options::{BotError, BotOptions};
use crate::plan::Plan;
use crate::play::Play;
use crate::shared::{Phase, Shared};
use crate::tally::{Outcome, count};
use crate::visitors::Visitor;
use crate::walk::{Walk, Way};
use crate::writing::Writer;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use thexr_client::{Detail, Event, Mode};
use tokio::sync::watch;
use tokio::time::Instant;

/// Who one bot is in a plan.
#[derive(Debug, Clone)]
pub(crate) struct Role {
    options: BotOptions,
    behaviour: Behaviour,
    number: usize,
    seed: u64,
    area_m: f32,
    commands_hz: u32,
}

impl Role {
    /// The role of the bot with this number.
    pub fn new(plan: &Plan, number: usize, behaviour: Behaviour, visitor: Visitor) -> Self {
        let room = plan.rooms[number % plan.rooms.len()].clone();
        let options = BotOptions {
            key: plan.key.clone(),
            detail: if behaviour == Behaviour::Play { Detail::Full } else { Detail::Light },
            rate_hz: plan.rate_hz,
            weather: Some(plan.weather).filter(|_| behaviour == Behaviour::Flaky),
            line_seed: plan.seed.wrapping_add(number as u64),
            ..BotOptions::new(&plan.url, room, visitor)
        };
        let Plan { seed, area_m, commands_hz, .. } = *plan;
        Self { options, behaviour, number, seed, area_m, commands_hz }
    }

    fn dice(&self, stream: Stream) -> rand::rngs::SmallRng {
        dice(self.seed, self.number as u64, stream)
    }

    fn walk(&self) -> Walk {
        let way = match self.behaviour {
            Behaviour::Stage => Way::Stage,
            Behaviour::Stand | Behaviour::Play => Way::Stand,
            Behaviour::Stroll | Behaviour::Chatter | Behaviour::Flaky | Behaviour::Slow => Way::Stroll,
        };
        Walk::new(way, self.area_m, self.dice(Stream::Walk))
    }
}

/// Joins, lives until the run stops, leaves.
pub(crate) async fn live(role: Role, shared: Arc<Shared>, phase: watch::Receiver<Phase>) -> Outcome {
    let mut outcome = Outcome { behaviour: role.behaviour, ..Outcome::default() };
    let began = Instant::now();
    let bot = match Bot::join(role.options.clone()).await {
        Ok(bot) => bot,
        Err(error) => {
            shared.failed.fetch_add(1, Ordering::Relaxed);
            outcome.join_error = Some(error.reason());
            return outcome;
        }
    };
    outcome.join_ms = Some(began.elapsed().as_secs_f32() * 1_000.0);
    shared.joined.fetch_add(1, Ordering::Relaxed);
    let mut life = Life::new(bot, &role, outcome, shared, phase);
    life.run().await;
    life.end().await
}

struct Life {
    bot: Bot,
    outcome: Outcome,
    writer: Writer,
    habit: Habit,
    backoff: Backoff,
    backlog: Backlog,
    meter: Meter,
    play: Option<Play>,
    shared: Arc<Shared>,
    phase: watch::Receiver<Phase>,
}

impl Life {
    fn new(
        mut bot: Bot,
        role: &Role,
        outcome: Outcome,
        shared: Arc<Shared>,
        phase: watch::Receiver<Phase>,
    ) -> Self {
        let play = (role.behaviour == Behaviour::Play)
            .then(|| Play::new(role.options.room.clone(), role.dice(Stream::Play), shared.ways.clone()));
        if play.is_none() {
            bot.walk(role.walk());
        }
        if role.behaviour == Behaviour::Slow {
            bot.note_ticks();
        }
        Self {
            outcome,
            writer: Writer::new(role.commands_hz),
            habit: Habit::new(role.behaviour, role.dice(Stream::Habit)),
            backoff: Backoff::new(role.dice(Stream::Backoff)),
            backlog: Backlog::default(),
            meter: Meter::new(&bot, role.behaviour, role.number),
            bot,
            play,
            shared,
            phase,
        }
    }

    /// Until the run stops, or the connection does not come back before that.
    async fn run(&mut self) {
        loop {
            let phase = *self.phase.borrow();
            if phase == Phase::Stop {
                return;
            }
            let mut alive = self.bot.turn().await.inspect_err(|error| self.lost(error, phase)).is_ok();
            let now_ms = self.bot.now_ms();
            alive &= self.listen(phase);
            if alive {
                self.writer.write(&mut self.bot, phase);
                if self.bot.take_step()
                    && let Some(play) = &mut self.play
                {
                    play.step(&mut self.bot, phase == Phase::Measure);
                }
                alive = self.act(phase, now_ms);
            }
            self.meter.read(&self.bot, phase, now_ms, &self.shared);
            if !alive && !self.back().await {
                return;
            }
        }
    }

    /// Takes what the turn brought; `false` when the connection is silent and must be replaced.
    fn listen(&mut self, phase: Phase) -> bool {
        if let Some(tick) = self.bot.take_tick()
            && phase == Phase::Measure
            && let now_ms = self.bot.now_ms()
            && let Some(room_ms) = self.bot.client().room_ms(now_ms)
        {
            self.backlog.frame(tick, room_ms, now_ms);
        }
        let events = self.bot.take_events();
        if events.is_empty() {
            return true;
        }
        self.writer.read(&events, phase);
        let silent = events.iter().any(is_heartbeat_timeout);
        events.into_iter().for_each(|event| self.note(event));
        if silent {
            self.bot.cut();
            self.lost(&BotError::Closed("heartbeat_timeout".into()), phase);
        }
        !silent
    }

    fn note(&mut self, event: Event) {
        let now_ms = self.bot.now_ms();
        if let Some(play) = &mut self.play
            && play.hear(&event, self.bot.client(), now_ms)
        {
            return;
        }
        if let Event::Joined { mode, .. } = &event {
            self.outcome.is_spectator = *mode == Mode::Observe;
        }
        self.outcome.was_queued |= matches!(event, Event::Queued { .. });
        let errors = &mut self.outcome.errors;
        match event {
            Event::Ready => self.backoff.worked(),
            Event::Desync { detail } => count(errors, format!("desync: {detail}")),
            Event::Fatal { detail } => count(errors, format!("fatal: {detail}")),
            // Counted as a disconnect.
            Event::Closed { reason } if reason == "heartbeat_timeout" => {}
            Event::Closed { reason } => count(errors, format!("channel: {reason}")),
            Event::JoinRefused { reason, .. } => count(errors, format!("rejoin: {reason}")),
            Event::Reply { ok: false, response, .. } => {
                let reason = response.get("reason").and_then(Value::as_str).unwrap_or("no reason");
                count(errors, format!("refused: {reason}"));
            }
            _ => {}
        }
    }

    /// Does what its habits want now; `false` when that was the end of the connection.
    fn act(&mut self, phase: Phase, now_ms: f64) -> bool {
        match self.habit.due(now_ms / 1_000.0) {
            None => {}
            Some(Act::Speak(speaking)) => self.bot.client_mut().set_speaking(speaking),
            Some(Act::Say(text)) => {
                self.bot.client_mut().command("say", json!({"text": text}), now_ms);
            }
            Some(Act::Read(reading)) => {
                self.bot.set_reading(reading);
                if reading {
                    self.backlog.reads_on(now_ms);
                }
            }
            Some(Act::Cut) => {
                self.bot.cut();
                self.outcome.cuts += u64::from(phase == Phase::Measure);
                return false;
            }
        }
        true
    }

    fn lost(&mut self, error: &BotError, phase: Phase) {
        self.backlog.lost();
        // Outages before and after the measured time are the ramp's and the end's.
        if phase == Phase::Measure {
            count(&mut self.outcome.disconnects, error.reason());
        }
    }

    /// Connects again until it works; `false` when the run ended meanwhile.
    async fn back(&mut self) -> bool {
        loop {
            let stopped = self.phase.wait_for(|phase| *phase == Phase::Stop);
            if tokio::time::timeout(self.backoff.pause(), stopped).await.is_ok() {
                return false;
            }
            match self.bot.connect().await {
                Ok(()) => return true,
                Err(error) => count(&mut self.outcome.errors, format!("reconnect: {}", error.kind())),
            }
        }
    }

    async fn end(mut self) -> Outcome {
        self.outcome.measured = self.meter.measured(&self.bot);
        self.outcome.rtt_ms = self.bot.client().rtt_ms();
        self.outcome.answers = self.writer.into_answers();
        self.outcome.played = self.play.map(|play| play.into_played(&mut self.bot));
        self.outcome.found = self.backlog.into_found();
        // The run is over: how the goodbye ends is not measured.
        let _ = self.bot.leave().await;
        self.outcome
    }
}

fn is_heartbeat_timeout(event: &Event) -> bool {
    matches!(event, Event::Closed { reason } if reason == "heartbeat_timeout")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::tests::plan;
    use thexr_wire::UserId;

    fn role(number: usize, behaviour: Behaviour) -> Role {
        let plan =
            Plan { rooms: ["abcde", "fghij", "klmno"].map(|id| id.parse().unwrap()).into(), ..plan(9) };
        let visitor = Visitor { user_id: UserId::parse("abcdefghij0123456789").unwrap(), token: "a".into() };
        Role::new(&plan, number, behaviour, visitor)
    }

    #[test]
    fn bots_are_dealt_round_robin_over_the_rooms() {
        let rooms: Vec<String> =
            (0..7).map(|number| role(number, Behaviour::Stroll).options.room.to_string()).collect();
        assert_eq!(rooms, ["abcde", "fghij", "klmno", "abcde", "fghij", "klmno", "abcde"]);
    }

    #[test]
    fn only_flaky_bots_sit_behind_a_bad_line() {
        for behaviour in Behaviour::ALL {
            let has_weather = role(1, behaviour).options.weather.is_some();
            assert_eq!(has_weather, behaviour == Behaviour::Flaky);
        }
    }

    #[test]
    fn every_bot_walks_a_way_of_its_own() {
        let first = |number| role(number, Behaviour::Stroll).walk().step(1.0);
        assert_eq!(first(1), first(1));
        assert_ne!(first(1), first(2));
    }
}
