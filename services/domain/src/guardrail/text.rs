//! What a text was found to say: by a lint that reads it, since rules read no language.

use super::outgoing::{Kind, Outgoing, Refusal};
use super::rule::Rule;

/// Words in a text that a rule is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which rule.
    pub rule: Rule,
    /// Where they begin, in characters.
    pub start: usize,
    /// Where they end, in characters; not part of them.
    pub end: usize,
    /// The words. They may be personal, so no decision keeps them: the span is enough to find them.
    pub words: String,
}

/// What a text was found to say.
#[derive(Debug, Clone, Copy, Default)]
pub struct Text<'a> {
    /// The words that rules are about.
    pub findings: &'a [Finding],
    /// Whether it asks the buyer to revise a review.
    pub asks_for_revision: bool,
    /// Its length in characters.
    pub characters: u32,
}

/// Whether a channel is somebody else's market, where contact stays inside. On a shop's own site it
/// may be given freely. A channel nobody knows counts as a market.
#[must_use]
pub fn is_marketplace(channel: &str) -> bool {
    !matches!(channel, "own_store" | "shopify" | "judge.me")
}

pub(super) fn check(out: &Outgoing<'_>, refusals: &mut Vec<Refusal>) {
    let first = refusals.len();
    for finding in out.text.findings.iter().filter(|finding| applies(finding.rule, out)) {
        let known = refusals.iter().skip(first).any(|refusal| refusal.rule == finding.rule);
        if !known {
            let facts = vec![("start", finding.start.to_string()), ("end", finding.end.to_string())];
            refusals.push(Refusal::new(finding.rule, facts));
        }
    }
    let (is_ask, is_offer) = (matches!(out.kind, Kind::Ask(_)), matches!(out.kind, Kind::Offer(_)));
    let mut add = |rule, why: &str| {
        if refusals.iter().skip(first).all(|refusal| refusal.rule != rule) {
            refusals.push(Refusal::new(rule, vec![("why", why.to_owned())]));
        }
    };
    if is_offer && out.text.asks_for_revision {
        add(Rule::G04, "the offer asks for a revision");
    }
    if out.text.asks_for_revision && !is_ask {
        add(Rule::G05, "the text asks for a revision in words of its own");
    }
}

/// Personal data matter where everyone reads them, contact elsewhere where it is somebody's market.
fn applies(rule: Rule, out: &Outgoing<'_>) -> bool {
    match rule {
        Rule::G14 => matches!(out.kind, Kind::PublicReply(_)),
        Rule::G15 => is_marketplace(&out.policy.channel),
        _ => true,
    }
}
