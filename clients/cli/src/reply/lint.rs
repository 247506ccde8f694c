//! `amends reply lint …`

use amends_proto::v1;
use clap::Args;

use crate::codes::code;
use crate::connection::Session;

/// Which words.
#[derive(Args)]
pub struct Lint {
    /// The words
    text: String,
    /// Their language, such as `de`; found out if not given
    #[arg(long, default_value_t)]
    language: String,
    /// Who will read them
    #[arg(long, default_value = "buyer", value_parser = code::<v1::TextReader>())]
    reader: v1::TextReader,
}

impl Lint {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let request = v1::LintTextRequest {
            parent: session.shop().await?,
            text: self.text,
            language: self.language,
            reader: self.reader.into(),
        };
        let found = session.client.call(request).await?;
        session.output.one(&found, || told(&found))
    }
}

fn told(found: &v1::LintTextResponse) -> String {
    let refused: Vec<_> = found.findings.iter().filter_map(refusal).collect();
    let mut lines = vec![if refused.is_empty() && !found.asks_for_revision {
        "Nothing in it is refused.".to_owned()
    } else {
        "Not allowed:".to_owned()
    }];
    lines.extend(refused);
    if found.asks_for_revision {
        lines
            .push("  G05  asks for a revision of a review; only the approved words of an ask may".to_owned());
    }
    lines.extend(found.hints.iter().map(hint));
    lines.join("\n")
}

fn refusal(finding: &v1::TextFinding) -> Option<String> {
    let refusal = finding.refusal.as_ref()?;
    Some(format!("  {}  {}: \u{201c}{}\u{201d}", refusal.rule, refusal.message, finding.words))
}

/// A hint, as it is said of a checked reply as well.
pub(crate) fn hint(hint: &v1::TextHint) -> String {
    match (hint.start, hint.end) {
        (start, end) if start == end => format!("Better: {}", hint.message),
        (start, end) => format!("Better (characters {start}\u{2013}{end}): {}", hint.message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_is_told_with_its_words_and_what_reads_better_with_its_place() {
        let refusal =
            v1::Refusal { rule: "G06".into(), message: "a request to remove".into(), ..Default::default() };
        let finding = v1::TextFinding { refusal: Some(refusal), start: 0, end: 6, words: "delete".into() };
        let hints = vec![v1::TextHint { message: "calm".into(), start: 3, end: 9, ..Default::default() }];
        let found = v1::LintTextResponse { findings: vec![finding], hints, asks_for_revision: false };
        assert_eq!(
            told(&found),
            "Not allowed:\n  G06  a request to remove: \u{201c}delete\u{201d}\nBetter (characters 3\u{2013}9): calm"
        );
        assert_eq!(told(&v1::LintTextResponse::default()), "Nothing in it is refused.");
    }
}
