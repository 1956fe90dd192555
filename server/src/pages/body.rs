//! A rendered page as a body: its pieces are sent from where they are kept, with the nonce between them. A page that
//! is kept is so never copied.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use app::document::Rendered;
use hyper::body::{Body, Bytes, Frame, SizeHint};

/// The body of one response.
pub struct PageBody {
    pieces: Arc<[Bytes]>,
    nonce: Bytes,
    // Pieces and nonces that were sent, and the bytes that were not.
    sent: usize,
    left: u64,
}

impl PageBody {
    /// The page with `nonce` in it.
    pub fn new(page: &Rendered, nonce: &str) -> Self {
        let pieces = Arc::clone(page.pieces());
        let length = pieces.iter().map(Bytes::len).sum::<usize>() + nonce.len() * (pieces.len() - 1);
        Self { pieces, nonce: Bytes::copy_from_slice(nonce.as_bytes()), sent: 0, left: length as u64 }
    }
}

impl Body for PageBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        if self.is_end_stream() {
            return Poll::Ready(None);
        }
        let (at, is_nonce) = (self.sent / 2, self.sent % 2 == 1);
        let next = if is_nonce { &self.nonce } else { &self.pieces[at] }.clone();
        self.sent += 1;
        self.left -= next.len() as u64;
        Poll::Ready(Some(Ok(Frame::data(next))))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

#[cfg(test)]
mod tests {
    use app::document::{Head, Theme};
    use axum::body::to_bytes;

    use super::*;

    #[tokio::test]
    async fn the_body_is_the_page_with_its_nonce() {
        for page in [
            app::pages::error::page(
                app::pages::error::ErrorPage::default(),
                app::pages::error::Around::Nobody(Theme::Dark),
            ),
            app::frame::bare(
                &Head { scripts: app::document::Scripts::Islands, ..Head::plain("A", Theme::Dark) },
                None,
                || (),
            ),
        ] {
            let body = PageBody::new(&page, "abc");
            let length = body.size_hint().exact();
            let bytes = to_bytes(axum::body::Body::new(body), usize::MAX).await.unwrap();
            assert_eq!(bytes, page.with_nonce("abc"));
            assert_eq!(length, Some(bytes.len() as u64));
        }
    }
}
