//! Which room gives its place when too many run.

use super::*;
use crate::rooms::tests::{Stage, join_message, soon};
use crate::web::room_admin::{self, Wish};
use thexr_hall::{Item, Lanes};
use thexr_room::Message;
use thexr_room::template::Template;
use thexr_wire::message::Mode;

/// A registry with a cap of its own, and rooms that do not run yet.
struct House {
    stage: Stage,
    registry: Arc<Registry>,
    rooms: Vec<RoomId>,
}

fn is_welcome(item: &Item) -> bool {
    matches!(item, Item::Message(_, Message::Joined { .. }))
}

/// Someone's connection to a room.
struct Here {
    lanes: Lanes,
    _decision: oneshot::Receiver<bool>,
}

impl House {
    async fn build(running: usize, per_door: usize, rooms: usize) -> Self {
        let stage = Stage::set().await;
        let caps = RoomCaps { running, per_door, settle: Duration::ZERO };
        let registry = Registry::with_caps(stage.services.clone(), RoomThreads::start().unwrap(), caps);
        let mut house = Self { stage, registry, rooms: Vec::new() };
        for _ in 0..rooms {
            let wish = Wish {
                name: "A room".into(),
                description: String::new(),
                template: Template::Empty,
                created_by: None,
            };
            house.rooms.push(room_admin::create(&*house.stage.store, wish).await.unwrap());
        }
        house
    }

    async fn start(&self, room: usize, door: u64) -> Result<RoomHandle, JoinRefusal> {
        soon("a room starts or does not", self.registry.room_for(&self.rooms[room], door)).await
    }

    /// Starts a room and waits until it has seen that nobody is there.
    async fn start_empty(&self, room: usize, door: u64) -> RoomHandle {
        let handle = self.start(room, door).await.unwrap();
        let empty = async {
            while handle.gauges.empty_since_ms.load(Ordering::Relaxed) == 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        soon("the room is empty", empty).await;
        // The order in which rooms became empty is told in milliseconds.
        tokio::time::sleep(Duration::from_millis(2)).await;
        handle
    }

    fn knock(&self, handle: &RoomHandle, mode: Mode) -> Here {
        let (message, lanes, _decision) = join_message(self.registry.new_peer(), mode);
        handle.mailbox.try_send(message).unwrap();
        Here { lanes, _decision }
    }

    /// Starts a room and lets someone in.
    async fn start_with(&self, room: usize, door: u64, mode: Mode) -> (RoomHandle, Here) {
        let handle = self.start(room, door).await.unwrap();
        let mut here = self.knock(&handle, mode);
        here.hears(is_welcome).await;
        (handle, here)
    }

    /// Which rooms run.
    fn running(&self) -> Vec<usize> {
        let state = self.registry.state();
        (0..self.rooms.len()).filter(|room| state.rooms.contains_key(&self.rooms[*room])).collect()
    }
}

impl Here {
    async fn hears(&mut self, wanted: impl Fn(&Item) -> bool) {
        let heard = std::future::poll_fn(|context| {
            self.lanes.listen(context.waker());
            while let Some(item) = self.lanes.next_ordered() {
                if wanted(&item) {
                    return std::task::Poll::Ready(());
                }
            }
            std::task::Poll::Pending
        });
        soon("it is told", heard).await;
    }
}

// Rule 1.9
#[tokio::test]
async fn at_the_cap_the_room_that_was_empty_for_longest_gives_its_place() {
    let house = House::build(3, 100, 6).await;
    for room in [2, 0, 1] {
        house.start_empty(room, 0).await;
    }
    house.start_empty(3, 0).await;
    assert_eq!(house.running(), [0, 1, 3]);
    house.start_empty(4, 0).await;
    assert_eq!(house.running(), [1, 3, 4]);
    house.start_empty(2, 0).await;
    assert_eq!(house.running(), [2, 3, 4], "whoever went may come back");
}

// Rule 1.9
#[tokio::test]
async fn a_lobby_keeps_no_room_running_and_whoever_is_inside_or_watches_does() {
    let house = House::build(3, 100, 5).await;
    let (_, mut lobby) = house.start_with(0, 0, Mode::Preview).await;
    let (_, _inside) = house.start_with(1, 0, Mode::Enter).await;
    let (_, _watches) = house.start_with(2, 0, Mode::Observe).await;
    let empty = async { while house.start(3, 0).await.is_err() {} };
    soon("the lobby's room gives its place", empty).await;
    assert_eq!(house.running(), [1, 2, 3]);
    lobby.hears(|item| matches!(item, Item::End(_, End::Idle))).await;
    let here = house.knock(&house.start(3, 0).await.unwrap(), Mode::Enter);
    assert_eq!(house.start(4, 0).await.unwrap_err(), JoinRefusal::Busy);
    assert_eq!(house.running(), [1, 2, 3]);
    drop(here);
}

#[tokio::test]
async fn a_room_with_someone_at_the_door_says_that_it_is_not_empty() {
    let house = House::build(2, 100, 2).await;
    let handle = house.start_empty(0, 0).await;
    let mut here = house.knock(&handle, Mode::Enter);
    house.registry.ask_to_end(&house.rooms[0], &handle).await;
    here.hears(is_welcome).await;
    assert_eq!(house.running(), [0]);
}

#[tokio::test]
async fn a_room_whose_people_have_gone_gives_its_place_again() {
    let house = House::build(1, 100, 2).await;
    let (handle, here) = house.start_with(0, 0, Mode::Observe).await;
    assert_eq!(house.start(1, 0).await.unwrap_err(), JoinRefusal::Busy);
    let peer = PeerId(house.registry.next_peer.load(Ordering::Relaxed) - 1);
    handle.mailbox.try_send(RoomMessage::Input { peer, input: Input::Leave, bytes: 0 }).unwrap();
    let empty = async { while house.start(1, 0).await.is_err() {} };
    soon("the room is empty", empty).await;
    assert_eq!(house.running(), [1]);
    drop(here);
}

// Rule 1.9
#[tokio::test]
async fn one_address_holds_its_share_of_the_places_however_it_holds_them() {
    let house = House::build(10, 2, 8).await;
    let (_, _watches) = house.start_with(0, 7, Mode::Observe).await;
    house.start_empty(1, 8).await;
    house.start_empty(2, 7).await;
    house.start_empty(3, 7).await;
    assert_eq!(house.running(), [0, 1, 3], "of its own rooms the empty one went");
    let (_, _inside) = house.start_with(3, 8, Mode::Enter).await;
    assert_eq!(house.start(4, 7).await.unwrap_err(), JoinRefusal::Busy);
    assert!(house.start(3, 7).await.is_ok(), "what runs is open to all");
    for (room, door) in [(4, 8), (5, 0), (6, 0), (7, 0)] {
        assert!(house.start(room, door).await.is_ok(), "others have places: {room}");
    }
}

#[tokio::test]
async fn many_who_come_at_once_never_run_more_rooms_than_may() {
    let house = House::build(4, 100, 24).await;
    let house = &house;
    let come = async |room| {
        // A room that was just started has not seen yet that nobody is there.
        while house.start(room, 0).await.is_err() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        assert!(house.running().len() <= 4);
    };
    soon("everyone had a room", futures_util::future::join_all((0..24).map(come))).await;
}
