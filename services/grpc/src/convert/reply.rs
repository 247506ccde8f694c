//! Replies and their templates.

use std::collections::BTreeMap;

use amends_app::case::ReplySent;
use amends_app::reply::{Content, Delivery, Preview, ReplyOfCase, ReplyView, Said};
use amends_app::stored::EventRow;
use amends_domain::event::Event;
use amends_domain::reply::template::Template;
use amends_domain::reply::{Destination, Reply, ReplyState};
use amends_domain::signal::{Author, Direction};
use amends_domain::{MessageId, ReviewId, ShopId, TemplateId, Time};
use amends_proto::v1 as pb;

use super::{Word as _, case, time};
use crate::fields::{Fields, TEXT_CHARACTERS_MAX};
use crate::name;

mod step;

pub use step::entry;

/// The longest reason of a failure, in characters.
const FAILURE_CHARACTERS_MAX: usize = 500;

/// The most facts that can be given for a template.
const VALUES_MAX: usize = 20;

/// The wire form of a reply without its words.
fn bare(reply: &Reply) -> pb::Reply {
    let (shop, to) = (&reply.shop, &reply.destination);
    let text = |id: Option<&dyn std::fmt::Display>| id.map(ToString::to_string).unwrap_or_default();
    let (failure, due) = match &reply.state {
        ReplyState::Failed { why, .. } | ReplyState::Unknown { why, .. } => (why.clone(), None),
        ReplyState::Sending { until, .. } => (String::new(), Some(*until)),
        _ => (String::new(), None),
    };
    pb::Reply {
        name: name::of(shop, &reply.id),
        case: name::of(shop, &reply.case),
        state: reply.state.stage().number(),
        public_reply: to.public,
        order_id: text(to.order.as_ref().map(|id| id as _)),
        line_id: text(to.line.as_ref().map(|id| id as _)),
        conversation_id: text(to.conversation.as_ref().map(|id| id as _)),
        review: name::of_any::<ReviewId>(shop, to.review.as_ref()),
        language: reply.language.clone(),
        template: name::of_any::<TemplateId>(shop, reply.template.as_ref()),
        agent: reply.author.to_string(),
        approver: text(reply.approved_by.as_ref().map(|id| id as _)),
        text: String::new(),
        text_withheld: true,
        fence: reply.fence,
        stale: false,
        attempt: number(reply.attempts),
        message_id: text(reply.message.as_ref().map(|id| id as _)),
        failure,
        draft_time: Some(time::render(reply.drafted_at)),
        state_time: Some(time::render(reply.state.since().unwrap_or(reply.drafted_at))),
        report_due_time: due.map(time::render),
        etag: String::new(),
    }
}

fn number(attempts: u32) -> i32 {
    i32::try_from(attempts).unwrap_or(i32::MAX)
}

/// The wire form of a reply with what stands beside it.
#[must_use]
pub fn render(view: &ReplyView) -> pb::Reply {
    pb::Reply {
        text_withheld: view.text.is_none(),
        text: view.text.clone().unwrap_or_default(),
        stale: view.is_stale,
        etag: view.case_version.to_string(),
        ..bare(&view.reply)
    }
}

/// The wire forms of a reply and its case after a step.
#[must_use]
pub fn render_both(both: &ReplyOfCase) -> (Option<pb::Reply>, Option<pb::Case>) {
    let reply = pb::Reply { etag: both.case.case.version.to_string(), ..bare(&both.reply) };
    (Some(reply), Some(case::render(&both.case)))
}

/// The reply that waits for a connector, as the event of it holds it.
#[must_use]
pub fn queued(row: &EventRow) -> Option<pb::Reply> {
    let Event::ReplyQueued {
        reply,
        agent,
        public,
        order,
        line,
        conversation,
        review,
        language,
        template,
        fence,
        attempts,
        drafted_at,
        approved_by,
        decision: _,
    } = &row.event
    else {
        return None;
    };
    let destination = Destination {
        public: *public,
        order: order.clone(),
        line: line.clone(),
        conversation: conversation.clone(),
        review: review.clone(),
    };
    Some(bare(&Reply {
        id: *reply,
        shop: row.shop.clone(),
        case: row.case?,
        fence: *fence,
        author: agent.clone(),
        drafted_at: *drafted_at,
        destination,
        language: language.clone(),
        template: template.clone(),
        attempts: *attempts,
        approved_by: approved_by.clone(),
        message: None,
        override_lock: false,
        state: ReplyState::Queued { at: row.occurred_at },
        version: 0,
    }))
}

/// A reply that the channel has, as a message of the conversation.
#[must_use]
pub fn message(sent: &ReplySent) -> pb::ConversationMessage {
    let reply = bare(&sent.reply);
    pb::ConversationMessage {
        message_id: reply.message_id,
        conversation_id: reply.conversation_id,
        direction: Direction::ToBuyer.number(),
        author: Some(Author::Human.number()),
        text: sent.text.clone().unwrap_or_default(),
        language: reply.language,
        public_reply: reply.public_reply,
        occur_time: Some(time::render(sent.at)),
        text_withheld: sent.text.is_none(),
        reply: reply.name,
    }
}

/// The domain form of what a reply says. The shop of the template must be that of the case.
pub fn parse_content(
    f: &mut Fields,
    content: Option<pb::draft_reply_request::Content>,
    shop: Option<&ShopId>,
) -> Option<Content> {
    match f.required("content", content)? {
        pb::draft_reply_request::Content::Text(text) => {
            f.required_text("text", text, TEXT_CHARACTERS_MAX).map(Content::Text)
        }
        pb::draft_reply_request::Content::Template(used) => {
            let (id, values) = parse_use(f, used, shop)?;
            Some(Content::Template { id, values })
        }
    }
}

/// The template that is used, and what is given for its placeholders.
pub fn parse_use(
    f: &mut Fields,
    used: pb::TemplateUse,
    shop: Option<&ShopId>,
) -> Option<(TemplateId, BTreeMap<String, String>)> {
    f.inside("template", |f| {
        let id = f.named_in("template", &used.template, shop);
        let id = id.and_then(|id| f.required("template", id));
        if used.values.len() > VALUES_MAX {
            f.refuse::<()>("values", "must have at most 20 entries");
        }
        let mut values = BTreeMap::new();
        for (index, one) in used.values.into_iter().enumerate() {
            let name = one.placeholder.clone();
            if values.insert(one.placeholder, one.value).is_some() {
                let twice = format!("{{{name}}} stands there twice");
                f.entry("values", index, |f| f.refuse::<()>("placeholder", twice));
            }
        }
        Some((id?, values))
    })
}

/// The domain form of what became of an attempt.
pub fn parse_delivery(
    f: &mut Fields,
    message: pb::ReportDeliveryRequest,
    latest: Time,
) -> Option<(u32, Delivery)> {
    let attempt = match u32::try_from(message.attempt) {
        Ok(attempt) if attempt > 0 => Some(attempt),
        _ => f.refuse("attempt", "must be the number that BeginDelivery gave out"),
    };
    let id = f.id_or_none::<MessageId>("message_id", &message.message_id);
    let why = f.text("failure", message.failure, FAILURE_CHARACTERS_MAX);
    let at = f.past_or_none("send_time", message.send_time, latest);
    let delivery = match pb::DeliveryOutcome::try_from(message.outcome) {
        Ok(pb::DeliveryOutcome::Sent) => match id? {
            Some(message) => Some(Delivery::Sent { message, at: at? }),
            None => f.refuse("message_id", "must be what the channel calls it"),
        },
        Ok(pb::DeliveryOutcome::Failed) => match why? {
            why if why.trim().is_empty() => f.refuse("failure", "must say why it failed"),
            why => Some(Delivery::Failed { why }),
        },
        Ok(pb::DeliveryOutcome::Unknown) => Some(Delivery::Unknown { message: id?, why: why? }),
        Ok(pb::DeliveryOutcome::Unspecified) => f.refuse("outcome", "must be set"),
        Err(_) => f.refuse("outcome", "is no value that can be sent here"),
    };
    Some((attempt?, delivery?))
}

/// The domain form of the words of a template; what is wrong with them is said where they are stored.
#[must_use]
pub fn parse_texts(texts: Vec<pb::TemplateText>) -> Vec<Said> {
    texts.into_iter().map(|one| Said { language: one.language, text: one.text }).collect()
}

/// The wire form of a template.
#[must_use]
pub fn render_template(template: &Template) -> pb::ReplyTemplate {
    let texts = template
        .texts
        .iter()
        .map(|(language, text)| pb::TemplateText { language: language.clone(), text: text.clone() });
    pb::ReplyTemplate {
        name: name::of(&template.shop, &template.id),
        texts: texts.collect(),
        author: template.changed_by.clone(),
        update_time: Some(time::render(template.changed_at)),
        etag: template.version.to_string(),
    }
}

/// The wire form of what a template becomes.
#[must_use]
pub fn render_preview(preview: Preview) -> pb::PreviewTemplateResponse {
    pb::PreviewTemplateResponse {
        text: preview.text,
        language: preview.language,
        missing: preview.missing.iter().map(|place| place.as_str().to_owned()).collect(),
    }
}
