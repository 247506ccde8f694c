//! Pages of cases.

use amends_domain::agent::Reach;
use amends_domain::case::{Case, CaseKind, State};
use amends_domain::detection::Reason;
use amends_domain::subject::Anchor;
use amends_domain::{AgentId, BuyerKey, CaseId, IncidentId, OrderId, ShopId, Time};
use sea_orm::Value;

use super::claim::QUEUE_ORDER;
use super::reach;
use crate::bulk;
use crate::conn::Conn;
use crate::error::Result;
use crate::value::{int, text, time};

/// Which cases to list; what is empty or none does not restrict.
#[derive(Debug, Clone, Default)]
pub struct CaseFilter {
    /// In one of these states.
    pub states: Vec<State>,
    /// Of one of these kinds.
    pub kinds: Vec<CaseKind>,
    /// Held or parked by this agent.
    pub agent: Option<AgentId>,
    /// Of this buyer.
    pub buyer: Option<BuyerKey>,
    /// With this reason among its reasons.
    pub reason: Option<Reason>,
    /// Open, or ended.
    pub open: Option<bool>,
    /// About this order or one of its lines.
    pub order: Option<OrderId>,
    /// Within an agent's reach, or theirs.
    pub within: Option<(Reach, AgentId)>,
    /// In this incident.
    pub incident: Option<IncidentId>,
}

/// In which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaseOrder {
    /// Newest first.
    Opened,
    /// As agents take them; what has ended has no place in it.
    Queue,
}

/// Where a page ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaseCursor {
    /// By when the last case wants to be taken (only the queue's order looks at it).
    pub take_by: Time,
    /// Its priority (only the queue's order looks at it).
    pub priority: u8,
    /// When it was opened, or queued.
    pub at: Time,
    /// Who it is.
    pub id: CaseId,
}

impl CaseCursor {
    /// The cursor after a case that ended a page of this order.
    #[must_use]
    pub fn after(case: &Case, order: CaseOrder) -> Self {
        let at = match order {
            CaseOrder::Opened => case.opened_at,
            CaseOrder::Queue => case.queued_at,
        };
        Self { take_by: case.take_by(), priority: case.priority, at, id: case.id }
    }
}

/// A page of a shop's cases.
///
/// # Errors
/// When the database fails or holds what it must not.
pub async fn list(
    conn: &Conn,
    shop: &ShopId,
    filter: &CaseFilter,
    order: CaseOrder,
    after: Option<&CaseCursor>,
    limit: u32,
) -> Result<Vec<Case>> {
    let mut query = Query { conditions: vec!["shop_id = $1".to_owned()], values: vec![text(shop)] };
    query.filter(filter);
    if order == CaseOrder::Queue {
        query.conditions.push("is_open".to_owned());
    }
    if let Some(cursor) = after {
        query.after(cursor, order);
    }
    let limit = query.bind(int(limit));
    let looked_up = filter.agent.is_some() || filter.buyer.is_some() || filter.order.is_some();
    let narrow = looked_up || filter.incident.is_some();
    let order = match order {
        // Few cases are left: they are looked up and sorted. In the order of
        // the index, all of the shop's would be read to find them.
        CaseOrder::Opened if narrow => "opened_at + 0 DESC, case_id DESC",
        CaseOrder::Opened => "opened_at DESC, case_id DESC",
        CaseOrder::Queue => QUEUE_ORDER,
    };
    let sql = format!(
        "{} WHERE {} ORDER BY {order} LIMIT {limit}",
        bulk::select(&super::TABLE),
        query.conditions.join(" AND ")
    );
    let rows = conn.all(sql, query.values).await?;
    rows.iter().map(super::read).collect()
}

struct Query {
    conditions: Vec<String>,
    values: Vec<Value>,
}

impl Query {
    fn bind(&mut self, value: Value) -> String {
        self.values.push(value);
        format!("${}", self.values.len())
    }

    fn equal(&mut self, column: &str, value: Value) {
        let place = self.bind(value);
        self.conditions.push(format!("{column} = {place}"));
    }

    fn filter(&mut self, filter: &CaseFilter) {
        // Words of our own enumerations: as literals they let the planner see
        // that a partial index fits.
        if let [state] = filter.states.as_slice() {
            self.conditions.push(format!("state = '{state}'"));
        } else if !filter.states.is_empty() {
            let words: Vec<String> = filter.states.iter().map(|s| format!("'{s}'")).collect();
            self.conditions.push(format!("state IN ({})", words.join(", ")));
        }
        if !filter.kinds.is_empty() {
            let words: Vec<String> = filter.kinds.iter().map(|k| format!("'{k}'")).collect();
            self.conditions.push(format!("kind IN ({})", words.join(", ")));
        }
        if let Some(reason) = filter.reason {
            self.conditions.push(format!("(',' || reasons || ',') LIKE '%,{reason},%'"));
        }
        if let Some(open) = filter.open {
            self.conditions.push(if open { "is_open" } else { "NOT is_open" }.to_owned());
        }
        if let Some(agent) = &filter.agent {
            self.equal("owner", text(agent));
        }
        if let Some(buyer) = filter.buyer {
            self.equal("buyer_key", text(buyer));
        }
        if let Some(order) = &filter.order {
            self.equal("anchor", text(Anchor::Order(order.clone())));
        }
        if let Some((reach, agent)) = filter.within.as_ref().filter(|(reach, _)| !reach.is_everything()) {
            let agent = self.bind(text(agent));
            let reached = reach::conditions(reach, |value| self.bind(value)).join(" AND ");
            self.conditions.push(format!("(({reached}) OR owner = {agent} OR preferred_agent = {agent})"));
        }
        if let Some(incident) = filter.incident {
            let place = self.bind(text(incident));
            self.conditions.push(format!(
                "case_id IN (SELECT case_id FROM incident_cases WHERE shop_id = $1 AND incident_id = {place})"
            ));
        }
    }

    fn after(&mut self, cursor: &CaseCursor, order: CaseOrder) {
        let (at, id) = (self.bind(time(cursor.at)), self.bind(text(cursor.id)));
        if order == CaseOrder::Opened {
            self.conditions.push(format!("(opened_at, case_id) < ({at}, {id})"));
            return;
        }
        let take_by = self.bind(time(cursor.take_by));
        let calmness = self.bind(int(-i64::from(cursor.priority)));
        self.conditions.push(format!("({QUEUE_ORDER}) > ({take_by}, {calmness}, {at}, {id})"));
    }
}
