//! Whether a buyer who did not answer may be reminded.

use amends_domain::Time;
use amends_domain::case::Case;
use amends_domain::detection::Flag;
use amends_domain::guardrail::{Eyes, Kind, Outgoing, Text};
use amends_store::review;

use super::reply::delivered_at;
use super::{Budget, Decision, note_refusal};
use crate::error::Result;
use crate::work::Work;

/// What comes of a reminder that is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reminder {
    /// Whoever writes to buyers is told.
    Goes,
    /// Not yet: it is night, or the buyer was written to only just.
    Waits(Time),
    /// Not at all; that was written down.
    Refused,
}

/// Lets a reminder pass. After an ask there is none: whatever it says, it reminds of that as well.
pub(crate) async fn reminder_may_go(work: &mut Work, case: &Case) -> Result<Reminder> {
    let info = work.app.shops().get(&work.tx, &case.shop, work.now).await?;
    let reviews = review::by_cases(&[(case.shop.clone(), case.id)]).all(&work.tx).await?;
    let of_ask = reviews.iter().any(|row| row.handling.asked_at.is_some());
    let budget = Budget::load(&work.tx, &info, case.buyer, "", work.now).await?;
    let budget = budget.and_order(&work.tx, &info, case.buyer, case.subject.order()).await?;
    let policy = info.channel_policy(work.now);
    let out = Outgoing {
        kind: Kind::Reminder { of_ask },
        policy: &policy,
        text: Text::default(),
        buyer: budget.buyer(false, delivered_at(&work.tx, case).await?),
        extortion: case.flags.contains(&Flag::Extortion),
        eyes: Eyes::Two,
        now: work.now,
    };
    let mut decision = Decision::make("reminder", &info, &out, vec![("of_ask", of_ask.to_string())]);
    decision.case = Some(case.id);
    match decision.not_before {
        Some(at) if at > work.now => return Ok(Reminder::Waits(at)),
        _ => decision.id = Some(amends_domain::DecisionId::from_bits(work.id())),
    }
    if decision.allowed() {
        work.write([amends_store::decision::keep(decision.row().as_slice())]);
        return Ok(Reminder::Goes);
    }
    note_refusal(work, &mut decision).await?;
    Ok(Reminder::Refused)
}
