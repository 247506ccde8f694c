//! Looking at cases.

use amends_proto::v1;
use anyhow::Context;
use clap::Args;
use comfy_table::Cell;

use crate::{
    amount::money,
    args::{Limit, numbers},
    codes::{code, word, words},
    connection::Session,
    output::{
        Output,
        entry::{actor, describe},
        table::{id, or_dash, pairs, stars, subject, table, text},
    },
    when::{When, parse_when},
};

/// Which cases to list.
#[derive(Args)]
pub struct List {
    /// Only this status of the board; may be repeated
    #[arg(long = "status", value_parser = code::<v1::CaseStatus>())]
    statuses: Vec<v1::CaseStatus>,
    /// Only this state of handling; may be repeated
    #[arg(long = "state", value_parser = code::<v1::CaseState>())]
    states: Vec<v1::CaseState>,
    /// Only this kind; may be repeated
    #[arg(long = "kind", value_parser = code::<v1::CaseKind>())]
    kinds: Vec<v1::CaseKind>,
    /// Only with this root cause; may be repeated
    #[arg(long = "reason", value_parser = code::<v1::ComplaintReason>())]
    reasons: Vec<v1::ComplaintReason>,
    /// Only of this priority; may be repeated
    #[arg(long = "priority", value_parser = code::<v1::CasePriority>())]
    priorities: Vec<v1::CasePriority>,
    /// Only of this agent; may be repeated
    #[arg(long = "agent")]
    agents: Vec<String>,
    /// Only this order
    #[arg(long)]
    order: Option<String>,
    /// Only this buyer, by pseudonym
    #[arg(long)]
    buyer: Option<String>,
    /// Only opened since: 7d, 2026-01-31, or a time
    #[arg(long, value_name = "WHEN", value_parser = parse_when)]
    since: Option<When>,
    /// Only opened before: 7d, 2026-01-31, or a time
    #[arg(long, value_name = "WHEN", value_parser = parse_when)]
    before: Option<When>,
    /// Only of this escalation level
    #[arg(long)]
    level: Option<i32>,
    /// Only in this incident
    #[arg(long)]
    incident: Option<String>,
    /// The order of the list
    #[arg(long, default_value = "queue", value_parser = code::<v1::CaseOrder>())]
    sort: v1::CaseOrder,
    #[command(flatten)]
    limit: Limit,
}

/// Which case to show.
#[derive(Args)]
pub struct Show {
    /// The case
    case: String,
}

/// Whose timeline to list.
#[derive(Args)]
pub struct Timeline {
    /// The case
    case: String,
    /// Only entries after this number
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    after: i64,
    #[command(flatten)]
    limit: Limit,
}

impl List {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let parent = session.shop().await?;
        let mut filter = self.filter(session.output.now);
        if let Some(incident) = &self.incident {
            filter.incident = session.name("incidents", incident).await?;
        }
        let page = self
            .limit
            .pages(200, async |page_size, page_token| {
                let request = v1::ListCasesRequest {
                    parent: parent.clone(),
                    page_size,
                    page_token,
                    order: Some(self.sort.into()),
                    filter: Some(filter.clone()),
                };
                let answer = session.client.call(request).await?;
                Ok((answer.cases, answer.next_page_token))
            })
            .await?;
        let output = session.output;
        output.page("cases", &page, |cases| output.cases(cases, Output::screen().map(|(width, _)| width)))
    }

    fn filter(&self, now: jiff::Timestamp) -> v1::CaseFilter {
        v1::CaseFilter {
            states: numbers(&self.states),
            statuses: numbers(&self.statuses),
            kinds: numbers(&self.kinds),
            reasons: numbers(&self.reasons),
            agents: self.agents.clone(),
            priorities: numbers(&self.priorities),
            order_id: self.order.clone().unwrap_or_default(),
            buyer: self.buyer.clone().unwrap_or_default(),
            open_start_time: self.since.map(|when| when.back(now)),
            open_end_time: self.before.map(|when| when.back(now)),
            level: self.level,
            incident: String::new(),
        }
    }
}

impl Show {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let name = session.name("cases", &self.case).await?;
        let answer = session.client.call(v1::GetCaseRequest { name }).await?;
        let view = answer.view.context("The server answered without the case.")?;
        session.output.one(&view, || picture(&session.output, &view))
    }
}

fn picture(output: &Output, view: &v1::CaseView) -> String {
    let mut parts = Vec::new();
    if let Some(case) = &view.case {
        parts.push(head(output, case));
    }
    if !view.viewers.is_empty() {
        parts.push(viewing(output, &view.viewers));
    }
    let sections = [
        ("Order", order(output, view)),
        ("Reviews", reviews(view)),
        ("Conversation", messages(output, view)),
        ("Returns", returns(output, view)),
        ("Remedies", remedies(output, view)),
        ("Surveys", super::link::surveys(output, view)),
        ("Beside it", super::link::beside(output, view)),
        ("Clocks", super::sla::clocks(output, view)),
        ("What can be done", actions(view)),
    ];
    for (title, lines) in sections {
        if !lines.is_empty() {
            parts.push(format!("{title}\n  {}", lines.join("\n  ")));
        }
    }
    parts.join("\n\n")
}

/// Who else has a case open.
pub(crate) fn viewing(output: &Output, viewers: &[v1::CaseViewer]) -> String {
    let one = |viewer: &v1::CaseViewer| {
        format!("{} (since {})", viewer.agent, output.time(viewer.since_time.as_ref()))
    };
    let all: Vec<_> = viewers.iter().map(one).collect();
    format!("Also open at: {}", all.join(", "))
}

fn head(output: &Output, case: &v1::Case) -> String {
    let lease = match &case.lease_expire_time {
        Some(time) => format!("{}, lease ends {}", case.agent, output.time(Some(time))),
        None => or_dash(&case.agent).to_owned(),
    };
    let deadline = case.hard_deadline_kind.map(word::<v1::HardDeadlineKind>);
    let rows = [
        ("case", Cell::new(&case.name)),
        ("status", Cell::new(word::<v1::CaseStatus>(case.status))),
        ("state", Cell::new(word::<v1::CaseState>(case.state))),
        ("kind", Cell::new(word::<v1::CaseKind>(case.kind))),
        ("reasons", Cell::new(words::<v1::ComplaintReason>(&case.reasons))),
        ("flags", Cell::new(words::<v1::DetectionFlag>(&case.flags))),
        ("priority", Cell::new(word::<v1::CasePriority>(case.priority))),
        ("subject", Cell::new(subject(case.subject.as_ref()))),
        ("language", Cell::new(or_dash(&case.language))),
        ("agent", Cell::new(lease)),
        ("opened", Cell::new(output.time(case.open_time.as_ref()))),
        ("deadline", output.deadline(case.hard_deadline.as_ref())),
        ("deadline is", Cell::new(deadline.as_deref().unwrap_or("-"))),
        ("slack", output.slack(case)),
        ("outcome", Cell::new(case.outcome.map_or("-".into(), word::<v1::CaseOutcome>))),
        ("merged into", Cell::new(or_dash(&case.merged_into))),
        ("etag", Cell::new(&case.etag)),
        ("fence", Cell::new(case.fence)),
    ];
    let said = rows.into_iter().filter(|(_, cell)| cell.content() != "-");
    text(&pairs(said.map(|(name, cell)| (name.to_owned(), cell))))
}

fn order(output: &Output, view: &v1::CaseView) -> Vec<String> {
    let Some(order) = &view.order else {
        return Vec::new();
    };
    let mut lines = vec![order.order_id.clone()];
    lines.extend(order.lines.iter().map(|line| {
        let price = line.unit_price.as_ref().map_or("-".to_owned(), money);
        let title = or_dash(&line.title);
        format!("line {}: {} × {} {title}, {price} each", line.line_id, line.quantity, line.sku)
    }));
    lines.extend(view.shipments.iter().filter_map(|parcel| super::link::shipment(output, parcel)));
    lines
}

fn reviews(view: &v1::CaseView) -> Vec<String> {
    let line = |review: &v1::Review| {
        let stars = stars(review.first_rating, review.current_rating);
        let ask = word::<v1::AskState>(review.ask_state);
        let text = or_dash(&review.text);
        format!("{} {stars} ({ask}): {text}", id(&review.name))
    };
    view.reviews.iter().map(line).collect()
}

fn messages(output: &Output, view: &v1::CaseView) -> Vec<String> {
    let line = |message: &v1::ConversationMessage| {
        let who = match message.direction() {
            v1::MessageDirection::FromBuyer => "buyer",
            _ => "shop",
        };
        let when = output.time(message.occur_time.as_ref());
        let text = if message.text_withheld { "(not shown)" } else { or_dash(&message.text) };
        format!("{when}, {who}: {text}")
    };
    view.messages.iter().map(line).collect()
}

fn returns(output: &Output, view: &v1::CaseView) -> Vec<String> {
    let line = |back: &v1::Return| {
        let status = word::<v1::ReturnStatus>(back.status);
        let verdict = word::<v1::ReturnVerdict>(back.verdict);
        let deadline = output.time(back.channel_deadline.as_ref());
        format!("{} {status}, {verdict}, answer due {deadline}", id(&back.name))
    };
    view.returns.iter().map(line).collect()
}

fn remedies(output: &Output, view: &v1::CaseView) -> Vec<String> {
    let line = |remedy: &v1::Remedy| {
        let kind = word::<v1::RemedyKind>(remedy.kind);
        let state = word::<v1::RemedyState>(remedy.state);
        let value = remedy.granted_value.as_ref().map_or("-".to_owned(), money);
        let expires = output.time(remedy.expire_time.as_ref());
        format!("{} {kind} {state}, worth {value}, offer ends {expires}", id(&remedy.name))
    };
    view.remedies.iter().map(line).collect()
}

fn actions(view: &v1::CaseView) -> Vec<String> {
    let line = |action: &v1::NextAction| {
        let verb = word::<v1::CaseVerb>(action.verb);
        if action.allowed {
            return verb;
        }
        let why: Vec<_> = action.refusals.iter().map(|refusal| refusal.message.as_str()).collect();
        format!("not {verb}: {}", why.join("; "))
    };
    view.next_actions.iter().map(line).collect()
}

impl Timeline {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let parent = session.name("cases", &self.case).await?;
        let page = self
            .limit
            .pages(500, async |page_size, page_token| {
                let request = v1::ListTimelineRequest {
                    parent: parent.clone(),
                    page_size,
                    page_token,
                    after_sequence: self.after,
                };
                let answer = session.client.call(request).await?;
                Ok((answer.entries, answer.next_page_token))
            })
            .await?;
        let output = session.output;
        output.page("entries", &page, |entries| {
            let mut table = table(&["no", "when", "who", "what", "detail"]);
            for entry in entries {
                let (what, detail) = describe(&output, entry.entry.as_ref());
                table.add_row([
                    &entry.sequence.to_string(),
                    &output.time(entry.occur_time.as_ref()),
                    &actor(entry.actor.as_ref()),
                    what,
                    &detail,
                ]);
            }
            text(&table)
        })
    }
}
