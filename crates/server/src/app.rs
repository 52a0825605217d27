//! Everything a request needs, in one place, made once at start.

use crate::auth::{self, Tokens};
use crate::config::Config;
use crate::limits::{BAKES_MAX, STATE_WRITES_MAX};
use crate::rooms::Registry;
use crate::rooms::registry::{Fault, Services};
use crate::rooms::threads::RoomThreads;
use crate::voices::Voices;
use crate::web::assets::BuiltClient;
use crate::web::preview::Previews;
use crate::web::rate::RateLimits;
use crate::web::ready::Ready;
use std::sync::Arc;
use std::time::Duration;
use thexr_store::{GroupFigures, Store, StoreError, Writer, WriterHandle, WriterObserver};
use tokio::sync::{Semaphore, watch};

/// Shared by all handlers and connections.
pub struct App {
    /// Settings as read at start; they do not change while the server runs.
    pub config: Config,
    /// The store.
    pub store: Arc<dyn Store>,
    /// Its writer.
    pub writer: WriterHandle,
    /// Running rooms.
    pub rooms: Arc<Registry>,
    /// Signs and reads tokens, with the configured secret or the one kept in the store.
    pub tokens: Arc<Tokens>,
    /// The operator's key.
    pub operator_key: String,
    /// The built web client.
    pub client: BuiltClient,
    /// Pictures of rooms.
    pub previews: Previews,
    /// The voices, unless they are off.
    pub voices: Option<Arc<Voices>>,
    /// Rate limits by address.
    pub limits: RateLimits,
    /// Cached readiness.
    pub ready: Ready,
    /// Long-poll sessions.
    pub polls: crate::socket::longpoll::Polls,
    /// Becomes true when sockets must close.
    pub stopping: watch::Sender<bool>,
}

struct Observer;

impl WriterObserver for Observer {
    fn group_ended(&self, figures: &GroupFigures) {
        metrics::histogram!("thexr_store_commit_seconds").record(figures.duration.as_secs_f64());
        metrics::histogram!("thexr_store_commit_events").record(figures.events as f64);
        metrics::counter!("thexr_store_events_total").increment(figures.events as u64);
        metrics::counter!("thexr_store_refused_total").increment(figures.refused as u64);
        metrics::gauge!("thexr_store_waiting_batches").set(figures.waiting as f64);
    }
}

impl App {
    /// Puts the parts together; keys are generated and kept in the store on the first run.
    pub async fn new(
        config: Config,
        store: Arc<dyn Store>,
        threads: RoomThreads,
        voices: Option<Arc<Voices>>,
        fault: Option<Fault>,
    ) -> Result<Arc<Self>, StoreError> {
        let secret = if config.secret.is_empty() {
            store.setting_or_insert("token_secret", &auth::new_secret()).await?
        } else {
            config.secret.clone()
        };
        let operator_key = store.setting_or_insert("operator_key", &auth::new_secret()).await?;
        // One server has one store so far: those that share one will each need a name from their configuration.
        let node = store.setting_or_insert("node", &auth::new_user_id().to_string()).await?;
        let tokens = Arc::new(Tokens::new(&secret, config.token_hours, operator_key.clone()));
        let writer = Writer::spawn(store.clone(), Arc::new(Observer));
        let services = Services {
            store: store.clone(),
            writer: writer.clone(),
            node,
            state_turns: Arc::new(Semaphore::new(STATE_WRITES_MAX)),
            bake_turns: Arc::new(Semaphore::new(BAKES_MAX)),
            room_idle: Duration::from_secs(config.room_idle_minutes * 60),
            caps: config.caps(),
            voices: voices.clone(),
            fault,
        };
        Ok(Arc::new(Self {
            store,
            writer,
            rooms: Registry::new(Arc::new(services), threads),
            tokens,
            operator_key,
            client: BuiltClient::load(),
            previews: Previews::default(),
            voices,
            limits: RateLimits::new(config.sockets_per_address),
            ready: Ready::default(),
            polls: crate::socket::longpoll::Polls::default(),
            stopping: watch::Sender::new(false),
            config,
        }))
    }
}
