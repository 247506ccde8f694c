//! `amends remedy suggest`: what could be offered, and why not the rest.

use amends_proto::v1;
use clap::Args;
use jiff::Timestamp;
use v1::suggest_remedies_request::Target;

use crate::{
    amount::{money, parse_amount},
    codes::{code, word},
    connection::Session,
    output::{
        Output,
        table::{table, text},
    },
    when::{When, parse_when},
};

/// The numbers that make up what a return costs.
const OF_A_RETURN: [&str; 8] = [
    "refund",
    "return_freight",
    "unsellable",
    "article_cost",
    "counted_return_cost",
    "shadow_price",
    "counted_if_returned",
    "loss_of_return",
];

/// What suggestions are wanted for: a case, or a return that nobody asked for yet.
#[derive(Args)]
pub struct Suggest {
    /// The case
    #[arg(required_unless_present = "reason")]
    case: Option<String>,
    /// For how many pieces
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(i32).range(1..=100_000))]
    quantity: i32,
    /// Without a case: why it would be returned
    #[arg(long, value_parser = code::<v1::ComplaintReason>(), conflicts_with = "case")]
    reason: Option<v1::ComplaintReason>,
    /// Without a case: the order
    #[arg(long, requires_all = ["line", "reason"])]
    order: Option<String>,
    /// Without a case: the line of the order
    #[arg(long, requires = "order")]
    line: Option<String>,
    /// Without a case: the price of a piece, for an order that the service does not know
    #[arg(long, requires = "reason", value_parser = parse_amount)]
    price: Option<v1::Money>,
    /// Without a case: the category of the article
    #[arg(long, requires = "price", default_value = "")]
    category: String,
    /// Without a case: when it was delivered
    #[arg(long, requires = "price", value_parser = parse_when)]
    delivered: Option<When>,
    /// Without a case: the buyer
    #[arg(long, requires = "reason", default_value = "")]
    buyer: String,
    /// What makes it delicate; may be repeated
    #[arg(long = "flag", requires = "reason", value_parser = code::<v1::DetectionFlag>())]
    flags: Vec<v1::DetectionFlag>,
    /// Show every number and how the expected cost is made of them
    #[arg(long)]
    explain: bool,
}

impl Suggest {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let target = match &self.case {
            Some(case) => Target::Case(session.name("cases", case).await?),
            None => Target::Hypothetical(self.hypothetical(session.shop().await?)),
        };
        let suggestion = ask(session, target, self.quantity).await?;
        let output = session.output;
        output.one(&suggestion, || {
            let mut shown = ranking(&output, &suggestion);
            if self.explain {
                shown.push_str(&arithmetic(&suggestion));
            }
            shown
        })
    }

    fn hypothetical(&self, shop: String) -> v1::HypotheticalReturn {
        let bought = self.price.clone().map(|price| v1::BoughtLine {
            quantity: self.quantity,
            unit_price: Some(price),
            sku: String::new(),
            category: self.category.clone(),
            deliver_time: self.delivered.map(|when| when.back(Timestamp::now())),
        });
        v1::HypotheticalReturn {
            shop,
            reason: self.reason.map_or(0, Into::into),
            flags: self.flags.iter().map(|flag| (*flag).into()).collect(),
            order_id: self.order.clone().unwrap_or_default(),
            line_id: self.line.clone().unwrap_or_default(),
            bought,
            buyer_id: self.buyer.clone(),
            language: String::new(),
        }
    }
}

/// `amends remedy suggestion`: what was stored of one.
#[derive(Args)]
pub struct Stored {
    /// The suggestion
    suggestion: String,
}

impl Stored {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let name = session.name("suggestions", &self.suggestion).await?;
        let stored = session.client.call(v1::GetSuggestionRequest { name }).await?;
        let output = session.output;
        output.one(&stored, || {
            let record: serde_json::Value = serde_json::from_str(&stored.record).unwrap_or_default();
            let made = output.time(stored.create_time.as_ref());
            format!("{} made {made}\n{record:#}", stored.name)
        })
    }
}

/// Asks for suggestions.
pub(super) async fn ask(session: &Session, target: Target, quantity: i32) -> anyhow::Result<v1::Suggestion> {
    let request = v1::SuggestRemediesRequest { target: Some(target), quantity, ..Default::default() };
    let answer = session.client.call(request).await?;
    answer.suggestion.ok_or_else(|| anyhow::anyhow!("The server answered without a suggestion."))
}

fn ranking(output: &Output, suggestion: &v1::Suggestion) -> String {
    let mut table = table(&["rank", "remedy", "gives", "expected", "accepted", "counting", "until", "needs"]);
    for alternative in &suggestion.alternatives {
        let cost = alternative.expected_cost.as_ref().map_or("-".to_owned(), money);
        let accepted = format!("{:.0} %", alternative.acceptance_probability * 100.0);
        table.add_row([
            &alternative.rank.to_string(),
            &word::<v1::RemedyKind>(alternative.kind),
            &terms(alternative.terms.as_ref()),
            &cost,
            &accepted,
            &word::<v1::CountingEffect>(alternative.counting_effect),
            &output.time(alternative.deadline.as_ref()),
            &needs(alternative),
        ]);
    }
    let mut shown =
        if suggestion.alternatives.is_empty() { "Nothing can be offered.".to_owned() } else { text(&table) };
    shown.push_str(&beside(output, suggestion));
    if !suggestion.ineligible.is_empty() {
        shown.push_str("\n\nNot possible:");
        for not in &suggestion.ineligible {
            let kind = word::<v1::RemedyKind>(not.kind);
            let facts: Vec<String> = not.facts.iter().map(|f| format!("{} {}", f.name, f.value)).collect();
            let facts = if facts.is_empty() { not.rule.clone() } else { facts.join(", ") };
            shown.push_str(&format!("\n  {kind}: {} ({facts})", not.message));
        }
    }
    shown
}

fn needs(alternative: &v1::Alternative) -> String {
    let evidence = alternative.evidence_needs.iter().map(|need| word::<v1::EvidenceNeed>(*need));
    let approval = alternative.approval_required.then(|| "approval".to_owned());
    let needs: Vec<String> = evidence.chain(approval).collect();
    if needs.is_empty() { "-".to_owned() } else { needs.join(", ") }
}

/// What the channel counts, which rules fit, and what is asked of the buyer.
fn beside(output: &Output, suggestion: &v1::Suggestion) -> String {
    let mut shown = String::new();
    if let Some(counting) = &suggestion.counting {
        let on = word::<v1::CountsOn>(counting.counts_on);
        shown.push_str(&format!("\n\nA return counts on: {on}"));
        if counting.count_time.is_some() {
            shown.push_str(&format!(", {}", output.time(counting.count_time.as_ref())));
        }
        if let Some(price) = &counting.shadow_price {
            let until = counting.returns_until_penalty.map_or("-".to_owned(), |n| n.to_string());
            shown.push_str(&format!("; one more costs {} ({until} until the penalty)", money(price)));
        }
    }
    if !suggestion.rules.is_empty() {
        shown.push_str(&format!("\nRules of the shop: {}", suggestion.rules.join(", ")));
    }
    if let Some(asked) = suggestion.scrutiny.as_ref().filter(|asked| asked.evidence_required) {
        shown.push_str(&format!(
            "\nThis buyer claimed before: {} kept items, {} missing, {} partial refunds",
            asked.keep_item_claims, asked.missing_claims, asked.partial_refund_claims
        ));
    }
    if suggestion.holdout {
        shown.push_str("\nFixed order: this buyer is in the holdout");
    }
    shown
}

/// How each expected cost is made.
fn arithmetic(suggestion: &v1::Suggestion) -> String {
    let mut shown = String::from("\n\nExpected cost, in minor units:");
    for alternative in &suggestion.alternatives {
        let n = |name: &str| {
            alternative
                .explanation
                .iter()
                .find(|number| number.name == name)
                .map_or(0.0, |number| number.value)
        };
        let kind = word::<v1::RemedyKind>(alternative.kind);
        let (p, loss) = (n("p_accept"), n("loss_of_return"));
        shown.push_str(&format!(
            "\n  {kind}: {p:.4} × {:.0} + {:.4} × {:.4} × {loss:.0} = {:.1}   (first with {:.1} %)",
            n("cost"),
            1.0 - p,
            n("p_return"),
            p * n("cost") + (1.0 - p) * n("p_return") * loss,
            alternative.propensity * 100.0,
        ));
    }
    if let Some(first) = suggestion.alternatives.first() {
        let numbers = first.explanation.iter().filter(|number| OF_A_RETURN.contains(&number.name.as_str()));
        let numbers: Vec<String> =
            numbers.map(|number| format!("{} {}", number.name, number.value)).collect();
        shown.push_str(&format!("\n  a return: {}", numbers.join(", ")));
    }
    shown
}

fn terms(terms: Option<&v1::RemedyTerms>) -> String {
    let Some(terms) = terms else {
        return "-".to_owned();
    };
    let mut parts = vec![format!("{} ×", terms.quantity)];
    parts.extend(terms.amount.as_ref().map(money));
    parts.extend(Some(terms.sku.clone()).filter(|sku| !sku.is_empty()));
    parts.extend(terms.item_disposal.map(word::<v1::ItemDisposal>));
    parts.join(" ")
}
