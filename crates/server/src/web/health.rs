//! `/healthz`, `/readyz`, `/metrics`.

use crate::app::App;
use crate::web::respond::problem;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::sync::{Arc, OnceLock};

/// Buckets of everything that takes seconds: a tick has 50 ms, a commit should have 10.
const SECONDS: [f64; 12] = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];
/// Buckets of everything that is counted.
const COUNTS: [f64; 9] = [0.0, 1.0, 5.0, 20.0, 100.0, 500.0, 2000.0, 8000.0, 20000.0];

/// The process's recorder, installed once.
pub fn recorder() -> &'static PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(|| {
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), &SECONDS)
            .and_then(|builder| builder.set_buckets_for_metric(Matcher::Suffix("_depth".into()), &COUNTS))
            .and_then(|builder| builder.set_buckets_for_metric(Matcher::Suffix("_events".into()), &COUNTS));
        let builder = builder.unwrap_or_else(|error| unreachable!("the buckets are not empty: {error}"));
        let handle =
            builder.install_recorder().unwrap_or_else(|error| unreachable!("installed once: {error}"));
        describe();
        // Counters that mean well while they are 0 stand there from the start.
        metrics::counter!("thexr_ticks_missed_total").increment(0);
        metrics::counter!("thexr_frames_dropped_total").increment(0);
        handle
    })
}

fn describe() {
    use metrics::{describe_counter, describe_gauge, describe_histogram};
    describe_gauge!("thexr_connections", "Open WebSocket connections");
    describe_gauge!("thexr_longpoll_bytes", "Bytes that long-poll sessions hold");
    describe_gauge!("thexr_rooms", "Running rooms");
    describe_gauge!("thexr_people", "People inside rooms");
    describe_histogram!("thexr_tick_seconds", "Duration of a room's tick");
    describe_histogram!("thexr_join_seconds", "Time from a join to its room's decision, by outcome");
    describe_histogram!("thexr_mailbox_depth", "Messages waiting for a room at the end of a tick");
    describe_histogram!("thexr_store_commit_seconds", "Duration of a group commit, fsync included");
    describe_histogram!("thexr_store_commit_events", "Events in a group commit");
    describe_counter!("thexr_store_events_total", "Events written to the journal");
    describe_gauge!("thexr_store_waiting_batches", "Batches waiting for the disk");
    describe_counter!("thexr_sent_bytes_total", "Payload bytes sent to clients");
    describe_counter!(
        "thexr_frames_dropped_total",
        "Motion frames passed over because a newer one was there"
    );
    describe_counter!("thexr_ticks_missed_total", "Ticks a room could not hold");
    describe_gauge!("thexr_shed_level", "How much the busiest room sheds, 0 for nothing to 6");
    describe_counter!("thexr_pushes_rate_limited_total", "Pushes refused by the rate limit");
    describe_counter!("thexr_poses_refused_total", "Poses that could not be used");
    describe_gauge!("thexr_voice_lines", "Peer connections that carry voices");
    describe_gauge!("thexr_voice_speaking", "People who speak now");
    describe_counter!("thexr_voice_packets_total", "Packets of voice, in and out");
    describe_gauge!("thexr_motion_lines", "People whose motion goes by datagrams");
    describe_counter!("thexr_motion_datagrams_total", "Frames of motion by datagrams, in and out");
    describe_gauge!("thexr_screens_shared", "Screens onto which something is shared");
    describe_counter!("thexr_screen_packets_total", "Packets of what is shared, in and out");
    describe_counter!(
        "thexr_voice_dropped_total",
        "Datagrams and packets of voice that were dropped, by reason"
    );
    describe_counter!(
        "thexr_voice_offers_refused_total",
        "Offers of lines for voices that were refused, by reason"
    );
    describe_counter!("thexr_disconnects_total", "Ended connections by reason");
    describe_counter!("thexr_room_ends_total", "Ended rooms by reason");
}

/// Processor time, memory and open files of the process, as Prometheus names them.
fn process() -> &'static metrics_process::Collector {
    static PROCESS: OnceLock<metrics_process::Collector> = OnceLock::new();
    PROCESS.get_or_init(|| {
        let process = metrics_process::Collector::default();
        process.describe();
        process
    })
}

/// `GET /healthz`: the process answers.
pub async fn alive() -> &'static str {
    "alive\n"
}

/// `GET /readyz`: the live path works.
pub async fn ready(State(app): State<Arc<App>>) -> Response {
    if *app.stopping.borrow() {
        return problem(StatusCode::SERVICE_UNAVAILABLE, "shutting_down", "The server is stopping.");
    }
    match app.ready.check(&*app.store, &app.writer).await {
        Ok(()) => "ready\n".into_response(),
        Err(what) => problem(StatusCode::SERVICE_UNAVAILABLE, "not_ready", what),
    }
}

/// `GET /metrics`: Prometheus text format.
pub async fn metrics(State(app): State<Arc<App>>) -> Response {
    process().collect();
    metrics::gauge!("thexr_shed_level").set(app.rooms.shed() as f64);
    metrics::gauge!("thexr_longpoll_bytes").set(app.polls.held_bytes() as f64);
    metrics::gauge!("thexr_rooms").set(app.rooms.running() as f64);
    metrics::gauge!("thexr_people").set(app.rooms.people().values().sum::<usize>() as f64);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], recorder().render()).into_response()
}
