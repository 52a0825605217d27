//! One channel of a connection as the server's shell keeps it: refs, viewer, newest pose. Knows no room.

use serde_json::Value;
use thexr_client::Transmit;
use thexr_room::{
    Attached, FRAME_BYTES, Missed, PoseInput, Scratch, Shown, StateView, Telling, TickOutput, Viewer, encode,
};
use thexr_wire::message::Dialect;
use thexr_wire::phoenix::{Vsn, encode_text, reference_text, reply_payload, write_push_head};
use thexr_wire::{PeerId, lane};

/// A joining or joined channel.
#[derive(Debug)]
pub struct Member {
    /// The connection it is on.
    pub connection: u64,
    /// The client's ref of the join, which is also its `join_ref`.
    pub join_ref: Value,
    topic: String,
    attached: Option<Attached>,
    viewer: Viewer,
    pose: Option<PoseInput>,
    pose_seq: Option<u16>,
    acked: Option<u32>,
}

impl Member {
    /// A channel whose join is on its way.
    pub fn new(connection: u64, join_ref: Value, topic: String) -> Self {
        Self {
            connection,
            join_ref,
            topic,
            attached: None,
            viewer: Viewer::new(Telling::Frames, None, FRAME_BYTES),
            pose: None,
            pose_seq: None,
            acked: None,
        }
    }

    /// How it takes part, once it is in.
    pub fn dialect(&self) -> Option<Dialect> {
        self.attached.map(|attached| attached.dialect)
    }

    /// It is in: from now on it hears what is for all.
    pub fn attach(&mut self, attached: Attached) {
        self.viewer = Viewer::new(attached.telling(), attached.own_slot, FRAME_BYTES);
        self.attached = Some(attached);
    }

    /// A reply.
    pub fn reply(&self, reference: &Value, status: &str, response: &str) -> Transmit {
        self.text(reference, "phx_reply", &reply_payload(status, response))
    }

    /// A push.
    pub fn push(&self, event: &str, payload: &str) -> Transmit {
        self.text(&Value::Null, event, payload)
    }

    /// The state in chunks.
    pub fn state(&self, view: &StateView) -> Vec<Transmit> {
        self.pushes(encode::state(view, Dialect::Thexr1))
    }

    /// What was missed.
    pub fn missed(&self, missed: &Missed) -> Vec<Transmit> {
        self.pushes(encode::missed(missed))
    }

    fn pushes(&self, told: Vec<(&'static str, String)>) -> Vec<Transmit> {
        told.iter().map(|(event, payload)| self.push(event, payload)).collect()
    }

    /// Takes what a client says on the latest lane; an older pose than the newest is dropped. Errors: it is neither a
    /// pose nor an acknowledgement.
    pub fn take_pose(&mut self, peer: PeerId, frame: &[u8]) -> Result<(), lane::LaneError> {
        let up = match lane::read_any_up(frame)? {
            lane::Up::Pose(up) => up,
            lane::Up::Ack(tick) => {
                self.acked = Some(tick);
                return Ok(());
            }
        };
        self.acked = Some(up.ack_tick);
        if self.pose_seq.is_none_or(|newest| up.seq.wrapping_sub(newest) as i16 > 0) {
            self.pose_seq = Some(up.seq);
            self.pose =
                Some(PoseInput { peer, sample_ms: Some(up.sample_ms), marks: up.marks, pose: up.pose });
        }
        Ok(())
    }

    /// Where someone without an avatar looks from.
    pub fn look_from(&mut self, camera: thexr_wire::pose::Place) {
        self.viewer.look_from(camera);
    }

    /// The newest pose, for the tick.
    pub fn newest_pose(&mut self) -> Option<PoseInput> {
        self.pose.take()
    }

    /// The tick's motion, if there is any to tell.
    pub fn motion(&mut self, output: &TickOutput, seq: u64) -> Option<Transmit> {
        self.attached?;
        let mut bytes = Vec::new();
        let whole = write_push_head(&mut bytes, &reference_text(&self.join_ref), &self.topic, lane::EVENT);
        if let Some(acked) = self.acked.take() {
            self.viewer.acked(output.tick, output.tick as u32, acked);
        }
        let ack = self.pose_seq.unwrap_or(0);
        let shown = self.viewer.frame(output, seq, ack, &mut Scratch::default(), &mut bytes);
        (whole && shown == Shown::Frame).then_some(Transmit::Binary(bytes))
    }

    fn text(&self, reference: &Value, event: &str, payload: &str) -> Transmit {
        Transmit::Text(encode_text(Vsn::V2, &self.join_ref, reference, &self.topic, event, payload))
    }
}
