//! What is shared onto the screens of all rooms, on its way to who sees it: what comes is weighed and put into a queue, what goes
//! out is taken from it in turn, so that a large picture for a hundred viewers delays no voice.

use crate::floor::Floor;
use crate::limits::{
    CHOICE_EVERY, CHOICE_SOONEST, KEYFRAME_EVERY, SCREEN_BURST_MS, SCREEN_FRAME_BYTES_MAX, SCREEN_KBIT_S_MAX,
    SCREENS_BYTES_AT_ONCE, SCREENS_KBIT_S_MAX, SCREENS_SHARED_MAX, SCREENS_WAITING_BYTES_MAX, SHARERS_MAX,
};
use crate::screens::{Ask, Rates, Screen, Want, Wants, grant, nearest, seated};
use crate::video::{Bucket, Frame, Layer, Pass, Showing, Stream};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Instant;
use thexr_wire::{EntityId, PeerId, RoomId};

/// Somebody who shares.
#[derive(Debug)]
struct Source {
    room: RoomId,
    /// Onto which screen of it.
    entity: EntityId,
    streams: [Option<Stream>; 2],
    flow: Bucket,
}

/// Somebody who can be shown screens.
#[derive(Debug)]
struct View {
    room: RoomId,
    wants: Wants,
    /// Which screen each slot has.
    held: Vec<Option<EntityId>>,
    slots: Vec<Showing>,
}

/// A frame on its way to a slot of somebody.
#[derive(Debug)]
pub(crate) struct Turn {
    pub viewer: PeerId,
    pub slot: usize,
    pub source: PeerId,
    /// It is the first of another layer or source.
    pub switches: bool,
    pub frame: Arc<Frame>,
}

/// The screens of a process.
#[derive(Debug, Default)]
pub(crate) struct Projector {
    screens: BTreeMap<RoomId, Vec<Screen>>,
    sources: BTreeMap<PeerId, Source>,
    views: BTreeMap<PeerId, View>,
    queue: VecDeque<Turn>,
    waiting_bytes: usize,
    /// What may go out, since the first frame did.
    line: Option<Bucket>,
    /// Layers of which a keyframe is missing, and when each was asked for one last.
    missing: BTreeSet<(PeerId, Layer)>,
    /// See `missing`.
    asked: BTreeMap<(PeerId, Layer), Instant>,
    /// When it is chosen anew who sees what; `None` while nobody sees anything.
    choice_due: Option<Instant>,
    /// When it may be at the earliest.
    soonest: Option<Instant>,
}

impl Projector {
    /// Screens onto which something is shared.
    pub fn shared(&self) -> usize {
        self.sources.len()
    }

    /// Whether a line shares something that may be shown.
    pub fn is_shared_by(&self, line: PeerId) -> bool {
        self.sources.contains_key(&line)
    }

    /// What is shared in a room from now on; what is no longer is not shown from this moment on.
    pub fn share(&mut self, room: &RoomId, mut screens: Vec<Screen>, now: Instant) {
        screens.sort_by(|a, b| a.entity.cmp(&b.entity));
        screens.truncate(SCREENS_SHARED_MAX);
        let known = self.screens.get(room).map_or(&[][..], Vec::as_slice);
        let is_as_it_was = known.len() == screens.len()
            && known.iter().zip(&screens).all(|(a, b)| (&a.entity, a.line) == (&b.entity, b.line));
        if !is_as_it_was {
            let goes_on =
                |was: &&Screen| screens.iter().any(|is| (&is.entity, is.line) == (&was.entity, was.line));
            let ended: Vec<PeerId> = known.iter().filter(|was| !goes_on(was)).map(|was| was.line).collect();
            for line in ended {
                self.end(line);
            }
            self.hasten(now);
        }
        for screen in &screens {
            self.let_in(room, screen, now);
        }
        if screens.is_empty() {
            self.screens.remove(room);
        } else {
            self.screens.insert(room.clone(), screens);
        }
    }

    /// What comes of a screen's line is shown from now on, unless too many share already.
    fn let_in(&mut self, room: &RoomId, Screen { entity, line, .. }: &Screen, now: Instant) {
        if self.sources.contains_key(line) || self.sources.len() >= SHARERS_MAX {
            return;
        }
        let depth = SCREEN_KBIT_S_MAX * SCREEN_BURST_MS / 8;
        let flow = Bucket::new(SCREEN_KBIT_S_MAX, depth as usize, now);
        let source = Source { room: room.clone(), entity: entity.clone(), streams: [None; 2], flow };
        self.sources.insert(*line, source);
        self.hasten(now);
    }

    /// Nobody is shown what a line sends any more.
    fn end(&mut self, source: PeerId) {
        let Some(Source { room, entity, .. }) = self.sources.remove(&source) else { return };
        self.forget_keyframes(source);
        for view in self.views.values_mut().filter(|view| view.room == room) {
            for (held, slot) in view.held.iter_mut().zip(&mut view.slots) {
                if held.as_ref() == Some(&entity) {
                    *held = None;
                    slot.want(None);
                }
            }
        }
    }

    /// A line can be shown so many screens.
    pub fn watch(&mut self, line: PeerId, room: &RoomId, slots: usize, now: Instant) {
        let (held, slots) = (vec![None; slots], vec![Showing::default(); slots]);
        self.views.insert(line, View { room: room.clone(), wants: Wants::new(), held, slots });
        self.hasten(now);
    }

    pub fn wish(&mut self, line: PeerId, wants: Wants, now: Instant) {
        if let Some(view) = self.views.get_mut(&line) {
            view.wants = wants;
            self.hasten(now);
        }
    }

    /// A line is gone. What it shared stands still: its next one begins with a keyframe, and the room says when there is none.
    pub fn leave(&mut self, line: PeerId) {
        self.views.remove(&line);
        let Some(source) = self.sources.get_mut(&line) else { return };
        source.streams = [None; 2];
        self.forget_keyframes(line);
        for slot in self.views.values_mut().flat_map(|view| &mut view.slots) {
            if slot.shown().is_some_and(|(source, _)| source == line) {
                slot.breaks();
            }
        }
    }

    /// Nobody in a room has a line any more.
    pub fn forget(&mut self, room: &RoomId) {
        for screen in self.screens.remove(room).unwrap_or_default() {
            self.end(screen.line);
        }
    }

    fn forget_keyframes(&mut self, source: PeerId) {
        self.missing.retain(|(line, _)| *line != source);
        self.asked.retain(|(line, _), _| *line != source);
    }

    /// Who may not see whom has changed, or who is where: it is looked at soon.
    pub fn hasten(&mut self, now: Instant) {
        let soon = self.soonest.map_or(now, |soonest| soonest.max(now));
        self.choice_due = Some(self.choice_due.map_or(soon, |due| due.min(soon)));
    }

    /// A frame of what somebody shares comes.
    ///
    /// Errors: it is dropped; why.
    pub fn frame(&mut self, source: PeerId, frame: Frame, now: Instant) -> Result<(), &'static str> {
        let of = self.sources.get_mut(&source).ok_or("not_shared")?;
        let Source { streams, flow, .. } = of;
        let stream = streams[frame.layer as usize].get_or_insert_with(|| Stream::new(now));
        let bytes = frame.bytes.len();
        let why = match flow.left(now) {
            _ if bytes > SCREEN_FRAME_BYTES_MAX => Some("frame_too_large"),
            left if left < bytes as i64 => Some("too_much_video"),
            _ => None,
        };
        if let Some(why) = why {
            stream.has_gap = true;
            return Err(why);
        }
        flow.take(bytes);
        stream.count(bytes, now);
        let is_contiguous = frame.is_contiguous && !std::mem::take(&mut stream.has_gap);
        let frame = Arc::new(Frame { is_contiguous, ..frame });
        self.enqueue(source, &frame)
    }

    /// Puts a frame into the queue for every slot that goes on with it.
    fn enqueue(&mut self, source: PeerId, frame: &Arc<Frame>) -> Result<(), &'static str> {
        let Self { sources, views, queue, waiting_bytes, missing, .. } = self;
        let Some(Source { room, entity, .. }) = sources.get(&source) else { return Ok(()) };
        let mut is_full = false;
        for (viewer, view) in views.iter_mut().filter(|(_, view)| view.room == *room) {
            let Some(slot) = view.held.iter().position(|held| held.as_ref() == Some(entity)) else {
                continue;
            };
            let showing = &mut view.slots[slot];
            let pass = showing.take(source, frame);
            if pass != Pass::No && *waiting_bytes + frame.bytes.len() > SCREENS_WAITING_BYTES_MAX {
                showing.breaks();
                is_full = true;
                continue;
            }
            missing.extend(showing.waits_for());
            if pass == Pass::No {
                continue;
            }
            *waiting_bytes += frame.bytes.len();
            let switches = pass == Pass::Switch;
            queue.push_back(Turn { viewer: *viewer, slot, source, switches, frame: frame.clone() });
        }
        if is_full { Err("screens_behind") } else { Ok(()) }
    }

    /// The next frame that may go out now.
    pub fn next(&mut self, now: Instant) -> Option<Turn> {
        let new = || Bucket::new(SCREENS_KBIT_S_MAX, SCREENS_BYTES_AT_ONCE, now);
        if self.line.get_or_insert_with(new).left(now) <= 0 {
            return None;
        }
        while let Some(turn) = self.queue.pop_front() {
            self.waiting_bytes -= turn.frame.bytes.len();
            // Whoever looks elsewhere by now, or may no longer, gets nothing more of it.
            let view = self.views.get(&turn.viewer);
            let shown = view.and_then(|view| view.slots.get(turn.slot)?.shown());
            if shown.is_some_and(|(source, _)| source == turn.source) {
                self.line.iter_mut().for_each(|line| line.take(turn.frame.bytes.len()));
                return Some(turn);
            }
        }
        None
    }

    /// A viewer can make nothing of what a slot of theirs shows.
    pub fn lost(&mut self, viewer: PeerId, slot: usize) {
        let shown = self.views.get(&viewer).and_then(|view| view.slots.get(slot)?.shown());
        self.missing.extend(shown);
    }

    /// Who is to be asked for a keyframe now, and of which layer.
    pub fn keyframes(&mut self, now: Instant) -> Vec<(PeerId, Layer)> {
        let Self { missing, asked, .. } = self;
        let ripe = |of: &(PeerId, Layer)| {
            asked.get(of).is_none_or(|at| now.saturating_duration_since(*at) >= KEYFRAME_EVERY)
        };
        let ripe: Vec<(PeerId, Layer)> = missing.iter().filter(|of| ripe(of)).copied().collect();
        for of in &ripe {
            missing.remove(of);
            asked.insert(*of, now);
        }
        ripe
    }

    /// When something is to be done that could not be at once: a choice, a keyframe asked for, a frame sent.
    pub fn due(&self) -> Option<Instant> {
        let sending = self.line.filter(|_| !self.queue.is_empty()).map(|line| line.ready());
        let asking = self.missing.iter().filter_map(|of| Some(*self.asked.get(of)? + KEYFRAME_EVERY));
        self.choice_due.into_iter().chain(sending).chain(asking).min()
    }

    /// Chooses anew who sees what, if it is time; `true` when it was.
    pub fn choose(&mut self, floors: &BTreeMap<RoomId, Floor>, now: Instant) -> bool {
        if self.choice_due.is_none_or(|due| now < due) {
            return false;
        }
        self.soonest = Some(now + CHOICE_SOONEST);
        self.choice_due = (!self.sources.is_empty()).then(|| now + CHOICE_EVERY);
        let asks = self.seat(floors);
        let rates: BTreeMap<PeerId, Rates> =
            self.sources.iter().map(|(id, of)| (*id, of.rates(now))).collect();
        let granted = grant(&asks, &rates, SCREENS_KBIT_S_MAX);
        for (ask, layer) in asks.iter().zip(granted) {
            let Some(slot) = self.views.get_mut(&ask.viewer).and_then(|view| view.slots.get_mut(ask.slot))
            else {
                continue;
            };
            slot.want(layer.map(|layer| (ask.source, layer)));
            self.missing.extend(slot.waits_for());
        }
        true
    }

    /// Gives every viewer the screens that they see from where they are, and says what each is to be shown.
    fn seat(&mut self, floors: &BTreeMap<RoomId, Floor>) -> Vec<Ask> {
        let mut asks = Vec::new();
        for (viewer, view) in &mut self.views {
            let screens = self.screens.get(&view.room).map_or(&[][..], Vec::as_slice);
            let floor = floors.get(&view.room);
            let near = match floor.and_then(|floor| floor.ear(*viewer)) {
                Some(ear) if !screens.is_empty() => {
                    nearest(ear, &view.held, &view.wants, screens, |source| {
                        floor.is_none_or(|floor| floor.is_hidden(*viewer, source))
                    })
                }
                _ => Vec::new(),
            };
            let entities: Vec<&EntityId> = near.iter().map(|(_, screen)| &screen.entity).collect();
            view.held = seated(&view.held, &entities);
            for (slot, held) in view.held.iter().enumerate() {
                let Some((distance_m, screen)) =
                    near.iter().find(|(_, screen)| Some(&screen.entity) == held.as_ref())
                else {
                    view.slots[slot].want(None);
                    continue;
                };
                let wants_high = view.wants.get(&screen.entity) == Some(&Want::High);
                asks.push(Ask {
                    viewer: *viewer,
                    slot,
                    source: screen.line,
                    distance_m: *distance_m,
                    wants_high,
                });
            }
        }
        asks
    }

    /// Which screen is in each of a viewer's slots; `None` for one who has none.
    pub fn held(&self, viewer: PeerId) -> Option<&[Option<EntityId>]> {
        self.views.get(&viewer).map(|view| view.held.as_slice())
    }

    /// Who can be shown screens.
    pub fn viewers(&self) -> impl Iterator<Item = PeerId> {
        self.views.keys().copied()
    }
}

impl Source {
    fn rates(&self, now: Instant) -> Rates {
        self.streams.map(|stream| stream.and_then(|stream| stream.rate(now)))
    }
}
