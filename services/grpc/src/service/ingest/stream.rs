//! The long-lived way in: batches by number, acknowledged in order.
//!
//! Several batches are under way at once, so that the caller's next batch
//! gathers while the one before commits; their answers leave in order, so that
//! a caller whose stream broke knows that everything up to the last
//! acknowledgement is dealt with.

use amends_app::{AppError, Call};
use amends_domain::ShopId;
use amends_proto::v1 as pb;
use futures::StreamExt as _;
use futures::stream::FuturesOrdered;
use pb::record_stream_response::Notice;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status, Streaming};
use tracing::Instrument as _;

use super::{Ingest, check, record};
use crate::convert::time;
use crate::fields::Fields;
use crate::status::refusal::Refusal;
use crate::status::{self, foreign};

/// Batches of one stream that may be under way at once.
const IN_FLIGHT_MAX: usize = 8;

/// Acknowledgements that may wait for the caller to read them.
const ANSWERS_MAX: usize = 8;

/// What the caller of a stream gets.
pub(crate) type Answers = ReceiverStream<Result<pb::RecordStreamResponse, Status>>;

/// Why a stream takes no more batches.
enum End {
    /// The caller has sent everything.
    Done,
    /// We go away.
    Shutdown,
    /// The caller broke the rules, or the connection broke.
    Failed(Status),
}

pub(super) fn start(ingest: Ingest, call: Call, batches: Streaming<pb::RecordStreamRequest>) -> Answers {
    let (sender, receiver) = mpsc::channel(ANSWERS_MAX);
    let serve = async move {
        // Whoever does not read the answers has left; nothing is lost by that.
        let _ = run(ingest, call, batches, &sender).await;
    };
    tokio::spawn(serve.in_current_span());
    ReceiverStream::new(receiver)
}

type Sender = mpsc::Sender<Result<pb::RecordStreamResponse, Status>>;
type Gone = mpsc::error::SendError<Result<pb::RecordStreamResponse, Status>>;

async fn run(
    ingest: Ingest,
    call: Call,
    mut batches: Streaming<pb::RecordStreamRequest>,
    sender: &Sender,
) -> Result<(), Gone> {
    let mut in_flight = FuturesOrdered::new();
    let (mut taken, mut acknowledged) = (0_i64, 0_i64);
    let mut end: Option<End> = None;
    loop {
        let open = end.is_none();
        tokio::select! {
            biased;
            Some(acknowledgement) = in_flight.next(), if !in_flight.is_empty() => {
                let acknowledgement: pb::RecordAcknowledgement = acknowledgement;
                acknowledged = acknowledgement.sequence;
                sender.send(Ok(notice(Notice::Acknowledgement(acknowledgement)))).await?;
            }
            () = ingest.shutdown.cancelled(), if open => end = Some(End::Shutdown),
            batch = batches.message(), if open && in_flight.len() < IN_FLIGHT_MAX => match batch {
                Ok(Some(batch)) if batch.sequence > taken => {
                    taken = batch.sequence;
                    in_flight.push_back(acknowledge(ingest.clone(), call.clone(), batch));
                }
                Ok(Some(batch)) => end = Some(End::Failed(not_rising(taken, batch.sequence))),
                Ok(None) => end = Some(End::Done),
                Err(status) => end = Some(End::Failed(foreign::explain(status))),
            },
            else => break,
        }
    }
    match end {
        Some(End::Shutdown) => sender.send(Ok(notice(Notice::GoingAway(going_away(acknowledged))))).await,
        Some(End::Failed(status)) => sender.send(Err(status)).await,
        Some(End::Done) | None => Ok(()),
    }
}

const fn notice(notice: Notice) -> pb::RecordStreamResponse {
    pb::RecordStreamResponse { notice: Some(notice) }
}

const fn going_away(acknowledged: i64) -> pb::RecordGoingAway {
    pb::RecordGoingAway {
        last_acknowledged_sequence: acknowledged,
        reason: pb::Reason::ShuttingDown as i32,
        retry_delay: None,
    }
}

fn not_rising(last: i64, sequence: i64) -> Status {
    let message = format!("sequence {sequence} does not rise above {last}");
    Refusal::new(Code::InvalidArgument, pb::Reason::SequenceNotRising, message)
        .field("sequence", "must rise strictly, from 1")
        .into_status()
}

/// Deals with a batch. A refusal is an acknowledgement too, and the stream goes on.
async fn acknowledge(
    ingest: Ingest,
    call: Call,
    batch: pb::RecordStreamRequest,
) -> pb::RecordAcknowledgement {
    let sequence = batch.sequence;
    let mut fields = Fields::new();
    let shop = check(&mut fields, &batch.parent, batch.signals.len());
    let done = async {
        let shop: ShopId = fields.finish(shop)?;
        record(&ingest.app, call, shop, batch.signals).await
    };
    match done.await {
        Ok(results) => pb::RecordAcknowledgement { sequence, results, rejection: None },
        Err(error) => {
            let rejection = Some(refused(error));
            pb::RecordAcknowledgement { sequence, results: Vec::new(), rejection }
        }
    }
}

fn refused(error: AppError) -> pb::SignalRejection {
    let field_violations = match &error {
        AppError::Invalid(violations) => violations
            .iter()
            .map(|v| pb::FieldViolation { field: v.field.clone(), description: v.problem.clone() })
            .collect(),
        _ => Vec::new(),
    };
    let refusal = status::logged(&error);
    pb::SignalRejection {
        reason: refusal.reason.into(),
        message: refusal.message,
        field_violations,
        retry_delay: refusal.retry_after.map(time::render_std),
    }
}
