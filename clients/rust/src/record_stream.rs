//! Pushing signals over a stream that survives broken connections.

use std::collections::VecDeque;

use futures::FutureExt;
use tokio::{
    sync::mpsc,
    time::{Instant, sleep_until},
};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status, Streaming};

use crate::{
    Client, Error, Failure,
    v1::{
        RecordAcknowledgement, RecordStreamRequest, RecordStreamResponse, Signal,
        record_stream_response::Notice,
    },
};

/// The most batches that may wait for their acknowledgement.
const IN_FLIGHT_MAX: usize = 4_096;

/// A stream of batches. Each is kept until the server acknowledged it; after a
/// broken connection everything that was not is sent again, under the same
/// sequence numbers. The server answers DUPLICATE for what it had stored already,
/// so nothing is lost and nothing is counted twice.
///
/// Acknowledgements arrive while [`RecordStream::acknowledged`] or
/// [`RecordStream::send`] is awaited. Both may be dropped halfway without loss.
#[derive(Debug)]
pub struct RecordStream {
    client: Client,
    in_flight_max: usize,
    sequence: i64,
    pending: VecDeque<RecordStreamRequest>,
    arrived: VecDeque<Acknowledged>,
    link: Option<Link>,
    failures: u32,
    // No attempt before this: a field, so that dropping a future keeps the pause.
    not_before: Option<Instant>,
}

#[derive(Debug)]
struct Link {
    outgoing: mpsc::Sender<RecordStreamRequest>,
    incoming: Streaming<RecordStreamResponse>,
}

/// A batch the server dealt with, and what it said.
#[derive(Debug)]
pub struct Acknowledged {
    /// The batch as it was sent, for example to send it again after OVERLOADED.
    pub batch: RecordStreamRequest,
    /// One result per signal, or the refusal of the whole batch.
    pub answer: RecordAcknowledgement,
}

impl RecordStream {
    /// A stream that keeps at most that many batches in flight, 1–4,096. It
    /// connects with the first batch.
    #[must_use]
    pub fn new(client: &Client, in_flight_max: usize) -> Self {
        Self {
            client: client.clone(),
            in_flight_max: in_flight_max.clamp(1, IN_FLIGHT_MAX),
            sequence: 0,
            pending: VecDeque::new(),
            arrived: VecDeque::new(),
            link: None,
            failures: 0,
            not_before: None,
        }
    }

    /// Sends 1–1,000 signals of `shops/{shop}` and answers the sequence of the
    /// batch. Waits for an acknowledgement first if too many are outstanding.
    ///
    /// # Errors
    /// As [`RecordStream::acknowledged`]; the batch was then not taken.
    pub async fn send(&mut self, parent: &str, signals: Vec<Signal>) -> Result<i64, Error> {
        while self.pending.len() >= self.in_flight_max {
            let acknowledged = self.receive().await?;
            self.arrived.push_back(acknowledged);
        }
        self.drain()?;
        self.connect().await?;
        // Nothing below waits or fails: from here on the batch is ours.
        self.sequence += 1;
        let batch = RecordStreamRequest { sequence: self.sequence, parent: parent.to_owned(), signals };
        self.pending.push_back(batch.clone());
        if let Some(link) = &self.link
            && link.outgoing.try_send(batch).is_err()
        {
            // The connection is gone; the next one sends it.
            self.link = None;
        }
        Ok(self.sequence)
    }

    /// The next acknowledgement, in the order of the batches; none if all have been
    /// taken.
    ///
    /// # Errors
    /// [`Error::Refused`] if the server refuses the stream, or stayed unavailable
    /// for all attempts. The stream may be used on: it connects anew.
    pub async fn acknowledged(&mut self) -> Result<Option<Acknowledged>, Error> {
        if let Some(acknowledged) = self.arrived.pop_front() {
            return Ok(Some(acknowledged));
        }
        if self.pending.is_empty() {
            return Ok(None);
        }
        self.receive().await.map(Some)
    }

    /// How many batches wait for their acknowledgement.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.pending.len()
    }

    /// Gives up: what was not acknowledged, to be kept or sent by other means.
    #[must_use]
    pub fn into_unacknowledged(self) -> Vec<RecordStreamRequest> {
        self.pending.into()
    }

    async fn receive(&mut self) -> Result<Acknowledged, Error> {
        loop {
            self.connect().await?;
            let Some(link) = &mut self.link else { continue };
            let notice = link.incoming.message().await;
            if let Some(acknowledged) = self.take(notice)? {
                return Ok(acknowledged);
            }
        }
    }

    // Takes what has arrived already, so that a caller who only sends does not let
    // the acknowledgements pile up in the connection.
    fn drain(&mut self) -> Result<(), Error> {
        while let Some(link) = &mut self.link {
            let Some(notice) = link.incoming.message().now_or_never() else {
                break;
            };
            if let Some(acknowledged) = self.take(notice)? {
                self.arrived.push_back(acknowledged);
            }
        }
        Ok(())
    }

    fn take(
        &mut self,
        notice: Result<Option<RecordStreamResponse>, Status>,
    ) -> Result<Option<Acknowledged>, Error> {
        let notice = match notice {
            Ok(Some(response)) => response.notice,
            Ok(None) => {
                self.lost(Failure::from(&Status::unavailable("The stream ended")))?;
                return Ok(None);
            }
            Err(status) => {
                self.lost(Failure::from(&status))?;
                return Ok(None);
            }
        };
        match notice {
            Some(Notice::Acknowledgement(answer)) => self.settle(answer).map(Some),
            Some(Notice::GoingAway(away)) => {
                // Acknowledgements came before this, in order: what is left is unsent.
                self.link = None;
                let delay = away.retry_delay.and_then(|delay| delay.try_into().ok());
                let retry = self.client.settings().retry;
                self.not_before = Some(Instant::now() + retry.pause_after_farewell(delay));
                Ok(None)
            }
            // A notice of a newer server, about nothing this client waits for.
            None => Ok(None),
        }
    }

    fn settle(&mut self, answer: RecordAcknowledgement) -> Result<Acknowledged, Error> {
        match self.pending.pop_front() {
            Some(batch) if batch.sequence == answer.sequence => {
                self.failures = 0;
                Ok(Acknowledged { batch, answer })
            }
            batch => {
                // Guessing which batch was meant could drop one that was never stored.
                let expected = batch.as_ref().map(|batch| batch.sequence);
                self.pending.extend(batch);
                self.pending.make_contiguous().sort_by_key(|batch| batch.sequence);
                self.link = None;
                Err(Error::from(Status::internal(format!(
                    "The server acknowledged batch {}, but batch {expected:?} was next",
                    answer.sequence
                ))))
            }
        }
    }

    // A lost connection is tried again, anything else is the caller's to know.
    fn lost(&mut self, failure: Failure) -> Result<(), Error> {
        self.link = None;
        self.failures += 1;
        let retry = self.client.settings().retry;
        let pause = match failure.code {
            Code::Unavailable => retry.pause(self.failures, failure.retry_after),
            _ => None,
        };
        match pause {
            Some(pause) => {
                self.not_before = Some(Instant::now() + pause);
                Ok(())
            }
            None => {
                self.failures = 0;
                Err(Error::Refused(Box::new(failure)))
            }
        }
    }

    async fn connect(&mut self) -> Result<(), Error> {
        while self.link.is_none() {
            if let Some(time) = self.not_before {
                sleep_until(time).await;
                self.not_before = None;
            }
            // Room for every batch in flight: sending then never waits.
            let (outgoing, batches) = mpsc::channel(self.in_flight_max + 1);
            // Filled before the call, so that a server may answer the first batch
            // before it answers the call.
            for batch in &self.pending {
                if outgoing.try_send(batch.clone()).is_err() {
                    break;
                }
            }
            let stream = ReceiverStream::new(batches);
            match self.client.ingest().record_stream(stream).await {
                Ok(response) => {
                    let incoming = response.into_inner();
                    self.link = Some(Link { outgoing, incoming });
                }
                Err(status) => self.lost(Failure::from(&status))?,
            }
        }
        Ok(())
    }
}
