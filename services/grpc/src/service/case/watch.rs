//! Following boards and cases: what every watch has in common.
//!
//! A watch looks again when the relay has given out a position beyond its own,
//! sends what differs from what its client has, and remembers that. The channel
//! to the client is short: one who does not read fast enough is told where to
//! resume and let go, so that nobody's memory pays for it.

use std::convert::Infallible;
use std::time::Duration;

use amends_app::{App, AppError};
use amends_domain::Time;
use amends_proto::v1 as pb;
use futures::{StreamExt as _, stream};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::{Code, Status};
use tracing::Instrument as _;

use self::room::{Room, Seat};
use crate::status;
use crate::status::refusal::Refusal;

pub(super) mod board;
pub(super) mod one;
mod room;
mod token;

/// What can be set about watches.
#[derive(Debug, Clone)]
pub struct WatchSettings {
    /// Notices that may wait for a client.
    pub notices_max: usize,
    /// How long a client may leave them unread.
    pub patience: Duration,
    /// How often a sign of life is given.
    pub heartbeat: Duration,
    /// The least time between two looks: a burst of changes is one look, not many.
    pub pace: Duration,
    /// Watches that one principal may have open.
    pub principal_max: usize,
    /// Watches that may be open in this process.
    pub watches_max: usize,
}

impl Default for WatchSettings {
    fn default() -> Self {
        Self {
            notices_max: 64,
            patience: Duration::from_secs(10),
            heartbeat: Duration::from_secs(15),
            pace: Duration::from_millis(100),
            principal_max: 32,
            watches_max: 800,
        }
    }
}

/// What the watches of a server share.
#[derive(Debug, Clone)]
pub struct Watching {
    shutdown: CancellationToken,
    settings: WatchSettings,
    room: Room,
}

impl Watching {
    /// Watches with these settings, which `shutdown` ends.
    #[must_use]
    pub fn new(shutdown: CancellationToken, settings: WatchSettings) -> Self {
        let room = Room::new(settings.principal_max, settings.watches_max);
        Self { shutdown, settings, room }
    }
}

/// What a client gets: notices, and a last word that always finds room.
pub(crate) type Notices<M> = stream::BoxStream<'static, Result<M, Status>>;

/// A notice of a kind of watch.
trait Notice: Send + Sized + 'static {
    fn heartbeat(token: String, now: Time) -> Self;
    fn going_away(token: String, reason: pb::Reason) -> Self;
}

/// One who watches.
trait Watch: Send + Sync + 'static {
    type Notice: Notice;

    /// Everything up to here was looked at.
    fn position(&self) -> i64;
    /// What the client has by now.
    fn token(&self) -> String;
    /// Sends what is new.
    fn look(&mut self, out: &Outlet<Self::Notice>) -> impl Future<Output = Result<(), End>> + Send;
    /// Waits until there is something new besides events.
    fn stirred(&self) -> impl Future<Output = ()> + Send;
    /// The watch is over.
    fn ended(self) -> impl Future<Output = ()> + Send;
}

/// Why a watch ends.
enum End {
    /// Nobody listens.
    Gone,
    /// The client does not keep up.
    TooSlow,
    /// We go away.
    Shutdown,
    /// Reading failed.
    Failed(AppError),
}

impl From<AppError> for End {
    fn from(error: AppError) -> Self {
        Self::Failed(error)
    }
}

/// The way to the client.
struct Outlet<N> {
    sender: mpsc::Sender<Result<N, Status>>,
    watching: Watching,
}

impl<N> Outlet<N> {
    async fn send(&self, notice: N) -> Result<(), End> {
        let patience = self.watching.settings.patience;
        tokio::select! {
            biased;
            sent = timeout(patience, self.sender.send(Ok(notice))) => match sent {
                Ok(Ok(())) => Ok(()),
                Ok(Err(_)) => Err(End::Gone),
                Err(_) => Err(End::TooSlow),
            },
            () = self.watching.shutdown.cancelled() => Err(End::Shutdown),
        }
    }
}

/// Runs a watch in a task of its own; answers what the client reads from it.
fn run<W: Watch>(app: App, watching: Watching, seat: Seat, watch: W) -> Notices<W::Notice> {
    let (sender, receiver) = mpsc::channel(watching.settings.notices_max);
    let (last, last_words) = oneshot::channel();
    let out = Outlet { sender, watching };
    let serve = async move {
        let mut watch = watch;
        let Err(end) = follow(&app, &mut watch, &out).await;
        let words = farewell::<W::Notice>(end, watch.token());
        // What the watch leaves behind goes before the stream ends: at shutdown the
        // server waits for streams, and then closes its storage.
        watch.ended().await;
        drop((out, seat));
        // A client who hung up needs no last word.
        let _ = last.send(words);
    };
    tokio::spawn(serve.in_current_span());
    let farewell = stream::once(last_words).flat_map(|words| stream::iter(words.unwrap_or_default()));
    ReceiverStream::new(receiver).chain(farewell).boxed()
}

async fn follow<W: Watch>(app: &App, watch: &mut W, out: &Outlet<W::Notice>) -> Result<Infallible, End> {
    let Watching { shutdown, settings, .. } = &out.watching;
    let mut positions = app.positions();
    let mut next_beat = Instant::now();
    loop {
        let pause = Instant::now() + settings.pace;
        watch.look(out).await?;
        if Instant::now() >= next_beat {
            out.send(W::Notice::heartbeat(watch.token(), app.now())).await?;
            next_beat = Instant::now() + settings.heartbeat;
        }
        let known = watch.position();
        let stirred = async {
            sleep_until(pause).await;
            tokio::select! {
                // An app that is gone gives out no more positions.
                _ = positions.wait_for(|position| *position > known) => {}
                () = watch.stirred() => {}
                () = sleep_until(next_beat) => {}
            }
        };
        tokio::select! {
            () = shutdown.cancelled() => return Err(End::Shutdown),
            () = out.sender.closed() => return Err(End::Gone),
            () = stirred => {}
        }
    }
}

/// The last words: where to resume, and why it ends.
fn farewell<N: Notice>(end: End, token: String) -> Vec<Result<N, Status>> {
    match end {
        End::Gone => Vec::new(),
        End::Shutdown => vec![Ok(N::going_away(token, pb::Reason::ShuttingDown))],
        End::TooSlow => {
            let message = "notices were left unread for too long; resume after the last one";
            let refusal = Refusal::new(Code::ResourceExhausted, pb::Reason::SubscriberTooSlow, message);
            vec![Ok(N::going_away(token, pb::Reason::SubscriberTooSlow)), Err(refusal.into_status())]
        }
        End::Failed(error) => vec![Err(status::of(error))],
    }
}

#[cfg(test)]
mod tests;
