//! HTTP: pages, API, health, assets. Owns routes and headers; the words on pages are in `pages`.

pub mod acts;
pub mod address;
pub mod api;
pub mod assets;
pub mod drawn;
pub mod health;
pub mod identity;
pub mod models;
pub mod pictures;
pub mod preview;
pub mod rate;
pub mod ready;
pub mod respond;
pub mod room_admin;
pub mod site;

use crate::app::App;
use crate::limits::BODY_BYTES_MAX;
use crate::socket::{longpoll, websocket};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{any, get, post, put};
use std::sync::Arc;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

/// All routes.
pub fn router(app: Arc<App>) -> Router {
    let pages = Router::new()
        .route("/", get(site::landing))
        .route("/enter", post(site::enter))
        .route("/rooms", get(site::rooms).post(site::create))
        .route("/rooms/new", get(site::new))
        .route("/rooms/{id}", get(site::room).post(site::update))
        .route("/rooms/{id}/edit", get(site::edit))
        .route("/rooms/{id}/delete", get(site::confirm_delete).post(site::delete))
        .route("/rooms/{id}/picture.png", get(pictures::of_room))
        .route("/r/{id}", get(site::short_link))
        .route("/picture.png", get(pictures::of_site))
        .route("/icons/{file}", get(pictures::icon))
        .route("/site.webmanifest", get(pictures::manifest))
        .route("/assets/{*path}", get(assets::serve))
        .route("/api/v1/rooms", get(api::list_rooms).post(api::create_room))
        .route("/api/v1/rooms/{id}", get(api::show_room).delete(api::delete_room))
        .route("/api/v1/rooms/{id}/acts", post(acts::act))
        .route("/api/v1/rooms/{id}/settings", get(acts::show_settings).put(acts::set_settings))
        .route("/api/v1/rooms/{id}/members/{user}", put(acts::set_role))
        .route("/api/v1/visitors", post(api::create_visitors))
        .route("/api/v1/models", get(models::list))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .fallback(site::unknown_page)
        // Compressed for each request: the slower levels would cost a visitor more time than the bytes they save.
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest));
    let pages = pages
        .merge(models::files(&app.config.data))
        .layer(axum::middleware::from_fn_with_state(app.clone(), respond::security_headers));
    let mut router = pages;
    for base in ["/socket", "/live"] {
        router = router
            .route(&format!("{base}/websocket"), any(websocket::upgrade))
            .route(&format!("{base}/longpoll"), any(longpoll::handle));
    }
    // A panic in a handler costs its request only.
    router
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(axum::middleware::from_fn(respond::bounded_head))
        .layer(CatchPanicLayer::new())
        .with_state(app)
}
