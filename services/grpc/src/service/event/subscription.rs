//! One subscriber: pages of events pushed as they get their positions.
//!
//! The channel to the subscriber is short. One who does not read fast enough
//! is told where to resume and let go, so that nobody's memory pays for it.

use std::sync::Arc;
use std::time::Duration;

use amends_app::event::EventPage;
use amends_app::{AppError, Principal};
use amends_domain::ShopId;
use amends_proto::v1 as pb;
use futures::{StreamExt as _, future, stream};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout};
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;
use tracing::Instrument as _;

use super::Events;
use crate::convert::event::{going_away, heartbeat, notice};
use crate::status;

/// Notices that may wait for the subscriber.
const NOTICES_MAX: usize = 256;
/// Events of one read.
const PAGE: u32 = 256;
/// How long a subscriber may leave the channel full.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often a sign of life is given.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How often to look without being woken: another replica may have moved the positions.
const POLL: Duration = Duration::from_millis(250);

type Item = Result<pb::SubscribeResponse, Status>;

/// What a subscriber gets: notices, and one last word that always finds room.
pub(crate) type Notices = stream::BoxStream<'static, Item>;

/// Begins after a position, or with what happens from now on.
pub(super) async fn start(
    events: Events,
    principal: Arc<Principal>,
    shop: ShopId,
    types: Vec<String>,
    after: Option<i64>,
) -> Result<Notices, AppError> {
    let position = match after {
        Some(position) => position,
        None => events.app.last_position(&principal).await?,
    };
    // The first page is read before the stream is there, so that a wrong
    // position or shop is the answer of the call.
    let first = events.app.events_after(&principal, &shop, position, &types, PAGE).await?;
    let (sender, receiver) = mpsc::channel(NOTICES_MAX);
    let (last, last_word) = oneshot::channel();
    let subscriber = Subscriber { events, principal, shop, types, position, sender };
    tokio::spawn(
        async move {
            // A subscriber who hung up needs no last word.
            let _ = last.send(subscriber.run(first).await);
        }
        .in_current_span(),
    );
    let farewell = stream::once(last_word).filter_map(|word| future::ready(word.ok().flatten()));
    Ok(ReceiverStream::new(receiver).chain(farewell).boxed())
}

struct Subscriber {
    events: Events,
    principal: Arc<Principal>,
    shop: ShopId,
    types: Vec<String>,
    /// Everything up to here was sent or is not wanted.
    position: i64,
    sender: mpsc::Sender<Item>,
}

/// Why a subscription ends.
enum End {
    /// Nobody listens.
    Gone,
    /// The subscriber does not keep up.
    TooSlow,
    /// We go away.
    Shutdown,
    /// Reading failed.
    Failed(AppError),
}

impl Subscriber {
    /// Runs until one of the ends; says the last word.
    async fn run(mut self, first: EventPage) -> Option<Item> {
        let end = match self.follow(first).await {
            Ok(never) => match never {},
            Err(end) => end,
        };
        match end {
            End::Gone => None,
            End::TooSlow => Some(Ok(going_away(self.position, pb::Reason::SubscriberTooSlow))),
            End::Shutdown => Some(Ok(going_away(self.position, pb::Reason::ShuttingDown))),
            End::Failed(error) => Some(Err(status::of(error))),
        }
    }

    async fn follow(&mut self, first: EventPage) -> Result<std::convert::Infallible, End> {
        let mut positions = self.events.app.positions();
        self.alive().await?;
        let mut alive_at = Instant::now();
        let mut page = first;
        loop {
            let more = !page.is_end;
            self.push(page).await?;
            if alive_at.elapsed() >= HEARTBEAT {
                self.alive().await?;
                alive_at = Instant::now();
            }
            if !more {
                let shutdown = self.events.shutdown.clone();
                tokio::select! {
                    () = shutdown.cancelled() => return Err(End::Shutdown),
                    () = self.sender.closed() => return Err(End::Gone),
                    _ = positions.changed() => {}
                    () = tokio::time::sleep(POLL) => {}
                }
            } else if self.events.shutdown.is_cancelled() {
                return Err(End::Shutdown);
            }
            let Self { events, principal, shop, types, position, .. } = &*self;
            page = events
                .app
                .events_after(principal, shop, *position, types, PAGE)
                .await
                .map_err(End::Failed)?;
        }
    }

    async fn push(&mut self, page: EventPage) -> Result<(), End> {
        for stored in &page.events {
            self.send(notice(stored)).await?;
            self.position = stored.position.unwrap_or(self.position);
        }
        self.position = page.position.max(self.position);
        Ok(())
    }

    async fn alive(&self) -> Result<(), End> {
        self.send(heartbeat(self.position, self.events.app.now())).await
    }

    async fn send(&self, notice: pb::SubscribeResponse) -> Result<(), End> {
        let shutdown = self.events.shutdown.cancelled();
        tokio::select! {
            biased;
            sent = timeout(PATIENCE, self.sender.send(Ok(notice))) => match sent {
                Ok(Ok(())) => Ok(()),
                Ok(Err(_)) => Err(End::Gone),
                Err(_) => Err(End::TooSlow),
            },
            () = shutdown => Err(End::Shutdown),
        }
    }
}
