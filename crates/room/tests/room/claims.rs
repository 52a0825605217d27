//! What people simulate themselves: who may, what of it the room takes, when it is the room's again.

use crate::stage::Stage;
use serde_json::{Value, json};
use thexr_room::template::Template;
use thexr_room::{Claiming, Moving, Scratch, Telling, Viewer};
use thexr_wire::bodies::{BodyState, Rounded};
use thexr_wire::claims::{Claim, Claims};
use thexr_wire::lane::{Sink, read_down};
use thexr_wire::pose::{Pose, Sample};
use thexr_wire::{EntityId, PeerId, Tier};

fn cube(position: [f32; 3]) -> Value {
    json!({"shape": {"kind": "box", "size": 0.5}, "position": position, "holdable": true, "body": "dynamic"})
}

/// A room with a box that rests, and two people beside it.
struct Scene {
    stage: Stage,
    ada: PeerId,
    bob: PeerId,
    id: EntityId,
}

/// Slots of their avatars.
const ADA: u16 = 0;
const BOB: u16 = 1;
/// Where the box lies.
const LIES: [f32; 3] = [0.0, 0.25, 2.0];

impl Scene {
    fn new() -> Self {
        Self::with(cube(LIES))
    }

    fn with(components: Value) -> Self {
        let mut stage = Stage::new(Template::Empty);
        let [ada, bob] = ["ada", "bob"].map(|name| stage.enter_thexr(name));
        let id = stage.create(ada, components);
        for (peer, x) in [(ada, -1.5), (bob, 1.5)] {
            stage.stand(peer, Pose::standing([x, 1.7, 2.0]));
        }
        stage.ticks(60);
        Self { stage, ada, bob, id }
    }

    fn claim(&self, place: [f32; 3], velocity: [f32; 3]) -> Claim {
        let [x, y, z] = place;
        let slot = self.stage.slot(&self.id).unwrap();
        let place = Rounded::new(&[x, y, z, 0.0, 0.0, 0.0, 1.0]);
        Claim { slot, rests: false, place, velocity, spin: [0.0; 3] }
    }

    /// Somebody claims, having heard of everything until a tick.
    fn says_having_heard(&mut self, peer: PeerId, bodies: Vec<Claim>, heard: u64) {
        let now = self.stage.room.now();
        let sample_ms = (now.tick * 50) as u32;
        let claims = Some(Claims { behind_ms: 0, bodies });
        self.stage
            .room
            .claim(peer, Claiming { heard_tick: heard as u32, overtaken_tick: None, sample_ms, claims });
    }

    fn says(&mut self, peer: PeerId, bodies: Vec<Claim>) {
        let heard = self.stage.room.now().tick;
        self.says_having_heard(peer, bodies, heard);
        self.stage.tick();
    }

    fn moving(&self) -> Option<&Moving> {
        let slot = self.stage.slot(&self.id)?;
        self.stage.motion.bodies.iter().find(|body| body.state.slot == slot)
    }

    fn place(&self) -> [f32; 3] {
        let [x, y, z, ..] = self.stage.room.place_of(&self.id).unwrap();
        [x, y, z]
    }

    fn is_claimed(&self) -> bool {
        self.moving().is_some_and(|body| body.state.claimed)
    }

    /// What a person's next frame tells of the box.
    fn told(&self, viewer: &mut Viewer) -> Option<BodyState> {
        struct Bodies(Vec<BodyState>);
        impl Sink for Bodies {
            fn person(&mut self, _: Sample) {}
            fn body(&mut self, _: Tier, body: &BodyState) {
                self.0.push(*body);
            }
        }
        let (mut scratch, mut bytes, mut bodies) = (Scratch::default(), Vec::new(), Bodies(Vec::new()));
        let tick = self.stage.room.now().tick;
        viewer.acked(tick, tick as u32, tick as u32);
        viewer.frame(&self.stage.motion, 0, 0, &mut scratch, &mut bytes);
        if !bytes.is_empty() {
            read_down(&bytes, &mut bodies).unwrap();
        }
        let slot = self.stage.slot(&self.id)?;
        bodies.0.into_iter().find(|body| body.slot == slot)
    }

    /// A person's view; they have the slots of their avatars in the order in which they came.
    fn viewer(&self, avatar_slot: u16) -> Viewer {
        let mut viewer = Viewer::new(Telling::Frames, Some(avatar_slot), 1_360);
        viewer.set_simulating(true);
        viewer
    }
}

fn near(a: [f32; 3], b: [f32; 3]) -> bool {
    a.iter().zip(b).all(|(a, b)| (a - b).abs() < 0.02)
}

// Rule 4.17
#[test]
fn what_somebody_claims_is_where_they_say_and_others_are_told_so() {
    let mut scene = Scene::new();
    let (mut adas, mut bobs) = (scene.viewer(ADA), scene.viewer(BOB));
    scene.told(&mut adas);
    for step in 1..6 {
        let claim = scene.claim([0.1 * step as f32, 0.25, 2.0], [2.0, 0.0, 0.0]);
        scene.says(scene.ada, vec![claim]);
    }
    assert!(scene.is_claimed() && near(scene.place(), [0.5, 0.25, 2.0]), "{:?}", scene.place());
    let told = scene.told(&mut bobs).expect("bob is told");
    assert!(told.claimed && !told.rests && near_place(&told, [0.5, 0.25, 2.0]));
    assert_eq!(scene.told(&mut adas), None, "of what one simulates one is not told");
    assert_eq!(scene.stage.room.simulated_by_people(), 1);
}

fn near_place(body: &BodyState, place: [f32; 3]) -> bool {
    let [x, y, z, ..] = body.place.place();
    near([x, y, z], place)
}

// Rule 4.17
#[test]
fn what_is_no_longer_claimed_goes_on_in_the_room_as_it_was() {
    let mut scene = Scene::new();
    scene.says(scene.ada, vec![scene.claim([0.0, 0.4, 2.0], [0.0, 2.0, 3.0])]);
    assert!(scene.is_claimed());
    scene.says(scene.ada, Vec::new());
    assert!(!scene.is_claimed());
    scene.stage.ticks(6);
    assert!(scene.place()[2] > 2.5, "it flew on: {:?}", scene.place());
    scene.stage.ticks(100);
    assert!((scene.place()[1] - 0.25).abs() < 0.01, "and fell: {:?}", scene.place());
    assert_eq!(scene.stage.last_event().name, "bodies_rested");
}

#[test]
fn what_rests_where_it_is_claimed_to_rest_is_a_fact_there_to_the_bit() {
    let mut scene = Scene::new();
    let mut claim = scene.claim([0.4, 0.25, 2.0], [1.0, 0.0, 0.0]);
    scene.says(scene.ada, vec![claim]);
    claim.rests = true;
    for _ in 0..3 {
        scene.says(scene.ada, vec![claim]);
    }
    assert_eq!(scene.stage.room.simulated_by_people(), 0, "what rests is the room's");
    scene.stage.ticks(40);
    let value = scene.stage.value(&scene.id, "position");
    let [x, y, z, ..] = claim.place.place();
    assert_eq!(value, json!([x, y, z]));
}

#[test]
fn what_is_said_to_rest_in_the_air_falls_whether_it_was_thrown_or_lay_on_the_floor() {
    for (from, to) in [([0.0, 0.7, 2.0], [0.0, 1.5, 2.0]), (LIES, [0.0, 2.0, 2.0])] {
        let mut scene = Scene::new();
        scene.says(scene.ada, vec![scene.claim(from, [0.0; 3])]);
        let claim = Claim { rests: true, ..scene.claim(to, [0.0; 3]) };
        scene.says(scene.ada, vec![claim]);
        scene.says(scene.ada, Vec::new());
        scene.stage.ticks(60);
        assert!(scene.place()[1] < 0.3, "from {from:?}: {:?}", scene.place());
    }
}

#[test]
fn what_hangs_on_a_hinge_is_turned_and_never_carried_off() {
    let hinge = json!({"axis": [0, 1, 0], "at": [-0.5, 0, 0]});
    let shape = json!({"kind": "box", "width": 1, "height": 2, "depth": 0.06});
    let door = json!({"shape": shape, "position": [0, 1.05, 2], "hinge": hinge, "body": "dynamic"});
    let hung = [0.0, 1.05, 2.0];
    let mut scene = Scene::with(door.clone());
    scene.says(scene.ada, vec![scene.claim([0.3, 1.05, 2.0], [0.0; 3])]);
    assert_eq!(scene.stage.room.simulated_by_people(), 0, "carried off");
    let mut scene = Scene::with(door);
    for _ in 0..20 {
        // A little off its line, as roundings are, and let go of again.
        let [x, y, z, ..] = scene.stage.room.place_of(&scene.id).unwrap();
        scene.says(scene.ada, vec![scene.claim([x + 0.02, y, z], [0.0; 3])]);
        assert_eq!(scene.stage.room.simulated_by_people(), 1);
        scene.says(scene.ada, Vec::new());
        scene.stage.ticks(25);
    }
    let place = scene.place();
    assert!(place.iter().zip(hung).all(|(is, was)| (is - was).abs() < 0.01), "{place:?}");
}

#[test]
fn of_two_who_claim_one_thing_the_first_has_it_and_the_other_is_told_where_it_is_until_they_have_heard() {
    let mut scene = Scene::new();
    let mut bobs = scene.viewer(BOB);
    scene.told(&mut bobs);
    scene.says(scene.ada, vec![scene.claim([0.1, 0.25, 2.0], [2.0, 0.0, 0.0])]);
    let before = scene.stage.room.now().tick;
    for step in 0..4 {
        let claims = [
            scene.claim([0.1, 0.25, 2.0], [2.0, 0.0, 0.0]),
            scene.claim([-0.1, 0.25, 2.0], [-2.0, 0.0, 0.0]),
        ];
        let now = scene.stage.room.now().tick;
        scene.says_having_heard(scene.ada, vec![claims[0]], now);
        scene.says_having_heard(scene.bob, vec![claims[1]], before);
        scene.stage.tick();
        assert!(scene.place()[0] > -0.02, "bob does not have it");
        assert!(scene.told(&mut bobs).is_some(), "bob is told in frame {step}");
    }
    // Bob has heard and has given it up.
    scene.says_having_heard(scene.bob, Vec::new(), scene.stage.room.now().tick);
    scene.says(scene.ada, Vec::new());
    scene.stage.ticks(3);
    let [x, y, z] = scene.place();
    scene.says(scene.bob, vec![scene.claim([x, y, z], [-1.0, 0.0, 0.0])]);
    assert!(scene.is_claimed(), "then he may claim it anew");
}

#[test]
fn who_has_not_heard_that_a_claim_was_refused_does_not_claim_anew() {
    let mut scene = Scene::new();
    let heard = scene.stage.room.now().tick;
    scene.says(scene.ada, vec![scene.claim([5.0, 0.25, 2.0], [0.0; 3])]);
    assert!(!scene.is_claimed(), "nothing leaps five metres");
    let [x, y, z] = scene.place();
    scene.says_having_heard(scene.ada, vec![scene.claim([x, y, z], [0.0; 3])], heard);
    scene.stage.tick();
    assert!(!scene.is_claimed());
    scene.says(scene.ada, vec![scene.claim([x, y, z], [0.0; 3])]);
    assert!(scene.is_claimed(), "now they have heard");
}

#[test]
fn nobody_begins_with_what_is_far_away_nor_moves_faster_than_anything_flies_nor_leaves_the_room() {
    let far = |scene: &mut Scene| {
        scene.stage.stand(scene.ada, Pose::standing([20.0, 1.7, 2.0]));
        scene.stage.tick();
        scene.says(scene.ada, vec![scene.claim(LIES, [0.0; 3])]);
    };
    let leaping = |scene: &mut Scene| {
        scene.says(scene.ada, vec![scene.claim([0.1, 0.25, 2.0], [0.0; 3])]);
        scene.says(scene.ada, vec![scene.claim([9.0, 0.25, 2.0], [0.0; 3])]);
    };
    let beyond = |scene: &mut Scene| {
        scene.says(scene.ada, vec![scene.claim([0.1, 0.25, 2.0], [0.0; 3])]);
        scene.says(scene.ada, vec![scene.claim([0.1, -1_500.0, 2.0], [0.0; 3])]);
    };
    for (name, act) in [("far", &far as &dyn Fn(&mut Scene)), ("leaping", &leaping), ("beyond", &beyond)] {
        let mut scene = Scene::new();
        act(&mut scene);
        assert_eq!(scene.stage.room.simulated_by_people(), 0, "{name}");
        scene.stage.ticks(60);
        assert!(scene.place()[1] > 0.2 && scene.place()[0].abs() < 0.3, "{name}: {:?}", scene.place());
    }
}

#[test]
fn what_may_not_be_moved_by_touching_it_is_nobodys() {
    for policy in ["deny", "ask"] {
        let mut components = cube(LIES);
        components["holdable"] = json!({"policy": policy});
        let mut scene = Scene::with(components);
        scene.says(scene.ada, vec![scene.claim([0.05, 0.25, 2.0], [1.0, 0.0, 0.0])]);
        assert_eq!(scene.stage.room.simulated_by_people(), 0, "{policy}");
    }
}

#[test]
fn who_is_not_heard_of_for_a_quarter_of_a_second_or_loses_the_connection_simulates_nothing() {
    let mut scene = Scene::new();
    scene.says(scene.ada, vec![scene.claim([0.1, 0.25, 2.0], [2.0, 0.0, 0.0])]);
    scene.stage.ticks(4);
    assert_eq!(scene.stage.room.simulated_by_people(), 1);
    scene.stage.ticks(3);
    assert_eq!(scene.stage.room.simulated_by_people(), 0, "the room goes on after the lease");
    let mut scene = Scene::new();
    scene.says(scene.ada, vec![scene.claim([0.1, 0.25, 2.0], [2.0, 0.0, 0.0])]);
    scene.stage.lose(scene.ada);
    scene.stage.tick();
    assert_eq!(scene.stage.room.simulated_by_people(), 0, "in one tick");
}

#[test]
fn things_of_two_people_that_keep_touching_are_the_rooms() {
    let mut scene = Scene::new();
    let other = scene.stage.create(scene.ada, cube([0.505, 0.25, 2.0]));
    scene.stage.ticks(60);
    let slot = scene.stage.slot(&other).unwrap();
    for step in 0..14 {
        let mine = scene.claim(LIES, [0.0; 3]);
        let [x, y, z, ..] = scene.stage.room.place_of(&other).unwrap();
        let theirs = Claim { slot, place: Rounded::new(&[x, y, z, 0.0, 0.0, 0.0, 1.0]), ..mine };
        let heard = scene.stage.room.now().tick;
        scene.says_having_heard(scene.ada, vec![mine], heard.min(70));
        scene.says_having_heard(scene.bob, vec![theirs], heard.min(70));
        scene.stage.tick();
        if step == 4 {
            assert_eq!(scene.stage.room.simulated_by_people(), 2, "for a while");
        }
    }
    assert_eq!(scene.stage.room.simulated_by_people(), 0);
}

#[test]
fn what_is_taken_into_a_hand_or_put_elsewhere_is_simulated_by_nobody() {
    let mut scene = Scene::new();
    scene.says(scene.ada, vec![scene.claim([0.1, 0.25, 2.0], [0.0; 3])]);
    scene.stage.call(scene.bob, "grab", json!({"entity": scene.id})).unwrap();
    assert_eq!(scene.stage.room.simulated_by_people(), 0);
    let mut scene = Scene::new();
    scene.says(scene.ada, vec![scene.claim([0.1, 0.25, 2.0], [0.0; 3])]);
    let wish = json!({"entity": scene.id, "components": {"position": [3, 0.25, 3]}});
    scene.stage.call(scene.bob, "update_components", wish).unwrap();
    assert_eq!(scene.stage.room.simulated_by_people(), 0);
    assert!(near(scene.place(), [3.0, 0.25, 3.0]), "{:?}", scene.place());
}

#[test]
fn numbers_that_wrap_run_ahead_or_lie_about_time_change_nothing_for_others() {
    let mut scene = Scene::new();
    for (heard, sample_ms) in [(u32::MAX, 0), (0, u32::MAX), (1 << 31, 1 << 31)] {
        let claims =
            Some(Claims { behind_ms: 255, bodies: vec![scene.claim([0.2, 0.25, 2.0], [1.0, 0.0, 0.0])] });
        scene
            .stage
            .room
            .claim(scene.bob, Claiming { heard_tick: heard, overtaken_tick: None, sample_ms, claims });
        scene.stage.tick();
        let age_ms = scene.moving().map_or(0, |body| body.state.age_ms);
        assert!(age_ms <= 252, "{age_ms}");
    }
    scene.says(scene.bob, Vec::new());
    scene.stage.ticks(60);
    scene.says(scene.ada, vec![scene.claim(scene.place(), [0.0; 3])]);
    assert_eq!(scene.stage.room.simulated_by_people(), 1);
}

#[test]
fn who_claims_what_is_not_there_or_much_more_than_they_may_gets_nothing_of_it() {
    let mut scene = Scene::new();
    let unknown = Claim { slot: 40_000, ..scene.claim(LIES, [0.0; 3]) };
    scene.says(scene.ada, vec![unknown; 64]);
    scene.says(scene.ada, vec![Claim { slot: BOB, ..unknown }; 64]);
    assert_eq!(scene.stage.room.simulated_by_people(), 0);
    scene.says(scene.ada, vec![scene.claim(LIES, [0.0; 3]); 64]);
    assert_eq!(scene.stage.room.simulated_by_people(), 1, "once is enough");
}

#[test]
fn who_has_not_heard_of_the_room_for_a_second_has_pushed_on_meanwhile() {
    for (late_ticks, taken) in [(0, false), (20, true)] {
        let mut scene = Scene::new();
        let heard = scene.stage.room.now().tick - late_ticks;
        scene.says_having_heard(scene.ada, vec![scene.claim([0.0, 0.25, 5.0], [0.0; 3])], heard);
        scene.stage.tick();
        assert_eq!(scene.stage.room.simulated_by_people() == 1, taken, "{late_ticks} ticks late");
    }
}

#[test]
fn who_hears_of_the_room_again_just_before_it_hears_of_them_keeps_what_they_pushed_meanwhile_within_bounds() {
    for (overtaken_ticks, z, taken) in [(None, 5.0, false), (Some(20), 5.0, true), (Some(20), 7.0, false)] {
        let mut scene = Scene::new();
        let now = scene.stage.room.now().tick;
        let claims = Some(Claims { behind_ms: 0, bodies: vec![scene.claim([0.0, 0.25, z], [0.0; 3])] });
        let overtaken_tick = overtaken_ticks.map(|ticks| (now - ticks) as u32);
        let (heard_tick, sample_ms) = (now as u32, (now * 50) as u32);
        scene.stage.room.claim(scene.ada, Claiming { heard_tick, overtaken_tick, sample_ms, claims });
        scene.stage.tick();
        assert_eq!(scene.stage.room.simulated_by_people() == 1, taken, "{overtaken_ticks:?} ticks, {z} m");
    }
}

#[test]
fn a_restore_puts_what_somebody_simulates_where_the_state_has_it() {
    let mut scene = Scene::new();
    scene.stage.call(scene.ada, "save_snapshot", json!({"name": "before"})).unwrap();
    for step in 1..5 {
        scene.says(scene.ada, vec![scene.claim([0.2 * step as f32, 0.25, 2.0], [4.0, 0.0, 0.0])]);
    }
    let reference = scene.stage.push(scene.bob, "restore_snapshot", json!({"name": "before"}));
    scene.stage.ticks(4);
    scene.stage.answer(scene.bob, &reference).unwrap();
    assert!(near(scene.place(), LIES), "{:?}", scene.place());
    assert_eq!(scene.stage.room.simulated_by_people(), 0);
}

#[test]
fn what_is_listed_twice_goes_no_farther_and_what_one_lets_go_of_another_may_take_in_the_same_tick() {
    let mut scene = Scene::new();
    scene.says(scene.ada, vec![scene.claim([0.1, 0.25, 2.0], [0.0; 3])]);
    let hops = (1..40).map(|hop| scene.claim([0.1 + 0.45 * hop as f32, 0.25, 2.0], [0.0; 3]));
    let hops = hops.collect();
    scene.says(scene.ada, hops);
    scene.stage.tick();
    assert!(scene.place()[0] < 3.0, "{:?}", scene.place());
    let mut scene = Scene::new();
    scene.says(scene.ada, vec![scene.claim([0.1, 0.25, 2.0], [0.0; 3])]);
    let (heard, place) = (scene.stage.room.now().tick, scene.place());
    let claim = scene.claim([place[0], place[1], place[2] + 0.1], [0.0, 0.0, 2.0]);
    scene.says_having_heard(scene.ada, Vec::new(), heard);
    scene.says_having_heard(scene.bob, vec![claim], heard);
    scene.stage.ticks(2);
    assert!(scene.place()[2] > 2.09, "it is where bob has it: {:?}", scene.place());
    assert_eq!(scene.stage.room.simulated_by_people(), 1);
}

#[test]
fn a_claim_in_vain_on_what_rests_is_told_to_nobody_else_and_forgotten_in_the_end() {
    let mut scene = Scene::new();
    let (mut adas, mut bobs) = (scene.viewer(ADA), scene.viewer(BOB));
    scene.says_having_heard(
        scene.ada,
        vec![scene.claim([9.0, 0.25, 2.0], [0.0; 3])],
        scene.stage.room.now().tick,
    );
    scene.stage.tick();
    assert!(scene.told(&mut adas).is_some() && scene.told(&mut bobs).is_none());
    scene.stage.ticks(210);
    assert!(scene.stage.motion.refused.is_empty(), "who is silent for ten seconds");
}
