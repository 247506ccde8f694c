//! Messages exchanged with the buyer.

use amends_domain::signal::{Author, Direction, MessageSignal};
use amends_proto::v1 as pb;

use super::line_needs_order;
use crate::fields::{Fields, TEXT_CHARACTERS_MAX};

pub(super) fn parse(fields: &mut Fields, signal: pb::MessageSignal) -> Option<MessageSignal> {
    let message = fields.id("message_id", &signal.message_id);
    let conversation = fields.id("conversation_id", &signal.conversation_id);
    let order = fields.id_or_none("order_id", &signal.order_id);
    let line = fields.id_or_none("line_id", &signal.line_id);
    line_needs_order(fields, &signal.line_id, &signal.order_id);
    let buyer = fields.id("buyer_id", &signal.buyer_id);
    let direction = fields.word("direction", signal.direction);
    let author = author(fields, direction, signal.author);
    let text = fields.text("text", signal.text, TEXT_CHARACTERS_MAX);
    let language = fields.language("language", signal.language);
    Some(MessageSignal {
        message: message?,
        conversation: conversation?,
        order: order?,
        line: line?,
        buyer: buyer?,
        direction: direction?,
        author: author?,
        text: text?,
        language: language?,
        public: signal.public_reply,
    })
}

/// Who wrote matters where the shop wrote; the buyer is a person.
fn author(fields: &mut Fields, direction: Option<Direction>, author: Option<i32>) -> Option<Author> {
    match (direction, fields.word_or_none("author", author)?) {
        (Some(Direction::ToBuyer), None) => fields.refuse("author", "must be set for a message to the buyer"),
        (_, author) => Some(author.unwrap_or(Author::Human)),
    }
}
