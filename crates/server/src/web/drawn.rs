//! Pictures that are kept as files: drawing one costs a processor half a second, so they are drawn one after another and not anew for
//! each who asks. Owns them; must not know what is drawn.

use crate::limits::{PICTURE_CACHE, PICTURES_MAX, PICTURES_WAITING_MAX};
use axum::body::Bytes;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use thexr_wire::RoomId;
use tokio::sync::Semaphore;

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
