//! The built web client: embedded in release builds, read from `web/dist` in debug builds.
//!
//! Its files are compressed when they are built; nobody's download costs the server a pass over them.

use crate::pages::Assets;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};
use serde::Deserialize;
use std::borrow::Cow;
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
        room_modules: imported(manifest, "src/main.ts")
            .into_iter()
            .skip(1)
            .map(|chunk| url(&chunk.file))
            .collect(),
    })
}

/// Style sheets of a chunk and of everything it imports statically.
fn styles(manifest: &BTreeMap<String, Chunk>, entry: &str) -> Vec<String> {
    imported(manifest, entry).into_iter().flat_map(|chunk| chunk.css.iter().map(|file| url(file))).collect()
}

/// A chunk, then everything that it imports statically.
fn imported<'a>(manifest: &'a BTreeMap<String, Chunk>, entry: &str) -> Vec<&'a Chunk> {
    let (mut seen, mut queue, mut found) = (Vec::new(), vec![entry], Vec::new());
    while let Some(name) = queue.pop() {
        let Some(chunk) = manifest.get(name).filter(|_| !seen.contains(&name)) else { continue };
        found.push(chunk);
        queue.extend(chunk.imports.iter().map(String::as_str));
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

/// A form in which a file travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Coding {
    /// As HTTP calls it.
    name: &'static str,
    /// What the name of the file in this form ends with.
    ending: &'static str,
}

/// The smallest first.
const CODINGS: [Coding; 2] = [Coding { name: "br", ending: ".br" }, Coding { name: "gzip", ending: ".gz" }];

/// The forms that an `Accept-Encoding` allows (RFC 9110, 12.5.3), whatever it prefers: the smallest is the best for everyone.
fn allowed(headers: &HeaderMap) -> impl Iterator<Item = Coding> {
    let wanted = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let wanted: Vec<(String, bool)> = wanted.flat_map(|value| value.split(',')).map(coding).collect();
    let of = move |name: &str| wanted.iter().find(|(wanted, _)| wanted == name).map(|(_, allowed)| *allowed);
    CODINGS.into_iter().filter(move |coding| of(coding.name).or_else(|| of("*")).unwrap_or(false))
}

/// One item of an `Accept-Encoding`: which form, and whether it is allowed at all.
fn coding(item: &str) -> (String, bool) {
    let (name, weight) = item.split_once(';').unwrap_or((item, ""));
    let weight = weight.trim().to_ascii_lowercase();
    let is_refused = weight.strip_prefix("q=").is_some_and(|weight| weight.trim().parse() == Ok(0.0));
    (name.trim().to_ascii_lowercase(), !is_refused)
}

/// The bytes of a file; those of the binary itself are not copied for each who asks.
fn bytes(file: EmbeddedFile) -> Bytes {
    match file.data {
        Cow::Borrowed(data) => Bytes::from_static(data),
        Cow::Owned(data) => data.into(),
    }
}

/// `GET /assets/…`: hashed names never change, so browsers keep them for a year.
pub async fn serve(Path(path): Path<String>, headers: HeaderMap) -> Response {
    let hidden = path.starts_with('.') || path.contains("/.");
    let Some(file) = Dist::get(&path).filter(|_| !hidden) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let size = file.data.len().to_string();
    let form = allowed(&headers)
        .find_map(|coding| Some((Some(coding), Dist::get(&format!("{path}{}", coding.ending))?)));
    let (coding, file) = form.unwrap_or((None, file));
    let hash = file.metadata.sha256_hash();
    let tag = format!("\"{}\"", hash[..16].iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|value| value.as_bytes() == tag.as_bytes());
    let lasting = [
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable".to_owned()),
        (header::VARY, header::ACCEPT_ENCODING.to_string()),
        (header::ETAG, tag),
    ];
    if known {
        return (StatusCode::NOT_MODIFIED, lasting).into_response();
    }
    let what = [
        (header::CONTENT_TYPE, content_type(&path).to_owned()),
        // What a page reads is not compressed any more; it wants to show its progress in those bytes.
        (header::HeaderName::from_static("x-size"), size),
    ];
    let mut response = (lasting, what, bytes(file)).into_response();
    if let Some(coding) = coding {
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding.name));
    }
    response
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
        assert_eq!(assets.room_modules, ["/assets/shared.js"], "the entry itself is its script");
    }

    fn names(accepted: &[&str]) -> Vec<&'static str> {
        let mut headers = HeaderMap::new();
        accepted.iter().for_each(|value| {
            headers.append(header::ACCEPT_ENCODING, value.parse().unwrap());
        });
        allowed(&headers).map(|coding| coding.name).collect()
    }

    #[test]
    fn a_browser_gets_only_forms_that_it_reads_and_the_smallest_of_them_first() {
        assert_eq!(names(&["gzip, deflate, br, zstd"]), ["br", "gzip"]);
        assert_eq!(names(&["deflate", "GZIP"]), ["gzip"], "several lines, any case");
        assert_eq!(names(&["br;q=0, gzip;q=0.5"]), ["gzip"]);
        assert_eq!(names(&["*;q=0.1, br; q=0.000"]), ["gzip"]);
        assert_eq!(names(&["*"]), ["br", "gzip"]);
        assert_eq!(names(&["*;q=0", "identity"]), [""; 0]);
        assert_eq!(names(&["brotli, gzipped, xgzip"]), [""; 0]);
        assert_eq!(names(&[]), [""; 0]);
        assert_eq!(
            names(&["", ";;q=,", "gzip;q=nonsense"]),
            ["gzip"],
            "a weight nobody understands refuses nothing"
        );
    }

    #[tokio::test]
    async fn the_manifest_itself_is_not_served() {
        let response = serve(Path(MANIFEST.into()), HeaderMap::new()).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
    }
}
