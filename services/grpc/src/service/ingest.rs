//! Signals in, one result each out.

use amends_app::error::{AppError, Violation};
use amends_app::ingest::{Incoming, Receipt};
use amends_app::{App, Call};
use amends_domain::{ShopId, Time};
use amends_proto::v1 as pb;
use pb::ingest_service_server::IngestService;
use prost::Message as _;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status, Streaming};

use crate::call::{answer, of, open, principal};
use crate::convert::signal::{Limits, parse};
use crate::convert::{detection, time};
use crate::fields::Fields;
use crate::status::{self, TOO_MANY, reason_of};
use crate::{latest, name};

mod stream;

/// The most signals of one batch.
const SIGNALS_MAX: usize = 1_000;

/// See the contract.
#[derive(Debug, Clone)]
pub struct Ingest {
    /// The service.
    pub app: App,
    /// Ends every stream.
    pub shutdown: CancellationToken,
}

#[tonic::async_trait]
impl IngestService for Ingest {
    type RecordStreamStream = stream::Answers;

    async fn record(
        &self,
        request: Request<pb::RecordRequest>,
    ) -> Result<Response<pb::RecordResponse>, Status> {
        answer(async {
            let (call, mut f, message) = open("IngestService.Record", request)?;
            let shop = check(&mut f, &message.parent, message.signals.len());
            let shop = f.finish(shop)?;
            let results = record(&self.app, call, shop, message.signals).await?;
            Ok(pb::RecordResponse { results })
        })
        .await
    }

    async fn record_stream(
        &self,
        request: Request<Streaming<pb::RecordStreamRequest>>,
    ) -> Result<Response<Self::RecordStreamStream>, Status> {
        let principal = principal(&request).map_err(status::of)?;
        let call = of(&principal, "IngestService.RecordStream");
        Ok(Response::new(stream::start(self.clone(), call, request.into_inner())))
    }
}

/// The shop, where the batch as a whole is a good one.
fn check(fields: &mut Fields, parent: &str, signals: usize) -> Option<ShopId> {
    let shop = fields.shop("parent", parent);
    match signals {
        0 => fields.refuse("signals", "must have 1–1,000 entries"),
        1..=SIGNALS_MAX => shop,
        _ => fields.refuse("signals", TOO_MANY),
    }
}

/// What is kept of a signal until its receipt is there.
enum Pending {
    /// It went to storage under this id.
    Sent(String),
    /// It was refused before.
    Refused(Box<pb::SignalResult>),
}

/// Records a batch: bad signals are answered here, the others by their receipts.
async fn record(
    app: &App,
    call: Call,
    shop: ShopId,
    signals: Vec<pb::Signal>,
) -> Result<Vec<pb::SignalResult>, AppError> {
    let (incoming, pending) = sort(&shop, latest(app), signals);
    let now = app.now();
    // Also without a good signal: who may not record is told so, not what was wrong.
    let receipts = app.record(call, shop.clone(), incoming).await?;
    let mut receipts = receipts.into_iter();
    let mut results = Vec::with_capacity(pending.len());
    for (index, one) in pending.into_iter().enumerate() {
        results.push(match one {
            Pending::Refused(result) => *result,
            Pending::Sent(id) => {
                let missing = || AppError::Internal("a receipt is missing".to_owned());
                result(&shop, index, id, receipts.next().ok_or_else(missing)?, now)
            }
        });
    }
    Ok(results)
}

fn sort(shop: &ShopId, latest: Time, signals: Vec<pb::Signal>) -> (Vec<Incoming>, Vec<Pending>) {
    let limits = Limits { shop, latest };
    let mut incoming = Vec::with_capacity(signals.len());
    let mut pending = Vec::with_capacity(signals.len());
    let mut buffer = Vec::new();
    for (index, mut signal) in signals.into_iter().enumerate() {
        let digest = digest(&mut signal, &mut buffer);
        let id = signal.signal_id.clone();
        let mut fields = Fields::new();
        let parsed = fields.entry("signals", index, |f| parse(f, signal, limits));
        match parsed.filter(|_| fields.is_clean()) {
            Some(signal) => {
                incoming.push(Incoming { signal, digest });
                pending.push(Pending::Sent(id));
            }
            None => pending.push(Pending::Refused(Box::new(rejected(id, &fields.into_violations())))),
        }
    }
    (incoming, pending)
}

/// A hash of the content. The trace is left out: who tries again does it in another one.
fn digest(signal: &mut pb::Signal, buffer: &mut Vec<u8>) -> [u8; 16] {
    signal.traceparent.clear();
    buffer.clear();
    // A vector grows as needed, so this cannot fail.
    let _ = signal.encode(buffer);
    let hash = blake3::hash(buffer);
    let mut digest = [0_u8; 16];
    digest.iter_mut().zip(hash.as_bytes()).for_each(|(to, from)| *to = *from);
    digest
}

fn result(shop: &ShopId, index: usize, id: String, receipt: Receipt, now: Time) -> pb::SignalResult {
    let stored = |disposition: pb::SignalDisposition, at, heard: Option<_>, case: Option<_>, opened| {
        pb::SignalResult {
            signal_id: String::new(),
            disposition: disposition.into(),
            rejection: None,
            detection: heard.map(detection::render),
            case: name::of_any(shop, case.as_ref()),
            case_opened: opened,
            first_record_time: Some(time::render(at)),
        }
    };
    let result = match receipt {
        Receipt::Accepted { detection, case, opened } => {
            stored(pb::SignalDisposition::Accepted, now, detection, case, opened)
        }
        Receipt::Duplicate { first_received_at, detection, case, opened } => {
            stored(pb::SignalDisposition::Duplicate, first_received_at, detection, case, opened)
        }
        Receipt::Rejected(violation) => {
            let field = match violation.field.as_str() {
                "" => format!("signals[{index}]"),
                field => format!("signals[{index}].{field}"),
            };
            return rejected(id, &[Violation { field, ..violation }]);
        }
    };
    pb::SignalResult { signal_id: id, ..result }
}

/// The result of a signal that is not stored.
fn rejected(id: String, violations: &[Violation]) -> pb::SignalResult {
    let rejection = pb::SignalRejection {
        reason: reason_of(violations).into(),
        message: violations.first().map(|v| format!("{}: {}", v.field, v.problem)).unwrap_or_default(),
        field_violations: violations
            .iter()
            .map(|v| pb::FieldViolation { field: v.field.clone(), description: v.problem.clone() })
            .collect(),
        retry_delay: status::retry_of(violations).map(time::render_std),
    };
    pb::SignalResult {
        signal_id: id,
        disposition: pb::SignalDisposition::Rejected.into(),
        rejection: Some(rejection),
        ..pb::SignalResult::default()
    }
}

#[cfg(test)]
mod tests;
