//! Answers: a body that may be cut short on purpose, and the few ways to build a response.

use std::pin::Pin;
use std::task::{Context, Poll};

use http::{HeaderValue, Response, StatusCode, header};
use hyper::body::{Body, Bytes, Frame, SizeHint};

/// A body of one piece. When it is cut, the head announces more bytes than will come.
#[derive(Debug)]
pub(crate) struct Reply {
    data: Option<Bytes>,
    announced: u64,
    cut: Option<Cut>,
}

/// How far a body that is cut has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cut {
    /// The server has yet to flush what was written, or the client would get nothing at all.
    Flush,
    Break,
}

impl Reply {
    fn new(data: impl Into<Bytes>) -> Self {
        let data = data.into();
        Self {
            announced: data.len() as u64,
            data: Some(data),
            cut: None,
        }
    }

    /// Keeps half of the data and breaks the connection after it.
    pub(crate) fn cut_short(mut self) -> Self {
        self.data = self.data.map(|data| data.slice(..data.len() / 2));
        self.cut = Some(Cut::Flush);
        self
    }
}

impl Body for Reply {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Some(data) = self.data.take().filter(|data| !data.is_empty()) {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        match self.cut {
            Some(Cut::Flush) => {
                self.cut = Some(Cut::Break);
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Some(Cut::Break) => Poll::Ready(Some(Err(std::io::ErrorKind::ConnectionReset.into()))),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.data.as_ref().is_none_or(Bytes::is_empty) && self.cut.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.announced)
    }
}

/// A response of the given status, media type and text.
pub(crate) fn reply(
    status: u16,
    media_type: &'static str,
    body: impl Into<Bytes>,
) -> Response<Reply> {
    let mut response = Response::new(Reply::new(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    response
        .headers_mut()
        .insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

/// A JSON response.
pub(crate) fn json(status: u16, body: impl Into<Bytes>) -> Response<Reply> {
    reply(status, "application/json", body)
}

/// Escapes text for an XML element.
pub(crate) fn xml_text(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
