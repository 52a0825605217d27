//! What goes out in which order, without a transport.

use super::*;
use crate::pose_slot::PoseSlot;
use thexr_room::{Moving, StateView, TickOutput};
use thexr_wire::EntityId;
use thexr_wire::bodies::{BodyState, Rounded};
use thexr_wire::message::Mode;
use thexr_world::{Components, NoStates, Op, Stamp, World};

const PEER: PeerId = PeerId(1);

struct Unsigned;

impl Signer for Unsigned {
    fn resume_token(&self, room: &RoomId) -> String {
        format!("token for {room}")
    }
}

struct Scene {
    outlet: Outlet,
    lanes: Lanes,
    pose: Arc<PoseSlot>,
    frames: Vec<Frame>,
}

impl Scene {
    /// A channel that has just joined.
    fn set() -> Self {
        let (lanes, pose) = (Lanes::default(), Arc::<PoseSlot>::default());
        let outlet = Outlet::new(Vsn::V2, Box::new(Unsigned), lanes.clone(), true);
        let opening = Opening {
            peer: PEER,
            topic: "room:abcde".into(),
            room: RoomId::parse("abcde").unwrap(),
            join_ref: json!("1"),
            reference: json!("1"),
            pose: pose.clone(),
            late: Arc::default(),
            ended: Arc::default(),
            replaces: None,
        };
        lanes.put(Item::Note(Note::Open(Box::new(opening))));
        let attached = Attached {
            dialect: Dialect::Thexr1,
            mode: Mode::Observe,
            movements: Movements::default(),
            interest: false,
            own_slot: None,
        };
        lanes.put(Item::Message(PEER, Message::Joined { attached, response: json!({}) }));
        let mut scene = Self { outlet, lanes, pose, frames: Vec::new() };
        assert_eq!(scene.turn(), "ordered");
        scene.motion();
        scene
    }

    /// A tick's motion arrives.
    fn motion(&self) {
        let output = Arc::new(TickOutput::default());
        let motion = Motion { output, seq: 0, number: 1, published: Duration::ZERO };
        self.lanes.show(PEER, Some(motion));
    }

    /// Takes one turn; what it was.
    fn turn(&mut self) -> &'static str {
        let turn = self.outlet.next(true).expect("something to send");
        let kind = match &turn {
            Turn::Aside(_) => "aside",
            Turn::Ordered(_) => "ordered",
            Turn::Motion(..) => "motion",
            Turn::Part => "part",
        };
        self.take(turn);
        kind
    }

    fn take(&mut self, turn: Turn) {
        let scratch = &mut Scratch::default();
        if let Some(encoding) = self.outlet.take(turn, Duration::ZERO, scratch, &mut self.frames) {
            encoding.run();
            self.outlet.encoded(false, &mut self.frames);
        }
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
        self.lanes.put(Item::Message(PEER, Message::Push { event: event::STOC, payload: "{}".into() }));
    }
}

/// A state of three chunks.
fn large_state() -> Item {
    let mut world = World::default();
    let ops: Vec<Op> = (0..3)
        .map(|n| Op::Create {
            entity: EntityId::parse(&format!("large{n:02}")).unwrap(),
            components: Components::from_iter([("note".into(), json!("x".repeat(60_000)))]),
        })
        .collect();
    world.fold(Stamp { seq: 1, at_ms: 0 }, &ops, &NoStates).unwrap();
    let view = StateView { world, ..StateView::default() };
    Item::State(PEER, Arc::new(SharedState::of_state(Arc::new(view))))
}

// Rule 9.8
#[test]
fn motion_goes_by_datagrams_or_by_the_transport_and_never_by_both_and_datagrams_wait_for_no_transport() {
    let mut scene = Scene::set();
    let show = |scene: &mut Scene, tick: u64, by_datagrams: bool| {
        scene.pose.set_by_datagrams(by_datagrams);
        let mut output = TickOutput::default();
        output.begin(1, tick, 0);
        let place = Rounded::new(&[tick as f32 * 0.01, 1.0, 2.0, 0.0, 0.0, 0.0, 1.0]);
        let id = EntityId::parse("thing").unwrap();
        output.bodies.push(Moving::new(id, BodyState::new(0, place)));
        let motion = Motion { output: Arc::new(output), seq: 0, number: tick, published: Duration::ZERO };
        scene.lanes.show(PEER, Some(motion));
        let waits = scene.outlet.next_by_datagrams();
        assert_eq!(waits.is_some(), by_datagrams, "only what goes by datagrams goes while nothing else can");
        let turn = waits.or_else(|| scene.outlet.next(true)).unwrap();
        scene.take(turn);
        let binary = scene.frames.iter().filter(|frame| matches!(frame, Frame::Binary(_))).count();
        scene.frames.clear();
        (binary, scene.outlet.datagrams().count())
    };
    scene.outlet.next(true);
    assert_eq!(show(&mut scene, 20, false), (1, 0));
    assert_eq!(show(&mut scene, 40, true), (0, 1));
    assert_eq!(show(&mut scene, 60, true), (0, 1));
    assert_eq!(show(&mut scene, 80, false), (1, 0));
}

#[test]
fn motion_passes_between_the_parts_of_a_state_and_the_ordered_lane_waits() {
    let mut scene = Scene::set();
    scene.lanes.put(large_state());
    scene.push();
    assert_eq!(scene.turn(), "ordered");
    let mut turns = Vec::new();
    while scene.events().last().is_none_or(|event| event != event::STOC) {
        turns.push(scene.turn());
        scene.motion();
    }
    assert_eq!(turns, ["motion", "part", "motion", "part", "motion", "part"]);
    let chunk = event::SNAPSHOT_CHUNK;
    assert_eq!(scene.events(), ["phx_reply", chunk, chunk, chunk, event::STOC]);
}

// Rule 5.1
#[test]
fn answers_about_the_line_pass_a_state_that_is_encoded_and_its_parts() {
    let mut scene = Scene::set();
    scene.lanes.put(large_state());
    scene.push();
    let turn = scene.outlet.next(false).unwrap();
    let encoding =
        scene.outlet.take(turn, Duration::ZERO, &mut Scratch::default(), &mut scene.frames).unwrap();
    for _ in 0..3 {
        scene.lanes.put_aside(json!([null, "1", "room:a", "phx_reply", {}]).to_string());
        let aside = scene.outlet.next(false).unwrap();
        assert!(matches!(aside, Turn::Aside(_)));
        let again = scene.outlet.take(aside, Duration::ZERO, &mut Scratch::default(), &mut scene.frames);
        assert!(again.is_none(), "it is encoded once");
        assert!(scene.outlet.next(false).is_none());
    }
    encoding.run();
    scene.outlet.encoded(false, &mut scene.frames);
    let mut turns = Vec::new();
    while let Some(turn) = scene.outlet.next(false) {
        turns.push(if matches!(turn, Turn::Aside(_)) { "aside" } else { "room" });
        scene.take(turn);
        if turns.len() == 2 {
            scene.lanes.put_aside(json!([null, "2", "room:a", "phx_reply", {}]).to_string());
        }
    }
    assert_eq!(turns, ["room", "room", "aside", "room", "room"][..turns.len()]);
    assert!(turns.contains(&"aside"));
}

#[test]
fn of_the_states_of_a_room_that_is_restored_again_and_again_a_slow_reader_gets_the_newest() {
    let mut scene = Scene::set();
    let held: Vec<_> = (0..5).map(|_| large_state()).collect();
    let mut states = held.iter().map(|item| match item {
        Item::State(_, state) => Arc::downgrade(state),
        _ => unreachable!("a state"),
    });
    let (first, others): (_, Vec<_>) = (states.next().unwrap(), states.collect());
    let mut items = held.into_iter();
    scene.lanes.put(items.next().unwrap());
    assert_eq!((scene.turn(), scene.turn(), scene.turn()), ("ordered", "motion", "part"));
    for item in items {
        scene.push();
        scene.lanes.put(item);
    }
    assert!(others[..3].iter().all(|state| state.upgrade().is_none()), "only one waits");
    let mut turns = Vec::new();
    while scene.outlet.next(false).map(|turn| scene.take(turn)).is_some() {
        turns.push(first.upgrade().is_some());
    }
    assert!(!turns.contains(&true), "and the one that was on its way is let go of");
    let (chunk, stoc) = (event::SNAPSHOT_CHUNK, event::STOC);
    assert_eq!(scene.events(), ["phx_reply", chunk, stoc, stoc, stoc, stoc, chunk, chunk, chunk]);
}

#[test]
fn nothing_of_the_ordered_lane_passes_a_state_that_is_still_being_encoded() {
    let mut scene = Scene::set();
    assert_eq!(scene.turn(), "motion");
    scene.lanes.put(large_state());
    scene.push();
    let turn = scene.outlet.next(true).unwrap();
    let encoding = scene.outlet.take(turn, Duration::ZERO, &mut Scratch::default(), &mut scene.frames);
    assert!(encoding.is_some() && scene.outlet.next(true).is_none());
    scene.motion();
    assert_eq!(scene.turn(), "motion", "motion does");
    assert_eq!(scene.events(), ["phx_reply"]);
}

#[test]
fn a_state_that_cannot_be_encoded_ends_its_channel() {
    let mut scene = Scene::set();
    scene.lanes.put(large_state());
    let turn = scene.outlet.next(true).unwrap();
    scene.outlet.take(turn, Duration::ZERO, &mut Scratch::default(), &mut scene.frames);
    scene.outlet.encoded(true, &mut scene.frames);
    assert_eq!(scene.events(), ["phx_reply", "phx_error"]);
}

#[test]
fn what_waits_at_the_end_goes_out_in_order_parts_included() {
    let mut scene = Scene::set();
    scene.lanes.put(large_state());
    scene.push();
    assert_eq!(scene.turn(), "ordered");
    scene.outlet.rest(&mut scene.frames);
    let chunk = event::SNAPSHOT_CHUNK;
    assert_eq!(scene.events(), ["phx_reply", chunk, chunk, chunk, event::STOC]);
}

#[test]
fn a_room_that_ends_without_a_word_has_crashed() {
    let mut scene = Scene::set();
    scene.turn();
    scene.lanes.show(PEER, None);
    scene.turn();
    assert_eq!(scene.events(), ["phx_reply", "phx_error"]);
    assert!(scene.outlet.channels.is_empty());
}

#[test]
fn a_room_that_says_how_it_ends_is_taken_at_its_word() {
    for (end, events) in [(End::Deleted, vec!["phx_reply", "phx_close"]), (End::Stopped, vec!["phx_reply"])] {
        let mut scene = Scene::set();
        scene.turn();
        scene.lanes.show(PEER, None);
        // The end of motion is seen before the room's last word is taken from the queue.
        let turn = scene.outlet.next(true).unwrap();
        scene.lanes.put(Item::End(PEER, end));
        scene.take(turn);
        assert_eq!(scene.events(), events);
    }
}
