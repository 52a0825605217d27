//! The writer over a real store: groups, order, retries, lost answers, the end.

use super::Backend;
use super::fixture::*;
use super::lossy::{Loss, Lossy};
use std::sync::{Arc, Mutex};
use thexr_store::limits::QUEUE_BATCHES_MAX;
use thexr_store::{
    GroupFigures, Outcome, RefusedReason, Store, UnavailableReason, Writer, WriterHandle, WriterObserver,
};

#[derive(Default)]
struct Groups(Mutex<Vec<GroupFigures>>);

impl WriterObserver for Groups {
    fn group_ended(&self, figures: &GroupFigures) {
        self.0.lock().unwrap().push(*figures);
    }
}

impl Groups {
    fn sizes(&self) -> Vec<(usize, usize)> {
        self.0.lock().unwrap().iter().map(|group| (group.batches, group.committed)).collect()
    }
}

fn spawn(store: &Arc<dyn Store>) -> WriterHandle {
    Writer::spawn(Arc::clone(store), Arc::new(()))
}

async fn until_unavailable(writer: &WriterHandle, reason: UnavailableReason) {
    writer.health().wait_for(|health| *health == Some(reason)).await.unwrap();
}

pub async fn what_is_submitted_together_goes_into_one_transaction<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma", "roomb"]).await;
    let groups = Arc::new(Groups::default());
    let writer = Writer::spawn(Arc::clone(&store), groups.clone());
    // The test's runtime has one thread: the writer first runs when all three are there.
    let outcomes = [
        writer.submit(batch("rooma", 1, [event(1)])),
        writer.submit(batch("roomb", 1, [event(1)])),
        writer.submit(batch("rooma", 1, [event(2), event(3)])),
    ];
    writer.flush().await;
    let [first, second, third] = outcomes;
    assert_eq!(
        [first.await, second.await, third.await],
        [Ok(committed(1)), Ok(committed(1)), Ok(committed(3))]
    );
    assert_eq!(groups.sizes(), [(3, 3)]);
    let figures = groups.0.lock().unwrap()[0];
    assert_eq!((figures.events, figures.waiting, figures.postponed), (4, 0, 0));
    assert!(!figures.duration.is_zero());
}

pub async fn a_batch_is_durable_once_its_outcome_is_told<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    let writer = spawn(&store);
    assert_eq!(writer.submit(batch("rooma", 1, [event(1)])).await, Ok(committed(1)));
    assert_eq!(seqs(&store, "rooma").await, [1]);
}

pub async fn a_rooms_order_is_kept_while_the_store_lacks_space<B: Backend>() {
    let (backend, store) = store_with::<B>(&["rooma"]).await;
    let writer = spawn(&store);
    backend.fill().await;
    let mut outcomes = vec![
        writer.submit(batch("rooma", 1, [large_event(1)])),
        writer.submit(batch("rooma", 1, [event(2)])),
    ];
    until_unavailable(&writer, UnavailableReason::DiskFull).await;
    outcomes.push(writer.submit(batch("rooma", 1, [event(3)])));
    outcomes.push(writer.submit(batch("rooma", 1, [large_event(4)])));
    backend.free().await;
    for (outcome, last_seq) in outcomes.into_iter().zip(1..) {
        assert_eq!(outcome.await, Ok(committed(last_seq)));
    }
    assert_eq!(seqs(&store, "rooma").await, [1, 2, 3, 4]);
    writer.health().wait_for(Option::is_none).await.unwrap();
}

pub async fn other_rooms_go_on_while_one_waits_for_space<B: Backend>() {
    let (backend, store) = store_with::<B>(&["rooma", "roomb"]).await;
    let writer = spawn(&store);
    backend.fill().await;
    let mut large = writer.submit(batch("rooma", 1, [large_event(1)]));
    until_unavailable(&writer, UnavailableReason::DiskFull).await;
    assert_eq!(writer.submit(batch("roomb", 1, [event(1)])).await, Ok(committed(1)));
    assert!(large.try_recv().is_err());
    backend.free().await;
    assert_eq!(large.await, Ok(committed(1)));
}

pub async fn a_refused_batch_is_told_and_others_go_on<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma", "roomb"]).await;
    let writer = spawn(&store);
    let fenced = writer.submit(batch("rooma", 7, [event(1)]));
    let fine = writer.submit(batch("roomb", 1, [event(1)]));
    assert_eq!(fenced.await, Ok(Outcome::Refused(RefusedReason::Fenced)));
    assert_eq!(fine.await, Ok(committed(1)));
    assert_eq!(*writer.health().borrow(), None);
}

pub async fn a_commit_whose_answer_was_lost_is_not_written_twice<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    let lossy: Arc<dyn Store> = Arc::new(Lossy::new(&store, [Loss::Answer]));
    let writer = spawn(&lossy);
    let outcomes =
        [writer.submit(batch("rooma", 1, [event(1)])), writer.submit(batch("rooma", 1, [event(2)]))];
    let next = writer.submit(batch("rooma", 1, [event(3)]));
    for (outcome, last_seq) in outcomes.into_iter().chain([next]).zip(1..) {
        assert_eq!(outcome.await, Ok(committed(last_seq)));
    }
    assert_eq!(seqs(&store, "rooma").await, [1, 2, 3]);
    writer.health().wait_for(Option::is_none).await.unwrap();
}

pub async fn a_commit_that_was_lost_is_written_again<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    let lossy: Arc<dyn Store> = Arc::new(Lossy::new(&store, [Loss::Commit]));
    let writer = spawn(&lossy);
    let first = writer.submit(batch("rooma", 1, [event(1)]));
    until_unavailable(&writer, UnavailableReason::ConnectionLost).await;
    let second = writer.submit(batch("rooma", 1, [event(2)]));
    assert_eq!([first.await, second.await], [Ok(committed(1)), Ok(committed(2))]);
    assert_eq!(seqs(&store, "rooma").await, [1, 2]);
}

pub async fn an_outcome_in_doubt_stays_in_doubt_until_it_can_be_read<B: Backend>() {
    for lost in [Loss::Answer, Loss::Commit] {
        let (_backend, store) = store_with::<B>(&["rooma"]).await;
        // The first batch cannot be read back at once; the second could, and must not go first all the same.
        let lossy: Arc<dyn Store> = Arc::new(Lossy::new(&store, [lost, Loss::Read]));
        let writer = spawn(&lossy);
        let first = writer.submit(batch("rooma", 1, [event(1)]));
        let second = writer.submit(batch("rooma", 1, [event(2)]));
        assert_eq!([first.await, second.await], [Ok(committed(1)), Ok(committed(2))]);
        assert_eq!(seqs(&store, "rooma").await, [1, 2]);
    }
}

pub async fn a_flush_ends_when_nothing_waits<B: Backend>() {
    let (backend, store) = store_with::<B>(&["rooma"]).await;
    let writer = spawn(&store);
    writer.flush().await;
    backend.fill().await;
    let mut large = writer.submit(batch("rooma", 1, [large_event(1)]));
    until_unavailable(&writer, UnavailableReason::DiskFull).await;
    backend.free().await;
    writer.flush().await;
    assert_eq!(large.try_recv(), Ok(committed(1)));
}

pub async fn a_writer_that_retries_answers_and_tells_why<B: Backend>() {
    let (backend, store) = store_with::<B>(&["rooma"]).await;
    let writer = spawn(&store);
    assert!(writer.ping().await);
    backend.fill().await;
    let large = writer.submit(batch("rooma", 1, [large_event(1)]));
    until_unavailable(&writer, UnavailableReason::DiskFull).await;
    assert!(writer.ping().await);
    assert_eq!(*writer.health().borrow(), Some(UnavailableReason::DiskFull));
    backend.free().await;
    assert_eq!(large.await, Ok(committed(1)));
    assert!(writer.ping().await);
    assert_eq!(*writer.health().borrow(), None);
}

pub async fn the_last_handle_leaves_nothing_unwritten<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    let writer = spawn(&store);
    let outcome = writer.submit(batch("rooma", 1, [event(1)]));
    drop(writer);
    assert_eq!(outcome.await, Ok(committed(1)));
}

pub async fn what_the_last_try_cannot_write_is_told<B: Backend>() {
    let (backend, store) = store_with::<B>(&["rooma"]).await;
    let writer = spawn(&store);
    backend.fill().await;
    let large = writer.submit(batch("rooma", 1, [large_event(1)]));
    drop(writer);
    assert_eq!(large.await, Ok(Outcome::Unavailable(UnavailableReason::Stopped)));
}

pub async fn more_than_the_queue_holds_is_not_taken<B: Backend>() {
    let (_backend, store) = store_with::<B>(&["rooma"]).await;
    let writer = spawn(&store);
    let taken: Vec<_> = (0..QUEUE_BATCHES_MAX).map(|_| writer.submit(batch("rooma", 1, []))).collect();
    let mut one_more = writer.submit(batch("rooma", 1, []));
    assert_eq!(one_more.try_recv(), Ok(Outcome::Unavailable(UnavailableReason::QueueFull)));
    writer.flush().await;
    for outcome in taken {
        assert_eq!(outcome.await, Ok(committed(0)));
    }
    assert_eq!(writer.submit(batch("rooma", 1, [event(1)])).await, Ok(committed(1)));
}
