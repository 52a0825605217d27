//! The client core as the browser sees it: one class, JSON for what is rare, views over memory for what is per frame.
//!
//! Knows no rule of the world; every method hands its arguments on. Times are `performance.now()` milliseconds.

mod arrays;
mod codec;

use arrays::{Float32Array, Uint32Array};
use codec::{avatar, entity_json, options, stats_json};
use serde_json::Value;
use thexr_client::matrices::Limb;
use thexr_client::{Client, Mode, OwnHand, Transmit};
use thexr_physics::{Report, State};
use thexr_wire::EntityId;
use thexr_wire::joints::JOINTS;
use thexr_wire::pose::{Place, Pose};
use wasm_bindgen::prelude::*;

/// Makes a panic readable in the console before it becomes an exception.
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
}

/// A client of one room; see the methods of `thexr_client::Client`.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Core {
    client: Client,
}

fn error(message: impl std::fmt::Display) -> JsError {
    JsError::new(&message.to_string())
}

/// What is known of a hand.
fn hand(numbers: Option<&[f32]>) -> Result<OwnHand, JsError> {
    let Some(numbers) = numbers else { return Ok(OwnHand::Still) };
    match (numbers, numbers.as_chunks::<3>().0.try_into()) {
        (&[trigger, squeeze], _) => Ok(OwnHand::Controller { trigger, squeeze }),
        (_, Ok(joints)) if numbers.len() == 3 * JOINTS => Ok(OwnHand::Joints(Box::new(joints))),
        _ => Err(error("a hand is 25 joints of three numbers, or a controller's trigger and squeeze")),
    }
}

fn seven(numbers: &[f32]) -> Result<Place, JsError> {
    numbers.try_into().map_err(|_| error("a place has seven numbers"))
}

fn three(numbers: &[f32]) -> Result<[f32; 3], JsError> {
    numbers.try_into().map_err(|_| error("a speed has three numbers"))
}

fn entity_id(text: &str) -> Result<EntityId, JsError> {
    EntityId::parse(text).map_err(error)
}

#[wasm_bindgen]
impl Core {
    /// `{"room_id", "user_id"?, "nickname"?, "avatar"?, "mode"?: "preview" | "observe" | "enter", "seed"?}`; a preview at first.
    ///
    /// Errors: JSON that is something else, an id that is none.
    #[wasm_bindgen(constructor)]
    pub fn new(options_json: &str) -> Result<Core, JsError> {
        let options = options(options_json, arrays::dice).map_err(error)?;
        Ok(Self { client: Client::new(options) })
    }

    /// The WebSocket is open.
    pub fn opened(&mut self, now_ms: f64) {
        self.client.opened(now_ms);
    }

    /// The WebSocket is closed or failed.
    pub fn closed(&mut self, now_ms: f64) {
        self.client.closed(now_ms);
    }

    /// A text message came.
    pub fn receive_text(&mut self, text: &str, now_ms: f64) {
        self.client.receive_text(text, now_ms);
    }

    /// A binary message came.
    pub fn receive_binary(&mut self, bytes: &[u8], now_ms: f64) {
        self.client.receive_binary(bytes, now_ms);
    }

    /// A frame of motion came as a datagram.
    pub fn receive_datagram(&mut self, bytes: &[u8], now_ms: f64) {
        self.client.receive_datagram(bytes, now_ms);
    }

    /// What this person does goes by datagrams from now on, or by the socket again; also by the socket with the next join.
    pub fn set_datagrams(&mut self, on: bool) {
        self.client.set_datagrams(on);
    }

    /// The next frame of motion to send as a datagram: a `Uint8Array`, or undefined.
    #[wasm_bindgen(unchecked_return_type = "Uint8Array | undefined")]
    pub fn poll_datagram(&mut self) -> JsValue {
        self.client.poll_datagram().map_or(JsValue::UNDEFINED, |frame| arrays::bytes(&frame))
    }

    /// The next message to send: a string, a `Uint8Array`, or undefined.
    #[wasm_bindgen(unchecked_return_type = "string | Uint8Array | undefined")]
    pub fn poll_transmit(&mut self) -> JsValue {
        match self.client.poll_transmit() {
            Some(Transmit::Text(text)) => JsValue::from_str(&text),
            Some(Transmit::Binary(bytes)) => arrays::bytes(&bytes),
            None => JsValue::UNDEFINED,
        }
    }

    /// Joins anew with `"enter"`, `"observe"` or `"preview"`. Errors: another mode, an avatar that is no JSON.
    pub fn enter(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "\"enter\" | \"observe\" | \"preview\"")] mode: &str,
        nickname: &str,
        avatar_json: &str,
        now_ms: f64,
    ) -> Result<(), JsError> {
        let mode = match mode {
            "enter" => Mode::Enter,
            "observe" => Mode::Observe,
            "preview" => Mode::Preview,
            other => return Err(error(format!("there is no mode {other}"))),
        };
        self.client.enter(mode, nickname, avatar(avatar_json).map_err(error)?, now_ms);
        Ok(())
    }

    /// Leaves the room.
    pub fn leave(&mut self, now_ms: f64) {
        self.client.leave(now_ms);
    }

    /// Sends a command; returns the handle its reply event names. Errors: a payload that is no JSON.
    pub fn command(&mut self, name: &str, payload_json: &str, now_ms: f64) -> Result<f64, JsError> {
        let payload: Value = serde_json::from_str(payload_json).map_err(error)?;
        Ok(self.client.command(name, payload, now_ms) as f64)
    }

    /// Shouts to everyone, without a reply; `false` when not in the room. Errors: a payload that is no JSON.
    pub fn shout(&mut self, payload_json: &str) -> Result<bool, JsError> {
        let payload: Value = serde_json::from_str(payload_json).map_err(error)?;
        Ok(self.client.shout(&payload))
    }

    /// The network or the page woke up: the line is asked at once.
    pub fn doubt(&mut self) {
        self.client.doubt();
    }

    /// Once per animation frame.
    pub fn frame(&mut self, now_ms: f64) {
        self.client.frame(now_ms);
    }

    /// The timers alone, for pages that are hidden and draw nothing.
    pub fn timers(&mut self, now_ms: f64) {
        self.client.timers(now_ms);
    }

    /// The own pose: seven numbers each. An unusable one is ignored and counted (`bad_poses`), since headsets lose
    /// tracking. Errors: arrays of another length.
    pub fn set_pose(
        &mut self,
        head: &[f32],
        left: Option<Vec<f32>>,
        right: Option<Vec<f32>>,
        jumped: bool,
        now_ms: f64,
    ) -> Result<(), JsError> {
        let pose = Pose {
            head: seven(head)?,
            left: left.as_deref().map(seven).transpose()?,
            right: right.as_deref().map(seven).transpose()?,
            fingers: None,
        };
        // Counted by the client.
        let _ = self.client.set_pose(&pose, jumped, now_ms);
        Ok(())
    }

    /// How the own hands are held, before their pose is set: 25 points each, metres, in the frame of the hand's place; or how far
    /// a controller's trigger and squeeze are pressed, 0 to 1; or undefined. Errors: arrays of another length.
    pub fn set_hands(&mut self, left: Option<Vec<f32>>, right: Option<Vec<f32>>) -> Result<(), JsError> {
        self.client.set_hands([hand(left.as_deref())?, hand(right.as_deref())?]);
        Ok(())
    }

    /// Says whether this person is heard speaking now: everyone is told with the next pose.
    pub fn set_speaking(&mut self, speaking: bool) {
        self.client.set_speaking(speaking);
    }

    /// Shows an entity on the own `"left"`, `"right"` or `"head"` at a place in it, seven numbers, until `as_told`.
    /// Errors: no entity's id, or another length.
    pub fn show_held(&mut self, entity: &str, node: &str, place: &[f32]) -> Result<(), JsError> {
        self.client.show_held(&entity_id(entity)?, Limb::of(node), &seven(place)?);
        Ok(())
    }

    /// Shows an entity at a place in the room, seven numbers, until `as_told`. Errors: no entity's id, or another length.
    pub fn show_placed(&mut self, entity: &str, place: &[f32]) -> Result<(), JsError> {
        self.client.show_placed(&entity_id(entity)?, &seven(place)?);
        Ok(())
    }

    /// Whether a simulation is at hand from now on: a `Physics` that does what `orders` says.
    pub fn set_predicting(&mut self, on: bool) {
        self.client.set_predicting(on);
    }

    /// Whether the room has things that are pushed about.
    pub fn has_bodies(&self) -> bool {
        self.client.replica().has_bodies()
    }

    /// What the simulation is to do before the next picture, or undefined.
    pub fn orders(&mut self, now_ms: f64) -> Option<Vec<u8>> {
        let orders = self.client.orders(now_ms);
        (!orders.0.is_empty()).then(|| orders.to_bytes())
    }

    /// Nobody looks any more: what one simulates is the room's from now on.
    pub fn let_go(&mut self, now_ms: f64) {
        self.client.let_go(now_ms);
    }

    /// What has come of those orders. Errors: bytes that are no report.
    pub fn report(&mut self, report: &[u8], now_ms: f64) -> Result<(), JsError> {
        let report = Report::from_bytes(report).ok_or_else(|| error("this is no report"))?;
        self.client.report(&report, now_ms);
        Ok(())
    }

    /// What one holds leaves the hand at a place (seven numbers) with a velocity (m/s) and a spin (rad/s); `false`: the room alone
    /// will say how it flies. Errors: no entity's id, or another length.
    pub fn throw_thing(
        &mut self,
        entity: &str,
        place: &[f32],
        velocity: &[f32],
        spin: &[f32],
        now_ms: f64,
    ) -> Result<bool, JsError> {
        let state = State { place: seven(place)?, velocity: three(velocity)?, spin: three(spin)? };
        Ok(self.client.throw(&entity_id(entity)?, state, now_ms))
    }

    /// Shows an entity as the room tells it. Errors: no entity's id.
    pub fn as_told(&mut self, entity: &str) -> Result<(), JsError> {
        self.client.as_told(&entity_id(entity)?);
        Ok(())
    }

    /// The next event as JSON, or undefined.
    pub fn poll_event(&mut self) -> Option<String> {
        self.client.poll_event().map(|event| serde_json::json!(event).to_string())
    }

    /// `"idle"`, `"joining"`, `"syncing"`, `"live"` or `"reconnecting"`.
    #[wasm_bindgen(
        unchecked_return_type = "\"idle\" | \"joining\" | \"syncing\" | \"live\" | \"reconnecting\""
    )]
    pub fn state(&self) -> String {
        self.client.state().as_str().to_owned()
    }

    /// What changed since the last call: pairs of index and mask (a copy).
    pub fn changes(&mut self) -> Vec<u32> {
        self.client.replica_mut().take_changes().into_iter().flat_map(|(index, mask)| [index, mask]).collect()
    }

    /// `{"id", "version", "components"}` of an index, or undefined.
    pub fn entity(&self, index: u32) -> Option<String> {
        entity_json(self.client.replica(), index)
    }

    /// What the user may do with the entity at an index now: bits of `INTERACTION`.
    pub fn interactions(&self, index: u32) -> u32 {
        let Some(id) = self.client.replica().id_of(index) else { return 0 };
        self.client.interactions(id).into_iter().fold(0, |bits, interaction| bits | interaction.bit())
    }

    /// The index of an id, -1 when unknown.
    pub fn index_of(&self, id: &str) -> i32 {
        let id = EntityId::parse(id).ok();
        let index = id.and_then(|id| self.client.replica().index_of(&id));
        index.and_then(|index| i32::try_from(index).ok()).unwrap_or(-1)
    }

    /// The id at an index, or undefined.
    pub fn id_of(&self, index: u32) -> Option<String> {
        self.client.replica().id_of(index).map(ToString::to_string)
    }

    /// World matrices, 16 numbers per index: a view, to be read before the next call.
    pub fn matrices(&self) -> Float32Array {
        arrays::floats(self.client.matrices().values())
    }

    /// Indices whose matrix this frame changed: a view, to be read before the next call.
    pub fn dirty(&self) -> Uint32Array {
        arrays::words(self.client.matrices().dirty())
    }

    /// Everyone else, rows of 24 numbers `[index, flags, head 7, left 7, right 7, age_ms]`: a view, to be read before
    /// the next call.
    pub fn avatars(&self) -> Float32Array {
        arrays::floats(self.client.avatar_rows())
    }

    /// The hands of those who are near, each in the frame of its place, rows of 77 numbers `[index, right, 25 joints x 3]`: a view, to be read
    /// before the next call.
    pub fn hands(&self) -> Float32Array {
        arrays::floats(self.client.hand_rows())
    }

    /// Monsters, rows of 7 numbers `[index, doing, since s, x, y, z, heading]`: a view, to be read before the next call.
    pub fn monsters(&self) -> Float32Array {
        arrays::floats(self.client.monster_rows())
    }

    /// Shots that were heard of since this was asked last: rows of 13 numbers `[index of who fired or -1, id, kind, ended, met, room clock
    /// ms, from x y z, to x y z, speed m/s]`.
    pub fn take_shots(&mut self) -> Vec<f64> {
        self.client.take_shots()
    }

    /// The room's clock as it was for others as they are shown, or undefined before the first join.
    pub fn seen_ms(&self, now_ms: f64) -> Option<f64> {
        self.client.seen_ms(now_ms)
    }

    /// The room's clock as it was for those at whom somebody aims along a ray, as they are shown.
    pub fn aimed_ms(&self, from: &[f32], direction: &[f32], now_ms: f64) -> Option<f64> {
        let from = from.try_into().ok()?;
        self.client.aimed_ms(from, direction.try_into().ok()?, now_ms)
    }

    /// The own hands as they are drawn, as of the last `set_hands`: 75 numbers each, left and right: a view, to be read before the
    /// next call.
    pub fn own_joints(&self) -> Float32Array {
        arrays::floats(self.client.own_joints())
    }

    /// Whether this connection moves the avatar.
    pub fn is_driver(&self) -> bool {
        self.client.is_driver()
    }

    /// The room's clock in milliseconds, or undefined before the first join.
    pub fn room_ms(&self, now_ms: f64) -> Option<f64> {
        self.client.room_ms(now_ms)
    }

    /// Measurements as JSON.
    pub fn stats(&self) -> String {
        stats_json(&self.client).to_string()
    }

    /// Hash of the replica without where people stand.
    pub fn hash(&self) -> String {
        self.client.replica().hash()
    }
}
