//! What the buyer of a case said to the shop, and when.

use amends_domain::case::Case;
use amends_domain::event::Event;
use amends_domain::guardrail::Words;
use amends_domain::remedy::RemedyState;
use amends_store::{Conn, event, message, remedy, returns};

use super::Budget;
use crate::error::Result;

/// What a message of ours could answer: the buyer's messages on the case, what they said when an agent
/// reached them elsewhere, their answers to its offers, and their requests to return what it is about. What they say below a review is said to everybody, and asks the shop for nothing.
pub(crate) async fn words_of(conn: &Conn, case: &Case, budget: &Budget) -> Result<Words> {
    let written_at = message::last_from_buyer(conn, &case.shop, &case.id).await?;
    let requested_at = match case.subject.order() {
        None => None,
        Some(order) => {
            let requests = returns::by_orders(&[(case.shop.clone(), order.clone())]).all(conn).await?;
            let line = case.subject.line();
            let mine =
                requests.iter().filter(|it| line.is_none() || it.line.is_none() || it.line.as_ref() == line);
            mine.map(|it| it.requested_at).max()
        }
    };
    let spoken =
        event::by_cases(&[(case.shop.clone(), case.id)], &[&["case.contact_recorded"]]).all(conn).await?;
    let spoken =
        spoken.iter().filter(|it| matches!(it.row.event, Event::ContactRecorded { reached: true, .. }));
    let spoken_at = spoken.map(|it| it.row.occurred_at).max();
    let offers = remedy::of_cases(conn, &[(case.shop.clone(), case.id)]).await?;
    let answered = offers.iter().filter_map(|offer| match offer.state {
        RemedyState::Declined { at, .. } => Some(at),
        _ => offer.accepted_at,
    });
    Ok(Words {
        waiting_since: case.waiting_since,
        last_at: written_at.max(spoken_at).max(requested_at).max(answered.max()),
        opted_out_at: budget.opted_out_at(),
    })
}
