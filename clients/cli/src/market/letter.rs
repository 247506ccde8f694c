//! Signals, each with what it says for the market's own books.

mod opinion;
mod request;

use amends_proto::v1::{self, MessageAuthor, MessageDirection, ShipmentState, signal::Body};

pub(crate) use opinion::{Shown, opinion};
pub(crate) use request::{Moved, request};

use super::{
    agenda::Note,
    buyer::Buyer,
    shops::Shop,
    time::{DAY, wire},
    truth::Fact,
};

/// A signal that is going to be sent.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    /// Where it goes.
    pub(crate) shop: &'static Shop,
    /// What is sent.
    pub(crate) signal: v1::Signal,
    /// What it says.
    pub(crate) fact: Fact,
    /// Whether a buyer writes in it that the article shall go back.
    pub(crate) wishes: bool,
}

impl Letter {
    fn new(buyer: &Buyer, id: String, at: i64, body: Body, fact: Fact) -> Self {
        let signal = v1::Signal {
            signal_id: id,
            occur_time: Some(wire(at)),
            traceparent: String::new(),
            body: Some(body),
        };
        Self { shop: buyer.shop, signal, fact, wishes: false }
    }

    /// Whether a buyer wrote it: it may come while an agent works the case.
    pub(crate) fn interrupts(&self) -> bool {
        matches!(&self.signal.body, Some(Body::Message(message)) if message.direction() == MessageDirection::FromBuyer)
    }
}

/// The order in a state.
pub(crate) fn order(buyer: &Buyer, serial: &str, at: i64, state: v1::OrderState) -> Letter {
    let body = Body::Order(v1::OrderSignal {
        order_id: buyer.order(),
        buyer_id: buyer.id(),
        lines: buyer.order_lines(),
        state: state.into(),
        language: buyer.words.language.to_owned(),
        ..v1::OrderSignal::default()
    });
    let lines = buyer.lines().map(|bought| (bought.line, bought.quantity)).collect();
    Letter::new(buyer, format!("order-{serial}"), at, body, Fact::Ordered { order: buyer.order(), lines })
}

/// The parcel in a state.
pub(crate) fn parcel(buyer: &Buyer, serial: &str, at: i64, state: ShipmentState) -> Letter {
    // Half of the carriers say what is inside.
    let named = buyer.chance("parcel").percent(50);
    let inside = |bought: super::buyer::Bought| v1::ShipmentLine {
        line_id: bought.line.to_owned(),
        quantity: i32::try_from(bought.quantity).unwrap_or(1),
    };
    let body = Body::Shipment(v1::ShipmentSignal {
        shipment_id: format!("s-{}", buyer.number),
        order_id: buyer.order(),
        lines: if named { buyer.lines().map(inside).collect() } else { Vec::new() },
        state: state.into(),
        eta: (state == ShipmentState::Delayed).then(|| wire(at + 5 * DAY)),
        carrier: "post".to_owned(),
        tracking: format!("T{}", buyer.number),
        remedy: String::new(),
    });
    let lines = buyer.lines().map(|bought| (bought.line, named.then_some(bought.quantity))).collect();
    let fact = match state {
        ShipmentState::Delivered => Fact::Delivered { order: buyer.order(), lines, at },
        _ => Fact::Nothing,
    };
    Letter::new(buyer, format!("parcel-{serial}"), at, body, fact)
}

/// The parcel that a remedy sent: it is no delivery of the order.
pub(crate) fn remedy_parcel(buyer: &Buyer, serial: &str, at: i64, remedy: &str) -> Letter {
    let body = Body::Shipment(v1::ShipmentSignal {
        shipment_id: format!("x-{serial}"),
        order_id: buyer.order(),
        state: ShipmentState::Delivered.into(),
        carrier: "post".to_owned(),
        remedy: remedy.to_owned(),
        ..v1::ShipmentSignal::default()
    });
    Letter::new(buyer, format!("parcel-{serial}"), at, body, Fact::Nothing)
}

/// A message.
pub(crate) fn message(buyer: &Buyer, serial: &str, at: i64, note: Note) -> Letter {
    let words = buyer.words;
    let text = match note {
        Note::Question => words.question,
        Note::Wish => buyer.caused("wish", words.wishes).1,
        Note::Lost => words.lost,
        Note::Nag => words.nag,
        Note::Thanks => words.thanks,
        Note::Machine => "Thank you for your message. We will be with you soon.",
    };
    // A few chats know no order, and many know no line where there is only one.
    let ordered = !buyer.chance("chat knows no order").percent(5);
    let lined = ordered && (buyer.second.is_some() || !buyer.chance("chat knows no line").percent(33));
    let (direction, author) = match note {
        Note::Machine => (MessageDirection::ToBuyer, Some(MessageAuthor::Bot.into())),
        _ => (MessageDirection::FromBuyer, None),
    };
    let body = Body::Message(v1::MessageSignal {
        message_id: format!("m-{serial}"),
        conversation_id: buyer.conversation(),
        order_id: if ordered { buyer.order() } else { String::new() },
        line_id: if lined { buyer.first.line.to_owned() } else { String::new() },
        buyer_id: buyer.id(),
        direction: direction.into(),
        author,
        text: text.to_owned(),
        language: String::new(),
        public_reply: false,
    });
    let fact = match direction {
        MessageDirection::FromBuyer => {
            Fact::Wrote { line: ordered.then(|| (buyer.order(), buyer.first.line)), at }
        }
        _ => Fact::Nothing,
    };
    let wishes = matches!(note, Note::Wish | Note::Lost);
    Letter { wishes, ..Letter::new(buyer, format!("message-{serial}"), at, body, fact) }
}

/// An answer to a survey.
pub(crate) fn survey(buyer: &Buyer, serial: &str, at: i64) -> Letter {
    let score = buyer.chance("score").between(2, 6);
    let body = Body::Survey(v1::SurveySignal {
        survey_id: format!("v-{serial}"),
        order_id: buyer.order(),
        kind: v1::SurveyKind::Csat.into(),
        score: i32::try_from(score).unwrap_or(5),
        ..v1::SurveySignal::default()
    });
    Letter::new(buyer, format!("survey-{serial}"), at, body, Fact::Nothing)
}
