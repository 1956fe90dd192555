//! Forms with a file, as `multipart/form-data`. Whoever takes one says which text fields there are and how long each may be;
//! nothing that is sent is held beyond that: not a field, not a field's head, not what stands before the first. The file is
//! handed on piece by piece.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes};
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Request};
use domain::fields::FieldErrors;
use futures::{Stream, StreamExt};
use http::StatusCode;

use super::address::{NOT_UTF8, NUL};
use super::budget::{Budget, Held};

#[expect(clippy::disallowed_types, reason = "the one place where it is read")]
type Multipart = axum::extract::Multipart;

/// Most parts of a form.
const MOST_PARTS: usize = 50;
/// Longest head of a part, and whatever stands between two.
const LONGEST_HEAD: usize = 16 * 1024;
/// Longest field that the form does not have; it is passed over.
const LONGEST_OTHER: usize = 16 * 1024;
/// How long somebody may go on sending what was refused already.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a form has.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// Its text fields, and how many bytes each may have.
    pub texts: &'static [(&'static str, usize)],
    /// The field of the file.
    pub file: &'static str,
}

/// The parts of a form that is arriving.
pub struct Parts {
    layout: Layout,
    body: Multipart,
    source: Arc<Source>,
    held: Held,
    count: usize,
}

/// One part.
pub enum Part<'a> {
    /// A text field, whole.
    Text(&'static str, String),
    /// The file, to be read.
    File(File<'a>),
    /// A field that the form does not have.
    Other,
}

/// A file that is arriving.
pub struct File<'a>(Box<Field<'a>>);

/// Why a form is not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is no form of this kind, with this status.
    NoForm(StatusCode),
    /// This field is at fault.
    Field(&'static str, String),
    /// It broke off, came too slowly, or is not put together as such forms are.
    Broken,
    /// It is larger than it may be.
    TooLarge,
    /// The process holds as much as it may.
    Crowded,
}

impl Parts {
    /// The parts of the request's body.
    ///
    /// # Errors
    /// When it does not say that it is such a form.
    pub async fn of(request: Request, layout: Layout, budget: &Budget) -> Result<Self, Fault> {
        let mut source = None;
        let request = request.map(|body| {
            let (stream, shared) = Source::new(body.into_data_stream());
            source = Some(shared);
            Body::from_stream(stream)
        });
        let body = Multipart::from_request(request, &()).await.map_err(|refusal| Fault::NoForm(refusal.status()))?;
        let source = source.ok_or(Fault::Broken)?;
        Ok(Self { layout, body, source, held: budget.hold(), count: 0 })
    }

    /// The next part.
    ///
    /// # Errors
    /// When the form is at fault; there are no further parts then.
    pub async fn next(&mut self) -> Result<Option<Part<'_>>, Fault> {
        self.count += 1;
        if self.count > MOST_PARTS {
            return Err(Fault::Broken);
        }
        self.source.allow(LONGEST_HEAD);
        let Some(mut field) = self.body.next_field().await.map_err(|e| Fault::from(&e))? else { return Ok(None) };
        self.source.allow(usize::MAX);
        let name = field.name().unwrap_or_default();
        if name == self.layout.file {
            return Ok(Some(Part::File(File(Box::new(field)))));
        }
        let known = self.layout.texts.iter().copied().find(|(known, _)| *known == name);
        let most = known.map_or(LONGEST_OTHER, |(_, most)| most);
        let label = known.map_or(self.layout.file, |(name, _)| name);
        let mut text = Vec::new();
        while let Some(piece) = field.chunk().await.map_err(|e| Fault::from(&e))? {
            if text.len() + piece.len() > most {
                return Err(Fault::Field(label, format!("Use at most {most} characters.")));
            }
            self.held.grow(piece.len()).map_err(|_| Fault::Crowded)?;
            text.extend_from_slice(&piece);
        }
        let Some((name, _)) = known else { return Ok(Some(Part::Other)) };
        let text = String::from_utf8(text).map_err(|_| Fault::Field(name, NOT_UTF8.to_owned()))?;
        if text.contains('\0') {
            return Err(Fault::Field(name, NUL.to_owned()));
        }
        Ok(Some(Part::Text(name, text)))
    }

    /// Reads what is still sent of a form that was refused, up to `most` bytes, and keeps nothing of it: so the sender
    /// hears why.
    pub async fn drain(self, most: usize) {
        let Some(mut rest) = self.source.take() else { return };
        let reading = async {
            let mut dropped = 0;
            while let Some(Ok(piece)) = rest.next().await {
                dropped += piece.len();
                if dropped > most {
                    break;
                }
            }
        };
        // Either way the answer is sent now.
        let _in_time = tokio::time::timeout(PATIENCE, reading).await;
    }
}

impl File<'_> {
    /// Its name, as whoever sent it calls it.
    pub fn name(&self) -> &str {
        self.0.file_name().unwrap_or_default()
    }

    /// The next piece of it.
    ///
    /// # Errors
    /// When it breaks off, or is larger than the request may be.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, Fault> {
        self.0.chunk().await.map_err(|error| Fault::from(&error))
    }
}

impl From<&MultipartError> for Fault {
    fn from(error: &MultipartError) -> Self {
        if error.status() == StatusCode::PAYLOAD_TOO_LARGE { Self::TooLarge } else { Self::Broken }
    }
}

impl Fault {
    /// The faulty field, in words.
    pub fn errors(&self, layout: Layout, mb: usize) -> FieldErrors {
        let (field, words) = match self {
            Self::Field(field, words) => (*field, words.clone()),
            Self::TooLarge => {
                let words = "Split it, or ask the operator for a higher limit.";
                (layout.file, format!("The file is larger than {mb} MB. {words}"))
            }
            Self::Broken | Self::NoForm(_) => {
                (layout.file, "The file did not arrive whole. Choose it again.".to_owned())
            }
            Self::Crowded => (layout.file, "The server is too busy to take it now. Try again in a moment.".to_owned()),
        };
        FieldErrors::one(field, words)
    }
}

/// The body, and how much more of it may be read before something comes of it.
struct Source {
    body: Mutex<Option<BodyDataStream>>,
    allowed: AtomicUsize,
    // Whoever reads takes in whatever is ready: one piece at a time is.
    pauses: AtomicBool,
}

struct Metered(Arc<Source>);

impl Source {
    fn new(body: BodyDataStream) -> (Metered, Arc<Self>) {
        let source = Arc::new(Self {
            body: Mutex::new(Some(body)),
            allowed: AtomicUsize::new(LONGEST_HEAD),
            pauses: AtomicBool::new(false),
        });
        (Metered(Arc::clone(&source)), source)
    }

    fn allow(&self, bytes: usize) {
        self.allowed.store(bytes, Ordering::Relaxed);
    }

    fn take(&self) -> Option<BodyDataStream> {
        self.body.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Stream for Metered {
    type Item = Result<Bytes, axum::BoxError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.0.pauses.swap(false, Ordering::Relaxed) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let allowed = self.0.allowed.load(Ordering::Relaxed);
        if allowed == 0 {
            return Poll::Ready(Some(Err("nothing comes of it".into())));
        }
        let mut body = self.0.body.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(body) = body.as_mut() else { return Poll::Ready(None) };
        body.poll_next_unpin(context).map(|piece| {
            piece.map(|piece| {
                let piece = piece?;
                self.0.pauses.store(true, Ordering::Relaxed);
                if allowed != usize::MAX {
                    self.0.allowed.store(allowed.saturating_sub(piece.len()), Ordering::Relaxed);
                }
                Ok(piece)
            })
        })
    }
}

#[cfg(test)]
mod tests;
