//! Replies and their templates.

use amends_proto::v1;

use crate::{output::json::view, reply};

view! {
    v1::Reply {
        name, case, state: ReplyState, public_reply, order_id, line_id, conversation_id, review,
        language, template, agent, approver, text, text_withheld, fence, stale, attempt,
        message_id, failure, draft_time, state_time, report_due_time, etag,
    }
    v1::ReplyTemplate { name, texts, author, update_time, etag }
    v1::TemplateText { language, text }
    v1::PreviewTemplateResponse { text, language, missing }
    reply::Changed { reply, case }
}
