//! A row as a message.

use amends_proto::v1;
use v1::{MessageAuthor, MessageDirection};

use super::{Built, Cells};
use crate::import::{field::Field, values};

const BUYER: [&str; 10] =
    ["buyer", "customer", "client", "user", "in", "inbound", "incoming", "received", "from_customer", "true"];
const SHOP: [&str; 11] = [
    "seller",
    "shop",
    "agent",
    "merchant",
    "store",
    "out",
    "outbound",
    "outgoing",
    "sent",
    "to_customer",
    "false",
];

pub(super) fn build(cells: &Cells<'_>) -> Result<Built, String> {
    let message_id = cells.own_id()?;
    let order_id = cells.id_or_empty(Field::OrderId)?;
    let line_id = cells.line_of(&order_id)?;
    let buyer_id = cells.id(Field::BuyerId)?;
    let direction = direction(cells)?;
    let body = v1::MessageSignal {
        message_id: message_id.clone(),
        conversation_id: conversation(cells, &order_id, &buyer_id)?,
        order_id,
        line_id,
        buyer_id,
        direction: direction.into(),
        author: author(cells, direction)?.map(Into::into),
        text: cells.text()?,
        language: cells.language()?,
        public_reply: cells.read(Field::PublicReply, values::truth)?.unwrap_or_default(),
    };
    cells.signal(&message_id, v1::signal::Body::Message(body))
}

// Without a column for it, what was written about one order is one conversation.
fn conversation(cells: &Cells<'_>, order: &str, buyer: &str) -> Result<String, String> {
    if cells.is_mapped(Field::ConversationId) {
        return cells.id(Field::ConversationId);
    }
    let about = if order.is_empty() { format!("buyer:{buyer}") } else { format!("order:{order}") };
    values::id(&about).map_err(|reason| format!("conversation_id: {reason}"))
}

fn direction(cells: &Cells<'_>) -> Result<MessageDirection, String> {
    if !cells.is_mapped(Field::Direction) {
        return Ok(MessageDirection::FromBuyer);
    }
    let text = cells.get(Field::Direction);
    if let Some(direction) = cells.word(Field::Direction) {
        return Ok(direction);
    }
    let plain = text.to_ascii_lowercase();
    match plain.as_str() {
        "" => Err("direction: is empty".to_owned()),
        plain if BUYER.contains(&plain) => Ok(MessageDirection::FromBuyer),
        plain if SHOP.contains(&plain) => Ok(MessageDirection::ToBuyer),
        _ => Err(format!("direction: must be buyer or seller (found {text})")),
    }
}

fn author(cells: &Cells<'_>, direction: MessageDirection) -> Result<Option<MessageAuthor>, String> {
    if direction == MessageDirection::FromBuyer {
        return Ok(None);
    }
    match cells.get(Field::Author) {
        "" => Ok(Some(MessageAuthor::Human)),
        text => match cells.word(Field::Author) {
            Some(author) => Ok(Some(author)),
            None => Err(format!("author: must be human, quick-reply or bot (found {text})")),
        },
    }
}
