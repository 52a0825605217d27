//! An entity: its components as JSON, and those the world itself reads as typed fields, parsed once at the fold.

use crate::animate::Animate;
use crate::transform::Transform;
use crate::typed::{Body, Collider, Flight, Hinge, Holdable, Seat, Shape, Typed};
use litemap::LiteMap;
use serde::{Serialize, Serializer};
use serde_json::Value;
use smol_str::SmolStr;
use std::sync::Arc;
use thexr_wire::EntityId;
use thexr_wire::json::{canonical_bytes, memory, nodes};

/// What an entity takes in memory beside its components: its own fields, its place in the world and in the indices.
const ENTITY_MEMORY_BYTES: usize = 456;
/// What a component takes beside its value: a slot of a list that is half full, and the count of those who share it.
const COMPONENT_MEMORY_BYTES: usize = 144;

/// A component's name.
pub type Name = SmolStr;

/// One component.
#[derive(Debug, Clone, PartialEq)]
pub struct Component {
    /// Its value, shared with every clone of the world.
    pub value: Arc<Value>,
    /// Seq of the event that last changed it.
    pub(crate) seq: u64,
    /// Length of its canonical JSON, bytes.
    pub bytes: usize,
    /// JSON values in it, itself included.
    pub nodes: usize,
    /// What it takes in memory, bytes, about.
    memory: usize,
}

/// The components of an entity by name, in one piece of memory: every change of an entity copies it.
pub type ComponentMap = LiteMap<Name, Component>;

/// Components as a JSON object of their values.
struct ComponentsJson<'a>(&'a ComponentMap);

impl Serialize for ComponentsJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, part)| (name.as_str(), &*part.value)))
    }
}

/// What an entity hangs on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parent {
    /// The parent.
    pub entity: EntityId,
    /// A node of the parent's model, such as a hand.
    pub node: Option<SmolStr>,
}

/// A component by which the world finds the entities that have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mark {
    VoiceZone,
    Rules,
    Game,
    Tag,
    SpawnedBy,
}

impl Mark {
    /// The component.
    fn of(name: &str) -> Option<Self> {
        match name {
            "voice_zone" => Some(Self::VoiceZone),
            "rules" => Some(Self::Rules),
            "game" => Some(Self::Game),
            "tag" => Some(Self::Tag),
            "spawned_by" => Some(Self::SpawnedBy),
            _ => None,
        }
    }

    fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// A set of components with its typed view.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Entity {
    components: ComponentMap,
    transform: Transform,
    /// What motion and rules read; nothing while it has none of these, as signs, marks and people.
    typed: Option<Arc<Typed>>,
    parent: Option<Parent>,
    keep_while: Option<EntityId>,
    expires_at_ms: Option<i64>,
    /// By what the world finds it, beside its id: bits of [`Mark`].
    marks: u8,
    bytes: usize,
    memory: usize,
    /// Seq of the newest change, removals included.
    version: u64,
}

impl Entity {
    /// One without components.
    pub(crate) fn new(seq: u64) -> Self {
        Self { version: seq, ..Self::default() }
    }

    /// All components, by name.
    pub fn components(&self) -> &ComponentMap {
        &self.components
    }

    /// A component's value.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.components.get(name).map(|component| &*component.value)
    }

    /// Seq of the event that last changed a component.
    pub fn seq_of(&self, name: &str) -> Option<u64> {
        self.components.get(name).map(|component| component.seq)
    }

    /// Local position, rotation and scale.
    pub fn transform(&self) -> &Transform {
        &self.transform
    }

    /// How fast it turns about its own axes, radians per second.
    pub fn spin(&self) -> Option<[f32; 3]> {
        self.typed.as_ref()?.spin
    }

    /// Its motion on the room's clock.
    pub fn animate(&self) -> Option<&Animate> {
        self.typed.as_ref()?.animate.as_deref()
    }

    /// Its form.
    pub fn shape(&self) -> Option<&Shape> {
        self.typed.as_ref()?.shape.as_ref()
    }

    /// How it moves when pushed.
    pub fn body(&self) -> Option<&Body> {
        self.typed.as_ref()?.body.as_ref()
    }

    /// What others bump into.
    pub fn collider(&self) -> Option<&Collider> {
        self.typed.as_ref()?.collider.as_ref()
    }

    /// How it lies in a hand.
    pub fn holdable(&self) -> Option<&Holdable> {
        self.typed.as_ref()?.holdable.as_ref()
    }

    /// How it went on when it was let go of.
    pub fn flight(&self) -> Option<&Flight> {
        self.typed.as_ref()?.flight.as_deref()
    }

    /// The line that it turns about.
    pub fn hinge(&self) -> Option<&Hinge> {
        self.typed.as_ref()?.hinge.as_deref()
    }

    /// How people sit on it.
    pub fn seat(&self) -> Option<&Seat> {
        self.typed.as_ref()?.seat.as_deref()
    }

    /// What it hangs on.
    pub fn parent(&self) -> Option<&Parent> {
        self.parent.as_ref()
    }

    /// The entity it lives as long as.
    pub fn keep_while(&self) -> Option<&EntityId> {
        self.keep_while.as_ref()
    }

    /// Whether it has a component by which the world finds it.
    pub(crate) fn has(&self, mark: Mark) -> bool {
        self.marks & mark.bit() != 0
    }

    /// Whether it has any of these.
    pub(crate) fn is_marked(&self) -> bool {
        self.marks != 0
    }

    /// The tags games tell it by.
    pub fn tags(&self) -> impl Iterator<Item = &str> {
        let tag = if self.has(Mark::Tag) { self.value("tag") } else { None };
        let list = tag.and_then(Value::as_array).into_iter().flatten();
        tag.and_then(Value::as_str).into_iter().chain(list.filter_map(Value::as_str))
    }

    /// What it is a copy of, if a rule has made it.
    pub fn spawned_by(&self) -> Option<EntityId> {
        if self.has(Mark::SpawnedBy) { parse_id(self.value("spawned_by")?) } else { None }
    }

    /// Its rules, as they are written.
    pub fn rules(&self) -> Option<&Value> {
        if self.has(Mark::Rules) { self.value("rules") } else { None }
    }

    /// When its `ttl` runs out, room milliseconds.
    pub fn expires_at_ms(&self) -> Option<i64> {
        self.expires_at_ms
    }

    /// Whether it is a person's avatar.
    pub fn is_avatar(&self) -> bool {
        self.components.contains_key("avatar")
    }

    /// Seq of its newest change; the world may know a later one, see [`World::version`](crate::World::version).
    pub(crate) fn own_version(&self) -> u64 {
        self.version
    }

    /// Whether no component, nor the entity, is of an earlier seq.
    pub(crate) fn seqs_reach(&self, floor: u64) -> bool {
        self.version >= floor && self.components.values().all(|component| component.seq >= floor)
    }

    /// Makes the entity, whatever its components, at least of this seq.
    pub(crate) fn raise_version(&mut self, version: u64) {
        self.version = self.version.max(version);
    }

    /// Makes everything at least of this seq.
    pub(crate) fn raise_seqs(&mut self, floor: u64) {
        self.version = self.version.max(floor);
        for (_, component) in self.components.iter_mut() {
            component.seq = component.seq.max(floor);
        }
    }

    /// Canonical JSON bytes of all components together with their names.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// What it takes in memory, bytes, about.
    pub fn memory(&self) -> usize {
        ENTITY_MEMORY_BYTES + self.memory + self.typed.as_ref().map_or(0, |typed| typed.memory())
    }

    /// All components as one JSON object.
    pub fn to_json(&self) -> serde_json::Map<String, Value> {
        self.components.iter().map(|(name, part)| (name.to_string(), (*part.value).clone())).collect()
    }

    /// The same, to be written out without a copy.
    pub fn as_json(&self) -> impl Serialize + '_ {
        ComponentsJson(&self.components)
    }

    /// Sets a component and its typed view; `at_ms` starts the life of a `ttl`.
    pub(crate) fn set(&mut self, name: Name, value: Arc<Value>, seq: u64, at_ms: i64) {
        self.read(&name, Some(&value), at_ms);
        let bytes = canonical_bytes(&value);
        let (nodes, memory) = (nodes(&value), COMPONENT_MEMORY_BYTES + memory(&value));
        self.bytes += name.len() + bytes;
        self.memory += memory;
        self.version = self.version.max(seq);
        let component = Component { value, seq, bytes, nodes, memory };
        if let Some(old) = self.components.insert(name.clone(), component) {
            self.bytes -= name.len() + old.bytes;
            self.memory -= old.memory;
        }
    }

    /// Takes the values that are another's too from there: equal ones lie in memory once.
    pub(crate) fn share_values(&mut self, other: &Self) {
        for (name, component) in self.components.iter_mut() {
            let same = |known: &&Component| known.bytes == component.bytes && known.value == component.value;
            if let Some(known) = other.components.get(name).filter(same) {
                component.value = known.value.clone();
            }
        }
    }

    /// Removes a component and resets its typed view; what is not there is not changed by being removed.
    pub(crate) fn unset(&mut self, name: &str, seq: u64) {
        if let Some(old) = self.components.remove(name) {
            self.bytes -= name.len() + old.bytes;
            self.memory -= old.memory;
            self.version = self.version.max(seq);
            self.read(name, None, 0);
        }
    }

    /// Starts the life of its `ttl`, if it has one, at this time.
    pub(crate) fn begin_life(&mut self, at_ms: i64) {
        if let Some(ttl) = self.components.get("ttl").map(|component| component.value.clone()) {
            self.read("ttl", Some(&ttl), at_ms);
        }
    }

    /// Sets when the life of a `ttl` ends, as a stored state says.
    pub(crate) fn set_expires_at_ms(&mut self, at_ms: Option<i64>) {
        self.expires_at_ms = at_ms;
    }

    fn read(&mut self, name: &str, value: Option<&Value>, at_ms: i64) {
        match name {
            "position" | "rotation" | "scale" => self.transform.read(name, value),
            "parent" => self.parent = value.and_then(parse_parent),
            "keep_while" => self.keep_while = value.and_then(parse_id),
            "ttl" => {
                self.expires_at_ms =
                    value.and_then(Value::as_f64).map(|ttl_ms| at_ms.saturating_add(ttl_ms as i64));
            }
            _ => match Mark::of(name) {
                Some(mark) if value.is_some() => self.marks |= mark.bit(),
                Some(mark) => self.marks &= !mark.bit(),
                None => Typed::read(&mut self.typed, name, value),
            },
        }
    }
}

fn parse_id(value: &Value) -> Option<EntityId> {
    EntityId::parse(value.as_str()?).ok()
}

fn parse_parent(value: &Value) -> Option<Parent> {
    let entity = parse_id(value.get("entity")?)?;
    Some(Parent { entity, node: value.get("node").and_then(Value::as_str).map(SmolStr::new) })
}
