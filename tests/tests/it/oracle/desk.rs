//! Agents who work on cases, mostly as one would.

use amends_app::case::{
    AssignCase, CancelCase, ClaimCase, MergeCase, RecordContact, ReleaseCase, RenewLease, ReopenCase,
    SnoozeCase, SolveCase, Target, WaitCase, WaitFor,
};
use amends_app::remedy::{BuyerAnswer, OfferRemedy, RecordAnswer, Report, ReportFulfilment};
use amends_app::reply::{BeginDelivery, Content, Delivery, DraftReply, QueueReply, ReportDelivery};
use amends_app::review::Ask;
use amends_app::{Principal, Role};
use amends_domain::case::{Case, Outcome};
use amends_domain::detection::Reason;
use amends_domain::remedy::{Remedy, RemedyKind, RemedyStage, Terms};
use amends_domain::{Money, ShopId, Span};
use amends_store::case::{CaseFilter, CaseOrder};
use amends_store::{case, remedy, review};
use rand::Rng;
use rand::seq::IndexedRandom as _;
use rand_chacha::ChaCha8Rng;

use super::house::{House, principal};
use super::served::Book;
use super::story::id;

/// Every case of a shop.
pub(super) async fn cases(house: &House, shop: &ShopId) -> Vec<Case> {
    let conn = house.look.reader();
    case::list(&conn, shop, &CaseFilter::default(), CaseOrder::Opened, None, 1_000).await.unwrap()
}

/// Somebody does one thing about one case.
pub(super) async fn act(house: &House, rng: &mut ChaCha8Rng, book: &mut Book) {
    let shop = &book.shop.clone();
    let all = cases(house, shop).await;
    let Some(case) = all.choose(rng) else { return };
    let boss = principal("boss", &[Role::Agent, Role::Supervisor, Role::Ingest]);
    let Some(owner) = case.handling.owner() else {
        let name = *["mia", "tom", "zoe"].choose(rng).unwrap();
        let who = principal(name, &[Role::Agent]);
        if rng.random_bool(0.15) {
            let (shop, note) = (shop.clone(), "Again.".to_owned());
            let reopen = ReopenCase { shop, case: case.id, version: case.version, note };
            house.attempt(&who, reopen).await;
        } else {
            house.attempt(&who, ClaimCase { shop: shop.clone(), case: case.id }).await;
        }
        return;
    };
    let who = principal(owner.as_str(), &[Role::Agent]);
    let target = Target { shop: shop.clone(), case: case.id, fence: case.fence, version: case.version };
    match rng.random_range(0..18) {
        0..3 => contact(house, rng, &who, target).await,
        3 => write(house, rng, &who, &boss, target).await,
        4..7 => offer(house, rng, &who, case, shop).await,
        7..11 => follow(house, rng, &boss, case, shop).await,
        11..13 => solve(house, rng, &who, target).await,
        13 => ask(house, &who, case, target).await,
        15..17 => renew(house, &who, case, shop).await,
        14 => {
            let other = all.choose(rng).unwrap();
            let note = "The same trouble.".to_owned();
            // What was done before is put down before it becomes part of another's.
            book.look(house).await;
            let merge = MergeCase { target, into: other.id, into_version: other.version, note };
            house.attempt(&who, merge).await;
        }
        _ => last(house, rng, &who, target).await,
    }
}

/// The heartbeat of a screen.
async fn renew(house: &House, who: &Principal, case: &Case, shop: &ShopId) {
    if let Some(lease) = case.handling.lease() {
        let (shop, lease) = (shop.clone(), lease.id);
        house.attempt(who, RenewLease { shop, case: case.id, lease, fence: case.fence }).await;
    }
}

/// A supervisor gives it to somebody, or back to the queue.
async fn assign(house: &House, rng: &mut ChaCha8Rng, target: Target) {
    let names = [Some("mia"), Some("tom"), Some("zoe"), None];
    let agent = names.choose(rng).unwrap().map(|name| name.parse().unwrap());
    let Target { shop, case, version, .. } = target;
    let assign = AssignCase { shop, case, version, agent, note: String::new() };
    house.attempt(&principal("boss", &[Role::Agent, Role::Supervisor]), assign).await;
}

async fn last(house: &House, rng: &mut ChaCha8Rng, who: &Principal, target: Target) {
    let note = "For now.".to_owned();
    match rng.random_range(0..11) {
        9.. => assign(house, rng, target).await,
        0 => drop(house.attempt(who, CancelCase { target, note }).await),
        1..3 => drop(house.attempt(who, ReleaseCase { target, lease: None, note }).await),
        3 => {
            let until = house.app.now() + Span::from_hours(rng.random_range(1..60));
            house.attempt(who, SnoozeCase { target, until, note }).await;
        }
        4 => {
            let until = Some(house.app.now() + Span::from_hours(rng.random_range(1..90)));
            house.attempt(who, WaitCase { target, wait_for: WaitFor::ThirdParty, until, note }).await;
        }
        _ => {
            let wait = WaitCase { target, wait_for: WaitFor::Buyer, until: None, note };
            house.attempt(who, wait).await;
        }
    }
}

async fn contact(house: &House, rng: &mut ChaCha8Rng, who: &Principal, target: Target) {
    // Some is written down later.
    let ago = Span::from_hours(rng.random_range(1..200));
    let at = rng.random_bool(0.3).then(|| house.app.now() - ago);
    let (text, reached) = ("A word.".to_owned(), rng.random_bool(0.7));
    house.attempt(who, RecordContact { target, means: "CHAT".to_owned(), reached, text, at }).await;
}

/// A reply goes through the queue to the channel, mostly.
async fn write(house: &House, rng: &mut ChaCha8Rng, who: &Principal, boss: &Principal, target: Target) {
    let Target { shop, case, fence, version } = target;
    let (content, language) = (Content::Text("We are sorry.".to_owned()), String::new());
    let public = rng.random_bool(0.2);
    let draft = DraftReply { shop: shop.clone(), case, version, fence, public, language, content };
    let Some(drafted) = house.attempt(who, draft).await else { return };
    let (reply, version) = (drafted.reply.id, drafted.case.case.version);
    let (adopt, override_lock) = (false, false);
    let queue = QueueReply { shop: shop.clone(), reply, version, fence, adopt, override_lock };
    if house.attempt(who, queue).await.is_none() {
        return;
    }
    let begin = BeginDelivery { shop: shop.clone(), reply, message: None };
    let Some(begun) = house.attempt(boss, begin).await else { return };
    // Some of it is told later than it was.
    let at = rng.random_bool(0.3).then(|| house.app.now() - Span::from_minutes(rng.random_range(1..30)));
    let delivery = match rng.random_range(0..5) {
        0 => Delivery::Failed { why: "busy".to_owned() },
        _ => Delivery::Sent { message: id(format!("sent-{reply}")), at },
    };
    house.attempt(boss, ReportDelivery { shop, reply, attempt: begun.reply.attempts, delivery }).await;
}

async fn solve(house: &House, rng: &mut ChaCha8Rng, who: &Principal, target: Target) {
    let outcomes = [Outcome::TalkedThrough, Outcome::TalkedThrough, Outcome::RemedyFulfilled, Outcome::Other];
    let outcome = *outcomes.choose(rng).unwrap();
    let reason = rng.random_bool(0.3).then(|| *Reason::ALL.choose(rng).unwrap());
    house.attempt(who, SolveCase { target, outcome, note: "as agreed".to_owned(), reason }).await;
}

async fn offer(house: &House, rng: &mut ChaCha8Rng, who: &Principal, case: &Case, shop: &ShopId) {
    let kinds = [
        RemedyKind::Coupon,
        RemedyKind::Replacement,
        RemedyKind::PartialRefund,
        RemedyKind::Instructions,
        RemedyKind::ReturnLabel,
    ];
    let kind = *kinds.choose(rng).unwrap();
    let amount = Money::new(rng.random_range(100..400), "EUR".parse().unwrap());
    let gives_money = matches!(kind, RemedyKind::PartialRefund | RemedyKind::Coupon);
    let terms = Terms {
        amount: gives_money.then_some(amount),
        note: if kind == RemedyKind::Instructions { "Turn it.".to_owned() } else { String::new() },
        ..Terms::default()
    };
    let offer = OfferRemedy {
        shop: shop.clone(),
        case: case.id,
        version: case.version,
        fence: case.fence,
        suggestion: None,
        kind,
        units: rng.random_range(1..=2),
        terms,
        after: None,
        life: None,
        text: String::new(),
    };
    house.attempt(who, offer).await;
}

async fn follow(house: &House, rng: &mut ChaCha8Rng, boss: &Principal, case: &Case, shop: &ShopId) {
    let remedies: Vec<Remedy> =
        remedy::of_cases(&house.look.reader(), &[(shop.clone(), case.id)]).await.unwrap();
    let open = |r: &&Remedy| r.state.stage().in_flight();
    let Some(one) = remedies.iter().rfind(open) else { return };
    let (shop, remedy) = (shop.clone(), one.id);
    if one.state.stage() == RemedyStage::Offered {
        let said = [BuyerAnswer::Accepted, BuyerAnswer::Accepted, BuyerAnswer::Declined];
        let answer = *said.choose(rng).unwrap();
        let note = String::new();
        house.attempt(boss, RecordAnswer { shop, remedy, version: None, fence: 0, answer, note }).await;
        return;
    }
    let report = match rng.random_range(0..6) {
        0 => Report::Failed { why: "out of stock".to_owned() },
        _ => Report::Fulfilled { tracking: "T-1".to_owned() },
    };
    // Some of it is reported later.
    let at = rng.random_bool(0.3).then(|| house.app.now() - Span::from_hours(rng.random_range(1..90)));
    house.attempt(boss, ReportFulfilment { shop, remedy, report, at }).await;
}

async fn ask(house: &House, who: &Principal, case: &Case, target: Target) {
    let key = (target.shop.clone(), case.id);
    let reviews = review::by_cases(&[key]).all(&house.look.reader()).await.unwrap();
    let Some(about) = reviews.first() else { return };
    let ask = Ask {
        shop: target.shop,
        review: about.review.clone(),
        version: target.version,
        fence: target.fence,
        template: String::new(),
        by_request: case.fence % 2 == 0,
    };
    house.attempt(who, ask).await;
}
