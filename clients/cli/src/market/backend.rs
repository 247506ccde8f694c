//! The shop's other back ends: they pass on what buyers say to offers, take
//! accepted remedies from the event stream, and report how far they are.

use std::collections::{BTreeMap, BTreeSet};

use amends_client::Client;
use amends_proto::v1::{self, BuyerAnswer, Fulfilment, FulfilmentState, Reason, event::Resource};
use anyhow::{Context, anyhow};
use tonic::Code;

use super::{shops::SHOPS, time::wire};

/// The event that begins the work of the warehouse.
const ACCEPTED: &str = "amends.remedy.accepted.v1";

/// Events on one page.
const PAGE: i32 = 200;

/// The back ends.
#[derive(Debug)]
pub(crate) struct Backend {
    client: Client,
    positions: BTreeMap<&'static str, i64>,
    seen: BTreeSet<String>,
    awaited: BTreeMap<&'static str, i64>,
}

impl Backend {
    /// Back ends that have seen nothing yet.
    pub(crate) fn new(client: Client) -> Self {
        Self { client, positions: BTreeMap::new(), seen: BTreeSet::new(), awaited: BTreeMap::new() }
    }

    /// Passes on what a buyer said; none where the service says that it is too late.
    ///
    /// # Errors
    /// When the service answers anything else.
    pub(crate) async fn answer(&self, remedy: &str, takes: bool) -> anyhow::Result<Option<v1::Remedy>> {
        let answer = if takes { BuyerAnswer::Accepted } else { BuyerAnswer::Declined };
        let request =
            v1::RecordAnswerRequest { name: remedy.to_owned(), answer: answer.into(), ..Default::default() };
        match self.client.call(request).await {
            Ok(answer) => Ok(answer.remedy),
            Err(error) if is_too_late(&error) => Ok(None),
            Err(error) => Err(anyhow!(error).context(format!("the answer to {remedy} was refused"))),
        }
    }

    /// An answer was taken: the event that says so is awaited.
    pub(crate) fn expect(&mut self, shop: &'static str) {
        *self.awaited.entry(shop).or_default() += 1;
    }

    /// How many accepted remedies the event stream has not told of.
    pub(crate) fn awaited(&self) -> i64 {
        self.awaited.values().sum()
    }

    /// Accepted remedies that the event stream tells of.
    ///
    /// # Errors
    /// When the events cannot be read, or one of them is told without its remedy.
    pub(crate) async fn collect(&mut self) -> anyhow::Result<Vec<v1::Remedy>> {
        let mut accepted = Vec::new();
        for shop in &SHOPS {
            if self.awaited.get(shop.id).is_some_and(|awaited| *awaited > 0) {
                self.collect_of(shop.id, &mut accepted).await?;
            }
        }
        Ok(accepted)
    }

    async fn collect_of(&mut self, shop: &'static str, accepted: &mut Vec<v1::Remedy>) -> anyhow::Result<()> {
        let mut page_token = String::new();
        loop {
            let request = v1::ListEventsRequest {
                parent: format!("shops/{shop}"),
                page_size: PAGE,
                page_token,
                after_position: self.positions.get(shop).copied().unwrap_or(0),
                event_types: vec![ACCEPTED.to_owned()],
                ..Default::default()
            };
            let page = self.client.call(request).await.context("the events cannot be read")?;
            let mut last = None;
            for event in page.events {
                last = Some(event.position);
                // At least once: the same event may come again.
                if !self.seen.insert(event.id.clone()) {
                    continue;
                }
                *self.awaited.entry(shop).or_default() -= 1;
                match event.resource {
                    Some(Resource::RemedySnapshot(remedy)) => accepted.push(remedy),
                    _ => return Err(anyhow!("the event {} tells of no remedy", event.id)),
                }
            }
            page_token = page.next_page_token;
            if page_token.is_empty() {
                // A token goes with the position it began at, so that one moves last.
                self.positions.extend(last.map(|position| (shop, position)));
                return Ok(());
            }
        }
    }

    /// Reports how far a remedy is.
    ///
    /// # Errors
    /// When the service refuses the report.
    pub(crate) async fn report(
        &self,
        remedy: &str,
        state: FulfilmentState,
        now: i64,
    ) -> anyhow::Result<v1::Remedy> {
        let done = state == FulfilmentState::Fulfilled;
        let failed = state == FulfilmentState::Failed;
        let fulfilment = Fulfilment {
            state: state.into(),
            carrier: if done { "post".to_owned() } else { String::new() },
            tracking: if done { "RX1".to_owned() } else { String::new() },
            failure: if failed { "The parcel was damaged in our hall".to_owned() } else { String::new() },
            occur_time: Some(wire(now)),
        };
        let name = remedy.to_owned();
        let request =
            v1::ReportFulfilmentRequest { name, fulfilment: Some(fulfilment), ..Default::default() };
        let answer = self.client.call(request).await;
        let remedy = answer.with_context(|| format!("the report on {remedy} was refused"))?.remedy;
        remedy.context("the server answered a report without the remedy")
    }
}

fn is_too_late(error: &amends_client::Error) -> bool {
    error.code() == Some(Code::FailedPrecondition)
        && matches!(error.reason(), Some(Reason::OfferExpired | Reason::IllegalTransition))
}
