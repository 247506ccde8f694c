//! One case as a person reads it.

use amends_proto::v1;
use comfy_table::Cell;

use crate::{
    amount::money,
    codes::{word, words},
    output::{
        Output,
        table::{id, or_dash, pairs, stars, subject, text},
    },
};

/// The whole picture of one case, section by section.
pub(super) fn picture(output: &Output, view: &v1::CaseView) -> String {
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
        ("What was heard", heard(view)),
        ("Returns", returns(output, view)),
        ("Remedies", remedies(output, &view.remedies)),
        ("Surveys", super::link::surveys(output, view)),
        ("Beside it", super::link::beside(output, view)),
        ("Before", before(output, view)),
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

fn remedies(output: &Output, remedies: &[v1::Remedy]) -> Vec<String> {
    let line = |remedy: &v1::Remedy| {
        let kind = word::<v1::RemedyKind>(remedy.kind);
        let state = word::<v1::RemedyState>(remedy.state);
        let value = remedy.granted_value.as_ref().map_or("-".to_owned(), money);
        let expires = output.time(remedy.expire_time.as_ref());
        format!("{} {kind} {state}, worth {value}, offer ends {expires}", id(&remedy.name))
    };
    remedies.iter().map(line).collect()
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

/// What was heard in each text, and how sure that is.
fn heard(view: &v1::CaseView) -> Vec<String> {
    let line = |record: &v1::DetectionRecord| {
        let detection = record.detection.as_ref()?;
        let mut verdicts: Vec<String> = Vec::new();
        if detection.negative {
            verdicts.push(format!("dissatisfied ({:.0} %)", 100.0 * detection.negative_probability));
        }
        if detection.return_intent {
            verdicts.push(format!("wants to return ({:.0} %)", 100.0 * detection.return_intent_probability));
        }
        verdicts.extend(detection.reasons.iter().map(|scored| {
            format!("{} ({:.0} %)", word::<v1::ComplaintReason>(scored.reason), 100.0 * scored.probability)
        }));
        verdicts.extend(detection.flags.iter().map(|flag| word::<v1::DetectionFlag>(*flag)));
        (!verdicts.is_empty()).then(|| format!("{}: {}", record.signal_id, verdicts.join(", ")))
    };
    view.detections.iter().filter_map(line).collect()
}

/// What was between the buyer and the shop before.
fn before(output: &Output, view: &v1::CaseView) -> Vec<String> {
    let order = |order: &v1::OrderView| {
        let placed = output.time(order.order_time.as_ref());
        let goods: Vec<_> =
            order.lines.iter().map(|line| format!("{} × {}", line.quantity, line.sku)).collect();
        format!("order {} of {placed}: {}", order.order_id, goods.join(", "))
    };
    let case = |case: &v1::Case| {
        let opened = output.time(case.open_time.as_ref());
        let reasons = words::<v1::ComplaintReason>(&case.reasons);
        let status = word::<v1::CaseStatus>(case.status);
        format!("{} of {opened}: {status}, {reasons}", id(&case.name))
    };
    let mut lines: Vec<String> = view.earlier_orders.iter().map(order).collect();
    lines.extend(view.earlier_cases.iter().map(case));
    lines.extend(remedies(output, &view.earlier_remedies));
    lines
}
