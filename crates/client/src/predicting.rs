//! The client's side towards the simulation: when there is one, what it is asked, what it answers.

use crate::bodies::Bodies;
use crate::client::{Client, Phase};
use crate::motion::Motion;
use crate::prediction::Prediction;
use crate::surroundings::Around;
use thexr_physics::{Orders, Report, State};
use thexr_wire::EntityId;

impl Client {
    /// Whether a simulation is at hand from now on: what one touches or throws moves at once, and the room is told where it is.
    pub fn set_predicting(&mut self, on: bool) {
        self.motion.prediction.turn(on);
        self.replica.note_altered(on);
    }

    /// What the simulation is to do before the next picture; nothing while there is none.
    pub fn orders(&mut self, now_ms: f64) -> Orders {
        if !self.motion.prediction.is_on() {
            return Orders::default();
        }
        let altered = self.replica.take_altered();
        self.motion.prediction.note(altered);
        let live = matches!(self.phase, Phase::Live { .. }) && self.driver;
        self.around(now_ms, live, |prediction, bodies, around| prediction.orders(around, bodies.shown()))
            .unwrap_or_default()
    }

    /// Nobody looks any more: what one simulates is the room's from now on, and is told so at once.
    pub fn let_go(&mut self, now_ms: f64) {
        if self.motion.prediction.has_news() {
            self.motion.prediction.end_all();
            self.filter.at_once();
            self.send_pose(now_ms);
        }
    }

    /// What has come of those orders.
    pub fn report(&mut self, report: &Report, now_ms: f64) {
        let live = self.motion.prediction.is_on();
        self.around(now_ms, live, |prediction, _, around| prediction.report(report, around));
    }

    /// What one holds leaves one's hand; `false`: there is no simulation, or not of this, and the room alone says how it flies.
    pub fn throw(&mut self, id: &EntityId, state: State, now_ms: f64) -> bool {
        let live = self.motion.prediction.is_on() && self.driver;
        let thrown = self.around(now_ms, live, |prediction, _, around| prediction.throw(id, state, around));
        let thrown = thrown.unwrap_or(false);
        if thrown {
            self.matrices.foresee(id.clone(), None);
            self.replica.stale.insert(id.clone());
        }
        thrown
    }

    /// How far off what one has simulated was from where the room had it when it was the room's again, metres; the newest few thousand.
    pub fn corrections(&self) -> impl Iterator<Item = f32> {
        self.motion.prediction.corrections()
    }

    /// Whether one simulates a thing oneself.
    pub fn is_own(&self, id: &EntityId) -> bool {
        self.motion.prediction.is_own(id)
    }

    /// Looks around oneself, if one predicts at all.
    fn around<T>(
        &mut self,
        now_ms: f64,
        live: bool,
        act: impl FnOnce(&mut Prediction, &Bodies, &Around<'_>) -> T,
    ) -> Option<T> {
        let room_ms = self.clock.room_ms(now_ms).filter(|_| live)?;
        let Self { motion: Motion { prediction, bodies, .. }, replica, matrices, filter, user, .. } = self;
        let own = user.as_ref().map(EntityId::avatar)?;
        let drawn = |id: &EntityId| matrices.place(replica.index_of(id)?);
        let foreseen = |id: &EntityId| matrices.is_foreseen(id);
        let around =
            Around { replica, own: &own, pose: filter.pose()?, room_ms, drawn: &drawn, foreseen: &foreseen };
        let acted = act(prediction, &*bodies, &around);
        // What is one's own is not shown as it was told before.
        bodies.is_own(|id| prediction.is_own(id));
        Some(acted)
    }
}
