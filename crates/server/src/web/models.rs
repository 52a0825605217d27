//! The operator's models: glTF files in the data folder's `models`, for whoever builds.
//!
//! Serves them as they lie there, and lists them. Uploading is not here.

use crate::limits::{MODEL_BYTES_MAX, MODELS_MAX};
use crate::web::api::Shared;
use axum::Json;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::path::{Path, PathBuf};
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

/// What the name of a model's file ends with: all of it in one file.
const ENDING: &str = ".glb";

/// A model that can be placed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Model {
    /// Its file's name without the ending.
    pub name: String,
    /// Where it is to be had.
    pub url: String,
    /// How large its file is.
    pub bytes: u64,
}

/// Where the operator's models lie.
pub fn folder(data: &Path) -> PathBuf {
    data.join("models")
}

/// `GET /models/…`: not compressed for each who asks, asked for anew when a file has changed.
pub fn files<S: Clone + Send + Sync + 'static>(data: &Path) -> Router<S> {
    let files = ServeDir::new(folder(data)).append_index_html_on_directories(false);
    let asked_anew = HeaderValue::from_static("no-cache");
    Router::new()
        .nest_service("/models", files)
        .layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, asked_anew))
}

/// `GET /api/v1/models`.
pub async fn list(State(app): Shared) -> Response {
    let folder = folder(&app.config.data);
    let models = tokio::task::spawn_blocking(move || all(&folder)).await.unwrap_or_default();
    Json(serde_json::json!({"models": models})).into_response()
}

/// The models of a folder by name; none where there is no folder.
fn all(folder: &Path) -> Vec<Model> {
    let Ok(files) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut models: Vec<Model> = files.take(MODELS_MAX).filter_map(|file| model(&file.ok()?)).collect();
    models.sort();
    models
}

/// What is no glTF of a reasonable size, or has a name that no address can spell as it is, is not offered.
fn model(file: &std::fs::DirEntry) -> Option<Model> {
    let file_name = file.file_name().into_string().ok()?;
    let name = file_name.strip_suffix(ENDING)?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let bytes = file.metadata().ok().filter(|facts| facts.is_file())?.len();
    let fits =
        !name.is_empty() && !name.starts_with('.') && name.bytes().all(plain) && bytes <= MODEL_BYTES_MAX;
    fits.then(|| Model { name: name.to_owned(), url: format!("/models/{file_name}"), bytes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_are_offered_by_name_and_other_files_are_not() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(all(&folder.path().join("none")), []);
        for name in ["chair.glb", "arch-2.glb", "notes.txt", ".hidden.glb", "with space.glb", ".glb"] {
            std::fs::write(folder.path().join(name), "glTF").unwrap();
        }
        std::fs::create_dir(folder.path().join("folder.glb")).unwrap();
        let large = std::fs::File::create(folder.path().join("large.glb")).unwrap();
        large.set_len(MODEL_BYTES_MAX + 1).unwrap();
        let names: Vec<(String, String, u64)> =
            all(folder.path()).into_iter().map(|model| (model.name, model.url, model.bytes)).collect();
        let expected = [("arch-2", "/models/arch-2.glb"), ("chair", "/models/chair.glb")];
        assert_eq!(names, expected.map(|(name, url)| (name.to_owned(), url.to_owned(), 4)));
    }
}
