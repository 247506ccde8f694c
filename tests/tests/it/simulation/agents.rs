//! Agents who do anything that comes to their mind, with what they saw or with something older.

use amends_app::agent::SetPresence;
use amends_app::case::{
    AddNote, CancelCase, ClaimCase, ClaimNextCase, EscalateCase, MergeCase, RecordContact, ReleaseCase,
    ReopenCase, SnoozeCase, SolveCase, Target, WaitCase, WaitFor,
};
use amends_app::remedy::{
    ApproveRemedy, BuyerAnswer, OfferRemedy, RecordAnswer, Report, ReportFulfilment, WithdrawRemedy,
};
use amends_app::review::Ask;
use amends_app::stock::SetStock;
use amends_app::{Principal, Role};
use amends_domain::agent::Presence;
use amends_domain::case::{Case, Outcome};
use amends_domain::remedy::{Remedy, RemedyKind, RemedyStage, Terms};
use amends_domain::stock::{Item, Level, StockKind};
use amends_domain::{Money, RemedyId, Span};
use amends_store::{remedy, review};
use rand::Rng;
use rand::seq::IndexedRandom as _;
use rand_chacha::ChaCha8Rng;

use super::house::{House, principal, shop};
use super::seen::every_case;

/// One agent does one thing.
pub(super) async fn act(house: &House, rng: &mut ChaCha8Rng) {
    let who = someone(rng);
    let cases = every_case(house).await;
    let Some(case) = cases.choose(rng) else { return };
    // Most of the time it is the owner who acts.
    let who = match case.handling.owner() {
        Some(owner) if rng.random_bool(0.8) => principal(owner.as_str(), &who.roles),
        _ => who,
    };
    let target = target(rng, case);
    match rng.random_range(0..12) {
        11 => count_stock(house, rng).await,
        10 => come_or_go(house, rng, &who).await,
        0 => hold(house, rng, &who, case).await,
        1..3 => first_steps(house, rng, &who, case, target).await,
        3..5 => middle_steps(house, rng, &who, target).await,
        5 => last_steps(house, rng, &who, case, &cases, target).await,
        6..8 => offer(house, rng, &who, case, target).await,
        8 => follow_remedy(house, rng, &who, case, target).await,
        _ => ask(house, &who, case, target).await,
    }
}

fn someone(rng: &mut ChaCha8Rng) -> Principal {
    match rng.random_range(0..4) {
        0 => principal("sam", &[Role::Agent, Role::Supervisor, Role::Ingest]),
        n => principal(["mia", "tom", "zoe"][n - 1], &[Role::Agent]),
    }
}

/// A shift begins, pauses or ends, said for as long as it may be.
async fn come_or_go(house: &House, rng: &mut ChaCha8Rng, who: &Principal) {
    let presence = match rng.random_range(0..10) {
        0..7 => Presence::Available,
        7 => Presence::Away,
        _ => Presence::Offline,
    };
    let lasts = Span::from_minutes(rng.random_range(1..700));
    house.attempt(who, SetPresence { shop: shop(), agent: who.name.clone(), presence, lasts }).await;
}

/// What the agent saw of the case; one time in eight something older.
fn target(rng: &mut ChaCha8Rng, case: &Case) -> Target {
    let old = i64::from(rng.random_bool(0.12));
    let fence = case.fence - i64::from(rng.random_bool(0.05));
    Target { shop: shop(), case: case.id, fence, version: case.version - old }
}

async fn hold(house: &House, rng: &mut ChaCha8Rng, who: &Principal, case: &Case) {
    if rng.random_bool(0.5) {
        let next = ClaimNextCase { shop: shop(), kinds: Vec::new(), languages: Vec::new(), level_max: None };
        house.attempt(who, next).await;
    } else {
        house.attempt(who, ClaimCase { shop: shop(), case: case.id }).await;
    }
}

async fn first_steps(house: &House, rng: &mut ChaCha8Rng, who: &Principal, case: &Case, target: Target) {
    let text = "A word.".to_owned();
    if case.handling.owner().is_none() {
        house.attempt(who, ClaimCase { shop: shop(), case: case.id }).await;
        return;
    }
    match rng.random_range(0..5) {
        0 => drop(house.attempt(who, AddNote { target, text }).await),
        1 => drop(house.attempt(who, EscalateCase { target, why: text }).await),
        _ => {
            let contact = RecordContact { target, means: "CHAT".to_owned(), reached: true, text, at: None };
            house.attempt(who, contact).await;
        }
    }
}

async fn middle_steps(house: &House, rng: &mut ChaCha8Rng, who: &Principal, target: Target) {
    let until = house.app.now() + Span::from_hours(rng.random_range(1..200));
    let note = String::new();
    match rng.random_range(0..4) {
        0 => {
            let wait = WaitCase { target, wait_for: WaitFor::Buyer, until: None, note };
            house.attempt(who, wait).await;
        }
        1 => {
            let wait = WaitCase { target, wait_for: WaitFor::ThirdParty, until: Some(until), note };
            house.attempt(who, wait).await;
        }
        2 => drop(house.attempt(who, SnoozeCase { target, until, note }).await),
        _ => drop(house.attempt(who, ReleaseCase { target, lease: None, note }).await),
    }
}

async fn last_steps(
    house: &House,
    rng: &mut ChaCha8Rng,
    who: &Principal,
    case: &Case,
    all: &[Case],
    target: Target,
) {
    let note = "as agreed".to_owned();
    match rng.random_range(0..6) {
        0 => {
            let reopen = ReopenCase { shop: shop(), case: case.id, version: target.version, note };
            house.attempt(who, reopen).await;
        }
        1 => {
            let other = all.choose(rng).unwrap_or(case);
            let merge = MergeCase { target, into: other.id, into_version: other.version, note };
            house.attempt(who, merge).await;
        }
        2 => drop(house.attempt(who, CancelCase { target, note }).await),
        _ => {
            let outcome = *Outcome::ALL.choose(rng).unwrap();
            house.attempt(who, SolveCase { target, outcome, note, reason: None }).await;
        }
    }
}

async fn offer(house: &House, rng: &mut ChaCha8Rng, who: &Principal, case: &Case, target: Target) {
    let kind = *RemedyKind::ALL.choose(rng).unwrap();
    let amount = Money::new(rng.random_range(100..3_000), "EUR".parse().unwrap());
    let gives_money = matches!(kind, RemedyKind::PartialRefund | RemedyKind::Coupon | RemedyKind::PriceMatch);
    let terms = Terms {
        amount: gives_money.then_some(amount),
        article: if kind == RemedyKind::Exchange { "sku-9".to_owned() } else { String::new() },
        note: if kind == RemedyKind::Instructions { "Turn it.".to_owned() } else { String::new() },
        ..Terms::default()
    };
    let offer = OfferRemedy {
        shop: shop(),
        case: case.id,
        version: target.version,
        fence: target.fence,
        suggestion: None,
        kind,
        units: rng.random_range(1..=2),
        terms,
        after: earlier(house, rng, case).await,
        life: None,
        text: String::new(),
    };
    house.attempt(who, offer).await;
}

/// Now and then a remedy that did not hold is followed; one of any line of the case's history.
async fn earlier(house: &House, rng: &mut ChaCha8Rng, case: &Case) -> Option<RemedyId> {
    let follows = rng.random_bool(0.4);
    let remedies = remedy::of_cases(&house.look.reader(), &[(shop(), case.id)]).await.unwrap();
    let given = |r: &&Remedy| r.state.stage() == RemedyStage::Fulfilled;
    remedies.iter().rfind(given).map(|r| r.id).filter(|_| follows)
}

/// Someone counts what is in the shelf, now and then from an older list.
async fn count_stock(house: &House, rng: &mut ChaCha8Rng) {
    let connector = principal("connector", &[Role::Ingest]);
    let as_of = house.app.now() - Span::from_hours(rng.random_range(0..100));
    let item = |sku: &str| Item { sku: sku.parse().unwrap(), kind: StockKind::Article };
    let level = |sku: &str, available| Level { item: item(sku), available, as_of };
    let levels = vec![level("sku-1", rng.random_range(0..6)), level("sku-9", rng.random_range(0..3))];
    house.attempt(&connector, SetStock { shop: shop(), levels }).await;
}

/// What a buyer says: yes, no, or more.
fn said(rng: &mut ChaCha8Rng) -> BuyerAnswer {
    match rng.random_range(0..10) {
        0..6 => BuyerAnswer::Accepted,
        6..8 => BuyerAnswer::Declined,
        _ => {
            let wish = Money::new(rng.random_range(1..9_000), "EUR".parse().unwrap());
            BuyerAnswer::Countered { wish }
        }
    }
}

async fn follow_remedy(house: &House, rng: &mut ChaCha8Rng, who: &Principal, case: &Case, target: Target) {
    let conn = house.look.reader();
    let remedies: Vec<Remedy> = remedy::of_cases(&conn, &[(shop(), case.id)]).await.unwrap();
    let Some(remedy) = remedies.choose(rng).map(|remedy| remedy.id) else { return };
    let (shop, version, fence, note) = (shop(), target.version, target.fence, String::new());
    let boss = principal("boss", &[Role::Supervisor, Role::Ingest]);
    match rng.random_range(0..9) {
        0 => drop(house.attempt(&boss, ApproveRemedy { shop, remedy, version, note }).await),
        1 => drop(house.attempt(who, WithdrawRemedy { shop, remedy, version, fence, note }).await),
        2..5 => {
            let answer = said(rng);
            let answer = RecordAnswer { shop, remedy, version: None, fence: 0, answer, note };
            house.attempt(&boss, answer).await;
        }
        n => {
            let report = match n {
                5 => Report::Executing,
                6 => Report::Failed { why: "out of stock".to_owned() },
                _ => Report::Fulfilled { tracking: "T-1".to_owned() },
            };
            house.attempt(&boss, ReportFulfilment { shop, remedy, report, at: None }).await;
        }
    }
}

async fn ask(house: &House, who: &Principal, case: &Case, target: Target) {
    let conn = house.look.reader();
    let reviews = review::by_cases(&[(shop(), case.id)]).all(&conn).await.unwrap();
    let Some(about) = reviews.first() else { return };
    let ask = Ask {
        shop: shop(),
        review: about.review.clone(),
        version: target.version,
        fence: target.fence,
        template: String::new(),
        by_request: false,
    };
    house.attempt(who, ask).await;
}
