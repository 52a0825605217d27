//! Where a run stands, for all who take part, on whatever thread.

use tokio::sync::watch;

/// A part of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    /// Everybody gets in.
    Settle,
    /// Nobody does any harm yet.
    Baseline,
    /// The attack.
    Attack,
    /// It is over.
    End,
}

/// Says where the run stands.
pub(crate) type Sender = watch::Sender<Phase>;

/// Hears where the run stands.
#[derive(Debug, Clone)]
pub(crate) struct Hearer(watch::Receiver<Phase>);

impl Hearer {
    pub(crate) fn of(sender: &Sender) -> Hearer {
        Hearer(sender.subscribe())
    }

    pub(crate) fn now(&self) -> Phase {
        *self.0.borrow()
    }

    /// Waits until the run has come to a phase.
    pub(crate) async fn reached(&mut self, phase: Phase) {
        // Whoever says it is gone: the run is over, which every phase comes to.
        self.0.wait_for(|now| *now >= phase).await.ok();
    }
}
