//! The command runner: the only one who begins a transaction.
//!
//! A command runs in a task of its own, so that a caller who hangs up cannot
//! drop a half-begun transaction; in one transaction; again from the start
//! when another writer was in the way; and once per request id, because the
//! answer is stored in the same transaction and repeated from there.

use std::future::Future;
use std::time::Duration;

use amends_domain::{ShopId, Span};
use amends_store::{StoreError, request, suggestion};
use tracing::Instrument;

use crate::app::App;
use crate::call::{Call, RequestKey};
use crate::error::{AppError, Result};
use crate::guard::{Decision, note_refusal};
use crate::telemetry;
use crate::work::{Work, Written};

/// How often a transaction is tried before the caller is told to come back.
const TRIES_MAX: u32 = 8;

/// How long a request id is remembered.
const REQUESTS_KEPT: Span = Span::from_days(1);

/// What whoever repeats a request is told whose answer was erased with a buyer.
const ANSWER_ERASED: &str = "G23: the request was answered, and the answer was erased with its buyer";

/// How long a suggestion for a return that nobody asked for can be read again.
const HYPOTHETICAL_KEPT: Span = Span::from_days(90);

/// Copies of each count that one process adds to: the desk's is the first, the lanes have the others.
pub(crate) const SHARDS: i64 = 64;

/// Answers forgotten in one transaction.
const FORGOTTEN_AT_ONCE: u32 = 5_000;

/// One use case that writes.
pub trait Command: Clone + Send + Sync + 'static {
    /// What the caller gets.
    type Output: Send + 'static;

    /// What it is called in spans and metrics.
    const NAME: &'static str;

    /// The shop it works on; none for what belongs to no shop yet.
    fn shop(&self) -> Option<&ShopId>;

    /// Does it, within the transaction of `work`.
    fn run(self, work: &mut Work) -> impl Future<Output = Result<Self::Output>> + Send;
}

/// What a command answers.
#[derive(Debug)]
pub enum Answer<T> {
    /// It was done now.
    Fresh(T),
    /// It was done before under this request id; the bytes that were answered then.
    Repeated(Vec<u8>),
}

impl App {
    /// Runs a command; `render` makes the bytes that a repeated request gets.
    ///
    /// # Errors
    /// When the command refuses, the request id was used for something else, or storage fails.
    pub async fn execute<C: Command>(
        &self,
        call: Call,
        command: C,
        render: fn(&C::Output) -> Vec<u8>,
    ) -> Result<Answer<C::Output>> {
        if let Some(shop) = command.shop() {
            call.principal.enter(shop)?;
        }
        let app = self.clone();
        let span = tracing::info_span!("command", name = C::NAME);
        let task = tokio::spawn(async move { app.attempt(call, command, render).await }.instrument(span));
        task.await.map_err(|e| AppError::Internal(format!("{} did not end: {e}", C::NAME)))?
    }

    /// Runs a command whose answer nobody will ask for again.
    ///
    /// # Errors
    /// When the command refuses or storage fails.
    pub async fn perform<C: Command>(&self, call: Call, command: C) -> Result<C::Output> {
        match self.execute(call, command, |_| Vec::new()).await? {
            Answer::Fresh(output) => Ok(output),
            Answer::Repeated(_) => {
                Err(AppError::Internal("a call without a request id was repeated".to_owned()))
            }
        }
    }

    async fn attempt<C: Command>(
        &self,
        call: Call,
        command: C,
        render: fn(&C::Output) -> Vec<u8>,
    ) -> Result<Answer<C::Output>> {
        let started = tokio::time::Instant::now();
        let mut tries = 1;
        let result = loop {
            match self.once(call.clone(), command.clone(), render).await {
                Err(error) if error.is_contention() && tries < TRIES_MAX => {
                    telemetry::command_retried(C::NAME);
                    tokio::time::sleep(back_off(tries)).await;
                    tries += 1;
                }
                other => break other,
            }
        };
        telemetry::command_done(C::NAME, started.elapsed(), result.is_ok());
        result
    }

    async fn once<C: Command>(
        &self,
        call: Call,
        command: C,
        render: fn(&C::Output) -> Vec<u8>,
    ) -> Result<Answer<C::Output>> {
        let (shop, key) = (command.shop().cloned(), call.request.clone());
        let principal = call.principal.name.clone();
        let again = call.clone();
        let done = self.inside(call, command, render).await;
        // Nobody looks for an earlier answer first: most requests have none, and the same request
        // again ends here, when it does what was done already or when it keeps its own answer.
        match (done, key) {
            // Where the database is away there is nothing to look in.
            (Err(AppError::Store(StoreError::Unavailable(why))), _) => {
                Err(StoreError::Unavailable(why).into())
            }
            (Err(error), Some(key)) => {
                match self.answered(shop.as_ref(), principal.as_str(), &key).await {
                    Ok(Some(answered)) => answered,
                    Ok(None) => Err(self.remember(again, error).await),
                    Err(_) if matches!(error, AppError::Store(_)) => Err(error),
                    // A refusal may only tell what the first call did: without a look it is no answer.
                    Err(unseen) => Err(unseen),
                }
            }
            (Err(error), None) => Err(self.remember(again, error).await),
            (Ok(output), _) => Ok(Answer::Fresh(output)),
        }
    }

    /// What guardrails refuse is written down, though nothing else of the command is.
    async fn remember(&self, call: Call, error: AppError) -> AppError {
        let AppError::Guarded(mut decision) = error else { return error };
        match self.refuse(call, &mut decision).await {
            Ok(()) => AppError::Guarded(decision),
            Err(failed) => failed,
        }
    }

    async fn refuse(&self, mut call: Call, decision: &mut Decision) -> Result<()> {
        call.request = None;
        let mut work = self.begin(call).await?;
        if let Err(error) = note_refusal(&mut work, decision).await {
            work.abandon().await;
            return Err(error);
        }
        let written = work.finish(self.shard() * SHARDS).await?;
        self.written(&written);
        Ok(())
    }

    async fn inside<C: Command>(
        &self,
        call: Call,
        command: C,
        render: fn(&C::Output) -> Vec<u8>,
    ) -> Result<C::Output> {
        let shop = command.shop().cloned();
        let mut work = self.begin(call).await?;
        let output = match command.run(&mut work).await {
            Ok(output) => output,
            Err(error) => {
                work.abandon().await;
                return Err(error);
            }
        };
        if let Some(key) = &work.call.request {
            let (principal, answer) = (work.call.principal.name.as_str(), render(&output));
            let kept = [(principal, key.id.as_str(), &key.digest[..], &answer[..], work.case())];
            let kept = request::keep(shop.as_ref(), kept.into_iter(), work.now);
            work.write([kept]);
        }
        let written = work.finish(self.shard() * SHARDS).await?;
        self.written(&written);
        Ok(output)
    }

    /// What this request was answered before, if it was.
    async fn answered<T>(
        &self,
        shop: Option<&ShopId>,
        principal: &str,
        key: &RequestKey,
    ) -> Result<Option<Result<Answer<T>>>> {
        let found = request::find(&self.store().reader(), shop, principal, &key.id).await?;
        Ok(found.map(|(digest, answer)| {
            if digest.is_empty() {
                return Err(AppError::Precondition(ANSWER_ERASED));
            }
            if digest == key.digest { Ok(Answer::Repeated(answer)) } else { Err(AppError::RequestIdReused) }
        }))
    }

    /// Forgets answers older than a day and suggestions for hypothetical returns older than ninety, so that
    /// their tables do not grow for ever.
    ///
    /// # Errors
    /// When storage fails.
    pub async fn forget_old(&self) -> Result<u64> {
        let app = self.clone();
        let task = tokio::spawn(async move {
            let tx = app.store().begin().await?;
            let (requests, hypothetical) = (app.now() - REQUESTS_KEPT, app.now() - HYPOTHETICAL_KEPT);
            let requests = request::forget_before(&tx, requests, FORGOTTEN_AT_ONCE).await?;
            let suggested = suggestion::forget_hypothetical(&tx, hypothetical, FORGOTTEN_AT_ONCE).await?;
            tx.commit().await?;
            Ok(requests + suggested)
        });
        task.await.map_err(|e| AppError::Internal(format!("forgetting did not end: {e}")))?
    }

    pub(crate) async fn begin(&self, call: Call) -> Result<Work> {
        let tx = self.store().begin().await?;
        Ok(Work::new(tx, self.now(), self.clone(), call))
    }

    /// Counts what was committed and wakes whoever waits for it.
    pub(crate) fn written(&self, written: &Written) {
        for row in &written.events {
            telemetry::event_written(&row.event);
        }
        if !written.events.is_empty() {
            self.wake_relay();
        }
        if written.deadlines_set {
            self.wake_timers();
        }
    }
}

/// Grows with each try and differs between writers that collided.
fn back_off(tries: u32) -> Duration {
    let spread = u64::from(rand::random::<u8>() % 8) + 1;
    Duration::from_millis(spread << tries.min(6))
}
