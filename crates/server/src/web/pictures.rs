//! Pictures as files, for those who show the site from outside: previews of links, home screens.

use crate::app::App;
use crate::pages::icon_png;
use crate::web::preview::shared_picture;
use crate::web::respond::picture;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::sync::{Arc, OnceLock};
use thexr_wire::RoomId;

/// Edges of the icons there are, pixels: a phone's home screen, an installed page, its splash screen.
const ICON_EDGES_PX: [usize; 3] = [180, 192, 512];

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
