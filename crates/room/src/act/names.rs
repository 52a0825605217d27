//! Names of events. Owns the catalogue that no client may forge.

/// Events made by the room alone; `event` with one of these names is refused with `reserved_event`.
pub const CATALOGUE: &[&str] = &[
    "avatar_changed",
    "board_squashed",
    "door_closed",
    "door_opened",
    "emoted",
    "entity_created",
    "entity_deleted",
    "entity_updated",
    "fireball_thrown",
    "grab_asked",
    "item_collected",
    "level_lost",
    "level_won",
    "message_said",
    "monster_attacked",
    "monster_died",
    "monster_hit",
    "monster_moved",
    "monster_spawned",
    "projectile_hit",
    "redacted",
    "role_changed",
    "room_created",
    "settings_changed",
    "snapshot_restored",
    "snapshot_saved",
    "stroke_drawn",
    "transaction_applied",
    "undone",
    "user_damaged",
    "user_died",
    "user_grabbed",
    "user_healed",
    "user_joined",
    "user_kicked",
    "user_left",
    "user_moved",
    "user_muted",
    "user_picked_up",
    "user_released",
    "user_renamed",
    "user_respawned",
    "user_sat",
    "user_stood",
    "user_threw",
    "user_triggered",
    "user_unmuted",
    "weapon_discharged",
    "weapon_switched",
];

/// Whether a name belongs to the room or to the protocol.
pub fn is_reserved(name: &str) -> bool {
    CATALOGUE.binary_search(&name).is_ok() || name.starts_with("phx_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_is_sorted_for_its_search() {
        assert!(CATALOGUE.is_sorted());
        assert!(is_reserved("user_died") && is_reserved("phx_close") && !is_reserved("confetti"));
    }
}
