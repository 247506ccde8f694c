//! The supervisor: hands cases that were raised to the agents who are free.

use amends_client::Client;
use amends_proto::v1::{self, CaseState};
use anyhow::Context;

use super::{Errand, Snag};
use crate::market::shops::Shop;

/// What a supervisor finds in a queue.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Raised cases that were handed over, with the number of the agent.
    pub(crate) given: Vec<(usize, Errand)>,
    /// Whether cases wait that any agent may take.
    pub(crate) waiting: bool,
}

/// Looks at the queue of a shop, and gives every raised case to one of the agents in turn.
///
/// # Errors
/// When the service answers what no supervisor should ever see.
pub(crate) async fn escalated(client: &Client, shop: &Shop, agents: &[String]) -> anyhow::Result<Found> {
    let filter = v1::CaseFilter { states: vec![CaseState::Queued.into()], ..Default::default() };
    let request = v1::ListCasesRequest {
        parent: shop.name(),
        page_size: 200,
        filter: Some(filter),
        ..Default::default()
    };
    let cases = client.call(request).await.context("the queue cannot be read")?.cases;
    let mut found = Found { waiting: cases.iter().any(|case| case.level == 0), ..Found::default() };
    let raised = cases.into_iter().filter(|case| case.level > 0);
    for (case, (number, agent)) in raised.zip(agents.iter().enumerate().cycle()) {
        let request = v1::AssignCaseRequest {
            name: case.name.clone(),
            etag: case.etag,
            agent: agent.clone(),
            note: "Please take this one first".to_owned(),
            ..Default::default()
        };
        match client.call(request).await.map_err(Snag::from) {
            Ok(answer) => {
                let fence = answer.lease.context("an assigned case came without a lease")?.fence;
                found.given.push((number, Errand::Work { case: case.name, fence }));
            }
            Err(Snag::Stale | Snag::Refused(_)) => {}
            Err(Snag::Fault(error)) => return Err(error.context("a case could not be handed over")),
        }
    }
    Ok(found)
}
