//! Rules: what a `rules` component says, read once and checked. Owns the language (docs/rules.md); the room obeys it.

mod read;
#[cfg(test)]
mod tests;

pub use read::{
    AFTER_MS_MAX, CONDITIONS_DEEP_MAX, CONDITIONS_MAX, EVERY_MS_MIN, RULES_MAX, STEPS_MAX, WITHIN_M_MAX,
    WITHIN_M_MIN, offers_use, read,
};

use crate::entity::Name;
use crate::op::Components;
use serde::Deserialize;
use serde_json::Value;
use smol_str::SmolStr;
use thexr_wire::EntityId;

/// What is wrong with a `rules` component, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RulesError(pub String);

/// One rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// What its maker calls it; no two of one thing are called alike.
    pub name: SmolStr,
    /// What sets it off.
    pub when: When,
    /// What must be true then.
    pub condition: Condition,
    /// What happens, in order.
    pub then: Vec<Step>,
    /// It is set off one time only.
    pub once: bool,
    /// Nothing sets it off again for so long, milliseconds.
    pub cooldown_ms: u64,
    /// How often of all times, 0 to 1.
    pub chance: f32,
    /// Whether it counts.
    pub enabled: bool,
}

/// One or several entities, seen from a firing.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whom {
    /// The thing with the rule.
    #[serde(rename = "self")]
    Itself,
    /// Who did what set it off.
    Actor,
    /// To whom or what it was done.
    Target,
    /// The first entity with a `game`.
    Game,
    /// Everyone inside.
    People,
    /// Whoever; everyone, of those who hear something.
    #[serde(alias = "all")]
    Anything,
    /// All that have this tag.
    Tag(SmolStr),
    /// People of this team.
    Team(SmolStr),
    /// This one.
    Entity(EntityId),
}

impl Whom {
    /// Whether it can only be one.
    pub fn is_one(&self) -> bool {
        matches!(self, Self::Itself | Self::Actor | Self::Target | Self::Game | Self::Entity(_))
    }
}

/// How a value is compared.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// It is this.
    Equals(Value),
    /// It is something else.
    Differs(Value),
    /// A number no less.
    AtLeast(f64),
    /// A number no more.
    AtMost(f64),
    /// A larger number.
    Above(f64),
    /// A smaller number.
    Below(f64),
    /// A list has it; a text contains it.
    Includes(Value),
    /// It is there, or not.
    Exists(bool),
}

/// A component of someone, or a part of it, compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Compared {
    /// Whose.
    pub of: Whom,
    /// Its name.
    pub component: Name,
    /// Keys from the outside in; none for the whole.
    pub field: Vec<SmolStr>,
    /// What it must be.
    pub comparison: Comparison,
}

/// What sets a rule off.
#[derive(Debug, Clone, PartialEq)]
pub enum When {
    /// A fact of this name.
    Event {
        /// Its name.
        name: SmolStr,
        /// Who must have done it.
        actor: Option<Whom>,
        /// To whom or what.
        target: Option<Whom>,
        /// For uses: whether the thing must be in a hand.
        held: Option<bool>,
    },
    /// Somebody comes to a place, or goes from it.
    Place {
        /// The thing that the place is about.
        of: Whom,
        /// So near, metres; within its shape where nothing is said.
        within_m: Option<f32>,
        /// Who counts.
        who: Whom,
        /// Coming, not going.
        enters: bool,
    },
    /// A component comes to be so.
    Becomes(Compared),
    /// The clock is a multiple of so many milliseconds.
    Every(u64),
    /// So many milliseconds after the rules began.
    After(u64),
    /// The room wakes.
    Started,
    /// The last person has left.
    Emptied,
}

/// What must be true.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// All of these; none is always true.
    All(Vec<Condition>),
    /// One of these.
    Any(Vec<Condition>),
    /// Not this.
    Not(Box<Condition>),
    /// A component compares so.
    Component(Compared),
    /// Somebody carries so many of an item.
    Has {
        /// Who.
        of: Whom,
        /// What.
        item: SmolStr,
        /// How many.
        at_least: f64,
    },
    /// So many there are.
    Count {
        /// Of these.
        whom: Whom,
        /// So near, metres; anywhere where nothing is said.
        within_m: Option<f32>,
        /// To whom.
        from: Whom,
        /// How many.
        comparison: Comparison,
    },
    /// Somebody is so near.
    Near {
        /// Who.
        of: Whom,
        /// Metres.
        within_m: f32,
        /// To whom.
        from: Whom,
    },
    /// Somebody is one of these.
    Is {
        /// Who.
        of: Whom,
        /// One of whom.
        whom: Whom,
    },
}

/// Something that happens.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// So long after what comes before it, milliseconds; 0 is at once.
    pub delay_ms: u64,
    /// To whom, unless it is the usual one.
    pub on: Option<Whom>,
    /// What.
    pub deed: Deed,
}

/// Where something is to be.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum Spot {
    /// Where this is.
    Of(Whom),
    /// Here, metres.
    At([f64; 3]),
}

/// A place, or a way to it: what is missing stays.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Way {
    /// Metres.
    pub position: Option<[f32; 3]>,
    /// Quaternion or Euler angles.
    pub rotation: Option<Value>,
    /// Factors.
    pub scale: Option<[f32; 3]>,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
#[allow(missing_docs)]
pub enum Deed {
    Set {
        components: Components,
    },
    Merge {
        components: Components,
    },
    Inc {
        components: Components,
    },
    Dec {
        components: Components,
    },
    IncMax {
        components: Components,
    },
    DecMin {
        components: Components,
    },
    Unset {
        names: Vec<Name>,
    },
    Push {
        component: Name,
        value: Value,
    },
    Pop {
        component: Name,
    },
    IndexSet {
        component: Name,
        index: usize,
        value: Value,
    },
    Create {
        components: Components,
    },
    Delete {},
    Animate {
        to: Option<Way>,
        by: Option<Way>,
        duration_ms: f64,
        ease: Option<SmolStr>,
    },
    Spawn {
        from: Whom,
        at: Option<Spot>,
        #[serde(default)]
        components: Components,
        ttl_ms: Option<u64>,
        keep_while: Option<Whom>,
    },
    Teleport {
        to: Spot,
    },
    Give {
        item: SmolStr,
        amount: Option<f64>,
    },
    Take {
        item: SmolStr,
        amount: Option<f64>,
    },
    Damage {
        amount: f64,
    },
    Heal {
        amount: f64,
    },
    Collect {},
    Open {},
    Close {},
    Emit {
        event: SmolStr,
        payload: Option<Value>,
        to: Option<Whom>,
    },
    Hud {
        text: String,
        to: Option<Whom>,
        seconds: Option<f64>,
    },
    Sound {
        sound: SmolStr,
        to: Option<Whom>,
    },
    Win {
        text: Option<String>,
    },
    Lose {
        text: Option<String>,
    },
    Waves {},
    Act {
        command: SmolStr,
        payload: Option<Value>,
    },
    Reset {},
}
