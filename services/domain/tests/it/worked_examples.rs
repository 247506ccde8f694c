//! The worked examples of `docs/remedies.md`: one for each reason, computed here and
//! compared with what stands there. `AMENDS_WRITE_DOCS=1` writes them anew.

use std::fmt::Write as _;

use amends_domain::Span;
use amends_domain::counting::{CountingEffect, CountsOn, ReturnSoFar, Standing};
use amends_domain::detection::{Flag, Reason};
use amends_domain::learning::{Evidence, Tried};
use amends_domain::policy::CountingRule;
use amends_domain::remedy::RemedyKind;
use amends_domain::remedy_policy::{Comparator, Costs, RemedyPolicy, Target};
use amends_domain::scrutiny::Claims;
use amends_domain::suggestion::{Alternative, Buyer, Channel, Input, LineTerms, Suggestion, suggest};

use crate::make::{eur, on_day};
use crate::suggestion::{input, line, still};

/// A case of the examples: what differs from a plain one, in words and in values.
struct Example {
    reason: Reason,
    story: &'static str,
    price: i64,
    flags: &'static [Flag],
    rule: CountingRule,
    so_far: ReturnSoFar,
    delivered_day: Option<i64>,
    claims: u32,
    evidence: Vec<Evidence>,
    target: Option<(Target, Standing)>,
    counted_return: i64,
}

fn plain(reason: Reason, price: i64, story: &'static str) -> Example {
    Example {
        reason,
        story,
        price,
        flags: &[],
        rule: CountingRule::Approved,
        so_far: ReturnSoFar::default(),
        delivered_day: Some(5),
        claims: 0,
        evidence: Vec::new(),
        target: None,
        counted_return: 0,
    }
}

fn requested(deadline: Option<i64>) -> ReturnSoFar {
    ReturnSoFar { requested_at: Some(on_day(9)), counted_at: None, deadline: deadline.map(on_day) }
}

#[rustfmt::skip]
fn examples() -> Vec<Example> {
    let target = Target { share: 200, comparator: Comparator::AtMost, days: 60, penalty: 50_000 };
    let tried = |answered, accepted| Tried { answered, accepted };
    let known = Evidence { everywhere: tried(400, 120), reason: tried(80, 20), band: tried(20, 4), ..Evidence::none(RemedyKind::PartialRefund) };
    vec![
        plain(Reason::WrongItem, 3_500, "A blue cup was ordered, a red one came. No return was requested yet."),
        plain(Reason::MissingPart, 12_000, "Two screws of a shelf are missing."),
        Example { target: Some((target, Standing { delivered: 1_000, counted: 16 })), so_far: requested(None),
            rule: CountingRule::ListedUnlessWithdrawn,
            ..plain(Reason::Damaged, 4_000, "A vase arrived broken, and the buyer requested a return on a channel that counts it while it stands in the list. The shop has 1,000 deliveries in 60 days, 16 counted returns, and pays 500.00 beyond 2 %.") },
        plain(Reason::Defective, 8_000, "A lamp does not light."),
        Example { evidence: vec![known],
            ..plain(Reason::NotAsDescribed, 6_000, "The fabric is thinner than shown. Of 400 partial refunds offered in the shop 120 were taken, of 80 for this reason 20, and 4 of 20 in this band of value.") },
        plain(Reason::Counterfeit, 15_000, "The buyer doubts that the watch is genuine: no negotiation."),
        plain(Reason::WrongSize, 9_000, "The shoes are too small."),
        Example { delivered_day: None, ..plain(Reason::NotReceived, 5_000, "The parcel never came.") },
        Example { delivered_day: None, ..plain(Reason::Late, 2_000, "The parcel is a week late.") },
        Example { claims: 4,
            ..plain(Reason::Quality, 7_000, "The seam came loose. The buyer had four partial refunds in half a year.") },
        plain(Reason::Service, 3_000, "Nobody answered for a week."),
        plain(Reason::Price, 4_500, "The same article is cheaper elsewhere."),
        Example { delivered_day: Some(-25), ..plain(Reason::ChangedMind, 4_500, "No longer wanted, 35 days after delivery: the window of 30 days is over.") },
        Example { flags: &[Flag::Safety], counted_return: 1_000,
            ..plain(Reason::Other, 2_500, "The charger got so hot that it burnt a hand: a danger is refunded at once.") },
    ]
}

fn suggestion(example: &Example) -> (Suggestion, RemedyPolicy) {
    let policy = RemedyPolicy {
        target: example.target.map(|(target, _)| target),
        costs: Costs { counted_return: example.counted_return, ..still().costs },
        ..still()
    };
    let terms = LineTerms {
        unit_price: eur(example.price),
        delivered_at: example.delivered_day.map(on_day),
        ..line(1)
    };
    let base = input(example.reason, Some(&terms), &policy);
    let channel = Channel {
        rule: example.rule,
        auto_approval: Some(Span::from_days(2)),
        so_far: example.so_far,
        standing: example.target.map_or(Standing::default(), |(_, standing)| standing),
        ..base.channel
    };
    let buyer = Buyer { orders: 0, claims: Claims { partial_refund: example.claims, ..Claims::default() } };
    let input = Input { channel, buyer, flags: example.flags, evidence: &example.evidence, ..base };
    (suggest(&input), policy.clone())
}

fn amount(minor: f64) -> String {
    format!("{:.2}", minor / 100.0)
}

fn number(a: &Alternative, name: &str) -> f64 {
    a.explanation.iter().find(|(known, _)| *known == name).unwrap().1
}

fn word(kind: RemedyKind) -> String {
    kind.as_str().to_lowercase().replace('_', " ")
}

fn effect(of: CountingEffect) -> &'static str {
    match of {
        CountingEffect::StillAvoids => "still avoids",
        CountingEffect::CountsAlready => "counts already",
        CountingEffect::Counts => "counts",
        CountingEffect::Unsure => "unsure",
    }
}

/// The block of an example as it stands in the page.
fn block(example: &Example) -> String {
    let (suggestion, _) = suggestion(example);
    let mut text =
        format!("**{}**, {} paid. {}\n\n", example.reason, amount(example.price as f64), example.story);
    if let Some(first) = suggestion.alternatives.first() {
        let n = |name| amount(number(first, name));
        let lambda = number(first, "counted_return_cost") + number(first, "shadow_price");
        let counted = number(first, "counted_if_returned");
        let total = number(first, "loss_of_return");
        let _ = writeln!(
            text,
            "A return would cost {} + {} + {} − {} + {:.0} × {} = {}.",
            n("refund"),
            n("return_freight"),
            n("unsellable"),
            n("article_cost"),
            counted,
            amount(lambda),
            amount(total),
        );
        if let Some(shadow) = suggestion.shadow_price {
            let until = shadow.until_penalty.unwrap();
            let _ = writeln!(text, "The shadow price is 500.00 / {until} = {}.", amount(shadow.price as f64));
        }
        if suggestion.counts.on == CountsOn::Already {
            let _ = writeln!(text, "The channel counts it already.");
        }
        text.push_str("\n| offer | gives | P(accept) | if accepted | expected cost | count | needs |\n");
        text.push_str("|---|---|---|---|---|---|---|\n");
    } else {
        text.push_str("Nothing can be offered.\n");
    }
    for a in &suggestion.alternatives {
        text.push_str(&row(a));
    }
    let not: Vec<String> = (suggestion.excluded.iter())
        .filter(|not| not.why.as_str() != "DOES_NOT_FIT_REASON" && not.why.as_str() != "NO_NEGOTIATION")
        .map(|not| format!("{} ({})", word(not.kind), not.why.as_str().to_lowercase()))
        .collect();
    if !not.is_empty() {
        let _ = write!(text, "\nNot possible: {}.\n", not.join(", "));
    }
    text
}

fn row(a: &Alternative) -> String {
    let gives = a.terms.amount.map_or("–".to_owned(), |m| amount(m.minor_units as f64));
    let (p, cost) = (number(a, "p_accept"), number(a, "cost"));
    let (stay, loss) = (number(a, "p_return"), number(a, "loss_of_return"));
    let expected = format!(
        "{p:.3} × {} + {:.3} × {stay:.2} × {} = {}",
        amount(cost),
        1.0 - p,
        amount(loss),
        amount(a.expected_cost.minor_units as f64)
    );
    let mut needs: Vec<String> = a.evidence.iter().map(|need| need.as_str().to_lowercase()).collect();
    needs.extend(a.needs_approval.then(|| "approval".to_owned()));
    let needs = if needs.is_empty() { "–".to_owned() } else { needs.join(", ") };
    format!(
        "| {} | {gives} | {p:.3} | {} | {expected} | {} | {needs} |\n",
        word(a.kind),
        amount(cost),
        effect(a.effect)
    )
}

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/remedies.md");

fn markers(reason: Reason) -> (String, String) {
    (format!("<!-- example {reason} -->\n"), format!("<!-- end {reason} -->"))
}

#[test]
fn the_numbers_in_the_docs_are_computed() {
    let mut page = std::fs::read_to_string(PAGE).unwrap();
    let as_it_stands = page.clone();
    let examples = examples();
    for &reason in Reason::ALL {
        let example = examples.iter().find(|example| example.reason == reason).unwrap_or_else(|| {
            panic!("{reason} has no example");
        });
        let (begin, end) = markers(reason);
        let from = page.find(&begin).unwrap_or_else(|| panic!("{begin} is missing")) + begin.len();
        let to = from + page[from..].find(&end).unwrap();
        page.replace_range(from..to, &block(example));
    }
    if std::env::var_os("AMENDS_WRITE_DOCS").is_some() {
        std::fs::write(PAGE, &page).unwrap();
    } else {
        assert_eq!(page, as_it_stands, "run the test with AMENDS_WRITE_DOCS=1 and look at the difference");
    }
}

#[test]
fn every_line_of_an_example_adds_up() {
    for example in examples() {
        let (suggestion, _) = suggestion(&example);
        assert!(!suggestion.alternatives.is_empty() || example.reason == Reason::ChangedMind);
        for a in &suggestion.alternatives {
            let n = |name: &str| number(a, name);
            let lambda = n("counted_return_cost") + n("shadow_price");
            let loss = n("refund") + n("return_freight") + n("unsellable") - n("article_cost")
                + n("counted_if_returned") * lambda;
            assert!((loss - n("loss_of_return")).abs() < 1e-9);
            assert!((n("direct_cost") + n("counted_if_accepted") * lambda - n("cost")).abs() < 1e-9);
            let level = |mean: f64, which: &str| {
                let (answered, accepted) = (n(&format!("answered_{which}")), n(&format!("accepted_{which}")));
                (n("learning_weight") * mean + accepted) / (n("learning_weight") + answered)
            };
            let accept = level(level(level(n("p_accept_prior"), "everywhere"), "reason"), "band");
            assert!((accept - n("p_accept")).abs() < 1e-9, "{} {}", example.reason, a.kind);
            let expected = accept * n("cost") + (1.0 - accept) * n("p_return") * loss;
            assert!((expected - a.expected_cost.minor_units as f64).abs() <= 0.5 + 1e-9);
        }
    }
}
