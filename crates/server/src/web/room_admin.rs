//! Making, changing and ending rooms; the same for pages, API and command line.

use crate::app::App;
use crate::auth::new_room_id;
use crate::clock::now_ms;
use crate::limits::ROOMS_MAX;
use crate::rooms::stored;
use rand::RngExt;
use thexr_room::template::Template;
use thexr_room::{Permission, Settings};
use thexr_store::{NewRoom, RoomRow, Store, StoreError};
use thexr_wire::{RoomId, UserId};

/// Ids tried before we believe that something is wrong with the dice.
const ID_TRIES: usize = 10;

/// A room as its maker wants it.
#[derive(Debug, Clone)]
pub struct Wish {
    /// Name, checked.
    pub name: String,
    /// Description, checked.
    pub description: String,
    /// What it begins with.
    pub template: Template,
    /// Who makes it; `None` = the server.
    pub created_by: Option<UserId>,
}

/// Whether the server takes one more room.
pub async fn has_space(store: &dyn Store) -> Result<bool, StoreError> {
    Ok(store.rooms().await?.len() < ROOMS_MAX)
}

/// Whether a room's rights allow a person this, whether the room runs or not.
pub async fn may(
    store: &dyn Store,
    room: &RoomRow,
    user: &UserId,
    permission: Permission,
) -> Result<bool, StoreError> {
    let member = store.member(&room.id, user).await?;
    Ok(stored::rights(room, &member).permit(user, permission).is_ok())
}

/// Creates a room with its first event and initial state.
pub async fn create(store: &dyn Store, wish: Wish) -> Result<RoomId, StoreError> {
    let mut tries = 0;
    let settings = wish.template.settings();
    loop {
        let id = new_room_id();
        let seed: i64 = rand::rng().random();
        let created_at_ms = now_ms();
        let (event, snapshot, part) = stored::genesis(wish.template, seed as u64, created_at_ms);
        let room = NewRoom {
            id: id.clone(),
            name: wish.name.clone(),
            description: wish.description.clone(),
            template: format!("{:?}", wish.template).to_lowercase(),
            seed,
            created_by: wish.created_by.clone(),
            created_at_ms,
            first: vec![event],
            snapshot: Some(snapshot),
            parts: vec![part],
            settings: (settings != Settings::default()).then(|| settings.to_json().to_string()),
        };
        match store.create_room(room).await {
            Ok(()) => return Ok(id),
            Err(StoreError::IdTaken(_)) if tries < ID_TRIES => tries += 1,
            Err(error) => return Err(error),
        }
    }
}

/// Deletes a room, then ends it if it runs; `false` when there is none.
pub async fn delete(app: &App, id: &RoomId) -> Result<bool, StoreError> {
    let deleted = app.store.delete_room(id).await?;
    app.rooms.delete(id).await;
    app.previews.forget(id);
    Ok(deleted)
}

/// The rooms that greet a newcomer, made once in an empty store.
pub async fn ensure_samples(store: &dyn Store) -> Result<(), StoreError> {
    if store.setting(WELCOME).await?.is_some() || !store.rooms().await?.is_empty() {
        return Ok(());
    }
    let wish = |name: &str, description: &str, template| Wish {
        name: name.into(),
        description: description.into(),
        template,
        created_by: None,
    };
    let workshop = wish(
        "Workshop",
        "Crates to stack, balls to throw, a see-saw, a door, a lift: take things and see what they do.",
        Template::Workshop,
    );
    let welcome = wish(
        "Welcome",
        "A place to look around: walk, build something, say hello. Everyone can come in.",
        Template::Plaza,
    );
    let hangar = wish(
        "The Hangar",
        "A shooter for one to eight: find the keys, wake the reactor, beat the guardian, board the ship.",
        Template::Hangar,
    );
    for (setting, wish) in [(HANGAR, hangar), (WORKSHOP, workshop), (WELCOME, welcome)] {
        let id = create(store, wish).await?;
        store.setting_or_insert(setting, id.as_str()).await?;
    }
    Ok(())
}

/// The setting that names the room *Welcome*.
pub const WELCOME: &str = "sample_room";
/// The setting that names the room *The Hangar*.
pub const HANGAR: &str = "hangar_room";
/// The setting that names the room *Workshop*.
pub const WORKSHOP: &str = "workshop_room";
