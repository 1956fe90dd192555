//! What runs in the browser. Islands take small props, draw what the server drew, and then only add to it.

#[cfg(feature = "hydrate")]
mod arrivals;
#[cfg(feature = "hydrate")]
mod ask;
mod foldable;
mod import_progress;
mod live_orders;
mod passkey;
mod refund_sum;
mod search_box;
#[cfg(feature = "hydrate")]
mod stream;

pub use foldable::{Foldable, FoldedCount};
pub use import_progress::{ImportProgress, Progress};
pub use live_orders::LiveOrders;
pub use passkey::PasskeyStep;
pub use refund_sum::RefundSum;
pub use search_box::SearchBox;

#[cfg(test)]
mod tests {
    use domain::feed::EventKind;

    #[test]
    fn the_shared_stream_hears_every_kind_of_event() {
        let script = include_str!("../../../public/stream.js");
        for kind in EventKind::CHOSEN.into_iter().chain([EventKind::Gap]) {
            assert!(script.contains(&format!("\"{}\"", kind.as_str())), "{kind:?}");
        }
    }
}
