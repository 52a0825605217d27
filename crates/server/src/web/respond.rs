//! Answers: pages and problems with their headers. Owns the security headers of every response.

#![expect(clippy::result_large_err, reason = "the error is the page that is sent instead")]

use crate::app::App;
use crate::limits::HEAD_BYTES_MAX;
use crate::pages::{ErrorKind, ErrorView, Page, render_error, render_not_built};
use crate::web::address::host;
use crate::web::identity::Visitor;
use axum::Json;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Response};
use serde_json::json;
use std::sync::Arc;

/// A page for a visitor, with the cookie it may need.
pub fn page(visitor: &Visitor, status: StatusCode, html: String) -> Response {
    let mut response = (status, Html(html)).into_response();
    if let Some(cookie) = visitor.cookie() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// What every page needs, or the page that says that the client is not built.
pub fn frame(app: &App, visitor: &Visitor) -> Result<Page, Response> {
    let not_built = || (StatusCode::SERVICE_UNAVAILABLE, Html(render_not_built())).into_response();
    let assets = app.client.assets().ok_or_else(not_built)?;
    Ok(Page { assets, csrf_token: visitor.form_token(&app.tokens), origin: visitor.origin.clone() })
}

/// An error as a page.
pub fn error_page(app: &App, visitor: &Visitor, kind: ErrorKind) -> Response {
    let status = StatusCode::from_u16(kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match frame(app, visitor) {
        Ok(frame) => page(visitor, status, render_error(&ErrorView { page: frame, kind })),
        Err(response) => response,
    }
}

/// A redirect after a form, with the cookie it may need.
pub fn see_other(visitor: &Visitor, location: &str) -> Response {
    let mut response = axum::response::Redirect::to(location).into_response();
    if let Some(cookie) = visitor.cookie() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// An address that is no more: everyone goes to the one it has now.
pub fn moved(location: &str) -> Response {
    axum::response::Redirect::permanent(location).into_response()
}

/// A PNG picture. It may be kept for a while: links to rooms are shown long after the room has changed.
pub fn picture(png: Bytes) -> Response {
    let headers = [(header::CONTENT_TYPE, "image/png"), (header::CACHE_CONTROL, "public, max-age=300")];
    (headers, png).into_response()
}

/// An API error, RFC 9457, with a stable `reason`.
pub fn problem(status: StatusCode, reason: &str, detail: &str) -> Response {
    let title = status.canonical_reason().unwrap_or("Error");
    let body = json!({"type": "about:blank", "title": title, "status": status.as_u16(), "detail": detail, "reason": reason});
    let mut response = (status, Json(body)).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}

/// Turns away requests whose address and headers are larger than any that is meant well.
pub async fn bounded_head(request: Request, next: Next) -> Response {
    let headers = request.headers().iter().map(|(name, value)| name.as_str().len() + value.len());
    let address = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    if address + headers.sum::<usize>() > HEAD_BYTES_MAX {
        return StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE.into_response();
    }
    next.run(request).await
}

/// Headers that every response carries.
pub async fn security_headers(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let host = host(request.headers()).to_owned();
    let mut response = next.run(request).await;
    // Some browsers do not take 'self' to cover WebSockets.
    let sockets = if host.is_empty() { String::new() } else { format!(" ws://{host} wss://{host}") };
    let models: String = app.config.model_origins.iter().map(|origin| format!(" {origin}")).collect();
    let policy = format!(
        "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; \
         connect-src 'self'{sockets}{models}; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; \
         frame-ancestors {}",
        app.config.frame_ancestors
    );
    let headers = response.headers_mut();
    let mut set = |name: &'static str, value: &str| {
        // Never left out in silence: what goes in was checked at start, and the host above.
        let value = HeaderValue::from_str(value)
            .unwrap_or_else(|error| unreachable!("{name} was checked to be a header: {error}"));
        headers.insert(name, value);
    };
    set("content-security-policy", &policy);
    set("x-content-type-options", "nosniff");
    set("referrer-policy", "same-origin");
    set("cross-origin-opener-policy", "same-origin");
    set(
        "permissions-policy",
        "camera=(self), display-capture=(self), geolocation=(), microphone=(self), xr-spatial-tracking=(self)",
    );
    response
}
