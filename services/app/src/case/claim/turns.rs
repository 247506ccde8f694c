//! Agents who ask for the next case at the same time get theirs in one transaction.
//!
//! A shift that begins, or a screen that asks as soon as a case is solved, makes many ask
//! at once. One by one each would wait for the disk behind all others.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use amends_domain::ShopId;
use amends_store::{StoreError, request};
use tokio::sync::{mpsc, oneshot};
use tokio::task::{Id, JoinSet};
use tokio::time::Instant;

use super::Claimed;
use super::next::{ClaimNextCase, Turn, claim_many};
use crate::app::App;
use crate::call::Call;
use crate::error::{AppError, Result};
use crate::ingest::away;
use crate::runner::{Answer, Command as _, SHARDS};
use crate::telemetry;

/// Turns in one transaction at most.
const TURNS_MAX: usize = 128;
/// Turns that may wait before callers are shed.
const WAITING_MAX: usize = 4_096;
/// Tries of one transaction before its callers are told to come back.
const TRIES_MAX: u32 = 10;
/// When a shed caller should come back.
const RETRY_AFTER: Duration = Duration::from_millis(250);

/// Makes the bytes that a repeated request gets.
type Render = fn(&Option<Claimed>) -> Vec<u8>;
type Given = Result<Answer<Option<Claimed>>>;

/// The way in.
#[derive(Debug)]
pub struct Turns(Mutex<Option<mpsc::Sender<Waiting>>>);

/// What is to be started once the service exists.
#[derive(Debug)]
pub struct TurnStart(mpsc::Receiver<Waiting>);

#[derive(Debug)]
struct Waiting {
    turn: Turn,
    render: Render,
    reply: oneshot::Sender<Given>,
}

impl Turns {
    /// The way in, and what serves it.
    #[must_use]
    pub fn new() -> (Self, TurnStart) {
        let (sender, receiver) = mpsc::channel(WAITING_MAX);
        (Self(Mutex::new(Some(sender))), TurnStart(receiver))
    }

    /// Takes no more; what was taken is finished.
    pub fn close(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    fn enqueue(&self, waiting: Waiting) -> Result<()> {
        let sender = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = sender.as_ref().ok_or(AppError::ShuttingDown)?;
        sender.try_send(waiting).map_err(|error| match error {
            mpsc::error::TrySendError::Closed(_) => AppError::ShuttingDown,
            mpsc::error::TrySendError::Full(_) => {
                telemetry::shed("claims");
                AppError::Overloaded { retry_after: RETRY_AFTER }
            }
        })
    }
}

impl App {
    /// Claims the next case for the caller, together with whoever asks at the same time.
    ///
    /// # Errors
    /// When the caller may not, holds as many as allowed, the request id was used for something
    /// else, too many wait, or storage fails.
    pub async fn claim_next(&self, call: Call, command: ClaimNextCase, render: Render) -> Given {
        call.principal.enter(&command.shop)?;
        let (reply, answer) = oneshot::channel();
        self.turns().enqueue(Waiting { turn: Turn { call, command }, render, reply })?;
        answer.await.map_err(|_| AppError::ShuttingDown)?
    }
}

impl TurnStart {
    /// Starts serving; it ends when the way in is closed and nobody waits.
    pub fn start(self, app: &App) {
        tokio::spawn(run(app.clone(), self.0));
    }
}

/// Turns that wait, by shop, and the shops that are being served: each by itself, so that one
/// whose transaction waits for somebody holds up no other.
#[derive(Default)]
struct Shops {
    waiting: BTreeMap<ShopId, Vec<Waiting>>,
    count: usize,
    tasks: JoinSet<()>,
    served: HashMap<Id, ShopId>,
}

async fn run(app: App, mut receiver: mpsc::Receiver<Waiting>) {
    let mut shops = Shops::default();
    let mut is_open = true;
    while is_open || !shops.tasks.is_empty() {
        tokio::select! {
            next = receiver.recv(), if is_open && shops.count < WAITING_MAX => match next {
                Some(next) => shops.add(next),
                None => is_open = false,
            },
            Some(done) = shops.tasks.join_next_with_id() => {
                let id = done.map_or_else(|error| error.id(), |(id, ())| id);
                shops.served.remove(&id);
            }
        }
        while shops.count < WAITING_MAX
            && let Ok(next) = receiver.try_recv()
        {
            shops.add(next);
        }
        shops.start(&app);
    }
}

impl Shops {
    fn add(&mut self, next: Waiting) {
        self.count += 1;
        self.waiting.entry(next.turn.command.shop.clone()).or_default().push(next);
    }

    /// Serves each shop that waits and is not being served.
    fn start(&mut self, app: &App) {
        let idle: Vec<ShopId> = self
            .waiting
            .keys()
            .filter(|shop| !self.served.values().any(|busy| busy == *shop))
            .cloned()
            .collect();
        for shop in idle {
            let Some(mut batch) = self.waiting.remove(&shop) else { continue };
            if batch.len() > TURNS_MAX {
                self.waiting.insert(shop.clone(), batch.split_off(TURNS_MAX));
            }
            self.count -= batch.len();
            let app = app.clone();
            let task = self.tasks.spawn(async move { serve(&app, batch).await });
            self.served.insert(task.id(), shop);
        }
    }
}

/// Serves turns of one shop. A request that came twice is answered after itself.
async fn serve(app: &App, mut waiting: Vec<Waiting>) {
    // Who hung up would hold a case that nobody knows of.
    waiting.retain(|waiting| !waiting.reply.is_closed());
    while !waiting.is_empty() {
        let mut seen = HashSet::new();
        let is_new = |w: &mut Waiting| {
            let call = &w.turn.call;
            call.request.as_ref().is_none_or(|key| seen.insert((call.principal.name.clone(), key.id.clone())))
        };
        let batch: Vec<Waiting> = waiting.extract_if(.., is_new).collect();
        serve_once(app, batch).await;
    }
}

async fn serve_once(app: &App, batch: Vec<Waiting>) {
    let started = Instant::now();
    let (turns, replies): (Vec<_>, Vec<_>) = batch.into_iter().map(|w| ((w.turn, w.render), w.reply)).unzip();
    let turns = Arc::new(turns);
    match attempt(app, &turns).await {
        Ok(answers) => {
            for (reply, answer) in replies.into_iter().zip(answers) {
                telemetry::command_done(ClaimNextCase::NAME, started.elapsed(), answer.is_ok());
                // A caller who hung up holds a lease that nobody renews; it ends by itself.
                let _ = reply.send(answer);
            }
        }
        Err(error) => {
            // Alone, each fails or succeeds for itself and never for its neighbours. A database
            // that is away is away for each: asking once for each would hold the queue for minutes.
            let mut gone = away(&error);
            let mut error = Some(error).filter(|_| turns.len() == 1);
            for (reply, turn) in replies.into_iter().zip(turns.iter()) {
                let known =
                    error.take().or_else(|| gone.clone().map(|why| StoreError::Unavailable(why).into()));
                if reply.is_closed() {
                    continue;
                }
                let answer = match known {
                    Some(error) => Err(error),
                    None => attempt(app, &Arc::new(vec![turn.clone()]))
                        .await
                        .and_then(|mut answers| answers.pop().unwrap_or(Ok(Answer::Fresh(None)))),
                };
                gone = gone.or_else(|| answer.as_ref().err().and_then(away));
                telemetry::command_done(ClaimNextCase::NAME, started.elapsed(), answer.is_ok());
                let _ = reply.send(answer);
            }
        }
    }
}

/// Tries until no other writer is in the way.
async fn attempt(app: &App, turns: &Arc<Vec<(Turn, Render)>>) -> Result<Vec<Given>> {
    let mut tries = 1;
    loop {
        let (app2, turns2) = (app.clone(), Arc::clone(turns));
        // A task of its own: a panic costs one batch, not the queue.
        let task = tokio::spawn(async move { once(&app2, &turns2).await });
        let result = task.await.map_err(|e| AppError::Internal(format!("a batch did not end: {e}")))?;
        match result {
            Err(error) if error.is_contention() && tries < TRIES_MAX => {
                telemetry::command_retried(ClaimNextCase::NAME);
                tokio::time::sleep(Duration::from_millis(1 << tries.min(7))).await;
                tries += 1;
            }
            other => return other,
        }
    }
}

async fn once(app: &App, turns: &[(Turn, Render)]) -> Result<Vec<Given>> {
    let Some((first, _)) = turns.first() else { return Ok(Vec::new()) };
    let mut work = app.begin(first.call.clone()).await?;
    let answers = match inside(&mut work, &first.command.shop, turns).await {
        Ok(answers) => answers,
        Err(error) => {
            work.abandon().await;
            return Err(error);
        }
    };
    let written = work.finish(app.shard() * SHARDS).await?;
    app.written(&written);
    Ok(answers)
}

async fn inside(work: &mut crate::work::Work, shop: &ShopId, turns: &[(Turn, Render)]) -> Result<Vec<Given>> {
    let keys: Vec<(String, String)> = turns.iter().filter_map(|(turn, _)| key_of(turn)).collect();
    let mut known: HashMap<_, _> = request::answered(shop, &keys).all(&work.tx).await?.into_iter().collect();
    let mut answers: Vec<Option<Given>> = Vec::with_capacity(turns.len());
    for (turn, _) in turns {
        let digest = turn.call.request.as_ref().map(|key| key.digest);
        let before = key_of(turn).and_then(|key| known.remove(&key));
        answers.push(before.map(|(known, answer)| match digest.is_some_and(|digest| known == digest) {
            true => Ok(Answer::Repeated(answer)),
            false => Err(AppError::RequestIdReused),
        }));
    }
    let open: Vec<&Turn> = turns
        .iter()
        .zip(&answers)
        .filter(|(_, answer)| answer.is_none())
        .map(|((turn, _), _)| turn)
        .collect();
    let mut claimed = claim_many(work, &open).await?.into_iter();
    let mut kept = Vec::new();
    let mut all = Vec::with_capacity(turns.len());
    for ((turn, render), known) in turns.iter().zip(answers) {
        all.push(match known {
            Some(answer) => answer,
            None => claimed.next().unwrap_or(Ok(None)).map(|claimed| {
                if let (Some(key), Some((principal, id))) = (&turn.call.request, key_of(turn)) {
                    kept.push((principal, id, key.digest, render(&claimed)));
                }
                Answer::Fresh(claimed)
            }),
        });
    }
    let kept = kept
        .iter()
        // They hold nobody's words, so no erasure has to find them.
        .map(|(principal, id, digest, answer)| (&principal[..], &id[..], &digest[..], &answer[..], None));
    work.write([request::keep(Some(shop), kept, work.now)]);
    Ok(all)
}

/// Under which principal and id the answer to a turn is kept.
fn key_of(turn: &Turn) -> Option<(String, String)> {
    let key = turn.call.request.as_ref()?;
    Some((turn.call.principal.name.to_string(), key.id.clone()))
}
