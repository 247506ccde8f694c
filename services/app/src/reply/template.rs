//! Templates of replies: stored only when nothing is wrong with them, and shown before they are used.

use std::collections::BTreeMap;

use amends_domain::guardrail::{Finding, Rule};
use amends_domain::reply::template::{Placeholder, Template, problems};
use amends_domain::{CaseId, ShopId, TemplateId};
use amends_store::{case, reply};

use super::facts::fill;
use crate::app::App;
use crate::call::Principal;
use crate::case::{DESK, SUPERVISION, TEXT_CHARS_MAX};
use crate::error::{AppError, Result, Violation, Why};
use crate::lint::{self, Reader, Setting};
use crate::runner::Command;
use crate::work::Work;

/// The most templates on one page.
pub const TEMPLATES_PAGE_MAX: u32 = 200;

/// The most languages of a template.
const LANGUAGES_MAX: usize = 50;

/// The words of a template in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// The language, a BCP 47 tag.
    pub language: String,
    /// The words.
    pub text: String,
}

/// Stores a new template.
#[derive(Debug, Clone)]
pub struct CreateTemplate {
    /// The tenant.
    pub shop: ShopId,
    /// What the shop calls it.
    pub id: TemplateId,
    /// Its words.
    pub texts: Vec<Said>,
}

/// Replaces the words of a template.
#[derive(Debug, Clone)]
pub struct UpdateTemplate {
    /// The tenant.
    pub shop: ShopId,
    /// Which.
    pub id: TemplateId,
    /// The version the caller saw.
    pub version: i64,
    /// All its words from now on.
    pub texts: Vec<Said>,
}

/// What a template becomes on a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// The words; a place for which there is no fact stands there as it is written.
    pub text: String,
    /// The language they are in.
    pub language: String,
    /// The places for which there is no fact.
    pub missing: Vec<Placeholder>,
}

impl Command for CreateTemplate {
    type Output = Template;
    const NAME: &'static str = "CreateTemplate";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<Template> {
        work.call.principal.require(SUPERVISION)?;
        let info = work.app.shops().get(&work.tx, &self.shop, work.now).await?;
        let texts = checked(self.texts, &info.channel_policy(work.now).channel)?;
        if reply::template::get(&work.tx, &self.shop, &self.id).await?.is_some() {
            return Err(AppError::AlreadyExists { what: "template", name: self.id.to_string() });
        }
        let template = stamped(work, self.shop, self.id, texts, 1);
        work.tx.send([reply::template::insert(&template)]).await?;
        Ok(template)
    }
}

impl Command for UpdateTemplate {
    type Output = Template;
    const NAME: &'static str = "UpdateTemplate";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<Template> {
        work.call.principal.require(SUPERVISION)?;
        let info = work.app.shops().get(&work.tx, &self.shop, work.now).await?;
        let texts = checked(self.texts, &info.channel_policy(work.now).channel)?;
        let stored = reply::template::get(&work.tx, &self.shop, &self.id).await?;
        let current = stored.ok_or_else(|| AppError::not_found("template", &self.id))?.version;
        if self.version != current {
            return Err(AppError::EtagStale { seen: self.version, current });
        }
        let template = stamped(work, self.shop, self.id, texts, current + 1);
        work.tx.send([reply::template::update(&template, current)]).await?;
        Ok(template)
    }
}

fn stamped(
    work: &Work,
    shop: ShopId,
    id: TemplateId,
    texts: BTreeMap<String, String>,
    version: i64,
) -> Template {
    let changed_by = work.call.principal.name.to_string();
    Template { id, shop, texts, version, changed_by, changed_at: work.now }
}

/// The words by language, or everything that is wrong with them.
fn checked(texts: Vec<Said>, channel: &str) -> Result<BTreeMap<String, String>> {
    let mut wrong = Vec::new();
    let mut say = |field: String, problem: String| {
        wrong.push(Violation { field, problem, why: Why::Malformed });
    };
    if texts.is_empty() || texts.len() > LANGUAGES_MAX {
        say("template.texts".to_owned(), format!("must have 1–{LANGUAGES_MAX} entries"));
    }
    let mut by_language = BTreeMap::new();
    for (index, Said { language, text }) in texts.into_iter().enumerate() {
        let field = |name: &str| format!("template.texts[{index}].{name}");
        if language.is_empty() {
            say(field("language"), "must be set".to_owned());
        } else if !is_tag(&language) {
            say(field("language"), "must be a BCP 47 language tag such as `id` or `pt-BR`".to_owned());
        }
        if text.chars().count() > TEXT_CHARS_MAX {
            say(field("text"), format!("must have at most {TEXT_CHARS_MAX} characters"));
        }
        for problem in problems(&text) {
            say(field("text"), problem.to_string());
        }
        for problem in forbidden(&language, &text, channel)? {
            say(field("text"), problem);
        }
        let twice = by_language.keys().any(|known: &String| known.eq_ignore_ascii_case(&language));
        if twice && !language.is_empty() {
            say(field("language"), "stands there twice".to_owned());
        }
        by_language.insert(language, text);
    }
    if wrong.is_empty() { Ok(by_language) } else { Err(AppError::Invalid(wrong)) }
}

/// What no reply may say, whatever stands in its places.
fn forbidden(language: &str, text: &str, channel: &str) -> Result<Vec<String>> {
    if text.chars().count() > TEXT_CHARS_MAX {
        return Ok(Vec::new());
    }
    let setting = Setting { reader: Reader::Buyer, language, channel, orders: &[] };
    let found = lint::look_at_template(text, setting)?;
    let own_ask = found.asks_for_revision && found.findings.iter().all(|f| f.rule != Rule::G05);
    let own_ask =
        own_ask.then(|| "G05: asks for a revision; only the approved words of an ask do".to_owned());
    let by_words = found.findings.iter().map(|f| {
        let Finding { rule, start, end, words } = f;
        format!("{rule}: {} ({words:?}, characters {start}–{end})", rule.guide().refuses)
    });
    Ok(by_words.chain(own_ask).collect())
}

fn is_tag(tag: &str) -> bool {
    let part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric());
    tag.len() <= 35 && tag.split('-').all(part)
}

impl App {
    /// Templates of a shop after one, by id.
    ///
    /// # Errors
    /// When the shop is another's, the role is missing, or storage fails.
    pub async fn templates(
        &self,
        principal: &Principal,
        shop: &ShopId,
        after: Option<TemplateId>,
        limit: u32,
    ) -> Result<Vec<Template>> {
        principal.enter(shop)?;
        principal.require(DESK)?;
        let limit = limit.clamp(1, TEMPLATES_PAGE_MAX);
        Ok(reply::template::list(&self.store().reader(), shop, after.as_ref(), limit).await?)
    }

    /// What a template becomes on a case, and what is missing for that.
    ///
    /// # Errors
    /// When there is no such template or case, a fact that was given is wrong, or storage fails.
    pub async fn preview_template(
        &self,
        principal: &Principal,
        shop: &ShopId,
        id: &TemplateId,
        of: CaseId,
        language: &str,
        values: &BTreeMap<String, String>,
    ) -> Result<Preview> {
        principal.enter(shop)?;
        principal.require(DESK)?;
        let conn = self.store().reader();
        let template = reply::template::get(&conn, shop, id).await?;
        let template = template.ok_or_else(|| AppError::not_found("template", id))?;
        let case = case::get(&conn, shop, &of).await?.ok_or_else(|| AppError::not_found("case", of))?;
        let wanted = if language.is_empty() { &case.language } else { language };
        let by = (&principal.name, self.now());
        let (filled, language) = fill(&conn, &template, wanted, &case, values, by).await?;
        Ok(Preview { text: filled.text, language, missing: filled.missing })
    }
}
