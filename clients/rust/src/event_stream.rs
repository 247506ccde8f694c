//! Following events over connections that may break.

use tokio::time::{Instant, sleep_until};
use tonic::{Code, Status, Streaming};

use crate::{
    Client, Error, Failure,
    v1::{Event, SubscribeRequest, SubscribeResponse, subscribe_response::Notice},
};

/// Which events to follow.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// The shop, `shops/{shop}`.
    pub parent: String,
    /// Start after this position; 0 for all that are kept, none for what happens
    /// from now on.
    pub after_position: Option<i64>,
    /// Only these types; empty for all.
    pub event_types: Vec<String>,
}

/// The events of a shop as they happen. It connects again by itself and goes on
/// after the last position it saw.
#[derive(Debug)]
pub struct EventStream {
    client: Client,
    filter: EventFilter,
    incoming: Option<Streaming<SubscribeResponse>>,
    failures: u32,
    not_before: Option<Instant>,
}

impl EventStream {
    /// A stream of those events. It connects with the first [`EventStream::next`].
    #[must_use]
    pub fn new(client: &Client, filter: EventFilter) -> Self {
        Self { client: client.clone(), filter, incoming: None, failures: 0, not_before: None }
    }

    /// Where to start again after a restart; none before anything was heard.
    #[must_use]
    pub fn position(&self) -> Option<i64> {
        self.filter.after_position
    }

    /// The next event, however long that takes. May be dropped halfway without loss.
    ///
    /// # Errors
    /// [`Error::Refused`] if the server refuses the subscription, or stayed
    /// unavailable for all attempts.
    pub async fn next(&mut self) -> Result<Event, Error> {
        loop {
            let notice = match &mut self.incoming {
                Some(incoming) => incoming.message().await,
                None => {
                    self.connect().await?;
                    continue;
                }
            };
            let notice = match notice {
                Ok(Some(response)) => response.notice,
                Ok(None) => {
                    self.lost(Failure::from(&Status::unavailable("The stream ended")))?;
                    continue;
                }
                Err(status) => {
                    self.lost(Failure::from(&status))?;
                    continue;
                }
            };
            self.failures = 0;
            match notice {
                Some(Notice::Event(event)) => {
                    self.filter.after_position = Some(event.position);
                    return Ok(event);
                }
                Some(Notice::Heartbeat(beat)) => self.advance(beat.position),
                Some(Notice::GoingAway(away)) => {
                    self.advance(away.position);
                    self.incoming = None;
                    let delay = away.retry_delay.and_then(|delay| delay.try_into().ok());
                    let retry = self.client.settings().retry;
                    self.not_before = Some(Instant::now() + retry.pause_after_farewell(delay));
                }
                None => {}
            }
        }
    }

    // Positions only rise: an older one would bring events again.
    fn advance(&mut self, position: i64) {
        let seen = self.filter.after_position.unwrap_or(position);
        self.filter.after_position = Some(seen.max(position));
    }

    fn lost(&mut self, failure: Failure) -> Result<(), Error> {
        self.incoming = None;
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
        if let Some(time) = self.not_before {
            sleep_until(time).await;
            self.not_before = None;
        }
        let request = SubscribeRequest {
            parent: self.filter.parent.clone(),
            after_position: self.filter.after_position,
            event_types: self.filter.event_types.clone(),
        };
        match self.client.events().subscribe(request).await {
            Ok(response) => self.incoming = Some(response.into_inner()),
            Err(status) => self.lost(Failure::from(&status))?,
        }
        Ok(())
    }
}
