//! What a case knows for the places of a template.

use std::collections::BTreeMap;

use amends_domain::case::Case;
use amends_domain::order::{Line, Shipment};
use amends_domain::remedy::{Remedy, RemedyState};
use amends_domain::reply::template::{Placeholder, Rendered, Template, Values, render};
use amends_domain::reply::value::{print_day, problem};
use amends_domain::{AgentId, Time};
use amends_store::{Conn, order, remedy, shipment};

use crate::error::{AppError, Result, Violation, Why};

/// Puts the facts of a case into a template in the buyer's language: the words, and the language.
pub(super) async fn fill(
    conn: &Conn,
    template: &Template,
    wanted: &str,
    case: &Case,
    given: &BTreeMap<String, String>,
    (agent, now): (&AgentId, Time),
) -> Result<(Rendered, String)> {
    let given = checked(given)?;
    let no_words = AppError::Precondition("the template has no words in any language");
    let (language, body) = template.words_in(wanted).ok_or(no_words)?;
    let mut values = known(conn, case).await?;
    values.insert(Placeholder::Date, print_day(now.day()));
    values.insert(Placeholder::Agent, agent.to_string());
    values.extend(given);
    Ok((render(body, &values), language.to_owned()))
}

/// The facts that were given, or everything that is wrong with them.
fn checked(given: &BTreeMap<String, String>) -> Result<Values> {
    let (mut values, mut wrong) = (Values::new(), Vec::new());
    for (name, value) in given {
        let problem = match name.parse::<Placeholder>() {
            Err(_) => Some("is no placeholder"),
            Ok(place) => match problem(place, value) {
                None => {
                    values.insert(place, value.clone());
                    None
                }
                problem => problem,
            },
        };
        wrong.extend(problem.map(|problem| Violation {
            field: format!("template.values[{name}]"),
            problem: problem.to_owned(),
            why: Why::Malformed,
        }));
    }
    if wrong.is_empty() { Ok(values) } else { Err(AppError::Invalid(wrong)) }
}

async fn known(conn: &Conn, case: &Case) -> Result<Values> {
    let remedies = remedy::of_cases(conn, &[(case.shop.clone(), case.id)]).await?;
    let (mut lines, mut shipments) = (Vec::new(), Vec::new());
    if let Some(order) = case.subject.order() {
        let key = [(case.shop.clone(), order.clone())];
        lines = order::by_orders(&key).all(conn).await?;
        shipments = shipment::by_orders(&key).all(conn).await?;
    }
    let order = case.subject.order().map(ToString::to_string);
    let facts = [
        (Placeholder::OrderId, order),
        (Placeholder::Product, product(case, &lines)),
        (Placeholder::Tracking, tracking(&shipments, &remedies)),
        (Placeholder::Amount, amount(&remedies)),
    ];
    Ok(facts.into_iter().filter_map(|(place, fact)| Some((place, fact?))).collect())
}

/// What was bought: the line of the case, or the only one of its order.
fn product(case: &Case, lines: &[Line]) -> Option<String> {
    let line = match (case.subject.line(), lines) {
        (Some(named), _) => lines.iter().find(|line| line.line == *named)?,
        (None, [only]) => only,
        (None, _) => return None,
    };
    let purchase = line.purchase.as_ref()?;
    let title = if purchase.title.is_empty() { purchase.sku.to_string() } else { purchase.title.clone() };
    Some(title)
}

/// The number of the newest parcel: one that was sent for a remedy, or of the order.
fn tracking(shipments: &[Shipment], remedies: &[Remedy]) -> Option<String> {
    let parcels = shipments.iter().map(|parcel| (parcel.state_at, parcel.tracking.as_str()));
    let sent = remedies.iter().filter_map(|remedy| match &remedy.state {
        RemedyState::Fulfilled { at, tracking } => Some((*at, tracking.as_str())),
        _ => None,
    });
    let numbers = parcels.chain(sent).filter(|(_, number)| !number.is_empty());
    numbers.max().map(|(_, number)| number.to_owned())
}

/// What the newest remedy that stands gives back.
fn amount(remedies: &[Remedy]) -> Option<String> {
    let stands = |remedy: &&Remedy| {
        matches!(
            remedy.state,
            RemedyState::Offered { .. }
                | RemedyState::Accepted { .. }
                | RemedyState::Executing { .. }
                | RemedyState::Fulfilled { .. }
        )
    };
    let newest = remedies.iter().filter(stands).filter(|remedy| remedy.terms.amount.is_some());
    let newest = newest.max_by_key(|remedy| (remedy.proposed_at, remedy.id))?;
    newest.terms.amount.map(|amount| amount.to_string())
}
