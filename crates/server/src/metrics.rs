//! Figures for Prometheus, on a listener of their own. Off by default, and then nothing is counted.

use std::time::Duration;

use http::{Method, StatusCode};
use metrics::{Key, Label, Level, Metadata, Recorder};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle, PrometheusRecorder};

/// The figures of this server.
#[derive(Default)]
pub struct Metrics {
    recorder: Option<(PrometheusRecorder, PrometheusHandle)>,
}

const METADATA: Metadata<'static> = Metadata::new("tallystick", Level::INFO, None);

impl Metrics {
    /// Counts when `on`.
    #[must_use]
    pub fn new(on: bool) -> Self {
        if !on {
            return Self::default();
        }
        let buckets = [
            0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
        ];
        let builder = PrometheusBuilder::new();
        let builder = match builder.set_buckets(&buckets) {
            Ok(builder) => builder,
            Err(_) => PrometheusBuilder::new(),
        };
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        Self {
            recorder: Some((recorder, handle)),
        }
    }

    /// Counts one request.
    pub fn note(&self, method: &Method, status: StatusCode, took: Duration) {
        let Some((recorder, _)) = &self.recorder else {
            return;
        };
        let verb = match *method {
            Method::GET => "GET",
            Method::POST => "POST",
            Method::PUT => "PUT",
            Method::DELETE => "DELETE",
            Method::PATCH => "PATCH",
            Method::HEAD => "HEAD",
            Method::OPTIONS => "OPTIONS",
            _ => "other",
        };
        let status = status.as_u16().to_string();
        let labels = vec![
            Label::from_static_parts("method", verb),
            Label::new("status", status),
        ];
        recorder
            .register_counter(
                &Key::from_parts("tallystick_requests_total", labels),
                &METADATA,
            )
            .increment(1);
        let key = Key::from_parts(
            "tallystick_request_seconds",
            vec![Label::from_static_parts("method", verb)],
        );
        recorder
            .register_histogram(&key, &METADATA)
            .record(took.as_secs_f64());
    }

    /// The page Prometheus reads.
    #[must_use]
    pub fn render(&self) -> String {
        self.recorder
            .as_ref()
            .map(|(_, handle)| handle.render())
            .unwrap_or_default()
    }
}
