//! A response body that tells how the call ended.
//!
//! The status of a call stands in its last frame, long after the handler
//! returned; who wants to know it must watch the body go by.

use std::pin::Pin;
use std::task::{Context, Poll};

use http::{HeaderMap, Response};
use http_body::{Body as HttpBody, Frame, SizeHint};
use tonic::body::Body;
use tonic::{Code, Status};

/// Calls `end` once, with the code the call ended with.
pub fn watch(response: Response<Body>, end: impl FnOnce(Code) + Send + Unpin + 'static) -> Response<Body> {
    if let Some(code) = code_of(response.headers()) {
        end(code);
        return response;
    }
    if response.body().is_end_stream() {
        end(Code::Unknown);
        return response;
    }
    response.map(|body| Body::new(Watched { body, end: Some(end) }))
}

fn code_of(headers: &HeaderMap) -> Option<Code> {
    headers.get(Status::GRPC_STATUS).map(|value| Code::from_bytes(value.as_bytes()))
}

struct Watched<F: FnOnce(Code)> {
    body: Body,
    end: Option<F>,
}

impl<F: FnOnce(Code)> Watched<F> {
    fn ended(&mut self, code: Code) {
        if let Some(end) = self.end.take() {
            end(code);
        }
    }
}

impl<F: FnOnce(Code)> Drop for Watched<F> {
    /// Whoever drops a body before its last frame has hung up.
    fn drop(&mut self) {
        self.ended(Code::Cancelled);
    }
}

impl<F: FnOnce(Code) + Unpin> HttpBody for Watched<F> {
    type Data = <Body as HttpBody>::Data;
    type Error = <Body as HttpBody>::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(cx);
        match &frame {
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(trailers) = frame.trailers_ref() {
                    self.ended(code_of(trailers).unwrap_or(Code::Unknown));
                }
            }
            Poll::Ready(Some(Err(_)) | None) => self.ended(Code::Unknown),
            Poll::Pending => {}
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
