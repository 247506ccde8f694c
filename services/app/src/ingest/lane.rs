//! Lanes: who commits together.
//!
//! SQLite has one writer and so one lane. PostgreSQL has several; everything
//! about one subject goes through the same one, so that lanes of this process
//! never wait for each other. A lane that is idle commits a single signal at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use amends_domain::signal::SignalBody;
use amends_store::{Engine, Store, StoreError, lock, request};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};
use tokio::time::Instant;

use super::{Prepared, Receipt, Submission, load};
use crate::app::{App, Settings};
use crate::error::{AppError, Result};
use crate::runner::SHARDS;
use crate::telemetry;

/// Tries of one transaction before its callers are told to come back.
const TRIES_MAX: u32 = 10;

/// How long a lane on PostgreSQL waits after its answers for callers to come back.
const GATHER: Duration = Duration::from_millis(2);

/// When a shed caller should come back.
const RETRY_AFTER: Duration = Duration::from_millis(250);

/// The way in to the lanes.
#[derive(Debug)]
pub struct Lanes {
    senders: Mutex<Vec<mpsc::UnboundedSender<Waiting>>>,
    room: Arc<Semaphore>,
    room_max: usize,
    count: usize,
}

/// The lanes that are to be started once the service exists.
#[derive(Debug)]
pub struct LaneStart(Vec<mpsc::UnboundedReceiver<Waiting>>);

/// A submission and who waits for it.
#[derive(Debug)]
struct Waiting {
    submission: Submission,
    reply: oneshot::Sender<Result<Vec<Receipt>>>,
    /// Room in the queue, given back when the answer is out. The queue itself
    /// has no bound because nothing enters it without room.
    _room: OwnedSemaphorePermit,
}

impl Lanes {
    /// Makes the lanes that fit the engine.
    #[must_use]
    pub fn new(store: &Store, settings: &Settings) -> (Self, LaneStart) {
        let count = match store.engine() {
            Engine::Sqlite => 1,
            Engine::Postgres => settings.lanes.max(1),
        };
        let (senders, receivers) = (0..count).map(|_| mpsc::unbounded_channel()).unzip();
        let room = Arc::new(Semaphore::new(settings.queue_signals_max));
        let room_max = settings.queue_signals_max;
        (Self { senders: Mutex::new(senders), room, room_max, count }, LaneStart(receivers))
    }

    /// Takes no more; what was taken is finished.
    pub fn close(&self) {
        self.senders.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Hands a submission to its lanes and waits until all of it is committed.
    pub(super) async fn submit(&self, submission: Submission) -> Result<Vec<Receipt>> {
        let total = submission.signals.len();
        let mut replies = Vec::new();
        for (lane, places, part) in self.split(submission) {
            replies.push((places, self.enqueue(lane, part)?));
        }
        let mut receipts: Vec<Option<Receipt>> = vec![None; total];
        for (places, reply) in replies {
            let part = reply.await.map_err(|_| AppError::ShuttingDown)??;
            for (place, receipt) in places.into_iter().zip(part) {
                if let Some(slot) = receipts.get_mut(place) {
                    *slot = Some(receipt);
                }
            }
        }
        receipts
            .into_iter()
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| AppError::Internal("a receipt is missing".to_owned()))
    }

    fn enqueue(
        &self,
        lane: usize,
        submission: Submission,
    ) -> Result<oneshot::Receiver<Result<Vec<Receipt>>>> {
        // Whatever is larger than the whole queue goes alone.
        let size = submission.signals.iter().map(weight).sum::<usize>().min(self.room_max);
        let size = u32::try_from(size).unwrap_or(u32::MAX);
        let Ok(room) = Arc::clone(&self.room).try_acquire_many_owned(size) else {
            telemetry::shed("ingest");
            return Err(AppError::Overloaded { retry_after: RETRY_AFTER });
        };
        let (reply, answer) = oneshot::channel();
        let senders = self.senders.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = senders.get(lane).ok_or(AppError::ShuttingDown)?;
        let waiting = Waiting { submission, reply, _room: room };
        sender.send(waiting).map_err(|_| AppError::ShuttingDown)?;
        Ok(answer)
    }

    /// Splits a submission by lane, remembering each signal's place. One that
    /// has a request id stays whole, because the id is stored with all of it.
    fn split(&self, submission: Submission) -> Vec<(usize, Vec<usize>, Submission)> {
        let lane_of = |signal: &Prepared| {
            let anchor = signal.signal.body.anchor();
            let bucket = anchor.map_or(0, |a| lock::bucket(&submission.shop.shop.id, &a));
            usize::try_from(bucket.unsigned_abs()).unwrap_or(0) % self.count
        };
        let whole = self.count == 1 || submission.call.request.is_some() || submission.signals.len() == 1;
        if whole {
            let lane = submission.signals.first().map_or(0, lane_of);
            let places = (0..submission.signals.len()).collect();
            return vec![(lane, places, submission)];
        }
        let lanes: Vec<usize> = submission.signals.iter().map(lane_of).collect();
        let mut parts: HashMap<usize, (Vec<usize>, Vec<Prepared>)> = HashMap::new();
        for (place, (lane, signal)) in lanes.into_iter().zip(submission.signals).enumerate() {
            let part = parts.entry(lane).or_default();
            part.0.push(place);
            part.1.push(signal);
        }
        let part_of = |signals| Submission {
            shop: Arc::clone(&submission.shop),
            call: submission.call.clone(),
            signals,
        };
        parts.into_iter().map(|(lane, (places, signals))| (lane, places, part_of(signals))).collect()
    }
}

/// What a signal takes of the room: one, and one more for each KiB of text, so
/// that a queue of long texts is bounded like one of short ones.
fn weight(prepared: &Prepared) -> usize {
    let text = match &prepared.signal.body {
        SignalBody::Review(r) => r.text.len(),
        SignalBody::Message(m) => m.text.len(),
        SignalBody::Survey(s) => s.comment.len(),
        SignalBody::Order(_) | SignalBody::Shipment(_) | SignalBody::Return(_) | SignalBody::Overdue(_) => 0,
    };
    1 + text / 1_024
}

impl LaneStart {
    /// Starts a task per lane; it ends when the lanes are closed and empty.
    pub fn start(self, app: &App) {
        for (index, receiver) in self.0.into_iter().enumerate() {
            let shard = app.shard() * SHARDS + i64::try_from(index).unwrap_or(0) + 1;
            tokio::spawn(run(app.clone(), receiver, shard));
        }
    }
}

async fn run(app: App, mut receiver: mpsc::UnboundedReceiver<Waiting>, shard: i64) {
    let most = app.settings().batch_signals_max;
    let wait = match app.store().engine() {
        // A transaction in this process costs less than waiting for company.
        Engine::Sqlite => Duration::ZERO,
        Engine::Postgres => GATHER,
    };
    let (mut last, mut answered) = (0, Instant::now());
    while let Some(first) = receiver.recv().await {
        let batch = gather(&mut receiver, first, most, last, answered + wait).await;
        last = batch.len();
        commit(&app, batch, shard).await;
        answered = Instant::now();
    }
}

/// Takes what waits. Callers who were answered together come back together, but not all at
/// once; a transaction for each of them would cost as much as one for all. So a lane that
/// answered several a moment ago waits a little for as many; one that was idle waits for nobody.
async fn gather(
    receiver: &mut mpsc::UnboundedReceiver<Waiting>,
    first: Waiting,
    most: usize,
    last: usize,
    until: Instant,
) -> Vec<Waiting> {
    let mut signals = first.submission.signals.len();
    let mut batch = vec![first];
    while signals < most {
        let next = match receiver.try_recv() {
            Ok(next) => Some(next),
            Err(_) if batch.len() >= last => None,
            Err(_) => tokio::time::timeout_at(until, receiver.recv()).await.ok().flatten(),
        };
        let Some(next) = next else { break };
        signals += next.submission.signals.len();
        batch.push(next);
    }
    batch
}

/// Commits a batch and answers its callers.
async fn commit(app: &App, batch: Vec<Waiting>, shard: i64) {
    let (submissions, replies): (Vec<_>, Vec<_>) =
        batch.into_iter().map(|w| (w.submission, (w.reply, w._room))).unzip();
    let submissions = Arc::new(submissions);
    match attempt(app, &submissions, shard).await {
        Ok(answers) => {
            for ((reply, _room), answer) in replies.into_iter().zip(answers) {
                // A caller who hung up asks again and gets DUPLICATE.
                let _ = reply.send(answer);
            }
        }
        Err(error) => {
            // Something in here cannot be stored. Alone, each submission fails
            // or succeeds for itself and never for its neighbours.
            // A database that is away is away for each of them: asking it once
            // for each would hold the lane for minutes.
            let mut gone = away(&error);
            let mut error = Some(error).filter(|_| submissions.len() == 1);
            for ((reply, _room), submission) in replies.into_iter().zip(submissions.iter()) {
                let known =
                    error.take().or_else(|| gone.clone().map(|why| StoreError::Unavailable(why).into()));
                let answer = match known {
                    Some(error) => Err(error),
                    None => attempt(app, &Arc::new(vec![submission.clone()]), shard)
                        .await
                        .and_then(|mut answers| answers.pop().unwrap_or(Ok(Vec::new()))),
                };
                gone = gone.or_else(|| answer.as_ref().err().and_then(away));
                let _ = reply.send(answer);
            }
        }
    }
}

/// Why the database is not there, if that is what is wrong.
pub(crate) fn away(error: &AppError) -> Option<String> {
    match error {
        AppError::Store(StoreError::Unavailable(why)) => Some(why.clone()),
        _ => None,
    }
}

type Answers = Vec<Result<Vec<Receipt>>>;

/// Tries until no other writer is in the way.
async fn attempt(app: &App, submissions: &Arc<Vec<Submission>>, shard: i64) -> Result<Answers> {
    let mut tries = 1;
    loop {
        let (app2, submissions2) = (app.clone(), Arc::clone(submissions));
        // A task of its own: a panic costs one batch, not the lane.
        let task = tokio::spawn(async move { once(&app2, &submissions2, shard).await });
        let result = task.await.map_err(|e| AppError::Internal(format!("a batch did not end: {e}")))?;
        match result {
            Err(error) if error.is_contention() && tries < TRIES_MAX => {
                telemetry::command_retried("ingest");
                tokio::time::sleep(Duration::from_millis(1 << tries.min(7))).await;
                tries += 1;
            }
            other => return other,
        }
    }
}

async fn once(app: &App, submissions: &[Submission], shard: i64) -> Result<Answers> {
    let started = Instant::now();
    // The lane acts for many callers: each event names its own, the first
    // stands for the rest wherever one is needed.
    let Some(first) = submissions.first() else { return Ok(Vec::new()) };
    let mut work = app.begin(first.call.clone()).await?;
    let answers = match inside(&mut work, submissions).await {
        Ok(answers) => answers,
        Err(error) => {
            work.abandon().await;
            return Err(error);
        }
    };
    let written = work.finish(shard).await?;
    app.written(&written);
    telemetry::command_done("ingest", started.elapsed(), true);
    count(submissions, &answers);
    Ok(answers)
}

async fn inside(work: &mut crate::work::Work, submissions: &[Submission]) -> Result<Answers> {
    let mut world = load::load(work, submissions).await?;
    let mut answers = Vec::with_capacity(submissions.len());
    for submission in submissions {
        if let Err(error) = claim_request(work, submission).await {
            match error {
                AppError::RequestIdReused => answers.push(Err(error)),
                other => return Err(other),
            }
            continue;
        }
        let receipts =
            submission.signals.iter().map(|s| world.take(submission, s, work.now, work.app.ids())).collect();
        answers.push(Ok(receipts));
    }
    world.hear(work).await?;
    world.recall(work).await?;
    world.flush(work);
    Ok(answers)
}

/// Signals carry ids of their own, so a repeated request repeats its receipts
/// by itself; what must be found out is another content under the same id.
async fn claim_request(work: &crate::work::Work, submission: &Submission) -> Result<()> {
    let Some(key) = &submission.call.request else { return Ok(()) };
    let (shop, principal) = (Some(&submission.shop.shop.id), submission.call.principal.name.as_str());
    match request::find(&work.tx, shop, principal, &key.id).await? {
        Some((digest, _)) if digest == key.digest => Ok(()),
        Some(_) => Err(AppError::RequestIdReused),
        None => Ok(request::put(&work.tx, shop, principal, &key.id, (&key.digest, &[]), work.now).await?),
    }
}

fn count(submissions: &[Submission], answers: &Answers) {
    telemetry::batch_committed(submissions.iter().map(|s| s.signals.len()).sum());
    let mut counts: HashMap<(&'static str, &'static str), u64> = HashMap::new();
    for (submission, answer) in submissions.iter().zip(answers) {
        for (signal, receipt) in submission.signals.iter().zip(answer.iter().flatten()) {
            *counts.entry((signal.signal.body.kind().as_str(), receipt.word())).or_default() += 1;
        }
    }
    for ((kind, result), number) in counts {
        telemetry::signals(kind, result, number);
    }
}
