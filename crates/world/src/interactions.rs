//! What people may do with a thing as it is: one answer for who judges acts and for who shows what a click will do.

use crate::entity::{Entity, Name};
use crate::rules::offers_use;
use crate::typed::{Motion, Policy};
use serde_json::{Value, json};
use thexr_wire::UserId;

/// Something one does with a thing; on the wire its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Interaction {
    /// Sits down on it.
    Sit,
    /// Stands up from it.
    Stand,
    /// Takes it into a hand, or from one hand into the other.
    Grab,
    /// Asks who holds it for it.
    Ask,
    /// Lets go of it.
    Release,
    /// Lets go of it so that it flies on.
    Throw,
    /// Uses it.
    Trigger,
    /// Makes it larger and smaller.
    Resize,
    /// Shows something of one's own on it.
    Share,
    /// Shows it no more.
    Unshare,
    /// Opens it.
    Open,
    /// Closes it.
    Close,
    /// Picks it up for good.
    Collect,
}

impl Interaction {
    /// All of them, in the order in which they are told.
    pub const ALL: [Self; 13] = [
        Self::Sit,
        Self::Stand,
        Self::Grab,
        Self::Ask,
        Self::Release,
        Self::Throw,
        Self::Trigger,
        Self::Resize,
        Self::Share,
        Self::Unshare,
        Self::Open,
        Self::Close,
        Self::Collect,
    ];
    /// Those that a thing has or has not, each by a component: what else there is follows from them.
    pub const GIVEN: [Self; 8] = [
        Self::Sit,
        Self::Grab,
        Self::Throw,
        Self::Trigger,
        Self::Resize,
        Self::Share,
        Self::Open,
        Self::Collect,
    ];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sit => "sit",
            Self::Stand => "stand",
            Self::Grab => "grab",
            Self::Ask => "ask",
            Self::Release => "release",
            Self::Throw => "throw",
            Self::Trigger => "trigger",
            Self::Resize => "resize",
            Self::Share => "share",
            Self::Unshare => "unshare",
            Self::Open => "open",
            Self::Close => "close",
            Self::Collect => "collect",
        }
    }

    /// Its bit.
    pub fn bit(self) -> u32 {
        match self {
            Self::Sit => bit::SIT,
            Self::Stand => bit::STAND,
            Self::Grab => bit::GRAB,
            Self::Ask => bit::ASK,
            Self::Release => bit::RELEASE,
            Self::Throw => bit::THROW,
            Self::Trigger => bit::TRIGGER,
            Self::Resize => bit::RESIZE,
            Self::Share => bit::SHARE,
            Self::Unshare => bit::UNSHARE,
            Self::Open => bit::OPEN,
            Self::Close => bit::CLOSE,
            Self::Collect => bit::COLLECT,
        }
    }

    /// The one of this name that a thing can be given.
    pub fn given(name: &str) -> Option<Self> {
        Self::GIVEN.into_iter().find(|given| given.as_str() == name)
    }

    /// The component by which a thing has it, and what that holds where nothing else is said.
    pub fn component(self) -> (Name, Value) {
        let (name, value) = match self {
            Self::Sit | Self::Stand => ("seat", json!({})),
            Self::Grab | Self::Ask | Self::Release => ("holdable", json!({})),
            Self::Throw => ("body", json!({"motion": "dynamic"})),
            Self::Trigger => ("triggerable", json!({})),
            Self::Resize => ("two_hand_scalable", json!(true)),
            Self::Share | Self::Unshare => ("screen", json!({})),
            Self::Open | Self::Close => ("door", json!({})),
            Self::Collect => ("collectable", json!({})),
        };
        (Name::new_static(name), value)
    }
}

/// Interactions as bits of one number, for shells; TypeScript's copy is written from here.
pub mod bit {
    /// One may sit down on it.
    pub const SIT: u32 = 1;
    /// One may stand up from it.
    pub const STAND: u32 = 2;
    /// One may take it.
    pub const GRAB: u32 = 4;
    /// One may ask who holds it for it.
    pub const ASK: u32 = 8;
    /// One may let go of it.
    pub const RELEASE: u32 = 16;
    /// One may throw it.
    pub const THROW: u32 = 32;
    /// One may use it.
    pub const TRIGGER: u32 = 64;
    /// One may make it larger and smaller.
    pub const RESIZE: u32 = 128;
    /// One may share onto it.
    pub const SHARE: u32 = 256;
    /// One may end that.
    pub const UNSHARE: u32 = 512;
    /// One may open it.
    pub const OPEN: u32 = 1024;
    /// One may close it.
    pub const CLOSE: u32 = 2048;
    /// One may pick it up for good.
    pub const COLLECT: u32 = 4096;
}

/// What somebody may do with a thing, as far as the thing says: whether they may touch it and reach it is another matter.
///
/// `attends` says whether somebody who holds it is here, so that it is not simply taken from them.
pub fn interactions(entity: &Entity, user: &UserId, attends: impl Fn(&str) -> bool) -> Vec<Interaction> {
    let text = |name: &str, field: Option<&str>| {
        let value = entity.value(name)?;
        field.map_or(Some(value), |field| value.get(field))?.as_str()
    };
    let is = |name: &str| entity.value(name).is_some_and(|value| value.as_bool() != Some(false));
    let sitter = text("occupied_by", None);
    let sharer = text("shared_by", None);
    let holder = text("held_by", Some("user"));
    let mine = holder == Some(user.as_str());
    let others = holder.filter(|holder| !mine && attends(holder));
    let holdable = entity.holdable().filter(|_| !entity.is_avatar() && sitter.is_none());
    let offers = |interaction: &Interaction| match interaction {
        Interaction::Sit => entity.seat().is_some() && sitter.is_none(),
        Interaction::Stand => entity.seat().is_some() && sitter == Some(user.as_str()),
        Interaction::Grab => {
            holdable.is_some_and(|holdable| others.is_none() || holdable.policy == Policy::Steal)
        }
        Interaction::Ask => {
            holdable.is_some_and(|holdable| others.is_some() && holdable.policy == Policy::Ask)
        }
        Interaction::Release => mine,
        Interaction::Throw => mine && entity.body().is_some_and(|body| body.motion == Motion::Dynamic),
        Interaction::Trigger => can_be_used(entity) && (holder.is_none() || mine),
        Interaction::Resize => mine && is("two_hand_scalable"),
        Interaction::Share => is("screen") && sharer.is_none(),
        Interaction::Unshare => is("screen") && sharer == Some(user.as_str()),
        Interaction::Open => door_is_open(entity) == Some(false),
        Interaction::Close => door_is_open(entity) == Some(true),
        Interaction::Collect => is("collectable") && !entity.is_avatar(),
    };
    Interaction::ALL.into_iter().filter(offers).collect()
}

/// Whether a door is open, or a lift is up; nothing for what is neither.
pub fn door_is_open(entity: &Entity) -> Option<bool> {
    let Some(door) = entity.value("door").filter(|door| door.as_bool() != Some(false)) else {
        entity.value("lift").filter(|lift| lift.as_bool() != Some(false))?;
        return Some(entity.value("lift_state").and_then(Value::as_str) == Some("up"));
    };
    let written = || door.get("state").and_then(Value::as_str);
    let state = entity.value("door_state").and_then(Value::as_str).or_else(written);
    Some(state == Some("open"))
}

/// Whether something happens when it is used: it says so, or one of its rules does.
pub fn can_be_used(entity: &Entity) -> bool {
    entity.value("triggerable").is_some_and(|value| value.as_bool() != Some(false))
        || entity.rules().is_some_and(offers_use)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{NoStates, Op, Stamp, World};
    use thexr_wire::EntityId;

    const ADA: &str = "ada00000000000000000";
    const BEN: &str = "ben00000000000000000";
    const AWAY: &str = "away0000000000000000";

    /// What Ada is offered.
    fn offered(components: Value) -> Vec<&'static str> {
        let Value::Object(components) = components else { panic!("an object") };
        let id = EntityId::parse("thing").unwrap();
        let mut world = World::default();
        let create = Op::Create { entity: id.clone(), components };
        world.fold(Stamp { seq: 1, at_ms: 0 }, &[create], &NoStates).unwrap();
        let ada = UserId::parse(ADA).unwrap();
        let offered = interactions(world.entity(&id).unwrap(), &ada, |holder| holder != AWAY);
        offered.into_iter().map(Interaction::as_str).collect()
    }

    fn held(user: &str, policy: &str) -> Value {
        json!({"holdable": {"policy": policy}, "held_by": {"user": user, "hand": "left"}, "body": {"motion": "dynamic"},
            "triggerable": true, "two_hand_scalable": true})
    }

    #[test]
    fn a_free_seat_offers_itself_and_a_taken_one_only_to_its_sitter_that_they_stand_up() {
        assert_eq!(offered(json!({"seat": {}})), ["sit"]);
        assert_eq!(offered(json!({"seat": {}, "holdable": true, "occupied_by": BEN})), [""; 0]);
        assert_eq!(offered(json!({"seat": {}, "holdable": true, "occupied_by": ADA})), ["stand"]);
        assert_eq!(offered(json!({"occupied_by": ADA})), [""; 0]);
    }

    #[test]
    fn what_can_be_held_is_offered_while_nobody_who_is_here_holds_it_and_then_as_it_allows() {
        assert_eq!(offered(json!({"holdable": {}})), ["grab"]);
        assert_eq!(offered(json!({"holdable": false})), [""; 0]);
        assert_eq!(offered(json!({"holdable": {}, "avatar": {}})), [""; 0]);
        let of_another = ["deny", "allow", "ask", "steal"].map(|policy| offered(held(BEN, policy)));
        assert_eq!(of_another, [vec![], vec![], vec!["ask"], vec!["grab"]]);
        for policy in ["deny", "allow", "ask", "steal"] {
            assert_eq!(offered(held(AWAY, policy)), ["grab"], "{policy}");
            assert_eq!(
                offered(held(ADA, policy)),
                ["grab", "release", "throw", "trigger", "resize"],
                "{policy}"
            );
        }
    }

    #[test]
    fn what_may_be_used_is_while_nobody_else_holds_it() {
        for on in [json!({}), json!(true), json!({"type": "continuous"})] {
            assert_eq!(offered(json!({"triggerable": on})), ["trigger"]);
        }
        assert_eq!(offered(json!({"triggerable": false})), [""; 0]);
        let rules = |when: Value| json!({"rules": [{"when": when, "then": [{"do": "delete"}]}]});
        assert_eq!(offered(rules(json!({"used": "self"}))), ["trigger"]);
        assert_eq!(offered(rules(json!({"triggered": "self"}))), ["trigger"]);
        assert_eq!(offered(rules(json!({"used": {"tag": "lamp"}}))), [""; 0]);
        assert_eq!(
            offered(json!({"shape": {"kind": "box"}, "two_hand_scalable": true, "body": "dynamic"})),
            [""; 0]
        );
    }

    #[test]
    fn a_free_screen_offers_itself_and_a_taken_one_only_to_its_sharer_that_they_end_it() {
        for screen in [json!({}), json!(true), json!({"who": "moderators"})] {
            assert_eq!(offered(json!({"screen": screen})), ["share"]);
        }
        assert_eq!(offered(json!({"screen": {}, "shared_by": BEN})), [""; 0]);
        assert_eq!(offered(json!({"screen": {}, "shared_by": ADA})), ["unshare"]);
        assert_eq!(offered(json!({"screen": false})), [""; 0]);
    }

    #[test]
    fn a_door_offers_the_other_of_what_it_is_and_what_lies_about_to_be_picked_up() {
        for door in [json!(true), json!({}), json!({"key": "red_key"}), json!({"state": "closed"})] {
            assert_eq!(offered(json!({"door": door})), ["open"]);
            assert_eq!(offered(json!({"door": door, "door_state": "open"})), ["close"]);
        }
        assert_eq!(offered(json!({"door": {"state": "open"}})), ["close"]);
        assert_eq!(offered(json!({"door": {"state": "open"}, "door_state": "closed"})), ["open"]);
        assert_eq!(offered(json!({"door": false, "door_state": "open"})), [""; 0]);
        assert_eq!(offered(json!({"lift": {"height": 2}})), ["open"], "up");
        assert_eq!(offered(json!({"lift": true, "lift_state": "up"})), ["close"], "down");
        assert_eq!(offered(json!({"lift": false, "lift_state": "up"})), [""; 0]);
        assert_eq!(offered(json!({"collectable": true})), ["collect"]);
        assert_eq!(offered(json!({"collectable": false})), [""; 0]);
    }

    #[test]
    fn names_bits_and_components_belong_together() {
        for (at, interaction) in Interaction::ALL.into_iter().enumerate() {
            assert_eq!(interaction.bit(), 1 << at);
            assert_eq!(
                Interaction::given(interaction.as_str()).is_some(),
                Interaction::GIVEN.contains(&interaction)
            );
            let (name, value) = interaction.component();
            crate::schema::check(&name, value).unwrap();
        }
    }
}
