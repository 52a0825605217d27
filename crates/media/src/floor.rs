//! The voices of one room: who stands where, who speaks, and whose voice each listener has in which slot.

use crate::hearing::{Ear, Slots, Speaker, choose};
use crate::limits::{CHOICE_EVERY, CHOICE_SOONEST, ROOM_SPEAKERS_MAX, WEIGHED_PER_S};
use crate::loudness::Loudness;
use crate::screens::Screen;
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};
use thexr_wire::{PeerId, UserId};

/// Somebody in a room, as voices need to know them.
#[derive(Debug, Clone, PartialEq)]
pub struct Person {
    /// Their connection.
    pub line: PeerId,
    /// Who they are.
    pub user: UserId,
    /// Where they listen, metres.
    pub ear: [f32; 3],
    /// Where they speak, metres; `None` for those who may not, or have no avatar.
    pub mouth: Option<[f32; 3]>,
    /// Which space they are in.
    pub zone: u32,
    /// Whether the whole room hears them.
    pub stage: bool,
    /// Voices that their line has room for beside what else goes by it.
    pub most: usize,
}

/// Everybody in a room: it replaces what was known.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Scene {
    /// In any order.
    pub people: Vec<Person>,
    /// Who must not hear each other, in both directions: the smaller id first.
    pub apart: BTreeSet<(UserId, UserId)>,
    /// Onto which screens something is shared.
    pub screens: Vec<Screen>,
}

impl Scene {
    /// Keeps two people from hearing each other.
    pub fn part(&mut self, one: &UserId, other: &UserId) {
        self.apart.insert(pair(one, other));
    }
}

fn pair(one: &UserId, other: &UserId) -> (UserId, UserId) {
    let (first, second) = if one <= other { (one, other) } else { (other, one) };
    (first.clone(), second.clone())
}

/// How one listener hears.
#[derive(Debug, Clone)]
pub(crate) struct Hearing {
    pub slots: Slots,
    /// Slots that they can take now.
    pub most: usize,
    /// Whom they do not wish to hear.
    pub unheard: BTreeSet<UserId>,
}

impl Hearing {
    pub fn new(slots: usize) -> Self {
        Self { slots: Slots::new(slots), most: slots, unheard: BTreeSet::new() }
    }
}

/// A room.
#[derive(Debug)]
pub(crate) struct Floor {
    people: BTreeMap<PeerId, Person>,
    apart: BTreeSet<(UserId, UserId)>,
    voices: BTreeMap<PeerId, Loudness>,
    /// Lines of this room, also those that hear nothing yet.
    lines: BTreeSet<PeerId>,
    listeners: BTreeMap<PeerId, Hearing>,
    /// Who hears a voice, and in which slot.
    hearers: BTreeMap<PeerId, Vec<(PeerId, usize)>>,
    due: Instant,
    /// When it may be looked at again at the earliest.
    soonest: Instant,
}

impl Floor {
    pub fn new(now: Instant) -> Self {
        Self {
            people: BTreeMap::new(),
            apart: BTreeSet::new(),
            voices: BTreeMap::new(),
            lines: BTreeSet::new(),
            listeners: BTreeMap::new(),
            hearers: BTreeMap::new(),
            due: now,
            soonest: now,
        }
    }

    /// No line is left.
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    pub fn enter(&mut self, line: PeerId) {
        self.lines.insert(line);
    }

    /// When [`Floor::choose`] is due.
    pub fn due(&self) -> Instant {
        self.due
    }

    pub fn set_scene(&mut self, scene: Scene) {
        self.people = scene.people.into_iter().map(|person| (person.line, person)).collect();
        self.apart = scene.apart;
        // Who must not be heard is not, from this moment on.
        let Self { people, apart, listeners, hearers, .. } = self;
        for (listener, hearing) in listeners {
            for voice in hearing.slots.held().iter().flatten().copied().collect::<Vec<_>>() {
                if (Unheard { people, apart, unheard: &hearing.unheard }).is(*listener, voice) {
                    hearing.slots.free(voice);
                    if let Some(hearers) = hearers.get_mut(&voice) {
                        hearers.retain(|(line, _)| line != listener);
                    }
                }
            }
        }
        // Who has gone into another space is heard there, and no longer here.
        self.due = self.due.min(self.soonest);
    }

    pub fn listen(&mut self, line: PeerId, slots: usize) {
        self.listeners.insert(line, Hearing::new(slots));
    }

    /// What a listener's hearing is changed by; it is looked at soon.
    pub fn hearing(&mut self, line: PeerId, now: Instant) -> Option<&mut Hearing> {
        self.due = self.due.min(self.soonest.max(now));
        self.listeners.get_mut(&line)
    }

    pub fn leave(&mut self, line: PeerId) {
        self.lines.remove(&line);
        self.listeners.remove(&line);
        self.voices.remove(&line);
        self.hearers.remove(&line);
        for hearers in self.hearers.values_mut() {
            hearers.retain(|(listener, _)| *listener != line);
        }
        for hearing in self.listeners.values_mut() {
            hearing.slots.free(line);
        }
    }

    /// A packet of somebody's voice: to whom it goes, and in which slot of theirs.
    pub fn speak(&mut self, line: PeerId, level_db: Option<i8>, now: Instant) -> &[(PeerId, usize)] {
        if self.people.get(&line).is_none_or(|person| person.mouth.is_none()) {
            return &[];
        }
        let voice = self.voices.entry(line).or_default();
        let spoke = voice.speaks(now);
        voice.hear(level_db, now);
        if !voice.speaks(now) {
            return &[];
        }
        if !spoke {
            self.due = self.due.min(self.soonest.max(now));
        }
        if self.due <= now {
            self.choose(now);
        }
        self.hearers.get(&line).map_or(&[], Vec::as_slice)
    }

    /// Chooses anew whom everybody hears.
    pub fn choose(&mut self, now: Instant) {
        let mut speakers: Vec<Speaker> = self
            .voices
            .iter()
            .filter(|(_, voice)| voice.speaks(now))
            .filter_map(|(line, voice)| {
                let Person { mouth, zone, stage, .. } = self.people.get(line)?;
                Some(Speaker {
                    line: *line,
                    place: (*mouth)?,
                    level_db: voice.level_db(),
                    zone: *zone,
                    stage: *stage,
                })
            })
            .collect();
        if speakers.len() > ROOM_SPEAKERS_MAX {
            speakers.sort_by(|a, b| b.level_db.total_cmp(&a.level_db).then(a.line.cmp(&b.line)));
            speakers.truncate(ROOM_SPEAKERS_MAX);
        }
        // Who is silent keeps a slot, and is chosen anew when they speak: whoever has moved meanwhile may be out of hearing.
        let speak: BTreeSet<PeerId> = speakers.iter().map(|speaker| speaker.line).collect();
        let weighed = self.listeners.len() as u32 * speakers.len() as u32;
        let rest = Duration::from_secs(1) * weighed / WEIGHED_PER_S;
        (self.soonest, self.due) = (now + rest.max(CHOICE_SOONEST), now + rest.max(CHOICE_EVERY));
        self.hearers.values_mut().for_each(Vec::clear);
        let Self { people, apart, listeners, hearers, .. } = self;
        for (listener, hearing) in listeners {
            let Some(person) = people.get(listener) else { continue };
            let ear = Ear { place: person.ear, zone: person.zone };
            let Hearing { slots, most, unheard } = hearing;
            let unheard = Unheard { people, apart, unheard };
            let most = person.most.min(*most);
            choose(&ear, &speakers, slots, most, |voice| unheard.is(*listener, voice), now);
            for (slot, voice) in slots.held().iter().enumerate() {
                if let Some(voice) = voice.as_ref().filter(|voice| speak.contains(voice)) {
                    hearers.entry(*voice).or_default().push((*listener, slot));
                }
            }
        }
        self.hearers.retain(|_, hearers| !hearers.is_empty());
    }

    /// Whose voice is in each of a listener's slots.
    pub fn held(&self, line: PeerId) -> Vec<Option<UserId>> {
        let held = self.listeners.get(&line).map_or(&[][..], |hearing| hearing.slots.held());
        held.iter().map(|voice| Some(self.people.get(&(*voice)?)?.user.clone())).collect()
    }

    /// Where somebody listens, and looks from.
    pub fn ear(&self, line: PeerId) -> Option<[f32; 3]> {
        self.people.get(&line).map(|person| person.ear)
    }

    /// Whether what a line shows is not for a viewer: their own, that of who is gone, or of who is apart from them.
    pub fn is_hidden(&self, viewer: PeerId, source: PeerId) -> bool {
        let Self { people, apart, .. } = self;
        let (Some(viewer), Some(source)) = (people.get(&viewer), people.get(&source)) else { return true };
        viewer.user == source.user || (!apart.is_empty() && apart.contains(&pair(&viewer.user, &source.user)))
    }

    /// Whether a scene has other people kept apart than are now.
    pub fn parts_others(&self, scene: &Scene) -> bool {
        self.apart != scene.apart
    }

    /// Lines of nobody who is in the room.
    pub fn absent(&self) -> impl Iterator<Item = PeerId> {
        self.lines.iter().filter(|line| !self.people.contains_key(line)).copied()
    }

    /// Who listens here.
    pub fn listeners(&self) -> impl Iterator<Item = PeerId> {
        self.listeners.keys().copied()
    }

    /// How many speak.
    pub fn speaking(&self, now: Instant) -> usize {
        self.voices.values().filter(|voice| voice.speaks(now)).count()
    }
}

/// Whom a listener does not hear.
struct Unheard<'a> {
    people: &'a BTreeMap<PeerId, Person>,
    apart: &'a BTreeSet<(UserId, UserId)>,
    unheard: &'a BTreeSet<UserId>,
}

impl Unheard<'_> {
    /// Oneself, who is gone or may not speak, who is apart, and who is not wished for.
    fn is(&self, listener: PeerId, voice: PeerId) -> bool {
        let (Some(ear), Some(mouth)) = (self.people.get(&listener), self.people.get(&voice)) else {
            return true;
        };
        mouth.mouth.is_none()
            || ear.user == mouth.user
            || self.unheard.contains(&mouth.user)
            || (!self.apart.is_empty() && self.apart.contains(&pair(&ear.user, &mouth.user)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[allow(clippy::disallowed_methods, reason = "where tests begin")]
    fn start() -> Instant {
        Instant::now()
    }

    fn user(number: u64) -> UserId {
        UserId::parse(&format!("person0000000000{number:04}")).unwrap()
    }

    fn person(line: u64, z: f32) -> Person {
        let place = [0.0, 1.7, z];
        Person {
            line: PeerId(line),
            user: user(line),
            ear: place,
            mouth: Some(place),
            zone: 0,
            stage: false,
            most: 16,
        }
    }

    /// Three people two metres from each other who all listen, and the first speaks.
    fn three() -> (Floor, Scene, Instant) {
        let mut now = start();
        let mut floor = Floor::new(now);
        let scene = Scene {
            people: (0..3).map(|line| person(line, 2.0 * line as f32)).collect(),
            ..Scene::default()
        };
        floor.set_scene(scene.clone());
        (0..3).for_each(|line| floor.listen(PeerId(line), 8));
        for _ in 0..20 {
            now += Duration::from_millis(20);
            floor.speak(PeerId(0), Some(-30), now);
        }
        (floor, scene, now)
    }

    fn heard_by(floor: &mut Floor, now: Instant) -> Vec<u64> {
        floor.speak(PeerId(0), Some(-30), now).iter().map(|(line, _)| line.0).collect()
    }

    #[test]
    fn the_first_packet_of_somebody_who_begins_to_speak_is_heard_already() {
        let now = start();
        let mut floor = Floor::new(now);
        floor.set_scene(Scene { people: vec![person(0, 0.0), person(1, 1.0)], ..Scene::default() });
        floor.listen(PeerId(1), 8);
        floor.choose(now + Duration::from_millis(1));
        assert_eq!(heard_by(&mut floor, now + Duration::from_millis(30)), [1]);
    }

    #[test]
    fn everybody_near_hears_a_voice_but_not_its_own_speaker() {
        let (mut floor, _, now) = three();
        assert_eq!(heard_by(&mut floor, now), [1, 2]);
        assert_eq!(floor.held(PeerId(1))[0], Some(user(0)));
    }

    #[test]
    fn who_is_blocked_muted_or_unwished_is_not_sent_from_the_next_packet_on() {
        let (mut floor, mut scene, now) = three();
        scene.part(&user(0), &user(2));
        floor.set_scene(scene.clone());
        assert_eq!(heard_by(&mut floor, now), [1]);
        floor.hearing(PeerId(1), now).unwrap().unheard.insert(user(0));
        floor.choose(now);
        assert!(heard_by(&mut floor, now).is_empty());
        let (mut floor, mut scene, now) = three();
        scene.people[0].mouth = None;
        floor.set_scene(scene);
        assert!(heard_by(&mut floor, now).is_empty());
        floor.choose(now);
        assert_eq!(floor.held(PeerId(1)), vec![None; 8]);
    }

    #[test]
    fn who_has_room_for_no_voice_beside_other_things_is_sent_none_and_one_again_when_they_have() {
        let (mut floor, mut scene, mut now) = three();
        scene.people[1].most = 0;
        floor.set_scene(scene.clone());
        now += CHOICE_SOONEST;
        assert_eq!(heard_by(&mut floor, now), [2]);
        scene.people[1].most = 1;
        floor.set_scene(scene);
        now += CHOICE_SOONEST;
        assert_eq!(heard_by(&mut floor, now), [1, 2]);
    }

    #[test]
    fn silence_is_not_forwarded_and_speech_after_it_is_at_once() {
        let (mut floor, _, mut now) = three();
        for _ in 0..40 {
            now += Duration::from_millis(20);
            floor.speak(PeerId(0), Some(-127), now);
        }
        assert!(floor.speak(PeerId(0), Some(-127), now).is_empty());
        assert_eq!(heard_by(&mut floor, now), [1, 2]);
    }

    #[test]
    fn who_leaves_is_heard_by_nobody_and_hears_nobody() {
        let (mut floor, mut scene, now) = three();
        floor.leave(PeerId(2));
        assert_eq!(heard_by(&mut floor, now), [1]);
        floor.leave(PeerId(0));
        scene.people.remove(0);
        floor.set_scene(scene);
        floor.choose(now);
        assert!(heard_by(&mut floor, now).is_empty() && floor.held(PeerId(1)) == vec![None; 8]);
    }

    #[test]
    fn a_thousand_who_all_speak_are_weighed_by_the_loudest() {
        let mut now = start();
        let mut floor = Floor::new(now);
        let people = (0..1_000).map(|line| person(line, line as f32 * 0.01)).collect();
        floor.set_scene(Scene { people, ..Scene::default() });
        floor.listen(PeerId(999), 8);
        for packet in 0..10 {
            now += Duration::from_millis(20);
            for line in 0..1_000 {
                floor.speak(PeerId(line), Some(if line < 300 { -25 } else { -44 }), now);
            }
            assert!(packet < 9 || floor.speaking(now) == 1_000);
        }
        floor.choose(now);
        let held = floor.held(PeerId(999));
        let loud: BTreeSet<UserId> = (0..300).map(user).collect();
        assert_eq!(held.iter().flatten().filter(|user| loud.contains(*user)).count(), 8, "{held:?}");
    }

    #[test]
    fn what_is_said_at_a_private_table_stays_there_from_the_next_choice_on_also_after_a_silence() {
        let (mut floor, mut scene, mut now) = three();
        scene.people[0].zone = 4;
        floor.set_scene(scene.clone());
        now += CHOICE_SOONEST;
        assert!(heard_by(&mut floor, now).is_empty(), "who was heard before went there while they spoke");
        // Silent and heard by ear 1, then at the table, then speaking again.
        let (mut floor, _, mut now) = three();
        now += Duration::from_secs(2);
        floor.choose(now);
        floor.set_scene(scene);
        now += CHOICE_SOONEST;
        assert!(heard_by(&mut floor, now).is_empty(), "and who was silent on the way");
    }
}
