//! A drawn page that is sent many times: cut where nonces go, because each response has its own. It is sent from where it is
//! cached, never copied.

use std::convert::Infallible;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::pin::Pin;
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll};

use app::document::Document;
use axum::body::to_bytes;
use db::cache::Weighed;
use http::StatusCode;
use hyper::body::{Body, Bytes, Frame, SizeHint};

use super::draw::draw;

// Stands where the nonce of the response goes. Different in every process, so that no text can be taken for it.
static PLACEHOLDER: LazyLock<Arc<str>> = LazyLock::new(|| {
    let random = || RandomState::new().build_hasher().finish();
    format!("nonce-{:016x}{:016x}", random(), random()).into()
});

/// The page. Cheap to clone.
#[derive(Clone, Debug)]
pub struct CachedPage {
    // UTF-8; a nonce goes between each two.
    pieces: Arc<[Bytes]>,
}

impl CachedPage {
    /// Draws `view` of `data`.
    pub async fn draw<D: Send + 'static>(data: D, view: impl FnOnce(&D) -> Document + Send + 'static) -> Self {
        let build = Box::new(move || view(&data).into_view());
        let response = draw(StatusCode::OK, Arc::clone(&PLACEHOLDER), build).await;
        // A body in memory cannot fail.
        Self::cut(&to_bytes(response.into_body(), usize::MAX).await.unwrap_or_default())
    }

    fn cut(html: &Bytes) -> Self {
        let (mut pieces, mut begin) = (Vec::with_capacity(2), 0);
        for at in memchr::memmem::find_iter(html, PLACEHOLDER.as_bytes()) {
            pieces.push(html.slice(begin..at));
            begin = at + PLACEHOLDER.len();
        }
        pieces.push(html.slice(begin..));
        Self { pieces: pieces.into() }
    }
}

impl Weighed for CachedPage {
    fn bytes(&self) -> usize {
        self.pieces.iter().map(Bytes::len).sum()
    }
}

/// The body of one response.
pub struct CachedBody {
    page: CachedPage,
    nonce: Bytes,
    // Pieces and nonces that were sent, and the bytes that were not.
    sent: usize,
    left: u64,
}

impl CachedBody {
    /// The page with `nonce` in it.
    pub fn new(page: &CachedPage, nonce: &str) -> Self {
        let length = page.bytes() + nonce.len() * (page.pieces.len() - 1);
        Self { page: page.clone(), nonce: Bytes::copy_from_slice(nonce.as_bytes()), sent: 0, left: length as u64 }
    }
}

impl Body for CachedBody {
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
        let next = if is_nonce { &self.nonce } else { &self.page.pieces[at] }.clone();
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
    use app::document::{Head, Scripts, Theme};

    use super::*;

    #[tokio::test]
    async fn the_body_is_the_page_with_the_nonce_of_its_response() {
        for (scripts, nonces) in [(Scripts::None, 0), (Scripts::Islands, 1)] {
            let head = Head { scripts, ..Head::plain("A", Theme::Dark) };
            let page = CachedPage::draw(head.clone(), |head| app::frame::bare(head, None, || ())).await;
            let body = CachedBody::new(&page, "abc");
            let length = body.size_hint().exact();
            let bytes = to_bytes(axum::body::Body::new(body), usize::MAX).await.unwrap();
            let build = Box::new(move || app::frame::bare(&head, None, || ()).into_view());
            let drawn = draw(StatusCode::OK, Arc::from("abc"), build).await;
            assert_eq!(bytes, to_bytes(drawn.into_body(), usize::MAX).await.unwrap());
            assert_eq!(length, Some(bytes.len() as u64));
            assert_eq!(String::from_utf8_lossy(&bytes).matches("abc").count(), nonces);
        }
    }
}
