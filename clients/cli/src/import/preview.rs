//! What an import would do, for `--dry-run`.

use amends_proto::v1;
use v1::signal::Body;

use super::{
    batch,
    build::Reading,
    group::Groups,
    lines::Mark,
    mapping::{Mapping, Source},
    report::{FileReport, Reasons},
    rows::Rows,
    state::Counts,
};

/// How many rows are shown as signals, and how many refused ones with their reasons.
const SHOWN_MAX: usize = 3;
const TEXT_SHOWN_CHARACTERS: usize = 48;

/// What a file would become.
pub(crate) struct Preview {
    /// The first signals and refusals in words.
    pub(crate) lines: Vec<String>,
    /// The counts.
    pub(crate) file: FileReport,
    /// Why rows would be refused.
    pub(crate) reasons: Reasons,
}

/// Reads a whole file and sends nothing.
///
/// # Errors
/// If it cannot be read.
pub(crate) fn preview(name: &str, rows: Rows, reading: &Reading) -> std::io::Result<Preview> {
    let mut groups = Groups::new(rows, &Mark::default());
    let mut counts = Counts::default();
    let mut reasons = Reasons::default();
    let (mut shown, mut bad) = (Vec::new(), Vec::new());
    while let Some(batch) = batch::next(&mut groups, reading)? {
        counts.rows += batch.origins.iter().map(|rows| rows.len() as u64).sum::<u64>();
        counts.rows += batch.refused.len() as u64;
        counts.signals += batch.signals.len() as u64;
        counts.rejected += batch.refused.len() as u64;
        counts.undated += batch.undated;
        for (signal, rows) in batch.signals.iter().zip(&batch.origins).take(SHOWN_MAX - shown.len()) {
            let line = rows.first().map_or(0, |row| row.line);
            shown.push(format!("  line {line}: {}", describe(signal)));
        }
        for refused in &batch.refused {
            reasons.add(&refused.reason);
            if bad.len() < SHOWN_MAX {
                bad.push(format!("  line {} would be refused: {}", refused.row.line, refused.reason));
            }
        }
    }
    shown.extend(bad);
    let file = FileReport { file: name.to_owned(), kind: reading.mapping.kind.word(), counts, rejects: None };
    Ok(Preview { lines: shown, file, reasons })
}

/// How a file is understood, line by line.
pub(crate) fn explain(name: &str, mapping: &Mapping) -> Vec<String> {
    let how = if mapping.guessed { "guessed from the columns; --kind says otherwise" } else { "as told" };
    let mut lines = vec![format!("{name}: {} ({how})", mapping.kind.plural())];
    for (field, source) in mapping.sources() {
        lines.push(match source {
            Source::Column(place) => {
                let column = mapping.columns.get(*place).map_or("", String::as_str);
                format!("  {:<16} ← column {column}", field.name())
            }
            Source::Constant(text) => format!("  {:<16} ← always {text}", field.name()),
        });
    }
    let unused = mapping.unused();
    if !unused.is_empty() {
        lines.push(format!("  not used: {}", unused.join(", ")));
    }
    lines
}

fn describe(signal: &v1::Signal) -> String {
    let time = signal.occur_time.as_ref().and_then(crate::when::timestamp);
    let time = time.map(|time| time.to_string()).unwrap_or_default();
    let what = match &signal.body {
        Some(Body::Review(review)) => {
            let stars = review.rating.map_or("follow-up".to_owned(), |rating| format!("{rating} stars"));
            format!("review {}, {stars}{}", review.review_id, said(&review.language, &review.text))
        }
        Some(Body::Message(message)) => {
            let text = said(&message.language, &message.text);
            format!("message {} in {}{text}", message.message_id, message.conversation_id)
        }
        Some(Body::Order(order)) => {
            let lines: Vec<_> = order.lines.iter().take(SHOWN_MAX).map(line).collect();
            let more = if order.lines.len() > SHOWN_MAX { ", …" } else { "" };
            format!("order {} of {}: {}{more}", order.order_id, order.buyer_id, lines.join(", "))
        }
        Some(Body::ReturnRequest(request)) => {
            format!("return {} of {} of order {}", request.return_id, request.quantity, request.order_id)
        }
        _ => String::new(),
    };
    format!("{what}, {time}, signal {}", signal.signal_id)
}

fn line(line: &v1::OrderLine) -> String {
    let price = line.unit_price.as_ref().map(crate::amount::money).unwrap_or_default();
    format!("{} × {} at {price}", line.quantity, line.sku)
}

fn said(language: &str, text: &str) -> String {
    // A text decides by itself how it breaks; here it stands in one line.
    let short: String =
        text.chars().take(TEXT_SHOWN_CHARACTERS).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let more = if text.chars().nth(TEXT_SHOWN_CHARACTERS).is_some() { "…" } else { "" };
    let language = if language.is_empty() { String::new() } else { format!(" [{language}]") };
    format!("{language} “{short}{more}”")
}
