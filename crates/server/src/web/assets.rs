//! The built web client: embedded in release builds, read from `web/dist` in debug builds.

use crate::pages::Assets;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::RustEmbed;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

#[derive(RustEmbed)]
#[folder = "../../web/dist"]
struct Dist;

const MANIFEST: &str = ".vite/manifest.json";

#[derive(Debug, Deserialize)]
struct Chunk {
    file: String,
    #[serde(default)]
    css: Vec<String>,
    #[serde(default)]
    imports: Vec<String>,
}

/// URLs of the client's entries; `None` when it has not been built.
pub struct BuiltClient {
    built: Option<Assets>,
    given: OnceLock<Assets>,
}

impl BuiltClient {
    /// Reads the manifest.
    pub fn load() -> Self {
        let manifest = Dist::get(MANIFEST).and_then(|file| serde_json::from_slice(&file.data).ok());
        Self { built: manifest.and_then(|manifest| assets(&manifest)), given: OnceLock::new() }
    }

    /// Takes these URLs from now on, built or not; for tests of pages, which run before the client is built.
    pub fn give(&self, assets: Assets) {
        self.given.get_or_init(|| assets);
    }

    /// The URLs; in debug builds the client may be rebuilt while the server runs.
    pub fn assets(&self) -> Option<Assets> {
        let built = || if cfg!(debug_assertions) { Self::load().built } else { self.built.clone() };
        self.given.get().cloned().or_else(built)
    }
}

fn url(file: &str) -> String {
    format!("/assets/{file}")
}

fn assets(manifest: &BTreeMap<String, Chunk>) -> Option<Assets> {
    let room = manifest.get("src/main.ts")?;
    Some(Assets {
        site_css: url(&manifest.get("src/site.css")?.file),
        site_js: url(&manifest.get("src/site.ts")?.file),
        room_js: url(&room.file),
        room_css: styles(manifest, "src/main.ts"),
    })
}

/// Style sheets of a chunk and of everything it imports statically.
fn styles(manifest: &BTreeMap<String, Chunk>, entry: &str) -> Vec<String> {
    let (mut seen, mut queue, mut found) = (Vec::new(), vec![entry.to_owned()], Vec::new());
    while let Some(name) = queue.pop() {
        let Some(chunk) = manifest.get(&name).filter(|_| !seen.contains(&name)) else { continue };
        found.extend(chunk.css.iter().map(|file| url(file)));
        queue.extend(chunk.imports.iter().cloned());
        seen.push(name);
    }
    found
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}

/// `GET /assets/…`: hashed names never change, so browsers keep them for a year.
pub async fn serve(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let hidden = path.starts_with('.') || path.contains("/.");
    let Some(file) = Dist::get(&path).filter(|_| !hidden) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let hash = file.metadata.sha256_hash();
    let tag = format!("\"{}\"", hash[..16].iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == tag.as_bytes());
    if known {
        return StatusCode::NOT_MODIFIED.into_response();
    }
    let length = file.data.len().to_string();
    let headers = [
        (header::CONTENT_TYPE, content_type(&path).to_owned()),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable".to_owned()),
        (header::ETAG, tag),
        // Compression drops Content-Length; the loading page wants to show progress in bytes.
        (header::HeaderName::from_static("x-size"), length),
    ];
    (headers, file.data.into_owned()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_and_their_styles_are_found_in_the_manifest() {
        let manifest: BTreeMap<String, Chunk> = serde_json::from_value(serde_json::json!({
            "src/main.ts": {"file": "main-1.js", "css": ["main-1.css"], "imports": ["_shared.js"]},
            "_shared.js": {"file": "shared.js", "css": ["tokens.css"], "imports": ["src/main.ts"]},
            "src/site.ts": {"file": "site-1.js"},
            "src/site.css": {"file": "site-1.css"},
        }))
        .unwrap();
        let assets = assets(&manifest).unwrap();
        assert_eq!(assets.room_js, "/assets/main-1.js");
        assert_eq!(assets.room_css, ["/assets/main-1.css", "/assets/tokens.css"]);
    }

    #[tokio::test]
    async fn the_manifest_itself_is_not_served() {
        let response = serve(Path(MANIFEST.into()), HeaderMap::new()).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
    }
}
