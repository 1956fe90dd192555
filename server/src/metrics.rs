//! Metrics for Prometheus: requests by route, and what other crates count. The pieces of a route's metrics
//! are looked up once and kept, because looking them up costs more than counting.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use ::metrics::{
    Counter, Gauge, Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};
use http::{Method, StatusCode};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use crate::histogram::{Histogram, Snapshot};
use crate::middleware::request_log::Seen;

static EXPORTER: OnceLock<PrometheusHandle> = OnceLock::new();

const REQUESTS: &str = "stoa_http_requests_total";
const SECONDS: &str = "stoa_http_request_duration_seconds";
const IN_FLIGHT: &str = "stoa_http_requests_in_flight";
const BUCKETS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// Makes this process count; a second call changes nothing.
///
/// # Errors
/// When the recorder cannot be built, which would be a fault of this program.
pub fn install() -> Result<(), BuildError> {
    if EXPORTER.get().is_some() {
        return Ok(());
    }
    let builder = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS)?;
    let recorder = builder.build_recorder();
    if EXPORTER.set(recorder.handle()).is_ok() && ::metrics::set_global_recorder(recorder).is_ok() {
        describe_counter!(REQUESTS, "Completed requests, by method, route and status");
        describe_histogram!(SECONDS, Unit::Seconds, "Time to the first byte of the response, by method and route");
        describe_gauge!(IN_FLIGHT, "Requests in progress");
        describe_gauge!("stoa_partition_runway_days", "Days covered by partitions of orders");
        describe_gauge!("stoa_partition_default_rows", "Rows in default partitions; should be 0");
    }
    Ok(())
}

/// All numbers in Prometheus's text form.
pub fn render() -> String {
    EXPORTER.get().map(PrometheusHandle::render).unwrap_or_default()
}

/// Sorts what was measured into its buckets; to be called every few seconds, or measurements pile up.
pub fn tidy() {
    if let Some(exporter) = EXPORTER.get() {
        exporter.run_upkeep();
    }
}

/// The metrics of all routes.
pub struct Meters {
    routes: RwLock<HashMap<String, Vec<Arc<Meter>>>>,
    in_flight: Gauge,
}

struct Meter {
    method: &'static str,
    status: u16,
    requests: Counter,
    // Of Prometheus, by its buckets.
    seconds: ::metrics::Histogram,
    // Ours, for percentiles.
    histogram: Histogram,
}

/// What one route did since the process began.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RouteTimes {
    /// `GET /t/{tenant}`.
    pub route: String,
    /// Responses with a status of 500 or above.
    pub failed: u64,
    /// How long its responses took.
    pub taken: Snapshot,
}

/// A request that is being worked on.
pub struct InFlight(Gauge);

impl Default for Meters {
    fn default() -> Self {
        Self { routes: RwLock::default(), in_flight: gauge!(IN_FLIGHT) }
    }
}

impl Meters {
    /// Counts a request as being worked on until the answer is dropped.
    pub fn begin(&self) -> InFlight {
        self.in_flight.increment(1.0);
        InFlight(self.in_flight.clone())
    }

    /// Counts an answer.
    pub fn count(&self, seen: &Seen, status: StatusCode, taken: Duration) {
        let method = name(seen.method());
        let meter = self.known(seen.route(), method, status).unwrap_or_else(|| self.add(seen.route(), method, status));
        meter.requests.increment(1);
        meter.seconds.record(taken);
        meter.histogram.record(taken);
    }

    /// Every route that was requested, by method. Streams are left out, because they last as long as a page is open.
    pub fn by_route(&self) -> Vec<RouteTimes> {
        let routes = self.routes.read().unwrap_or_else(PoisonError::into_inner);
        let mut found: BTreeMap<(&str, &str), RouteTimes> = BTreeMap::new();
        let all = routes.iter().filter(|(path, _)| !path.ends_with("/events"));
        for (path, meter) in all.flat_map(|(path, meters)| meters.iter().map(move |meter| (path, meter))) {
            let sum = found.entry((path, meter.method)).or_default();
            meter.histogram.add_to(&mut sum.taken);
            sum.route = format!("{} {path}", meter.method);
            sum.failed += if meter.status >= 500 { meter.histogram.count() } else { 0 };
        }
        found.into_values().collect()
    }

    fn known(&self, route: &str, method: &str, status: StatusCode) -> Option<Arc<Meter>> {
        let routes = self.routes.read().unwrap_or_else(PoisonError::into_inner);
        let found = routes.get(route)?.iter().find(|m| m.method == method && m.status == status.as_u16())?;
        Some(Arc::clone(found))
    }

    fn add(&self, route: &str, method: &'static str, status: StatusCode) -> Arc<Meter> {
        let path = route.to_owned();
        let requests =
            counter!(REQUESTS, "method" => method, "path" => path.clone(), "status" => status.as_str().to_owned());
        let seconds = histogram!(SECONDS, "method" => method, "path" => path.clone());
        let meter =
            Arc::new(Meter { method, status: status.as_u16(), requests, seconds, histogram: Histogram::default() });
        let mut routes = self.routes.write().unwrap_or_else(PoisonError::into_inner);
        routes.entry(path).or_default().push(Arc::clone(&meter));
        meter
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}

// Clients may make up methods; each would be a label of its own.
fn name(method: &Method) -> &'static str {
    const NAMES: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    NAMES.into_iter().find(|name| *name == method.as_str()).unwrap_or("other")
}
