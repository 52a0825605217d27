//! Names of facts. Owns the catalogue that no client may forge: what the room makes has a name of this list, by its type.

/// What kind of fact something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fact(&'static str);

macro_rules! facts {
    ($($fact:ident $name:literal;)*) => {
        impl Fact {
            $(pub const $fact: Self = Self($name);)*
        }

        /// The facts that the room makes.
        const MADE: &[&str] = &[$($name),*];
    };
}

facts! {
    AVATAR_CHANGED "avatar_changed";
    BODIES_KEPT "bodies_kept";
    BODIES_RESTED "bodies_rested";
    DOOR_CLOSED "door_closed";
    DOOR_OPENED "door_opened";
    EMOTED "emoted";
    ENTITY_CREATED "entity_created";
    ENTITY_DELETED "entity_deleted";
    ENTITY_UPDATED "entity_updated";
    FIREBALL_THROWN "fireball_thrown";
    GAME_BEGAN "game_began";
    GAME_OPENED "game_opened";
    GRAB_ASKED "grab_asked";
    HUD_SHOWN "hud_shown";
    INTERACTION_ADDED "interaction_added";
    INTERACTION_REMOVED "interaction_removed";
    ITEM_COLLECTED "item_collected";
    LEVEL_LOST "level_lost";
    LEVEL_WON "level_won";
    LIFT_ROSE "lift_rose";
    LIFT_SANK "lift_sank";
    MESSAGE_SAID "message_said";
    MONSTER_ATTACKED "monster_attacked";
    MONSTER_DIED "monster_died";
    MONSTER_HIT "monster_hit";
    MONSTER_SPAWNED "monster_spawned";
    ROLE_CHANGED "role_changed";
    RULES_BEGAN "rules_began";
    RULE_DROPPED "rule_dropped";
    RULE_FIRED "rule_fired";
    SCREEN_SHARED "screen_shared";
    SCREEN_UNSHARED "screen_unshared";
    SETTINGS_CHANGED "settings_changed";
    SNAPSHOT_RESTORED "snapshot_restored";
    SNAPSHOT_SAVED "snapshot_saved";
    SOUND_PLAYED "sound_played";
    TARGET_HIT "target_hit";
    TRANSACTION_APPLIED "transaction_applied";
    USER_DAMAGED "user_damaged";
    USER_DIED "user_died";
    USER_GRABBED "user_grabbed";
    USER_HEALED "user_healed";
    USER_INSERTED "user_inserted";
    USER_JOINED "user_joined";
    USER_LEFT "user_left";
    USER_MOVED_BACK "user_moved_back";
    USER_MUTED "user_muted";
    USER_READIED "user_readied";
    USER_RELEASED "user_released";
    USER_RENAMED "user_renamed";
    USER_RESIZED "user_resized";
    USER_RESPAWNED "user_respawned";
    USER_SAT "user_sat";
    USER_STOOD "user_stood";
    USER_TELEPORTED "user_teleported";
    USER_THREW "user_threw";
    USER_TRIGGERED "user_triggered";
    USER_UNMUTED "user_unmuted";
    WAVES_OVER "waves_over";
    WAVE_BEGAN "wave_began";
    WAVE_ENDED "wave_ended";
    WEAPON_DROPPED "weapon_dropped";
    WEAPON_EMPTIED "weapon_emptied";
    WEAPON_RELOADED "weapon_reloaded";
    WEAPON_SWITCHED "weapon_switched";
}

/// Facts of earlier systems that are made by nobody yet; their names are kept.
const KEPT: &[&str] = &[
    "board_squashed",
    "monster_moved",
    "projectile_hit",
    "redacted",
    "room_created",
    "stroke_drawn",
    "undone",
    "user_kicked",
    "user_moved",
    "user_picked_up",
    "weapon_discharged",
];

impl Fact {
    /// Its name on the wire and in the journal.
    pub fn name(self) -> &'static str {
        self.0
    }
}

/// Whether a name belongs to the room or to the protocol; `event` with such a one is refused with `reserved_event`.
pub(crate) fn is_reserved(name: &str) -> bool {
    MADE.contains(&name) || KEPT.contains(&name) || name.starts_with("phx_")
}
