//! What every call passes on its way in, outermost first.
//!
//! The list below is the order; a test holds the stack to it. All of it sits
//! inside tonic's own limits, so what tonic refuses is not seen here.

use amends_app::key::KeyRing;
use tower::Layer;

pub mod auth;
pub mod body;
pub mod deadline;
pub mod metrics;
pub mod reasons;
pub mod rpc;
pub mod shed;
pub mod trace;

use auth::Auth;
use deadline::Deadline;
use metrics::Metrics;
use reasons::Reasons;
use shed::{Limits, Shed};
use trace::Trace;

/// The layers, outermost first, and why each stands where it does.
pub const ORDER: [(&str, &str); 6] = [
    ("Trace", "first, so that whatever happens later belongs to a span"),
    ("Metrics", "counts also what is shed, late or refused"),
    ("Reasons", "inside what counts, so that the code a caller gets is the code that is counted"),
    ("Shed", "before any work is done; a refused call must be cheap"),
    ("Deadline", "also covers the look-up of the key"),
    ("Auth", "last: the handler finds a principal or is not called"),
];

/// Makes the stack.
#[derive(Debug, Clone)]
pub struct Layers {
    keys: KeyRing,
    limits: Limits,
}

impl Layers {
    /// The stack for a service, with limits shared by all its connections.
    #[must_use]
    pub const fn new(keys: KeyRing, limits: Limits) -> Self {
        Self { keys, limits }
    }
}

impl<S> Layer<S> for Layers {
    type Service = Trace<Metrics<Reasons<Shed<Deadline<Auth<S>>>>>>;

    fn layer(&self, inner: S) -> Self::Service {
        let auth = Auth::new(inner, self.keys.clone());
        let deadline = Deadline::new(auth);
        let shed = Shed::new(deadline, self.limits.clone());
        Trace::new(Metrics::new(Reasons::new(shed)))
    }
}

#[cfg(test)]
mod tests;
