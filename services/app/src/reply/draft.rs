//! Writes a reply, in one's own words or from a template.

use std::collections::BTreeMap;

use amends_domain::case::{Case, Verb};
use amends_domain::event::Event;
use amends_domain::reply::{Destination, Reply, ReplyState};
use amends_domain::subject::Subject;
use amends_domain::{CaseId, ReplyId, ShopId, TemplateId};
use amends_store::text::{self, TextOwner, TextRow};
use amends_store::{message, reply, review};

use super::facts::fill;
use super::step::{done, hold, open_case};
use super::{ReplyOfCase, WRITERS};
use crate::buyer::{ERASED, is_erased};
use crate::case::{TEXT_CHARS_MAX, check_text};
use crate::error::{AppError, Result, Violation, Why};
use crate::guard::{Passing, reply_may_go};
use crate::remedy::Right;
use crate::runner::Command;
use crate::work::Work;

/// What a reply says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// These words.
    Text(String),
    /// The words of a template, with facts of the case.
    Template {
        /// Which.
        id: TemplateId,
        /// What stands for its places instead of, or besides, what the case knows.
        values: BTreeMap<String, String>,
    },
}

/// Writes a reply to the buyer of a case. It goes nowhere before it is queued.
#[derive(Debug, Clone)]
pub struct DraftReply {
    /// The tenant.
    pub shop: ShopId,
    /// The case.
    pub case: CaseId,
    /// The version of the case that the agent saw.
    pub version: i64,
    /// The fence of the agent's lease.
    pub fence: i64,
    /// Whether everyone will read it: an answer below the case's newest review.
    pub public: bool,
    /// The language, a BCP 47 tag; empty for the case's.
    pub language: String,
    /// What it says.
    pub content: Content,
}

impl Command for DraftReply {
    type Output = ReplyOfCase;
    const NAME: &'static str = "DraftReply";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<ReplyOfCase> {
        let principal = work.call.principal.clone();
        principal.require(WRITERS)?;
        if let Content::Text(said) = &self.content {
            check_text("text", said, TEXT_CHARS_MAX, true)?;
        }
        let right = Right::of(&principal, Some(self.version), self.fence, &[], &[])?;
        let mut opened = open_case(work, &self.shop, self.case).await?;
        hold(work, &mut opened, &right, |hold| Verb::Note { hold })?;
        let destination = destination(work, &opened.case, self.public).await?;
        let (said, language) = self.words(work, &opened.case).await?;
        let reply = Reply {
            id: ReplyId::from_bits(work.id()),
            shop: self.shop.clone(),
            case: self.case,
            fence: self.fence,
            author: principal.name.clone(),
            drafted_at: work.now,
            destination,
            language,
            template: match self.content {
                Content::Text(_) => None,
                Content::Template { id, .. } => Some(id),
            },
            attempts: 0,
            approved_by: None,
            message: None,
            override_lock: false,
            state: ReplyState::Draft,
            version: 1,
        };
        if is_erased(&work.tx, &opened.case).await? {
            // It refuses, in the words of the rules, and is written down like any refusal.
            reply_may_go(work, &reply, &opened.case, Passing::Queued).await?;
            // Whatever the rules say: no words are kept.
            return Err(AppError::Precondition(ERASED));
        }
        let row = TextRow {
            shop: self.shop.clone(),
            owner: TextOwner::Reply,
            id: reply.id.to_string(),
            buyer: opened.case.buyer,
            body: said,
        };
        work.tx.send([reply::insert(std::slice::from_ref(&reply)), text::put(&[row])]).await?;
        let event = Event::ReplyDrafted {
            reply: reply.id,
            agent: principal.name,
            template: reply.template.clone(),
            public: self.public,
        };
        work.happened(&self.shop, Some(self.case), event);
        done(work, reply, opened).await
    }
}

impl DraftReply {
    /// The words of the reply, and the language they are in.
    async fn words(&self, work: &Work, case: &Case) -> Result<(String, String)> {
        let wanted = if self.language.is_empty() { &case.language } else { &self.language };
        let Content::Template { id, values } = &self.content else {
            let Content::Text(said) = &self.content else { return Ok(Default::default()) };
            return Ok((said.clone(), wanted.clone()));
        };
        let template = reply::template::get(&work.tx, &self.shop, id).await?;
        let template = template.ok_or_else(|| AppError::not_found("template", id))?;
        let agent = &work.call.principal.name;
        let (filled, language) = fill(&work.tx, &template, wanted, case, values, (agent, work.now)).await?;
        let missing = filled.missing.iter().map(|place| Violation {
            field: format!("template.values[{place}]"),
            problem: "is not known of this case, so it must be given".to_owned(),
            why: Why::Malformed,
        });
        let missing: Vec<Violation> = missing.collect();
        if !missing.is_empty() {
            return Err(AppError::Invalid(missing));
        }
        check_text("template", &filled.text, TEXT_CHARS_MAX, true)?;
        Ok((filled.text, language))
    }
}

/// Where a reply on a case goes, as far as it is known now.
async fn destination(work: &Work, case: &Case, public: bool) -> Result<Destination> {
    let latest = message::latest_of_case(&work.tx, &case.shop, &case.id).await?;
    let conversation = match &case.subject {
        Subject::Conversation { conversation } => Some(conversation.clone()),
        _ => latest.map(|message| message.conversation),
    };
    let review = if public {
        let reviews = review::by_cases(&[(case.shop.clone(), case.id)]).all(&work.tx).await?;
        let newest = reviews.into_iter().max_by_key(|r| (r.last_observed_at, r.review.clone()));
        Some(newest.ok_or(AppError::Precondition("the review to answer is not known"))?.review)
    } else {
        None
    };
    let order = case.subject.order().cloned();
    if !public && order.is_none() && conversation.is_none() {
        return Err(AppError::Precondition("the order or conversation to write to is not known yet"));
    }
    Ok(Destination { public, order, line: case.subject.line().cloned(), conversation, review })
}
