//! What the environment says to tests.

/// Whether to run at full counts, as `make torture` asks.
#[expect(clippy::disallowed_methods, reason = "how `make torture` asks for the full counts")]
pub fn full_counts() -> bool {
    std::env::var("STOA_TORTURE").is_ok()
}

/// The shared Redis of the tests; keys there are random, so tests do not meet.
#[expect(clippy::disallowed_methods, reason = "tests are told by the environment where Redis runs")]
pub fn redis_url() -> String {
    std::env::var("REDIS_URL").expect("REDIS_URL is not set; run tests with `make test`, or `. scripts/env.sh` first")
}
