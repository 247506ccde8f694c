//! Twins of marketplace figures, at their edges and against slow oracles.

use amends_domain::twin::{
    Answer, Conversation, Next, Presence, Rescue, Standing, Twin, figure, in_force, next, table,
};
use amends_domain::{ConversationId, Span, Time};
use proptest::prelude::*;

use crate::sla_make::{date, utc};

mod drawn;
mod edges;
mod example;
mod oracle;
mod rows;

fn twin(name: &str) -> Twin {
    table().iter().find(|row| row.name == name && row.region.is_empty()).unwrap().clone()
}

fn jakarta() -> Presence {
    Presence::new("Asia/Jakarta", [], Vec::new()).unwrap()
}

fn conversation(id: impl ToString, received: &str, answered: &str) -> Conversation {
    let answer = match answered {
        "-" => Answer::None,
        "automatic" => Answer::OnlyAutomatic,
        at => Answer::Human(utc(at)),
    };
    Conversation { id: ConversationId::new(id.to_string()).unwrap(), received_at: utc(received), answer }
}

/// The conversations of a test, one to a line: when each came and when it was answered.
fn told(lines: &[(&str, &str)]) -> Vec<Conversation> {
    lines.iter().enumerate().map(|(n, (received, answered))| conversation(n, received, answered)).collect()
}

fn ids(rescue: &Rescue) -> Vec<&str> {
    match rescue {
        Rescue::Answer(list) | Rescue::Lost(list) => list.iter().map(|todo| todo.id.as_str()).collect(),
        Rescue::NoValue | Rescue::Safe => Vec::new(),
    }
}
