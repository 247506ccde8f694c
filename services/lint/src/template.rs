//! Templates: their places filled with values that say nothing, and the way back.

use std::ops::Range;

use amends_domain::reply::template::{Placeholder, Values, render};

use crate::rule::Report;

/// A template with its places filled.
pub(crate) struct Filled {
    pub(crate) text: String,
    /// Bytes of the text and the bytes of the template that they stand for.
    pieces: Vec<(Range<usize>, Range<usize>)>,
}

/// What stands for a place. An amount says that something is given, as it will when it is filled.
const fn sample(place: Placeholder) -> &'static str {
    match place {
        Placeholder::OrderId => "A1",
        Placeholder::Product => "X1",
        Placeholder::Tracking => "T1",
        Placeholder::Amount => "10 €",
        Placeholder::Date => "1 May",
        Placeholder::Agent => "Kim",
    }
}

/// Fills the places of a template as replies do; what is no place stays as it is written.
pub(crate) fn fill(template: &str) -> Filled {
    let values: Values = Placeholder::ALL.iter().map(|place| (*place, sample(*place).to_owned())).collect();
    let mut filled = Filled { text: String::with_capacity(template.len()), pieces: Vec::new() };
    for piece in pieces(template) {
        let text = template.get(piece.clone()).unwrap_or_default();
        let rendered = render(text, &values).text;
        let from = filled.text.len();
        filled.text.push_str(&rendered);
        filled.pieces.push((from..filled.text.len(), piece));
    }
    filled
}

/// Words and places in turn: a place is from its brace to the next closing one.
fn pieces(template: &str) -> Vec<Range<usize>> {
    let (mut pieces, mut at) = (Vec::new(), 0);
    while let Some(open) = template.get(at..).and_then(|rest| rest.find('{')).map(|open| at + open) {
        let rest = template.get(open..).unwrap_or_default();
        let length = match rest.strip_prefix("{{") {
            Some(_) => 2,
            None => rest.find('}').map_or(rest.len(), |close| close + 1),
        };
        pieces.extend([at..open, open..open + length]);
        at = open + length;
    }
    pieces.push(at..template.len());
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

impl Filled {
    /// The same findings, by the bytes of the template.
    pub(crate) fn back(&self, template: &str, mut report: Report) -> Report {
        for refusal in &mut report.refusals {
            refusal.span = self.origin(&refusal.span);
            refusal.words = template.get(refusal.span.clone()).unwrap_or_default().to_owned();
        }
        for hint in &mut report.advice {
            hint.span = self.origin(&hint.span);
            hint.words = template.get(hint.span.clone()).unwrap_or_default().to_owned();
        }
        report
    }

    fn origin(&self, span: &Range<usize>) -> Range<usize> {
        if span.is_empty() {
            return 0..0;
        }
        let mut start = None;
        let mut end = 0;
        for (text, piece) in &self.pieces {
            if text.end <= span.start || text.start >= span.end {
                continue;
            }
            let same = text.len() == piece.len();
            let from = if same { piece.start + span.start.saturating_sub(text.start) } else { piece.start };
            start = start.or(Some(from));
            end = if same { piece.end.min(piece.start + (span.end - text.start)) } else { piece.end };
        }
        let start = start.unwrap_or(0);
        start..end.max(start)
    }
}
