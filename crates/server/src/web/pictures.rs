//! Pictures as files, for those who show the site from outside: previews of links, home screens. Owns those that are kept: drawing one
//! costs a processor half a second, so they are drawn one after another and not anew for each who asks.

use crate::app::App;
use crate::limits::{PICTURE_CACHE, PICTURES_MAX, PICTURES_WAITING_MAX};
use crate::pages::icon_png;
use crate::web::preview::shared_picture;
use crate::web::respond::picture;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;
use thexr_wire::RoomId;
use tokio::sync::Semaphore;

/// Edges of the icons there are, pixels: a phone's home screen, an installed page, its splash screen.
const ICON_EDGES_PX: [usize; 3] = [180, 192, 512];

/// Pictures that were drawn; none names the site's own.
#[derive(Debug)]
pub struct Pictures {
    kept: Mutex<BTreeMap<Option<RoomId>, (Instant, Bytes)>>,
    pencil: tokio::sync::Mutex<()>,
    waiting: Semaphore,
}

impl Default for Pictures {
    fn default() -> Self {
        Self {
            kept: Mutex::default(),
            pencil: tokio::sync::Mutex::default(),
            waiting: Semaphore::new(PICTURES_WAITING_MAX),
        }
    }
}

impl Pictures {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<Option<RoomId>, (Instant, Bytes)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, of: Option<&RoomId>) -> Option<Bytes> {
        let kept = self.lock();
        let (made, picture) = kept.get(&of.cloned())?;
        (made.elapsed() < PICTURE_CACHE).then(|| picture.clone())
    }

    /// The picture of a room or of the site, drawn when it is its turn; `None`: too many wait already.
    pub async fn drawn(&self, of: Option<&RoomId>, draw: impl Future<Output = Bytes>) -> Option<Bytes> {
        if let Some(picture) = self.find(of) {
            return Some(picture);
        }
        let _place = self.waiting.try_acquire().ok()?;
        let _turn = self.pencil.lock().await;
        if let Some(picture) = self.find(of) {
            return Some(picture);
        }
        let picture = draw.await;
        let mut kept = self.lock();
        if kept.len() >= PICTURES_MAX {
            let oldest = kept.iter().min_by_key(|(_, (made, _))| *made).map(|(of, _)| of.clone());
            oldest.and_then(|of| kept.remove(&of));
        }
        kept.insert(of.cloned(), (Instant::now(), picture.clone()));
        Some(picture)
    }

    /// A deleted room has no picture.
    pub fn forget(&self, id: &RoomId) {
        self.lock().remove(&Some(id.clone()));
    }
}

/// A picture, or that too many are waiting for theirs.
fn shared(drawn: Option<Bytes>) -> Response {
    let later = [(header::RETRY_AFTER, "10")];
    drawn.map_or_else(|| (StatusCode::SERVICE_UNAVAILABLE, later).into_response(), picture)
}

/// `GET /picture.png`: the site.
pub async fn of_site(State(app): State<Arc<App>>) -> Response {
    shared(shared_picture(&app, None).await)
}

/// `GET /rooms/{id}/picture.png`: a room as it is now.
pub async fn of_room(State(app): State<Arc<App>>, Path(id): Path<String>) -> Response {
    let Ok(id) = RoomId::parse(&id) else { return StatusCode::NOT_FOUND.into_response() };
    match app.store.room(&id).await {
        Ok(Some(row)) => shared(shared_picture(&app, Some((&row.id, row.last_seq))).await),
        Ok(None) => StatusCode::NOT_FOUND.into_response(),
        Err(error) => {
            tracing::error!(%error, "a room's picture could not read the store");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}

/// `GET /icons/{edge}.png`: the mark of the site.
pub async fn icon(Path(file): Path<String>) -> Response {
    static DRAWN: [OnceLock<Bytes>; ICON_EDGES_PX.len()] = [const { OnceLock::new() }; ICON_EDGES_PX.len()];
    let edge = file.strip_suffix(".png").and_then(|edge| edge.parse().ok());
    match ICON_EDGES_PX.iter().zip(&DRAWN).find(|(known, _)| Some(**known) == edge) {
        Some((edge, drawn)) => picture(drawn.get_or_init(|| icon_png(*edge).into()).clone()),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// `GET /site.webmanifest`: what a phone that keeps the site on its home screen needs to know.
pub async fn manifest() -> Response {
    let icon = |edge: usize| json!({"src": format!("/icons/{edge}.png"), "sizes": format!("{edge}x{edge}"), "type": "image/png"});
    let manifest = json!({"name": "Thexr", "short_name": "Thexr", "start_url": "/", "display": "standalone",
        "background_color": "#f2f5f8", "theme_color": "#f2f5f8", "icons": ICON_EDGES_PX.map(icon)});
    ([(header::CONTENT_TYPE, "application/manifest+json")], manifest.to_string()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_picture_is_drawn_once_and_no_more_wait_for_one_than_may() {
        let pictures = Pictures::default();
        let room = RoomId::parse("k3XbZ").unwrap();
        let draw = |bytes: &'static [u8]| async move { Bytes::from_static(bytes) };
        assert_eq!(pictures.drawn(Some(&room), draw(b"first")).await, Some(Bytes::from_static(b"first")));
        assert_eq!(pictures.drawn(Some(&room), draw(b"second")).await, Some(Bytes::from_static(b"first")));
        pictures.forget(&room);
        assert_eq!(pictures.drawn(Some(&room), draw(b"third")).await, Some(Bytes::from_static(b"third")));
        assert_eq!(pictures.drawn(None, draw(b"site")).await, Some(Bytes::from_static(b"site")));

        let places: Vec<_> =
            (0..PICTURES_WAITING_MAX).map(|_| pictures.waiting.try_acquire().unwrap()).collect();
        let other = RoomId::parse("abcde").unwrap();
        assert_eq!(pictures.drawn(Some(&other), draw(b"never")).await, None);
        assert_eq!(pictures.drawn(None, draw(b"again")).await, Some(Bytes::from_static(b"site")));
        drop(places);
    }
}
