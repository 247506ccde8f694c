//! Looking over words that are to go out: always the same answer for the same words.

use std::sync::LazyLock;

use amends_domain::ShopId;
use amends_domain::guardrail::{Finding, Rule, Text, is_marketplace};
use amends_lint::{Advice, Audience, LintError, Linter, Outgoing, Report, TooLong, Venue};

use crate::app::App;
use crate::call::Principal;
use crate::case::{DESK, TEXT_CHARS_MAX, check_text};
use crate::error::{AppError, Result, Violation, Why};

/// Its rules are part of the binary, so all of a process share one.
static LINTER: LazyLock<std::result::Result<Linter, LintError>> = LazyLock::new(Linter::embedded);

/// Who reads the words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// The buyer alone.
    Buyer,
    /// Everyone, below a review.
    Everyone,
    /// The buyer, with an offer.
    Offered,
    /// The buyer, about a review that can be updated.
    Asked,
}

/// What is known about the words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setting<'a> {
    pub(crate) reader: Reader,
    /// BCP 47 tag; empty where nobody said.
    pub(crate) language: &'a str,
    pub(crate) channel: &'a str,
    /// Orders of the buyer, which nobody else may read of.
    pub(crate) orders: &'a [&'a str],
}

/// A place in a text, in characters; the end is not part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// The first character.
    pub start: usize,
    /// The one after the last.
    pub end: usize,
}

/// What would read better. Nothing is refused for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// What, as a word: `COMMAND`, `BLAME`, `EXCUSE`, `NO_APOLOGY`, `SHOUTING`, `EXCLAMATION`.
    pub advice: &'static str,
    /// What to do about it, in English.
    pub instead: &'static str,
    /// Where; nowhere if it is about the whole text.
    pub place: Place,
}

/// What was found in a text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// Words that rules are about.
    pub findings: Vec<Finding>,
    /// Words that would read better otherwise.
    pub hints: Vec<Hint>,
    /// Whether it asks the buyer to revise a review.
    pub asks_for_revision: bool,
    /// Its length in characters.
    pub characters: u32,
}

impl Found {
    /// As the rules see it.
    pub(crate) fn text(&self) -> Text<'_> {
        Text {
            findings: &self.findings,
            asks_for_revision: self.asks_for_revision,
            characters: self.characters,
        }
    }
}

/// Which rules of words these are: a hash over their files.
pub(crate) fn version() -> &'static str {
    static VERSION: LazyLock<String> = LazyLock::new(amends_lint::rules_hash);
    VERSION.get(..12).unwrap_or(&VERSION)
}

/// Makes the linter, which takes a moment; whoever is first waits otherwise.
///
/// # Errors
/// Names the file and entry of the rules that are not sound.
pub fn make_ready() -> std::result::Result<(), String> {
    LINTER.as_ref().map(|_| ()).map_err(ToString::to_string)
}

/// Looks over a text with everything filled in.
pub(crate) fn look(text: &str, setting: Setting<'_>) -> Result<Found> {
    read(text, setting, Linter::check)
}

/// Looks over the words of a template, whose places say nothing yet.
pub(crate) fn look_at_template(text: &str, setting: Setting<'_>) -> Result<Found> {
    read(text, setting, Linter::check_template)
}

type Look = fn(&Linter, &Outgoing<'_>) -> std::result::Result<Report, TooLong>;

fn read(text: &str, setting: Setting<'_>, look: Look) -> Result<Found> {
    // Without its rules nothing goes out.
    let linter = LINTER.as_ref().map_err(|error| AppError::Internal(error.to_string()))?;
    let outgoing = Outgoing {
        language: Some(setting.language).filter(|tag| !tag.is_empty()),
        venue: if is_marketplace(setting.channel) { Venue::Marketplace } else { Venue::OwnStore },
        orders: setting.orders,
        ..Outgoing::new(text, audience(setting.reader))
    };
    let report = look(linter, &outgoing).map_err(|TooLong { max }| {
        let problem = format!("must have at most {max} characters, also with its signs written out");
        AppError::Invalid(vec![Violation { field: "text".to_owned(), problem, why: Why::Malformed }])
    })?;
    let place = |span: &std::ops::Range<usize>| Place {
        start: characters(text, span.start),
        end: characters(text, span.end),
    };
    let findings = report.refusals.iter().map(|refusal| {
        let Place { start, end } = place(&refusal.span);
        Finding { rule: guardrail(refusal.rule), start, end, words: refusal.words.clone() }
    });
    let hints = report.advice.iter().map(|hint| {
        let (advice, instead) = (hint.advice.as_str(), instead(hint.advice));
        Hint { advice, instead, place: place(&hint.span) }
    });
    Ok(Found {
        findings: findings.collect(),
        hints: hints.collect(),
        asks_for_revision: report.asks_for_revision,
        characters: u32::try_from(text.chars().count()).unwrap_or(u32::MAX),
    })
}

/// How many characters stand before a byte.
fn characters(text: &str, byte: usize) -> usize {
    text.get(..byte).unwrap_or(text).chars().count()
}

const fn audience(reader: Reader) -> Audience {
    match reader {
        Reader::Buyer => Audience::PrivateMessage,
        Reader::Everyone => Audience::PublicReply,
        Reader::Offered => Audience::Offer,
        Reader::Asked => Audience::Ask,
    }
}

const fn guardrail(rule: amends_lint::Rule) -> Rule {
    use amends_lint::Rule as Lint;
    match rule {
        Lint::Incentive => Rule::G02,
        Lint::Mixed => Rule::G04,
        Lint::Pressure => Rule::G05,
        Lint::Removal => Rule::G06,
        Lint::Threat => Rule::G07,
        Lint::PersonalData => Rule::G14,
        Lint::OffPlatform => Rule::G15,
        Lint::Withdrawal => Rule::G22,
    }
}

const fn instead(advice: Advice) -> &'static str {
    match advice {
        Advice::Command => "say what you will do rather than what the buyer must do",
        Advice::Blame => "leave out whose fault it is, and say what comes next",
        Advice::Excuse => "apologise without a but",
        Advice::NoApology => "apologise or thank first",
        Advice::Shouting => "write it without capitals",
        Advice::Exclamation => "one exclamation mark is enough",
    }
}

impl App {
    /// Looks over a text while it is written. Nothing is stored.
    ///
    /// # Errors
    /// When the text is empty or too long, the shop is unknown or another's, or the role is missing.
    pub async fn lint_text(
        &self,
        principal: &Principal,
        shop: &ShopId,
        text: &str,
        language: &str,
        reader: Reader,
    ) -> Result<Found> {
        principal.enter(shop)?;
        principal.require(DESK)?;
        check_text("text", text, TEXT_CHARS_MAX, true)?;
        let conn = self.store().reader();
        let info = self.shops().get(&conn, shop, self.now()).await?;
        let policy = info.channel_policy(self.now());
        look(text, Setting { reader, language, channel: &policy.channel, orders: &[] })
    }
}
