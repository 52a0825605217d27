//! Honest people of one room: a walker, a witness who watches, pings and acts, a listener on a slow line, newcomers.
//!
//! They live on a thread of their own, so that what they feel is the server's doing and not their neighbours'.

mod listener;
mod newcomer;
mod person;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::ground::Visitor;
use crate::phase::Hearer;
use crate::samples::Diary;

/// How long everyone may take to get in.
const READY_TIMEOUT: Duration = Duration::from_secs(30);

/// How often one looks whether everyone is in.
const READY_POLL: Duration = Duration::from_millis(50);

/// Walker, witness, listener.
const PEOPLE: usize = 3;

/// What they need.
#[derive(Debug, Clone)]
pub(crate) struct Setting {
    pub(crate) server: SocketAddr,
    pub(crate) room: String,
    /// Where newcomers go, one after the other; nowhere: there are none.
    pub(crate) newcomers_rooms: Vec<String>,
    /// Three people, and one for each newcomer.
    pub(crate) visitors: Vec<Visitor>,
    pub(crate) phase: Hearer,
}

/// What they felt.
#[derive(Debug)]
pub(crate) struct Diaries {
    pub(crate) witness: Diary,
    pub(crate) listener: Diary,
    pub(crate) newcomers: Option<Diary>,
}

/// Honest people at work.
pub(crate) struct Honest {
    thread: JoinHandle<Result<Diaries>>,
    inside: Arc<AtomicUsize>,
}

impl Honest {
    /// Lets them in; they stay until the run ends.
    pub(crate) fn start(setting: Setting) -> Honest {
        let inside = Arc::new(AtomicUsize::new(0));
        let counter = inside.clone();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(live(setting, counter))
        });
        Honest { thread, inside }
    }

    /// Waits until everyone is in.
    ///
    /// Errors: they do not get in.
    pub(crate) async fn inside(&self) -> Result<()> {
        let deadline = tokio::time::Instant::now() + READY_TIMEOUT;
        while self.inside.load(Ordering::Relaxed) < PEOPLE {
            ensure!(!self.thread.is_finished(), "the honest people ended early");
            ensure!(tokio::time::Instant::now() < deadline, "the honest people did not get in");
            tokio::time::sleep(READY_POLL).await;
        }
        Ok(())
    }

    /// What they felt, once the run has ended.
    pub(crate) fn finish(self) -> Result<Diaries> {
        self.thread.join().ok().context("an honest person broke")?
    }
}

async fn live(setting: Setting, inside: Arc<AtomicUsize>) -> Result<Diaries> {
    let Setting { server, room, newcomers_rooms, visitors, phase } = setting;
    let [walker, witness, listener, newcomers @ ..] = &visitors[..] else {
        anyhow::bail!("too few visitors");
    };
    let person = |visitor: &Visitor, number, asks| person::Plan {
        server,
        room: room.clone(),
        token: visitor.token.clone(),
        number,
        asks,
        phase: phase.clone(),
        inside: inside.clone(),
    };
    let come = async {
        if newcomers_rooms.is_empty() {
            return None;
        }
        Some(newcomer::come(server, &newcomers_rooms, newcomers, phase.clone()).await)
    };
    let (_, witness, listener, newcomers) = tokio::join!(
        person::live(person(walker, 1, false)),
        person::live(person(witness, 2, true)),
        listener::live(person(listener, 3, false)),
        come,
    );
    Ok(Diaries { witness, listener, newcomers })
}
