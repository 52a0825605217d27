//! What the measured time cost the server: looks at its `/metrics` each second. Knows no bots.

use crate::limits::{METRICS_BYTES_MAX, METRICS_PERIOD, METRICS_TIMEOUT};
use crate::metrics::Figures;
use crate::report::ServerCost;
use crate::shared::Phase;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior};

/// Where the figures come from.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    agent: ureq::Agent,
    url: String,
    key: Option<String>,
    period: Duration,
}

impl Source {
    /// The metrics of a server; the key is shown in case they are not public.
    pub fn new(url: &str, key: Option<String>) -> Self {
        let config = ureq::Agent::config_builder().timeout_global(Some(METRICS_TIMEOUT)).build();
        let url = format!("{}/metrics", url.trim_end_matches('/'));
        Self { agent: config.into(), url, key, period: METRICS_PERIOD }
    }

    /// One look, on a thread that may wait; `None` when nothing came in time.
    async fn read(&self) -> Option<Figures> {
        let source = self.clone();
        tokio::task::spawn_blocking(move || source.ask()).await.ok()?
    }

    fn ask(&self) -> Option<Figures> {
        let mut request = self.agent.get(&self.url);
        if let Some(key) = &self.key {
            request = request.header("Authorization", format!("Bearer {key}"));
        }
        let mut response = request.call().ok()?;
        let text = response.body_mut().with_config().limit(METRICS_BYTES_MAX).read_to_string().ok()?;
        Some(Figures::read(&text))
    }
}

/// The newest look, for the progress line.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Load {
    /// Cores in use since the look before.
    pub cores: Option<f64>,
    /// Memory, bytes.
    pub rss_bytes: Option<f64>,
    /// Quality shed.
    pub shed_level: Option<f64>,
}

impl Load {
    fn between(before: Option<&(Duration, Figures)>, (at, figures): &(Duration, Figures)) -> Self {
        let cores = before.and_then(|(began, before)| {
            cores(*at - *began, grown(before.cpu_seconds?, figures.cpu_seconds)?)
        });
        Self { cores, rss_bytes: figures.rss_bytes, shed_level: figures.shed_level }
    }
}

/// What the measured time cost.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Watched {
    /// The server's own figures.
    pub cost: ServerCost,
    /// Frames it passed over.
    pub frames_skipped: Option<u64>,
}

/// Looks until the run stops; returns what the measured time cost, `None` when nothing could be read.
pub(crate) async fn watch_server(
    source: Source,
    mut phase: watch::Receiver<Phase>,
    load: Arc<Mutex<Load>>,
) -> Option<Watched> {
    let (began, mut window, mut before) = (Instant::now(), Window::default(), None);
    let mut period = tokio::time::interval_at(began + source.period, source.period);
    period.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let now = *phase.borrow_and_update();
        if let Some(figures) = source.read().await {
            let look = (began.elapsed(), figures);
            *load.lock().unwrap_or_else(PoisonError::into_inner) = Load::between(before.as_ref(), &look);
            window.take(now, &look);
            before = Some(look);
        }
        if now == Phase::Stop {
            return window.cost();
        }
        tokio::select! {
            _ = period.tick() => {}
            changed = phase.changed() => if changed.is_err() { return window.cost() },
        }
    }
}

/// Looks at the measured time: the first, the last, the peaks.
#[derive(Debug, Default)]
struct Window {
    first: Option<(Duration, Figures)>,
    last: Option<(Duration, Figures)>,
    rss_bytes_peak: Option<f64>,
    shed_level_max: Option<f64>,
}

impl Window {
    fn take(&mut self, phase: Phase, look: &(Duration, Figures)) {
        match phase {
            Phase::Ramp => return,
            Phase::Measure if self.first.is_none() => self.first = Some(look.clone()),
            Phase::Measure | Phase::Stop => self.last = Some(look.clone()),
        }
        self.rss_bytes_peak = most(self.rss_bytes_peak, look.1.rss_bytes);
        self.shed_level_max = most(self.shed_level_max, look.1.shed_level);
    }

    fn cost(self) -> Option<Watched> {
        let ((from, first), (to, last)) = (self.first?, self.last?);
        let counted =
            |before: Option<f64>, after| grown(before.unwrap_or_default(), after).map(|growth| growth as u64);
        let cpu_seconds = first.cpu_seconds.and_then(|before| grown(before, last.cpu_seconds));
        let disconnects = last.disconnects.into_iter().filter_map(|(reason, ends)| {
            let more = counted(first.disconnects.get(&reason).copied(), Some(ends))?;
            (more > 0).then_some((reason, more))
        });
        let cost = ServerCost {
            cpu_seconds,
            cores: cpu_seconds.and_then(|cpu_seconds| cores(to - from, cpu_seconds)),
            rss_bytes_peak: self.rss_bytes_peak.map(|bytes| bytes as u64),
            ticks_missed: counted(first.ticks_missed, last.ticks_missed),
            shed_level_max: self.shed_level_max,
            sent_bytes: counted(first.sent_bytes, last.sent_bytes),
            disconnects: disconnects.collect(),
        };
        Some(Watched { cost, frames_skipped: counted(first.frames_dropped, last.frames_dropped) })
    }
}

/// How much a total has grown; one that fell is another process's.
fn grown(before: f64, after: Option<f64>) -> Option<f64> {
    after.map(|after| after - before).filter(|growth| *growth >= 0.0)
}

fn cores(time: Duration, cpu_seconds: f64) -> Option<f64> {
    (!time.is_zero()).then(|| cpu_seconds / time.as_secs_f64())
}

fn most(one: Option<f64>, other: Option<f64>) -> Option<f64> {
    one.into_iter().chain(other).reduce(f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look(at_s: u64, text: &str) -> (Duration, Figures) {
        (Duration::from_secs(at_s), Figures::read(text))
    }

    #[test]
    fn the_cost_is_what_grew_while_measuring_and_the_peaks_in_between() {
        let mut window = Window::default();
        window.take(Phase::Ramp, &look(0, "process_resident_memory_bytes 900\nprocess_cpu_seconds_total 1"));
        window.take(
            Phase::Measure,
            &look(10, "process_resident_memory_bytes 100\nprocess_cpu_seconds_total 4\nthexr_disconnects_total{reason=\"left\"} 2"),
        );
        window.take(Phase::Measure, &look(15, "process_resident_memory_bytes 300\nthexr_shed_level 2"));
        window.take(
            Phase::Stop,
            &look(20, "process_resident_memory_bytes 200\nprocess_cpu_seconds_total 9\nthexr_frames_dropped_total 6\nthexr_shed_level 0\nthexr_disconnects_total{reason=\"left\"} 5"),
        );
        let Watched { cost, frames_skipped } = window.cost().unwrap();
        assert_eq!((cost.cpu_seconds, cost.cores), (Some(5.0), Some(0.5)));
        assert_eq!((cost.rss_bytes_peak, cost.shed_level_max), (Some(300), Some(2.0)));
        assert_eq!((frames_skipped, cost.ticks_missed), (Some(6), None));
        assert_eq!(cost.disconnects, [("left".to_owned(), 3)].into());
    }

    #[test]
    fn a_server_that_began_anew_has_no_cost_instead_of_a_negative_one() {
        let mut window = Window::default();
        window.take(Phase::Measure, &look(1, "process_cpu_seconds_total 50"));
        window.take(Phase::Stop, &look(2, "process_cpu_seconds_total 1"));
        assert_eq!(window.cost().unwrap().cost.cpu_seconds, None);
        assert_eq!(Window::default().cost(), None);
    }

    #[test]
    fn the_load_is_the_growth_since_the_look_before() {
        let (one, two) = (look(1, "process_cpu_seconds_total 1"), look(3, "process_cpu_seconds_total 2"));
        assert_eq!(Load::between(Some(&one), &two).cores, Some(0.5));
        assert_eq!(Load::between(None, &two), Load::default());
    }

    /// A server whose CPU time is the number of the request; tells of every request.
    fn counting_server() -> (String, tokio::sync::mpsc::UnboundedReceiver<u32>) {
        use std::io::{BufRead, BufReader, Write};
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let (asked, asks) = tokio::sync::mpsc::unbounded_channel();
        std::thread::spawn(move || {
            for number in 1.. {
                let (mut stream, _) = listener.accept().unwrap();
                let lines = BufReader::new(stream.try_clone().unwrap()).lines().map(Result::unwrap);
                let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
                assert_eq!(head[0], "GET /metrics HTTP/1.1");
                let text = format!("process_cpu_seconds_total {number}\n");
                let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close", text.len());
                write!(stream, "{head}\r\n\r\n{text}").unwrap();
                if asked.send(number).is_err() {
                    return;
                }
            }
        });
        (url, asks)
    }

    #[tokio::test]
    async fn the_beginning_and_the_end_of_the_measured_time_are_looked_at_at_once() {
        let (url, mut asks) = counting_server();
        let (phase, watch) = watch::channel(Phase::Ramp);
        let source = Source { period: Duration::from_secs(3_600), ..Source::new(&url, None) };
        let watching = tokio::spawn(watch_server(source, watch, Arc::default()));
        for next in [Phase::Measure, Phase::Stop] {
            asks.recv().await.unwrap();
            phase.send_replace(next);
        }
        let cost = watching.await.unwrap().unwrap().cost;
        assert_eq!(cost.cpu_seconds, Some(1.0));
        assert_eq!(cost.rss_bytes_peak, None);
    }

    #[tokio::test]
    async fn a_server_that_does_not_answer_has_no_cost() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let (_stage, watch) = watch::channel(Phase::Stop);
        assert_eq!(watch_server(Source::new(&url, None), watch, Arc::default()).await, None);
    }
}
