//! Small settings, and the probe that health checks use.

use super::Backend;
use super::fixture::*;

pub async fn the_first_of_two_generated_values_is_kept<B: Backend>() {
    let (mut backend, store) = store_with::<B>(&[]).await;
    assert_eq!(store.setting("key").await.unwrap(), None);
    assert_eq!(store.setting_or_insert("key", "first").await.unwrap(), "first");
    assert_eq!(store.setting_or_insert("key", "second").await.unwrap(), "first");
    store.close().await;
    let store = backend.open().await;
    assert_eq!(store.setting("key").await.unwrap().as_deref(), Some("first"));
}

pub async fn a_probe_leaves_rooms_alone<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    let before = store.load(&room("rooma"), NOW_MS).await.unwrap();
    store.probe(NOW_MS).await.unwrap();
    store.probe(NOW_MS + 1).await.unwrap();
    assert_eq!(store.load(&room("rooma"), NOW_MS).await.unwrap(), before);
}
