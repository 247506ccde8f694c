//! `amends review attest`: the proof that no remedy of a case depended on a review.

use amends_proto::v1::{self, AttestationPromise, AttestationVerdict};
use clap::Args;

use crate::{
    codes::word,
    connection::Session,
    output::table::{id, table, text},
    when::timestamp,
};

/// Columns of a print-out, whatever it is printed to.
const COLUMNS: u16 = 80;

/// The most links that the service gives at a time.
const PAGE: i32 = 200;

/// Whose chain to show.
#[derive(Args)]
#[command(after_help = "Examples:\n  amends review attest case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f\n  \
    amends review attest case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f --inputs\n  \
    amends review attest case_018f3c2a5b7e7d1c9a4e2f6b8d0c1e3f --json > kept.json\n\n\
    It fails if a promise is broken. A print-out that was kept is the beginning of every later one of the\n\
    same case: look for its head among the hashes (docs/attestation.md).")]
pub struct Attest {
    /// The case, by its id or full name
    case: String,
    /// Also list what each decision was made by
    #[arg(long)]
    inputs: bool,
}

impl Attest {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let name = session.name("cases", &self.case).await?;
        let answer = whole(session, name).await?;
        session.output.one(&answer, || print(&answer, self.inputs))?;
        let broken =
            answer.checks.iter().filter(|check| check.verdict() == AttestationVerdict::Broken).count();
        if answer.holds && broken == 0 {
            return Ok(());
        }
        anyhow::bail!("The proof does not hold: {broken} of its promises are broken.")
    }
}

/// All pages as one answer. Links never change, so what was read first is still the beginning.
async fn whole(session: &Session, name: String) -> anyhow::Result<v1::AttestCaseResponse> {
    let (mut links, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = v1::AttestCaseRequest { name: name.clone(), page_size: PAGE, page_token };
        let mut answer = session.client.call(request).await?;
        links.append(&mut answer.links);
        page_token = std::mem::take(&mut answer.next_page_token);
        if page_token.is_empty() {
            return Ok(v1::AttestCaseResponse { links, ..answer });
        }
    }
}

fn print(answer: &v1::AttestCaseResponse, inputs: bool) -> String {
    let mut parts = vec![format!("Chain of {}", id(&answer.case)), chain(answer)];
    if inputs {
        parts.extend(answer.links.iter().filter_map(made_by));
    }
    parts.push(answer.checks.iter().map(check).collect::<Vec<_>>().join("\n"));
    if !answer.reviews.is_empty() {
        let mut rows = table(&["review (for reading only)", "first seen", "last seen", "asked"]);
        for one in &answer.reviews {
            rows.add_row([
                id(&one.review).to_owned(),
                at(one.first_observe_time.as_ref()),
                at(one.last_observe_time.as_ref()),
                at(one.ask_time.as_ref()),
            ]);
        }
        rows.set_width(COLUMNS);
        parts.push(text(&rows));
    }
    parts.push(format!("Form {}, head\n{}", answer.form, answer.head_hash));
    parts.join("\n\n")
}

fn chain(answer: &v1::AttestCaseResponse) -> String {
    if answer.links.is_empty() {
        return "Nothing went out, and nothing was refused.".to_owned();
    }
    let mut rows = table(&["no", "when (UTC)", "step", "about", "by", "hash"]);
    for link in &answer.links {
        rows.add_row([
            link.number.to_string(),
            at(link.record_time.as_ref()),
            word::<v1::AttestationStep>(link.step),
            about(link),
            by(link),
            link.hash.get(..8).unwrap_or(&link.hash).to_owned(),
        ]);
    }
    rows.set_width(COLUMNS);
    text(&rows)
}

fn about(link: &v1::AttestationLink) -> String {
    let end = tail(&link.subject);
    match link.kind {
        Some(kind) => format!("{} {end}", word::<v1::RemedyKind>(kind)),
        None if link.rule.is_empty() => end.to_owned(),
        None => format!("{end} {}", link.rule),
    }
}

fn by(link: &v1::AttestationLink) -> String {
    match &link.decision {
        None => "-".to_owned(),
        Some(decision) if decision.stored => tail(&decision.name).to_owned(),
        Some(decision) => format!("{} (gone)", tail(&decision.name)),
    }
}

/// Enough of an id to tell it from others of one case: our own end in random digits.
fn tail(name: &str) -> &str {
    let id = id(name);
    let own = id.split_once('_').is_some_and(|(_, digits)| digits.len() == 32 && digits.is_ascii());
    if own { id.get(id.len() - 6..).unwrap_or(id) } else { id }
}

fn made_by(link: &v1::AttestationLink) -> Option<String> {
    let decision = link.decision.as_ref().filter(|decision| decision.stored)?;
    let mut lines = vec![format!("{}. {} by {}", link.number, decision.action, id(&decision.name))];
    let line = |fact: &v1::Fact| format!("   {} = {}", fact.name, fact.value);
    lines.extend(decision.inputs.iter().map(line));
    if !decision.terms.is_empty() {
        lines.push("   its terms from:".to_owned());
        lines.extend(decision.terms.iter().map(|fact| format!("  {}", line(fact))));
    }
    if let Some(suggestion) = &link.suggestion {
        lines.push(format!("   taken from {}, made from:", id(&suggestion.name)));
        lines.extend(suggestion.inputs.iter().map(|name| format!("     {name}")));
    }
    Some(lines.join("\n"))
}

fn check(check: &v1::AttestationCheck) -> String {
    let verdict = match check.verdict() {
        AttestationVerdict::Holds => "✓ holds",
        AttestationVerdict::Broken => "✗ BROKEN",
        AttestationVerdict::NotApplicable => "- does not arise",
        AttestationVerdict::Unspecified => "? unknown",
    };
    let mut lines = vec![format!("{verdict:<17} {}", promise(check))];
    let fault = |fault: &v1::AttestationFault| format!("    link {}: {}", fault.link, fault.message);
    lines.extend(check.faults.iter().map(fault));
    let more = usize::try_from(check.fault_count).unwrap_or_default().saturating_sub(check.faults.len());
    if more > 0 {
        lines.push(format!("    and {more} more"));
    }
    lines.join("\n")
}

fn promise(check: &v1::AttestationCheck) -> String {
    match check.promise() {
        AttestationPromise::OffersDecided => "every offer was let pass by a stored decision".to_owned(),
        AttestationPromise::NoReviewInputs => "no remedy was decided by anything about a review".to_owned(),
        AttestationPromise::DecidedWithOffer => "each was decided in the transaction of its offer".to_owned(),
        AttestationPromise::FulfilledBeforeAsk => {
            "accepted remedies were fulfilled a day before an ask".to_owned()
        }
        AttestationPromise::OneAskPerReview => "no review was asked about twice".to_owned(),
        AttestationPromise::OutgoingDecided => "every reply and ask was let pass by a decision".to_owned(),
        AttestationPromise::RefusalsKept => "every refusal has its stored decision".to_owned(),
        AttestationPromise::Unspecified => format!("promise {}", check.promise),
    }
}

fn at(time: Option<&prost_types::Timestamp>) -> String {
    let time = time.and_then(timestamp);
    time.map_or("-".to_owned(), |time| time.strftime("%Y-%m-%d %H:%M:%S").to_string())
}
