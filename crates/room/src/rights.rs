//! Who may do what in a room: roles, settings, mutes and blocks. Owns the answers, not how anyone is told.

use crate::reject::Reject;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use thexr_wire::{Role, UserId};
use thexr_world::Components;

/// People that one person blocks; above it `too_many_blocks`.
pub const BLOCKS_MAX: usize = 200;
/// People of one room whose role, mute or blocks are kept (memory, and rows of the store); above it `too_many_members`.
pub const MEMBERS_MAX: usize = 2_000;
/// Of these, visitors who are kept for their blocks alone, so that they leave rows for roles and mutes; above it
/// `too_many_members`.
pub const BLOCKERS_MAX: usize = 1_000;

/// What a command needs; a person's role and the room's settings say who has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Permission {
    /// See what is here.
    Look,
    /// Be heard: lines, gestures, events, shouts.
    Talk,
    /// One's own name, looks, avatar and blocks.
    Own,
    /// Make and change things.
    Build,
    /// Save the room and restore what was saved.
    Save,
    /// Keep order among people of lower roles.
    Moderate,
    /// Settings of the room, and every role.
    Govern,
}

impl Permission {
    /// All permissions.
    pub const ALL: [Self; 7] =
        [Self::Look, Self::Talk, Self::Own, Self::Build, Self::Save, Self::Moderate, Self::Govern];

    /// Whether only people who are here have it, whatever their role.
    pub(crate) fn is_for_those_here(self) -> bool {
        matches!(self, Self::Talk | Self::Own)
    }

    /// The permission as it is told.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Look => "look",
            Self::Talk => "talk",
            Self::Own => "own",
            Self::Build => "build",
            Self::Save => "save",
            Self::Moderate => "moderate",
            Self::Govern => "govern",
        }
    }
}

/// What a room's owner chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Least role that builds.
    pub who_may_build: Role,
    /// Least role that saves and restores.
    pub who_may_save: Role,
}

impl Default for Settings {
    /// A playground: everyone may.
    fn default() -> Self {
        Self { who_may_build: Role::Visitor, who_may_save: Role::Visitor }
    }
}

impl Settings {
    /// Reads settings as they are stored; what is missing or unknown is as in a new room.
    pub fn from_json(value: &Value) -> Self {
        let role = |name: &str| value.get(name).and_then(Value::as_str).and_then(Role::parse);
        let new = Self::default();
        Self {
            who_may_build: role("who_may_build").unwrap_or(new.who_may_build),
            who_may_save: role("who_may_save").unwrap_or(new.who_may_save),
        }
    }

    /// The settings as they are stored and told.
    pub fn to_json(self) -> Value {
        json!({"who_may_build": self.who_may_build, "who_may_save": self.who_may_save})
    }
}

/// The least role that has a permission.
pub fn least_role(settings: &Settings, permission: Permission) -> Role {
    match permission {
        Permission::Look | Permission::Talk | Permission::Own => Role::Visitor,
        Permission::Build => settings.who_may_build,
        Permission::Save => settings.who_may_save,
        Permission::Moderate => Role::Moderator,
        Permission::Govern => Role::Owner,
    }
}

/// Whether a role has a permission.
pub fn may(role: Role, settings: &Settings, permission: Permission) -> bool {
    role >= least_role(settings, permission)
}

/// What a room keeps of a person.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Member {
    /// What they may do.
    pub role: Role,
    /// They are not to be heard.
    pub muted: bool,
    /// Whom they do not want to see or hear.
    pub blocks: BTreeSet<UserId>,
}

impl Member {
    /// Reads a member as it is stored; what cannot be read is left out.
    pub fn from_row(role: Role, state: &Value) -> Self {
        let blocks = state.get("blocks").and_then(Value::as_array).into_iter().flatten();
        let blocks = blocks.filter_map(|id| UserId::parse(id.as_str()?).ok()).take(BLOCKS_MAX);
        let muted = state.get("muted").and_then(Value::as_bool).unwrap_or(false);
        Self { role, muted, blocks: blocks.collect() }
    }

    fn is_kept_for_blocks_alone(&self) -> bool {
        self.role == Role::Visitor && !self.muted && !self.blocks.is_empty()
    }
}

/// Everyone's rights in one room.
#[derive(Debug, Clone, Default)]
pub struct Rights {
    /// Who made the room: owner unless a row says otherwise.
    owner: Option<UserId>,
    settings: Settings,
    members: BTreeMap<UserId, Member>,
    /// The same blocks, by who is blocked.
    blocked_by: BTreeMap<UserId, BTreeSet<UserId>>,
    /// Visitors who are kept for their blocks alone.
    blockers: usize,
    /// Members with a row that makes them owners.
    owners: usize,
}

impl Rights {
    /// Rights as the store keeps them.
    pub fn new(
        owner: Option<UserId>,
        settings: Settings,
        members: impl IntoIterator<Item = (UserId, Member)>,
    ) -> Self {
        let mut rights = Self { owner, settings, ..Self::default() };
        for (user, member) in members {
            rights.put(user, member);
        }
        rights
    }

    /// The room's settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// A person's role.
    pub fn role(&self, user: &UserId) -> Role {
        match self.members.get(user) {
            Some(member) => member.role,
            None if self.owner.as_ref() == Some(user) => Role::Owner,
            None => Role::Visitor,
        }
    }

    /// Whether a person is muted.
    pub fn is_muted(&self, user: &UserId) -> bool {
        self.members.get(user).is_some_and(|member| member.muted)
    }

    /// Whom a person blocks.
    pub fn blocked(&self, user: &UserId) -> impl Iterator<Item = &UserId> {
        self.members.get(user).into_iter().flat_map(|member| &member.blocks)
    }

    /// Who blocks a person.
    pub fn blocked_by(&self, user: &UserId) -> impl Iterator<Item = &UserId> {
        self.blocked_by.get(user).into_iter().flatten()
    }

    /// Whether a person may do what needs a permission, or why not.
    pub fn permit(&self, user: &UserId, permission: Permission) -> Result<(), Reject> {
        if permission == Permission::Talk && self.is_muted(user) {
            return Err(MUTED);
        }
        let least = least_role(&self.settings, permission);
        if self.role(user) >= least {
            return Ok(());
        }
        Err(Reject::with_detail("forbidden", format!("This needs the role {} in this room.", least.as_str())))
    }

    /// Names of what a person may do.
    pub fn may_names(&self, user: &UserId) -> Vec<&'static str> {
        let may = Permission::ALL.into_iter().filter(|permission| self.permit(user, *permission).is_ok());
        may.map(Permission::as_str).collect()
    }

    /// What a person is told of their own rights: `{role, may, muted}`.
    pub fn told_to(&self, user: &UserId) -> Value {
        json!({"role": self.role(user), "may": self.may_names(user), "muted": self.is_muted(user)})
    }

    /// What a person is told of whom they hide from: `{blocked, blocked_by}`.
    pub fn relations(&self, user: &UserId) -> Value {
        let blocked: Vec<&UserId> = self.blocked(user).collect();
        let blocked_by: Vec<&UserId> = self.blocked_by(user).collect();
        json!({"blocked": blocked, "blocked_by": blocked_by})
    }

    /// The components by which everyone sees a person's role and mute; what is as for every visitor has none.
    pub fn on_avatar(&self, user: &UserId) -> Components {
        let role = Some(self.role(user)).filter(|role| *role != Role::Visitor);
        let role = role.map(|role| ("role".to_owned(), json!(role)));
        let muted = self.is_muted(user).then(|| ("muted".to_owned(), json!(true)));
        role.into_iter().chain(muted).collect()
    }

    /// A person's row as the store keeps it: role and canonical state.
    pub fn row(&self, user: &UserId) -> (Role, Value) {
        let mut state = json!({});
        let Some(member) = self.members.get(user) else { return (self.role(user), state) };
        if member.muted {
            state["muted"] = json!(true);
        }
        if !member.blocks.is_empty() {
            state["blocks"] = json!(member.blocks);
        }
        if member.role == Role::Visitor && self.owner.as_ref() == Some(user) {
            // An empty row is not kept, and without one who made the room would own it again.
            state["was_owner"] = json!(true);
        }
        (member.role, state)
    }

    /// Whether `by` may act on `whom`: only downwards.
    pub(crate) fn is_above(&self, by: &UserId, whom: &UserId) -> Result<(), Reject> {
        if self.role(by) > self.role(whom) { Ok(()) } else { Err(NOT_ABOVE) }
    }

    /// Whether `by` may give `whom` this role.
    pub(crate) fn may_give(&self, by: &UserId, whom: &UserId, role: Role) -> Result<(), Reject> {
        let own = self.role(by);
        if own == Role::Owner {
            return Ok(());
        }
        if own > role { self.is_above(by, whom) } else { Err(NOT_ABOVE) }
    }

    /// Gives a role; `false` when they have it already.
    pub(crate) fn set_role(&mut self, whom: &UserId, role: Role) -> Result<bool, Reject> {
        let now = self.role(whom);
        if now == role {
            return Ok(false);
        }
        if now == Role::Owner && self.owner_count() == 1 {
            return Err(LAST_OWNER);
        }
        self.change(whom, |member| member.role = role)?;
        Ok(true)
    }

    /// Mutes or unmutes; `false` when it is so already.
    pub(crate) fn set_muted(&mut self, whom: &UserId, muted: bool) -> Result<bool, Reject> {
        if self.is_muted(whom) == muted {
            return Ok(false);
        }
        self.change(whom, |member| member.muted = muted)?;
        Ok(true)
    }

    /// Blocks or unblocks; `false` when it is so already.
    pub(crate) fn set_blocked(&mut self, by: &UserId, whom: &UserId, blocked: bool) -> Result<bool, Reject> {
        let blocks = self.members.get(by).map(|member| &member.blocks);
        if blocks.is_some_and(|blocks| blocks.contains(whom)) == blocked {
            return Ok(false);
        }
        if blocked && blocks.is_some_and(|blocks| blocks.len() >= BLOCKS_MAX) {
            return Err(TOO_MANY_BLOCKS);
        }
        self.change(by, |member| {
            if blocked {
                member.blocks.insert(whom.clone());
            } else {
                member.blocks.remove(whom);
            }
        })?;
        Ok(true)
    }

    pub(crate) fn set_settings(&mut self, settings: Settings) {
        self.settings = settings;
    }

    fn owner_count(&self) -> usize {
        let maker = self.owner.as_ref().is_some_and(|owner| !self.members.contains_key(owner));
        self.owners + usize::from(maker)
    }

    fn change(&mut self, user: &UserId, change: impl FnOnce(&mut Member)) -> Result<(), Reject> {
        let known = self.members.get(user);
        let mut member =
            known.cloned().unwrap_or_else(|| Member { role: self.role(user), ..Member::default() });
        change(&mut member);
        let too_many_blockers = member.is_kept_for_blocks_alone() && self.blockers >= BLOCKERS_MAX;
        if known.is_none() && (too_many_blockers || self.members.len() >= MEMBERS_MAX) {
            return Err(TOO_MANY_MEMBERS);
        }
        self.put(user.clone(), member);
        Ok(())
    }

    /// Replaces what is kept of a person, and forgets whoever is a visitor like all others.
    fn put(&mut self, user: UserId, member: Member) {
        if let Some(old) = self.members.remove(&user) {
            self.count(&user, &old, false);
        }
        let was_maker = self.owner.as_ref() == Some(&user);
        if member == Member::default() && !was_maker {
            return;
        }
        self.count(&user, &member, true);
        self.members.insert(user, member);
    }

    fn count(&mut self, user: &UserId, member: &Member, here: bool) {
        let counts = [
            (&mut self.blockers, member.is_kept_for_blocks_alone()),
            (&mut self.owners, member.role == Role::Owner),
        ];
        for (count, _) in counts.into_iter().filter(|(_, counts)| *counts) {
            *count = if here { *count + 1 } else { *count - 1 };
        }
        for blocked in &member.blocks {
            let by = self.blocked_by.entry(blocked.clone()).or_default();
            if here {
                by.insert(user.clone());
            } else {
                by.remove(user);
            }
            if by.is_empty() {
                self.blocked_by.remove(blocked);
            }
        }
    }
}

const MUTED: Reject = Reject::new("muted", "A moderator of this room has muted you.");
const NOT_ABOVE: Reject =
    Reject::new("forbidden", "Roles below your own are yours to give, and to people below you only.");
const LAST_OWNER: Reject = Reject::new("last_owner", "A room keeps an owner. Make someone else owner first.");
const TOO_MANY_BLOCKS: Reject = Reject::new("too_many_blocks", "You block 200 people here already.");
const TOO_MANY_MEMBERS: Reject =
    Reject::new("too_many_members", "This room keeps roles, mutes and blocks of as many people as it can.");

#[cfg(test)]
mod tests {
    use super::*;

    fn user(n: usize) -> UserId {
        UserId::parse(&format!("{n:020}")).unwrap()
    }

    fn reason(result: Result<bool, Reject>) -> Result<bool, &'static str> {
        result.map_err(|reject| reject.reason)
    }

    #[test]
    fn a_new_room_is_a_playground_and_settings_close_it() {
        let everyone =
            [Permission::Look, Permission::Talk, Permission::Own, Permission::Build, Permission::Save];
        for permission in Permission::ALL {
            assert_eq!(may(Role::Visitor, &Settings::default(), permission), everyone.contains(&permission));
            assert!(may(Role::Owner, &Settings::default(), permission));
        }
        let closed = Settings { who_may_build: Role::Builder, who_may_save: Role::Owner };
        for (role, builds, saves) in [
            (Role::Visitor, false, false),
            (Role::Member, false, false),
            (Role::Builder, true, false),
            (Role::Moderator, true, false),
            (Role::Owner, true, true),
        ] {
            assert_eq!(may(role, &closed, Permission::Build), builds, "{role:?}");
            assert_eq!(may(role, &closed, Permission::Save), saves, "{role:?}");
        }
        assert_eq!(Settings::from_json(&closed.to_json()), closed);
        let junk = json!({"who_may_build": "emperor", "who_may_save": 5, "x": 1});
        assert_eq!(Settings::from_json(&junk), Settings::default());
    }

    #[test]
    fn roles_are_given_downwards_by_moderators_and_anyhow_by_owners() {
        let roles = |n: usize| Role::ALL[n];
        let members = (0..5).map(|n| (user(n), Member { role: roles(n), ..Member::default() }));
        let rights = Rights::new(None, Settings::default(), members);
        for (by, whom, role) in
            (0..5).flat_map(|by| (0..5).flat_map(move |whom| (0..5).map(move |role| (by, whom, role))))
        {
            let allowed = by == 4 || (by > whom && by > role);
            let given = rights.may_give(&user(by), &user(whom), roles(role));
            assert_eq!(given.is_ok(), allowed, "{by} gives {whom} {role}");
        }
    }

    #[test]
    fn a_room_keeps_its_last_owner_and_its_maker_can_hand_it_over_for_good() {
        let mut rights = Rights::new(Some(user(1)), Settings::default(), []);
        assert_eq!(reason(rights.set_role(&user(1), Role::Visitor)), Err("last_owner"));
        assert_eq!(reason(rights.set_role(&user(2), Role::Owner)), Ok(true));
        assert_eq!(reason(rights.set_role(&user(1), Role::Visitor)), Ok(true));
        assert_eq!(reason(rights.set_role(&user(2), Role::Member)), Err("last_owner"));
        let (role, state) = rights.row(&user(1));
        assert_ne!(state, json!({}), "an empty row would not be kept");
        let rows = [
            (user(1), Member::from_row(role, &state)),
            (user(2), Member { role: Role::Owner, ..Member::default() }),
        ];
        let again = Rights::new(Some(user(1)), Settings::default(), rows);
        assert_eq!((again.role(&user(1)), again.role(&user(2))), (Role::Visitor, Role::Owner));
    }

    #[test]
    fn a_row_reads_back_as_it_was_and_a_visitor_without_any_has_an_empty_one() {
        let mut rights = Rights::default();
        rights.set_role(&user(1), Role::Builder).unwrap();
        rights.set_muted(&user(1), true).unwrap();
        rights.set_blocked(&user(1), &user(2), true).unwrap();
        let (role, state) = rights.row(&user(1));
        let member = Member::from_row(role, &state);
        assert_eq!((member.role, member.muted, member.blocks.len()), (Role::Builder, true, 1));
        rights.set_muted(&user(1), false).unwrap();
        rights.set_blocked(&user(1), &user(2), false).unwrap();
        rights.set_role(&user(1), Role::Visitor).unwrap();
        assert_eq!(rights.row(&user(1)), (Role::Visitor, json!({})));
        assert!(rights.members.is_empty() && rights.blocked_by.is_empty());
        assert_eq!((rights.owners, rights.blockers), (0, 0));
    }

    // Rule 6.3
    #[test]
    fn blocks_are_seen_from_both_sides_and_bounded() {
        let mut rights = Rights::default();
        (0..BLOCKS_MAX)
            .for_each(|n| assert_eq!(reason(rights.set_blocked(&user(999), &user(n), true)), Ok(true)));
        assert_eq!(reason(rights.set_blocked(&user(999), &user(3), true)), Ok(false));
        assert_eq!(reason(rights.set_blocked(&user(999), &user(500), true)), Err("too_many_blocks"));
        assert_eq!(rights.blocked_by(&user(3)).collect::<Vec<_>>(), [&user(999)]);
        rights.set_blocked(&user(999), &user(3), false).unwrap();
        assert_eq!(rights.blocked_by(&user(3)).count(), 0);
        assert_eq!(rights.blocked(&user(999)).count(), BLOCKS_MAX - 1);
    }

    #[test]
    fn visitors_who_block_leave_rows_for_roles_and_mutes() {
        let mut rights = Rights::new(Some(user(0)), Settings::default(), []);
        for n in 1..=BLOCKERS_MAX {
            rights.set_blocked(&user(n), &user(0), true).unwrap();
        }
        assert_eq!(reason(rights.set_blocked(&user(5_000), &user(0), true)), Err("too_many_members"));
        for n in 2_000..2_000 + MEMBERS_MAX - BLOCKERS_MAX {
            rights.set_role(&user(n), Role::Member).unwrap();
        }
        assert_eq!(reason(rights.set_role(&user(6_000), Role::Member)), Err("too_many_members"));
        assert_eq!(
            reason(rights.set_role(&user(2_000), Role::Moderator)),
            Ok(true),
            "who has a row keeps it"
        );
        assert_eq!(reason(rights.set_muted(&user(1), true)), Ok(true));
    }
}
