//! The next permitted steps of a case, from everything the rules will look at.

use amends_domain::case::Case;
use amends_domain::detection::Flag;
use amends_domain::event::Event;
use amends_domain::guardrail::Words;
use amends_domain::plan::{Draft, Due, Plan, Situation, Trouble, plan};
use amends_domain::remedy::{Remedy, RemedyStage};
use amends_domain::reply::{Reply, ReplyStage};
use amends_domain::signal::{Author, Direction};
use amends_domain::sla::{Instance, Metric, Verdict};
use amends_domain::subject::Subject;
use amends_domain::{CaseId, ReviewId, ShopId, Time};
use amends_store::bulk::Trip;
use amends_store::message::MessageRow;
use amends_store::{Conn, case, event, message, order, remedy, reply, review};

use super::DESK;
use crate::app::App;
use crate::call::Principal;
use crate::error::{AppError, Result};
use crate::guard::{Budget, delivered_of, words_of};
use crate::remedy::asked_of;
use crate::review::ReviewToPlan;

/// The newest messages of a case that are looked through for the last of each side.
const MESSAGES_MAX: u32 = 200;

/// The plan of one case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CasePlan {
    /// The case.
    pub case: Case,
    /// When it was planned.
    pub at: Time,
    /// The steps.
    pub plan: Plan,
    /// The review that it is for; none without a bad one.
    pub review: Option<ReviewId>,
    /// How many reviews of the case are bad, or were.
    pub bad_reviews: usize,
    /// The hours in which the buyer may be written to, as `08:00-21:00`.
    pub hours: String,
    /// The time zones in all of which they hold.
    pub zones: String,
    /// How many characters a public reply may have; none where no limit is known.
    pub reply_length: Option<u32>,
}

/// What was said about a case.
struct Said {
    words: Words,
    last_from_us: Option<Time>,
    draft: Option<Draft>,
    reachable: bool,
}

impl App {
    /// The next permitted steps of a case. Nothing is stored.
    ///
    /// # Errors
    /// When there is no such case, the role is missing, or storage fails.
    pub async fn case_plan(&self, principal: &Principal, shop: &ShopId, id: CaseId) -> Result<CasePlan> {
        principal.enter(shop)?;
        principal.require(DESK)?;
        let (conn, now) = (self.store().reader(), self.now());
        let case = case::get(&conn, shop, &id).await?.ok_or_else(|| AppError::not_found("case", id))?;
        let info = self.shops().get(&conn, shop, now).await?;
        let key = [(shop.clone(), id)];
        let orders: Vec<_> =
            case.subject.order().map(|order| (shop.clone(), order.clone())).into_iter().collect();
        let mut trip = Trip::default();
        let lines = trip.ask(order::by_orders(&orders));
        let remedies = trip.ask(remedy::by_cases(&key));
        let reviews = trip.ask(review::by_cases(&key));
        let replies = trip.ask(reply::by_cases(&key));
        let mut answers = trip.go(&conn).await?;
        let delivered_at = delivered_of(&case, &answers.take(lines)?);
        let mut remedies: Vec<Remedy> = answers.take(remedies)?;
        remedies.sort_by_key(|remedy| (remedy.proposed_at, remedy.id));
        let contacts = event::by_cases(&key, &[&[CONTACT]]).all(&conn).await?;
        let reached: Vec<Time> = contacts.iter().filter_map(|it| reached(&it.row)).collect();
        let replies = answers.take(replies)?;
        let messages = message::of_case(&conn, shop, &id, MESSAGES_MAX).await?;
        let (budget, asks) = Budget::of_plan(&conn, &info, case.buyer, now).await?;
        let budget = budget.and_order(&conn, &info, case.buyer, case.subject.order()).await?;
        let words = words_of(&conn, &case, &budget).await?;
        let said = Said::of(&case, words, &messages, &replies, &reached);
        let reviewed = ReviewToPlan::load(&conn, &info, id, answers.take(reviews)?, now).await?;
        let due = due(&self.clocks(&conn, shop, id).await?);
        let (policy, buyer) = (info.channel_policy(now), budget.buyer(false, delivered_at));
        let trouble = Trouble {
            now,
            policy: &policy,
            kind: case.kind,
            state: case.handling.state(),
            opened_at: case.opened_at,
            extortion: case.flags.contains(&Flag::Extortion),
            buyer,
            asks: &asks,
            words: said.words,
            last_from_us: said.last_from_us,
            draft: said.draft,
            reachable: said.reachable,
            remedies: &remedies,
            waits_beyond_policy: waits_beyond_policy(&conn, &remedies).await?,
            hard_deadline: case.hard_deadline,
            due,
        };
        let review = reviewed.as_ref().map(ReviewToPlan::reviewed);
        let id = review.as_ref().map(|review| review.id.clone());
        let (hours, zones) = (buyer.hours.printed(), buyer.hours.zones());
        let plan = plan(&Situation { trouble, review });
        let bad_reviews = reviewed.as_ref().map_or(0, |reviewed| reviewed.bad);
        let reply_length = policy.reply_length;
        Ok(CasePlan { case, at: now, plan, review: id, bad_reviews, hours, zones, reply_length })
    }
}

/// Whether the offer that waits for another person goes beyond the shop's policy.
async fn waits_beyond_policy(conn: &Conn, remedies: &[Remedy]) -> Result<bool> {
    let waits = remedies.iter().find(|remedy| remedy.state.stage() == RemedyStage::AwaitingApproval);
    match waits {
        Some(remedy) => Ok(asked_of(conn, remedy).await?.beyond_policy),
        None => Ok(false),
    }
}

impl Said {
    fn of(case: &Case, words: Words, messages: &[MessageRow], replies: &[Reply], reached: &[Time]) -> Self {
        let ours = |message: &&MessageRow| {
            message.direction == Direction::ToBuyer && message.author != Author::Bot && !message.public
        };
        let private = || replies.iter().filter(|reply| !reply.destination.public);
        // What may have arrived was said, and what is queued is on its way.
        let away = |reply: &&Reply| {
            use ReplyStage::{Queued, Sending, Sent, Unknown};
            matches!(reply.state.stage(), Queued | Sending | Sent | Unknown)
        };
        let replied = private().filter(away).map(|reply| reply.state.since().unwrap_or(reply.drafted_at));
        let shown = messages.iter().filter(ours).map(|message| message.occurred_at);
        let written = private()
            .filter(|reply| matches!(reply.state.stage(), ReplyStage::Draft | ReplyStage::AwaitingApproval));
        let draft = written.max_by_key(|reply| (reply.state.stage(), reply.drafted_at, reply.id));
        let in_conversation = matches!(case.subject, Subject::Conversation { .. }) || !messages.is_empty();
        Self {
            words,
            last_from_us: replied.chain(shown).chain(reached.iter().copied()).max(),
            draft: draft.map(|reply| Draft {
                reply: reply.id,
                asked: reply.state.stage() == ReplyStage::AwaitingApproval,
            }),
            reachable: case.subject.order().is_some() || in_conversation,
        }
    }
}

/// The word of what an agent says about a contact elsewhere.
const CONTACT: &str = "case.contact_recorded";

/// When the buyer was reached, if they were.
fn reached(row: &event::EventRow) -> Option<Time> {
    matches!(row.event, Event::ContactRecorded { reached: true, .. }).then_some(row.occurred_at)
}

/// When the promises whose clocks run fall due, or did.
fn due(clocks: &[Instance]) -> Due {
    let of = |metrics: &[Metric]| {
        let running = clocks.iter().filter(|it| metrics.contains(&it.metric) && it.stopped_at.is_none());
        let due = running.filter_map(|it| match it.verdict {
            Verdict::Running { due_at } => due_at,
            Verdict::Breached { at } => Some(at),
            Verdict::Met | Verdict::Cancelled | Verdict::Measured => None,
        });
        due.min()
    };
    Due {
        response: of(&[Metric::FirstResponse, Metric::NextResponse]),
        agreement: of(&[Metric::Agreement]),
        resolution: of(&[Metric::Resolution]),
    }
}
