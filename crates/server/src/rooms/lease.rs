//! This node's hold on the rooms that it runs: renewed for all of them at once, however many there are.

use crate::clock::now_ms;
use crate::limits::{LEASE, LEASE_RENEWAL};
use crate::rooms::registry::Services;
use std::sync::Arc;
use thexr_store::Store;
use thexr_wire::RoomId;
use tokio::time::{MissedTickBehavior, interval};
use tracing::warn;

/// Renews the node's leases from now on, until nobody has the services any more.
pub fn keep(services: &Arc<Services>) {
    let services = Arc::downgrade(services);
    tokio::spawn(async move {
        let mut ticker = interval(LEASE_RENEWAL);
        ticker.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticker.tick().await;
            let Some(services) = services.upgrade() else { return };
            let until_ms = now_ms() + lease_ms();
            if let Err(error) = services.store.renew_leases(&services.node, until_ms).await {
                warn!(%error, "the hold on this server's rooms could not be renewed");
            }
        }
    });
}

/// For how long a room is held, milliseconds.
pub fn lease_ms() -> i64 {
    LEASE.as_millis() as i64
}

/// Lets a room go. If that cannot be written, others wait until the lease is over.
pub async fn release(store: &dyn Store, room: &RoomId, epoch: i64) {
    if let Err(error) = store.release(room, epoch).await {
        warn!(%room, %error, "the room could not be released");
    }
}
