//! Following boards and cases over connections that may break.

use std::{future::Future, time::Duration};

use tokio::time::{Instant, sleep_until, timeout};
use tonic::{Code, Response, Status, Streaming};

use crate::{
    Client, Error, Failure,
    v1::{
        WatchCaseRequest, WatchCaseResponse, WatchCasesRequest, WatchCasesResponse, WatchGoingAway,
        watch_case_response, watch_cases_response,
    },
};

/// The server gives a sign of life every 15 seconds: after three that stayed out
/// the connection is dead, whatever the network says.
const SILENCE_MAX: Duration = Duration::from_secs(45);

/// What comes of sending the request of a watch.
pub type Opened<N> = Result<Response<Streaming<N>>, Status>;

/// A request that begins a watch.
pub trait Watch: Clone + Send + Sync + 'static {
    /// What the server says.
    type Notice: Send;

    /// Sends it once.
    fn open(client: &Client, request: Self) -> impl Future<Output = Opened<Self::Notice>> + Send;

    /// From now on it begins after that.
    fn resume(&mut self, token: String);

    /// What a notice says beside its content: the token, and whether it is the last word.
    fn read(notice: &Self::Notice) -> (&str, Option<&WatchGoingAway>);
}

macro_rules! watches {
    ($($method:ident($request:ident) -> $response:ident, $notices:ident;)*) => {$(
        impl Watch for $request {
            type Notice = $response;

            async fn open(client: &Client, request: Self) -> Opened<$response> {
                client.cases().$method(request).await
            }

            fn resume(&mut self, token: String) {
                self.resume_token = token;
            }

            fn read(notice: &$response) -> (&str, Option<&WatchGoingAway>) {
                let away = match &notice.notice {
                    Some($notices::Notice::GoingAway(away)) => Some(away),
                    _ => None,
                };
                (&notice.resume_token, away)
            }
        }
    )*};
}

watches! {
    watch_cases(WatchCasesRequest) -> WatchCasesResponse, watch_cases_response;
    watch_case(WatchCaseRequest) -> WatchCaseResponse, watch_case_response;
}

/// A watch that connects again by itself and goes on with what differs from what
/// was received.
#[derive(Debug)]
pub struct WatchStream<W: Watch> {
    client: Client,
    request: W,
    incoming: Option<Streaming<W::Notice>>,
    failures: u32,
    not_before: Option<Instant>,
}

impl<W: Watch> WatchStream<W> {
    /// A watch. It connects with the first [`WatchStream::next`].
    #[must_use]
    pub fn new(client: &Client, request: W) -> Self {
        Self { client: client.clone(), request, incoming: None, failures: 0, not_before: None }
    }

    /// The next notice, however long that takes; signs of life among them, so that a
    /// screen knows that it is up to date. May be dropped halfway without loss.
    ///
    /// # Errors
    /// [`Error::Refused`] if the server refuses the watch, or stayed unavailable for
    /// all attempts.
    pub async fn next(&mut self) -> Result<W::Notice, Error> {
        loop {
            let Some(incoming) = &mut self.incoming else {
                self.connect().await?;
                continue;
            };
            let notice = match timeout(SILENCE_MAX, incoming.message()).await {
                Ok(Ok(Some(notice))) => notice,
                Ok(Ok(None)) => {
                    self.lost(&Status::unavailable("The stream ended"))?;
                    continue;
                }
                Ok(Err(status)) => {
                    self.lost(&status)?;
                    continue;
                }
                Err(_) => {
                    self.lost(&Status::unavailable("The server gave no sign of life"))?;
                    continue;
                }
            };
            self.failures = 0;
            let (token, away) = W::read(&notice);
            let token = token.to_owned();
            let delay = away.map(|away| away.retry_delay.and_then(|delay| delay.try_into().ok()));
            self.request.resume(token);
            let Some(delay) = delay else { return Ok(notice) };
            self.incoming = None;
            let retry = self.client.settings().retry;
            self.not_before = Some(Instant::now() + retry.pause_after_farewell(delay));
        }
    }

    fn lost(&mut self, status: &Status) -> Result<(), Error> {
        self.incoming = None;
        self.failures += 1;
        let failure = Failure::from(status);
        let retry = self.client.settings().retry;
        let pause = match failure.code {
            Code::Unavailable => retry.pause(self.failures, failure.retry_after),
            _ => None,
        };
        let Some(pause) = pause else {
            self.failures = 0;
            return Err(Error::Refused(Box::new(failure)));
        };
        self.not_before = Some(Instant::now() + pause);
        Ok(())
    }

    async fn connect(&mut self) -> Result<(), Error> {
        if let Some(time) = self.not_before {
            sleep_until(time).await;
            self.not_before = None;
        }
        match W::open(&self.client, self.request.clone()).await {
            Ok(response) => self.incoming = Some(response.into_inner()),
            Err(status) => self.lost(&status)?,
        }
        Ok(())
    }
}
