//! Who calls.

use std::task::{Context, Poll};

use amends_app::AppError;
use amends_app::key::KeyRing;
use futures::future::BoxFuture;
use http::header::AUTHORIZATION;
use http::{HeaderMap, Request, Response};
use tonic::body::Body;
use tower::Service;

use super::rpc::Rpc;
use crate::call::Caller;
use crate::status;

/// See [`super::ORDER`].
#[derive(Debug, Clone)]
pub struct Auth<S> {
    inner: S,
    keys: KeyRing,
}

impl<S> Auth<S> {
    /// Wraps what comes after it.
    pub const fn new(inner: S, keys: KeyRing) -> Self {
        Self { inner, keys }
    }
}

impl<S> Service<Request<Body>> for Auth<S>
where
    S: Service<Request<Body>, Response = Response<Body>> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response<Body>, S::Error>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        if Rpc::of(request.uri().path()).open {
            return Box::pin(self.inner.call(request));
        }
        // The one that was asked whether it is ready is the one to call.
        let spare = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, spare);
        let keys = self.keys.clone();
        Box::pin(async move {
            let proved = match bearer(request.headers()) {
                Ok(token) => keys.principal(token).await,
                Err(error) => Err(error),
            };
            match proved {
                Ok(principal) => {
                    request.extensions_mut().insert(Caller(principal));
                    inner.call(request).await
                }
                Err(error) => Ok(status::of(error).into_http()),
            }
        })
    }
}

/// The token of `authorization: Bearer …`, if there is one.
pub(super) fn bearer(headers: &HeaderMap) -> Result<Option<&str>, AppError> {
    let Some(value) = headers.get(AUTHORIZATION) else { return Ok(None) };
    let value = value.to_str().map_err(|_| MALFORMED)?;
    let token = value.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    token.map(|(_, token)| Some(token.trim())).ok_or(MALFORMED)
}

const MALFORMED: AppError = AppError::Unauthenticated("the authorization must be `Bearer amends_…`");
