//! Many callers who race for the units of one order line, and what must hold afterwards.

use amends_client::{Client, Error, v1};
use tonic::Code;
use v1::{BuyerAnswer, FulfilmentState, Reason, RemedyKind, RemedyState};

use crate::desk::report;
use crate::make::{money, terms, terms_of};

/// Callers who want something of the line.
pub const CALLERS: usize = 64;

/// Units of the line.
pub const UNITS: i32 = 3;

/// What was paid for each.
pub const PRICE: i64 = 2_000;

/// Money that some of them want to give; less than a refund of the channel, so never taken for it.
const PART: i64 = 700;

/// What one of the callers was told.
#[derive(Debug, Clone)]
pub enum Told {
    /// A remedy was offered.
    Made(Box<v1::Remedy>),
    /// The line has nothing left.
    Refused(Reason),
}

/// The order line that all of them want something of.
#[must_use]
pub fn line() -> v1::OrderLine {
    v1::OrderLine { quantity: UNITS, unit_price: Some(money(PRICE)), ..crate::make::line("1") }
}

fn wish(who: usize, case: &v1::Case, fence: i64) -> v1::OfferRemedyRequest {
    let (kind, terms) = match who % 2 {
        0 => (RemedyKind::Replacement, terms()),
        _ => (RemedyKind::PartialRefund, terms_of(PART)),
    };
    v1::OfferRemedyRequest {
        case: case.name.clone(),
        etag: case.etag.clone(),
        fence,
        request_id: format!("caller-{who}"),
        kind: kind.into(),
        terms: Some(terms),
        ..Default::default()
    }
}

async fn look(client: &Client, case: &str) -> v1::Case {
    let request = v1::GetCaseRequest { name: case.to_owned() };
    client.call(request).await.unwrap().view.unwrap().case.unwrap()
}

/// Whether nothing was written and the caller has to look and ask again.
fn stale(error: &Error) -> bool {
    error.code() == Some(Code::Aborted)
}

/// One caller wants something, looks again whenever somebody was faster, and repeats what it said.
///
/// # Panics
/// When it is told anything but the truth.
pub async fn offer(client: &Client, case: &str, fence: i64, who: usize) -> Told {
    loop {
        let request = wish(who, &look(client, case).await, fence);
        match client.call(request.clone()).await {
            Ok(made) => {
                let remedy = made.remedy.unwrap();
                let again = client.call(request).await.unwrap().remedy.unwrap();
                assert_eq!(again.name, remedy.name, "the same request makes the same remedy");
                return Told::Made(Box::new(remedy));
            }
            Err(error) if stale(&error) => tokio::task::yield_now().await,
            Err(error) => return refused(&error),
        }
    }
}

fn refused(error: &Error) -> Told {
    let reason = error.reason().unwrap_or_else(|| panic!("{error}"));
    let known = [Reason::UnitAlreadyRemedied, Reason::UnitRefunded, Reason::GrantExceedsPaid];
    assert!(known.contains(&reason), "{error}");
    assert_eq!(error.code(), Some(Code::FailedPrecondition), "{error}");
    Told::Refused(reason)
}

/// The buyer says yes, once, however often it is told; unless the channel paid back meanwhile.
///
/// # Panics
/// When it is refused for another reason.
pub async fn accept(client: &Client, remedy: &v1::Remedy, who: usize) -> Option<v1::Remedy> {
    let request = v1::RecordAnswerRequest {
        name: remedy.name.clone(),
        request_id: format!("answer-{who}"),
        answer: BuyerAnswer::Accepted.into(),
        ..Default::default()
    };
    loop {
        match client.call(request.clone()).await {
            Ok(answered) => return answered.remedy,
            Err(error) if stale(&error) => tokio::task::yield_now().await,
            Err(error) => {
                let paid = [Reason::UnitRefunded, Reason::GrantExceedsPaid, Reason::IllegalTransition];
                assert!(error.reason().is_some_and(|reason| paid.contains(&reason)), "{error}");
                return None;
            }
        }
    }
}

/// All remedies of a case.
///
/// # Panics
/// When they cannot be read.
pub async fn remedies(client: &Client, case: &str) -> Vec<v1::Remedy> {
    let (parent, _) = case.split_once("/cases/").unwrap();
    let list = v1::ListRemediesRequest {
        parent: parent.to_owned(),
        case: case.to_owned(),
        page_size: 200,
        ..Default::default()
    };
    client.call(list).await.unwrap().remedies
}

/// What must hold once everything is still: beside a refund of one unit, no more is given than
/// was paid and no unit twice; what was promised before it does not leave.
///
/// # Panics
/// When it does not hold.
pub async fn check(client: &Client, case: &str, refunded: bool) {
    // Whatever still lies with the buyer is accepted now, as far as it can be.
    for (n, open) in remedies(client, case).await.iter().enumerate() {
        if open.state() == RemedyState::Offered {
            let _ = accept(client, open, CALLERS + n).await;
        }
    }
    let (mut units, mut given) = if refunded { (1, PRICE) } else { (0, 0) };
    for remedy in remedies(client, case).await {
        let promised =
            [RemedyState::Accepted, RemedyState::Executing, RemedyState::Fulfilled].contains(&remedy.state());
        if remedy.refunded_by.is_empty() {
            if promised {
                units += 1;
                given += if remedy.kind() == RemedyKind::Replacement { PRICE } else { PART };
            }
            continue;
        }
        let begun = report(client, &remedy.name, FulfilmentState::Executing).await;
        let reason = begun.unwrap_err().reason();
        let stopped = [Reason::UnitRefunded, Reason::GrantExceedsPaid, Reason::IllegalTransition];
        assert!(reason.is_some_and(|reason| stopped.contains(&reason)), "{reason:?}: {remedy:?}");
    }
    assert!(units <= UNITS, "{units} of {UNITS} units were given or refunded");
    assert!(given <= PRICE * i64::from(UNITS), "{given} was given or refunded");
}
