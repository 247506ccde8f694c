//! Replies: written under a hold, queued for the channel's connector, and
//! followed until it is known whether the buyer has them.
//!
//! Delivery is the connector's. It hears of a queued reply from the event
//! stream, takes it, and reports; what it does not report becomes unknown by a
//! deadline, and is then read back, never sent again.

use amends_domain::reply::{Reply, ReplyStage};
use amends_domain::{CaseId, ReplyId, ShopId, Time};
use amends_store::reply::{self, ReplyFilter};
use amends_store::text::{self, TextOwner};
use amends_store::{Conn, case};

use crate::app::App;
use crate::call::{Principal, Role};
use crate::case::CaseSummary;
use crate::error::{AppError, Result};

mod approve;
mod deliver;
mod draft;
mod facts;
mod queue;
mod recall;
mod report;
mod step;
mod template;
mod timer;
mod withdraw;

pub use approve::ApproveReply;
pub use deliver::BeginDelivery;
pub use draft::{Content, DraftReply};
pub use queue::QueueReply;
pub(crate) use recall::{ended_by, recall};
pub use report::{Delivery, ReportDelivery};
pub use template::{CreateTemplate, Preview, Said, TEMPLATES_PAGE_MAX, UpdateTemplate};
pub use timer::DeliveryOverdue;
pub use withdraw::WithdrawReply;

/// Who writes replies.
const WRITERS: &[Role] = &[Role::Agent, Role::Supervisor];

/// Who takes replies to the channel. A supervisor who looked there may say what became of one.
const CONNECTORS: &[Role] = &[Role::Ingest];
const REPORTERS: &[Role] = &[Role::Ingest, Role::Supervisor];

/// Who may see that there is a reply, and who what it says.
const READERS: &[Role] = &[Role::Agent, Role::Supervisor, Role::Admin, Role::Analyst, Role::Ingest];
const TEXT_READERS: &[Role] = &[Role::Agent, Role::Supervisor, Role::Admin, Role::Ingest];

/// The most replies on one page.
pub const REPLIES_PAGE_MAX: u32 = 200;

/// A reply after a step, and its case.
#[derive(Debug, Clone)]
pub struct ReplyOfCase {
    /// The reply.
    pub reply: Reply,
    /// Its case, whose version is the etag of both.
    pub case: CaseSummary,
}

/// A reply with what stands beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplyView {
    /// The reply.
    pub reply: Reply,
    /// The version of its case: the etag of both.
    pub case_version: i64,
    /// Whether the hold it was written under is not the latest one of its case any more.
    pub is_stale: bool,
    /// Its words; none where they were erased or the reader may not see them.
    pub text: Option<String>,
}

impl App {
    /// One reply.
    ///
    /// # Errors
    /// When there is no such reply, the role is missing, or storage fails.
    pub async fn reply(&self, principal: &Principal, shop: &ShopId, id: ReplyId) -> Result<ReplyView> {
        principal.enter(shop)?;
        principal.require(READERS)?;
        let conn = self.store().reader();
        let gone = || AppError::not_found("reply", id);
        let reply = reply::get(&conn, shop, &id).await?.ok_or_else(gone)?;
        let mut views = views(&conn, principal, shop, vec![reply]).await?;
        views.pop().ok_or_else(gone)
    }

    /// Replies of a shop or of one case, the newest first.
    ///
    /// # Errors
    /// When the shop is another's, the role is missing, or storage fails.
    pub async fn replies(
        &self,
        principal: &Principal,
        shop: &ShopId,
        case: Option<CaseId>,
        stages: Vec<ReplyStage>,
        after: Option<(Time, ReplyId)>,
        limit: u32,
    ) -> Result<Vec<ReplyView>> {
        principal.enter(shop)?;
        principal.require(READERS)?;
        let conn = self.store().reader();
        let limit = limit.clamp(1, REPLIES_PAGE_MAX);
        let page = reply::list(&conn, shop, &ReplyFilter { case, stages }, after.as_ref(), limit).await?;
        views(&conn, principal, shop, page).await
    }
}

async fn views(
    conn: &Conn,
    principal: &Principal,
    shop: &ShopId,
    replies: Vec<Reply>,
) -> Result<Vec<ReplyView>> {
    let ids: Vec<_> = replies.iter().map(|r| (shop.clone(), r.case)).collect();
    let cases = case::by_ids(&ids).all(conn).await?;
    let mut texts = texts_of(conn, principal, shop, &replies).await?.into_iter();
    let view = |reply: Reply| {
        let case = cases.iter().find(|c| c.id == reply.case);
        ReplyView {
            case_version: case.map_or(0, |c| c.version),
            is_stale: case.is_none_or(|c| reply.check(step::standing(c)).is_err()),
            text: texts.next().flatten(),
            reply,
        }
    };
    Ok(replies.into_iter().map(view).collect())
}

/// The words of replies, in their order, as far as the reader may see them.
pub(crate) async fn texts_of(
    conn: &Conn,
    principal: &Principal,
    shop: &ShopId,
    replies: &[Reply],
) -> Result<Vec<Option<String>>> {
    if !principal.has(TEXT_READERS) {
        return Ok(replies.iter().map(|_| None).collect());
    }
    let keys: Vec<_> = replies.iter().map(|r| (TextOwner::Reply, r.id.to_string())).collect();
    let found = text::get(conn, shop, &keys).await?;
    let words = |reply: &Reply| {
        let id = reply.id.to_string();
        found.iter().find(|(_, of, _)| *of == id).map(|(_, _, body)| body.clone())
    };
    Ok(replies.iter().map(words).collect())
}
