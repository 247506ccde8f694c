//! The approved words to buyers, as data by language.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use amends_domain::Time;
use amends_domain::remedy::{RemedyKind, Terms};
use amends_domain::reply::value::print_day;

/// What the id of every template of an ask begins with.
const ASK: &str = "ask.";

/// Words by language.
type Words = BTreeMap<String, String>;

/// The files are part of the binary and read by the tests; without its words nothing goes out.
static ASKS: LazyLock<Words> = LazyLock::new(|| {
    toml::from_str(include_str!("../templates/ask.toml")).unwrap_or_else(|error| {
        tracing::error!(%error, "the templates of asks cannot be read");
        Words::new()
    })
});

/// The same by section.
type Sections = BTreeMap<String, Words>;

static OFFERS: LazyLock<Sections> = LazyLock::new(|| sections(include_str!("../templates/offer.toml")));
static REMEDIES: LazyLock<Sections> = LazyLock::new(|| sections(include_str!("../templates/remedy.toml")));

fn sections(file: &str) -> Sections {
    toml::from_str(file).unwrap_or_else(|error| {
        tracing::error!(%error, "the templates of offers cannot be read");
        Sections::new()
    })
}

/// A template of an ask by its id, such as `ask.en`: its id and its words.
pub(crate) fn ask_by_id(id: &str) -> Option<(String, String)> {
    let words = ASKS.get(id.strip_prefix(ASK)?)?;
    Some((id.to_owned(), words.clone()))
}

/// The ask in a language, given as a BCP 47 tag; in English where there is none in it.
pub(crate) fn ask_in(tag: &str) -> Option<(String, String)> {
    ask_by_id(&format!("{ASK}{}", language(tag))).or_else(|| ask_by_id("ask.en"))
}

/// What a buyer reads with an offer: the agent's words or what is offered, and in any case that
/// the return stays open, and until when where that is known.
pub(crate) fn offer_of(tag: &str, said: &str, kind: RemedyKind, terms: &Terms) -> String {
    let opening = match said {
        "" => {
            format!("{} {}{}", find(&OFFERS, "opening", tag), remedy_in(tag, kind, terms), on_top(tag, terms))
        }
        said => said.to_owned(),
    };
    let until = terms.return_until.map(|until| until_in(tag, until)).unwrap_or_default();
    format!("{}\n\n{} {until}", opening.trim_end(), find(&OFFERS, "right", tag)).trim_end().to_owned()
}

/// Whether a text says, in any language, that the return stays open.
pub(crate) fn shows_return(text: &str) -> bool {
    let right = OFFERS.get("right");
    right.is_some_and(|words| words.values().any(|said| text.contains(said.as_str())))
}

/// What is offered, in one sentence in the buyer's language; empty where its amount is not known yet.
#[must_use]
pub fn remedy_in(tag: &str, kind: RemedyKind, terms: &Terms) -> String {
    let words = find(&REMEDIES, kind.as_str(), tag);
    let article = match terms.article.as_str() {
        "" => String::new(),
        article => format!(" ({article})"),
    };
    match terms.amount {
        None if words.contains("{amount}") => String::new(),
        amount => {
            let amount = amount.map(|amount| amount.to_string()).unwrap_or_default();
            words.replace("{amount}", &amount).replace("{article}", &article)
        }
    }
}

/// What comes on top of what is offered: a coupon, and its code if the shop made one already.
fn on_top(tag: &str, terms: &Terms) -> String {
    let gift = terms.gift.map(|gift| find(&REMEDIES, "gift", tag).replace("{gift}", &gift.to_string()));
    let code = Some(terms.coupon_code.as_str()).filter(|code| !code.is_empty());
    let code = code.map(|code| find(&REMEDIES, "code", tag).replace("{code}", code));
    gift.into_iter().chain(code).fold(String::new(), |said, words| format!("{said} {words}"))
}

/// Until when the return can be chosen, with the day as the language writes it.
fn until_in(tag: &str, until: Time) -> String {
    let printed = print_day(until.day());
    let mut parts = printed.split('-');
    let mut part = || parts.next().unwrap_or_default();
    let date = find(&REMEDIES, "date", tag);
    let date = date.replace("{year}", part()).replace("{month}", part()).replace("{day}", part());
    find(&REMEDIES, "until", tag).replace("{date}", &date)
}

/// The words of a section in a language, in English where there are none in it.
fn find(sections: &Sections, section: &str, tag: &str) -> String {
    let words = sections.get(section);
    let found = words.and_then(|words| words.get(&language(tag)).or_else(|| words.get("en")));
    found.cloned().unwrap_or_default()
}

/// The language of a tag as the templates name it.
fn language(tag: &str) -> String {
    let mut parts = tag.split(['-', '_']);
    let primary = parts.next().unwrap_or_default().to_ascii_lowercase();
    let mut regions = parts.map(str::to_ascii_lowercase);
    let traditional = regions.any(|part| ["hant", "tw", "hk", "mo"].contains(&part.as_str()));
    match primary.as_str() {
        "zh" | "cmn" | "yue" if traditional => "zh-Hant".to_owned(),
        "cmn" | "yue" => "zh".to_owned(),
        "tl" => "fil".to_owned(),
        "in" => "id".to_owned(),
        _ => primary,
    }
}

#[cfg(test)]
mod tests;
