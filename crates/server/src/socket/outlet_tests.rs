//! What goes out in which order, without a transport.

use super::*;
use crate::rooms::lanes::{Lanes, lanes};
use std::time::Instant;
use thexr_room::StateView;
use thexr_room::TickOutput;
use thexr_wire::message::Mode;
use thexr_world::{Components, NoStates, Op, Stamp, World};

const PEER: PeerId = PeerId(1);

struct Scene {
    outlet: Outlet,
    lanes: Lanes,
    frames: Vec<Frame>,
}

impl Scene {
    /// A channel that has just joined.
    async fn set() -> Self {
        let (lanes, arrivals) = lanes();
        let tokens = Arc::new(Tokens::new("a secret of many characters, for tests", 1, "key".into()));
        let outlet = Outlet::new(Vsn::V2, crate::auth::new_user_id(), tokens, arrivals, true);
        let opening = Opening {
            peer: PEER,
            topic: "room:abcde".into(),
            room: RoomId::parse("abcde").unwrap(),
            join_ref: json!("1"),
            reference: json!("1"),
            pose: Arc::default(),
            gauges: Arc::default(),
            ended: Arc::default(),
            replaces: None,
        };
        lanes.note(Note::Open(Box::new(opening))).await;
        let attached = Attached {
            dialect: Dialect::Thexr1,
            mode: Mode::Observe,
            movements: Movements::default(),
            interest: false,
            own_slot: None,
        };
        lanes.tell(PEER, Told::Joined { attached, response: json!({}) });
        let mut scene = Self { outlet, lanes, frames: Vec::new() };
        assert_eq!((scene.turn().await, scene.turn().await), ("ordered", "ordered"));
        scene.motion();
        scene
    }

    /// A tick's motion arrives.
    fn motion(&self) {
        let output = Arc::new(TickOutput::default());
        let latest = Latest { output, seq: 0, number: 1, published: Instant::now() };
        self.lanes.show(PEER, Some(latest));
    }

    /// The room is gone.
    fn no_more_motion(&self) {
        self.lanes.show(PEER, None);
    }

    /// Takes one turn; what it was.
    async fn turn(&mut self) -> &'static str {
        let turn = self.outlet.next(true).expect("something to send");
        let kind = match &turn {
            Turn::Ordered(_) => "ordered",
            Turn::Motion(..) => "motion",
            Turn::Chunk => "chunk",
        };
        self.outlet.take(turn, &mut self.frames).await;
        kind
    }

    /// Events of all text frames so far.
    fn events(&self) -> Vec<String> {
        let event = |frame: &Frame| match frame {
            Frame::Text(text) => {
                let frame: Value = serde_json::from_str(text).unwrap();
                frame[3].as_str().map(str::to_owned)
            }
            Frame::Binary(_) => None,
        };
        self.frames.iter().filter_map(event).collect()
    }

    fn push(&self) {
        self.lanes.tell(PEER, Told::Push { event: event::STOC, payload: "{}".into() });
    }
}

/// A state of three chunks.
fn large_state() -> Told {
    let mut world = World::default();
    let ops: Vec<Op> = (0..3)
        .map(|n| Op::Create {
            entity: thexr_wire::EntityId::parse(&format!("large{n:02}")).unwrap(),
            components: Components::from_iter([("note".into(), json!("x".repeat(60_000)))]),
        })
        .collect();
    world.fold(Stamp { seq: 1, at_ms: 0 }, &ops, &NoStates).unwrap();
    let view = StateView { world, ..StateView::default() };
    Told::State(Arc::new(SharedState::new(Arc::new(view))))
}

#[tokio::test]
async fn motion_passes_between_the_chunks_of_a_state_and_the_ordered_lane_waits() {
    let mut scene = Scene::set().await;
    scene.lanes.tell(PEER, large_state());
    scene.push();
    assert_eq!(scene.turn().await, "ordered");
    let mut turns = Vec::new();
    while turns.last() != Some(&"ordered") {
        turns.push(scene.turn().await);
        scene.motion();
    }
    assert_eq!(turns, ["motion", "chunk", "motion", "chunk", "motion", "chunk", "ordered"]);
    let chunk = event::SNAPSHOT_CHUNK;
    assert_eq!(scene.events(), ["phx_reply", chunk, chunk, chunk, event::STOC]);
}

#[tokio::test]
async fn what_waits_at_the_end_goes_out_in_order_chunks_included() {
    let mut scene = Scene::set().await;
    scene.lanes.tell(PEER, large_state());
    scene.push();
    assert_eq!(scene.turn().await, "ordered");
    scene.outlet.rest(&mut scene.frames).await;
    let chunk = event::SNAPSHOT_CHUNK;
    assert_eq!(scene.events(), ["phx_reply", chunk, chunk, chunk, event::STOC]);
}

#[tokio::test]
async fn a_room_that_ends_without_a_word_has_crashed() {
    let mut scene = Scene::set().await;
    scene.turn().await;
    scene.no_more_motion();
    scene.turn().await;
    assert_eq!(scene.events(), ["phx_reply", "phx_error"]);
    assert!(scene.outlet.channels.is_empty());
}

#[tokio::test]
async fn a_room_that_says_how_it_ends_is_taken_at_its_word() {
    for (told, events) in
        [(Told::Closed, vec!["phx_reply", "phx_close"]), (Told::Stopping, vec!["phx_reply"])]
    {
        let mut scene = Scene::set().await;
        scene.turn().await;
        scene.no_more_motion();
        // The end of motion is seen before the room's last word is taken from the queue.
        let turn = scene.outlet.next(true).unwrap();
        scene.lanes.tell(PEER, told);
        scene.outlet.take(turn, &mut scene.frames).await;
        assert_eq!(scene.events(), events);
    }
}
