//! Ingest: signals in, one receipt each out, acknowledged when committed.
//!
//! Callers hand their signals to a lane and wait. A lane takes whatever has
//! gathered while its last transaction committed, and does it all in the next:
//! load what the signals touch in a few reads, apply one signal after the
//! other to that picture in memory, write what changed, commit, answer.

use std::sync::Arc;

use amends_detect::Input;
use amends_domain::detection::{Detection, TextKind};
use amends_domain::signal::{Direction, Signal, SignalBody};
use amends_domain::{CaseId, ShopId, Time};

use crate::app::App;
use crate::call::{Call, Role};
use crate::error::{AppError, Result, Violation, Why};
use crate::shops::ShopInfo;
use crate::telemetry;

mod apply;
mod erased;
mod flush;
mod lane;
mod language;
mod link;
mod load;
mod overdue;
mod redirect;
mod world;

pub(crate) use lane::away;
pub use lane::{LaneStart, Lanes};

/// A signal as a caller handed it in.
#[derive(Debug, Clone)]
pub struct Incoming {
    /// The signal.
    pub signal: Signal,
    /// A hash of its content, which tells a repetition from a contradiction.
    pub digest: [u8; 16],
}

/// What became of a signal.
#[derive(Debug, Clone, PartialEq)]
pub enum Receipt {
    /// It is stored.
    Accepted {
        /// What was heard in its text, if it has one.
        detection: Option<Detection>,
        /// The case it belongs to.
        case: Option<CaseId>,
        /// Whether it opened that case.
        opened: bool,
    },
    /// It was stored before; this is what became of it then.
    Duplicate {
        /// When it was stored.
        first_received_at: Time,
        /// What was heard in its text, if it has one.
        detection: Option<Detection>,
        /// The case it belongs to.
        case: Option<CaseId>,
        /// Whether it opened that case.
        opened: bool,
    },
    /// It is not stored. The path of the violation begins at the signal.
    Rejected(Violation),
}

/// A signal with everything that can be known before the transaction begins.
#[derive(Debug, Clone)]
struct Prepared {
    signal: Signal,
    digest: [u8; 16],
    detection: Option<Detection>,
}

/// The signals of one call for one lane.
#[derive(Debug, Clone)]
struct Submission {
    shop: Arc<ShopInfo>,
    call: Call,
    signals: Vec<Prepared>,
}

impl App {
    /// Stores signals of a shop: one receipt each, in order, after the commit that holds it.
    ///
    /// # Errors
    /// When the principal may not, the shop does not exist, there is too much
    /// to do, the request id was used for another content, or storage fails.
    /// One bad signal is a rejected receipt and no error.
    pub async fn record(&self, call: Call, shop: ShopId, signals: Vec<Incoming>) -> Result<Vec<Receipt>> {
        call.principal.require(&[Role::Ingest])?;
        call.principal.enter(&shop)?;
        if self.is_stopping() {
            return Err(AppError::ShuttingDown);
        }
        let info = self.shops().get(&self.store().reader(), &shop, self.now()).await?;
        let mut prepared = Vec::with_capacity(signals.len());
        for incoming in signals {
            prepared.push(self.prepare(incoming, &info));
            // A thousand long texts must not hold up everyone else on this thread.
            tokio::task::consume_budget().await;
        }
        let receipts = self.lanes().submit(Submission { shop: info, call, signals: prepared }).await?;
        Ok(receipts)
    }

    /// Hears the text, in the caller's task: transactions are short and texts are many.
    fn prepare(&self, incoming: Incoming, info: &ShopInfo) -> Prepared {
        let Incoming { signal, digest } = incoming;
        let heard = match &signal.body {
            SignalBody::Review(r) => Some((TextKind::Review, r.text.as_str(), r.rating, r.language.as_str())),
            SignalBody::Message(m) if m.direction == Direction::FromBuyer => {
                Some((TextKind::Message, m.text.as_str(), None, m.language.as_str()))
            }
            _ => None,
        };
        let detection = heard.map(|(kind, text, rating, language)| {
            let threshold = info.channel_policy(signal.occurred_at).negative_threshold;
            let language = (!language.is_empty()).then_some(language);
            let detection = self.detector().detect(&Input { text, rating, threshold, language, kind });
            let heard = match (detection.return_intent, detection.negative) {
                (true, _) => "return_intent",
                (false, true) => "negative",
                (false, false) => "nothing",
            };
            telemetry::text_read(kind.as_str(), heard);
            detection
        });
        Prepared { signal, digest, detection }
    }
}

impl Receipt {
    const fn word(&self) -> &'static str {
        match self {
            Self::Accepted { .. } => "accepted",
            Self::Duplicate { .. } => "duplicate",
            Self::Rejected(_) => "rejected",
        }
    }
}

/// A signal that is refused: the path begins at the signal.
fn refused(field: &str, problem: impl Into<String>, why: Why) -> Violation {
    Violation { field: field.to_owned(), problem: problem.into(), why }
}
