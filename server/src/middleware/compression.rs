//! Compression of text that was not compressed before. Streams of events are left alone.

use http::header;
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{Predicate, SizeAbove};

type Worthwhile = tower_http::compression::predicate::And<SizeAbove, Text>;

/// The layer: brotli or gzip, whichever the browser prefers, at a level that costs about a millisecond a page.
pub fn layer() -> CompressionLayer<Worthwhile> {
    CompressionLayer::new().quality(CompressionLevel::Precise(4)).compress_when(SizeAbove::new(1_024).and(Text))
}

/// Text but for streams of events.
#[derive(Clone, Copy, Debug)]
pub struct Text;

impl Predicate for Text {
    fn should_compress<B>(&self, response: &http::Response<B>) -> bool {
        let Some(kind) = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()) else {
            return false;
        };
        let kind = kind.split(';').next().unwrap_or_default();
        kind != "text/event-stream" && (kind.starts_with("text/") || TEXTUAL.contains(&kind))
    }
}

const TEXTUAL: [&str; 6] = [
    "application/json",
    "application/problem+json",
    "application/javascript",
    "application/xml",
    "application/wasm",
    "image/svg+xml",
];
