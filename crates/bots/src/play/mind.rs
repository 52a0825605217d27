//! What somebody who plays does next: fights, goes for things, opens and rides, waits while dead. A function of what they see, of
//! time and of their dice; has no socket and no clock.

use super::arms::{self, Arms};
use super::feet::Feet;
use super::goals::{Goal, Memory, What, choose};
use super::ride::Ride;
use super::scene::{Monster, Scene, apart, away};
use super::wish::Wish;
use crate::limits::{
    LOOK_MS, PLAY_ASK_MS, PLAY_COLLECT_M, PLAY_FEELS_M, PLAY_OPEN_M, PLAY_THINK_MS, PLAY_USE_M, PLAY_VISIT_M,
    READY_MS,
};
use rand::RngExt;
use rand::rngs::SmallRng;
use serde_json::json;
use thexr_wire::pose::Pose;

/// What somebody does in a step.
#[derive(Debug, Default)]
pub(crate) struct Step {
    /// Where they are now; nothing while they lie dead or do not know yet where they stand.
    pub pose: Option<Pose>,
    pub wishes: Vec<Wish>,
}

/// Somebody who plays.
#[derive(Debug)]
pub(crate) struct Mind {
    dice: SmallRng,
    feet: Feet,
    arms: Arms,
    memory: Memory,
    goal: Option<Goal>,
    ride: Option<Ride>,
    /// Whom they fight.
    target: Option<Monster>,
    /// Which way they step aside while they fight.
    aside: f32,
    placed: bool,
    think_ms: f64,
    look_ms: f64,
    ask_ms: f64,
}

impl Mind {
    pub fn new(dice: SmallRng) -> Self {
        Self {
            dice,
            feet: Feet::default(),
            arms: Arms::default(),
            memory: Memory::default(),
            goal: None,
            ride: None,
            target: None,
            aside: 1.0,
            placed: false,
            think_ms: 0.0,
            look_ms: 0.0,
            ask_ms: 0.0,
        }
    }

    /// The room has put them somewhere: their feet, metres.
    pub fn put(&mut self, feet: [f32; 3]) {
        self.feet.put(feet);
        (self.goal, self.ride, self.target, self.placed) = (None, None, None, true);
    }

    /// Where their feet are, metres.
    pub fn feet(&self) -> [f32; 3] {
        self.feet.at
    }

    /// Another round has begun.
    pub fn begin(&mut self) {
        self.memory.forget();
        (self.goal, self.ride, self.target) = (None, None, None);
    }

    /// Something that was asked for was refused.
    pub fn refused(&mut self, name: &str, room_ms: f64) {
        match name {
            "shoot" => self.arms.failed(room_ms),
            "open" | "close" | "collect" | "trigger" => {
                if let Some(goal) = self.goal.take() {
                    self.memory.failed(goal.what, &goal.entity, room_ms);
                    self.feet.stop();
                }
            }
            _ => {}
        }
    }

    /// One step of so many seconds.
    pub fn step(&mut self, scene: &Scene<'_>, seconds: f32) -> Step {
        let mut step = Step::default();
        if !self.placed || scene.own("dead").is_some() {
            self.feet.stop();
            (self.goal, self.ride, self.target) = (None, None, None);
            return step;
        }
        match scene.status() {
            Some("lobby") => self.wait(scene, &mut step),
            Some("won" | "lost") => {}
            _ => self.play(scene, seconds, &mut step),
        }
        step.pose = Some(self.feet.pose());
        step
    }

    /// Says that they are ready, until the room has heard it.
    fn wait(&mut self, scene: &Scene<'_>, step: &mut Step) {
        if scene.own("ready").is_none() && scene.room_ms >= self.ask_ms {
            self.ask_ms = scene.room_ms + READY_MS;
            step.wishes.push(Wish::Ask("ready", json!({})));
        }
    }

    fn play(&mut self, scene: &Scene<'_>, seconds: f32, step: &mut Step) {
        if let Some(mut ride) = self.ride.take() {
            step.wishes.extend(ride.go_on(scene, &mut self.feet, seconds));
            self.ride = Some(ride).filter(|ride| !ride.is_over(scene));
        } else {
            self.look(scene);
            if scene.room_ms >= self.think_ms {
                self.think(scene);
            }
            self.feet.walk(scene, seconds);
            self.arrive(scene, step);
        }
        let fights = self.target.is_some();
        step.wishes.extend(self.arms.tend(scene, fights).map(|(name, payload)| Wish::Ask(name, payload)));
        if let Some(target) = &self.target {
            self.feet.look(arms::middle(target));
            let shot = self.arms.shoot(scene, self.feet.head(), target, &mut self.dice);
            step.wishes.extend(shot.map(Wish::Shoot));
        }
    }

    /// Looks for somebody to fight, and follows where they are.
    fn look(&mut self, scene: &Scene<'_>) {
        if let Some(target) = &mut self.target {
            match scene.monsters.iter().find(|monster| monster.entity == target.entity) {
                Some(seen) => target.at = seen.at,
                None => self.target = None,
            }
        }
        if scene.room_ms < self.look_ms {
            return;
        }
        self.look_ms = scene.room_ms + LOOK_MS;
        let had = self.target.is_some();
        self.target = arms::target(scene, self.feet.at).filter(|_| arms::is_armed(scene)).cloned();
        if self.target.is_some() && !had {
            self.think_ms = 0.0;
        }
    }

    /// Decides where to go.
    fn think(&mut self, scene: &Scene<'_>) {
        self.think_ms = scene.room_ms + PLAY_THINK_MS * self.dice.random_range(0.8..1.2);
        let retreats = scene.health() < 0.35;
        let fights = |target: &&Monster| !retreats || away(target.at, self.feet.at) < PLAY_FEELS_M;
        if let Some(target) = self.target.as_ref().filter(fights).cloned() {
            self.goal = None;
            return self.dance(scene, &target);
        }
        let is_over =
            |goal: &Goal| scene.room_ms >= goal.until_ms || scene.world.entity(&goal.entity).is_none();
        if let Some(goal) = self.goal.take_if(|goal| is_over(goal)) {
            self.memory.failed(goal.what, &goal.entity, scene.room_ms);
        }
        // What is needed more may have come into reach, and doors have shut.
        let chosen = choose(scene, self.feet.at, &mut self.memory);
        let Some((goal, way)) = chosen else {
            self.goal = None;
            return self.feet.stop();
        };
        let until_ms = self.goal.as_ref().filter(|before| before.entity == goal.entity);
        let until_ms = until_ms.map_or(goal.until_ms, |before| before.until_ms);
        self.goal = Some(Goal { until_ms, ..goal });
        self.feet.take(way);
    }

    /// Keeps away from who is near, and steps aside before who is not.
    fn dance(&mut self, scene: &Scene<'_>, target: &Monster) {
        if self.dice.random_range(0.0..1.0) < 0.3 {
            self.aside = -self.aside;
        }
        let at = self.feet.at;
        let metres = apart(at, target.at).max(0.1);
        let off = [(at[0] - target.at[0]) / metres, (at[2] - target.at[2]) / metres];
        let (back, aside) = if metres < PLAY_FEELS_M { (3.0, 1.5) } else { (0.0, 2.0) };
        let aside = aside * self.aside;
        for [dx, dz] in [
            [off[0] * back - off[1] * aside, off[1] * back + off[0] * aside],
            [off[0] * back + off[1] * aside, off[1] * back - off[0] * aside],
            [off[1] * 3.0, -off[0] * 3.0],
        ] {
            let to = scene.paths.and_then(|paths| paths.nearest([at[0] + dx, at[1], at[2] + dz]));
            let way = to.and_then(|to| scene.way(at, to)).filter(|(metres, _)| *metres < 5.0);
            if let Some((_, way)) = way {
                return self.feet.take(way);
            }
        }
        self.feet.stop();
    }

    /// Does what one has come for.
    fn arrive(&mut self, scene: &Scene<'_>, step: &mut Step) {
        let Some(goal) = &self.goal else { return };
        let (level_m, up_m) = (apart(self.feet.at, goal.at), (self.feet.at[1] - goal.at[1]).abs());
        let within_m = match goal.what {
            What::Collect => PLAY_COLLECT_M,
            What::Open => PLAY_OPEN_M,
            What::Use => PLAY_USE_M,
            What::Ride | What::Visit => PLAY_VISIT_M,
            What::Leave => 0.3,
        };
        let there = self.feet.is_idle() || level_m <= within_m;
        if !there || up_m > 3.0 || scene.room_ms < self.ask_ms {
            return;
        }
        let of_it = json!({"entity": goal.entity});
        let asked = match goal.what {
            What::Collect => Some("collect"),
            What::Open => Some("open"),
            What::Use => Some("trigger"),
            What::Ride | What::Visit | What::Leave => None,
        };
        if let Some(name) = asked {
            self.ask_ms = scene.room_ms + PLAY_ASK_MS;
            step.wishes.push(Wish::Ask(name, of_it));
        }
        if goal.what == What::Ride {
            self.ride = Some(Ride::new(goal.entity.clone(), scene.room_ms));
        }
        self.memory.did(goal, scene.room_ms);
        if !matches!(goal.what, What::Collect | What::Open) {
            self.goal = None;
            self.think_ms = self.think_ms.min(scene.room_ms + 300.0);
        }
    }
}
