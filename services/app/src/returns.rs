//! Returns as the channel has them, beside what they mean for the shop's figure.
//!
//! They change only by signals: nothing here withdraws a return for a buyer.

use amends_domain::order::Line;
use amends_domain::returns::Verdict;
use amends_domain::{ReturnId, ShopId, Time};
use amends_store::returns::{self, ReturnFilter, ReturnRow};
use amends_store::{Conn, order};

use crate::app::App;
use crate::call::{Principal, Role};
use crate::error::{AppError, Result};
use crate::facts::only_line;
use crate::shops::ShopInfo;

/// The most returns on one page.
pub const RETURNS_PAGE_MAX: u32 = 200;

const READERS: &[Role] = &[Role::Agent, Role::Supervisor, Role::Analyst, Role::Admin];

/// A return request with what its order line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnView {
    /// The request as it stands.
    pub row: ReturnRow,
    /// What became of the danger of a return, by the order line.
    pub verdict: Verdict,
    /// When the wish was first voiced without a request.
    pub intent_at: Option<Time>,
    /// Until when a counting event would still undo "avoided".
    pub window_ends_at: Option<Time>,
}

impl App {
    /// One return request.
    ///
    /// # Errors
    /// When there is no such request, the principal may not read it, or storage fails.
    pub async fn buyer_return(
        &self,
        principal: &Principal,
        shop: &ShopId,
        id: &ReturnId,
    ) -> Result<ReturnView> {
        principal.require(READERS)?;
        principal.enter(shop)?;
        let conn = self.store().reader();
        let row = returns::by_id(&conn, shop, id).await?;
        let rows = vec![row.ok_or_else(|| AppError::not_found("return", id))?];
        let mut views = self.return_views(&conn, shop, rows).await?;
        views.pop().ok_or_else(|| AppError::not_found("return", id))
    }

    /// Return requests of a shop, the latest first.
    ///
    /// # Errors
    /// When the principal may not read them, or storage fails.
    pub async fn buyer_returns(
        &self,
        principal: &Principal,
        shop: &ShopId,
        filter: &ReturnFilter,
        after: Option<(Time, ReturnId)>,
        limit: u32,
    ) -> Result<Vec<ReturnView>> {
        principal.require(READERS)?;
        principal.enter(shop)?;
        let conn = self.store().reader();
        let limit = limit.clamp(1, RETURNS_PAGE_MAX);
        let rows = returns::list(&conn, shop, filter, after, limit).await?;
        self.return_views(&conn, shop, rows).await
    }

    async fn return_views(
        &self,
        conn: &Conn,
        shop: &ShopId,
        rows: Vec<ReturnRow>,
    ) -> Result<Vec<ReturnView>> {
        let info = self.shops().get(conn, shop, self.now()).await?;
        let mut orders: Vec<_> = rows.iter().map(|row| (shop.clone(), row.order.clone())).collect();
        orders.sort();
        orders.dedup();
        let lines = order::by_orders(&orders).all(conn).await?;
        Ok(rows.into_iter().map(|row| view(&info, row, &lines)).collect())
    }
}

fn view(info: &ShopInfo, row: ReturnRow, lines: &[Line]) -> ReturnView {
    let mut mine = lines.iter().filter(|line| line.order == row.order);
    let line = match &row.line {
        Some(of) => mine.find(|line| line.line == *of),
        None => only_line(mine),
    };
    let help = line.and_then(Line::help_against_return);
    let window_ends_at = help.map(|help| help.at + info.channel_policy(help.at).avoid_window);
    ReturnView {
        verdict: line.map_or(Verdict::Open, Line::verdict),
        intent_at: line.and_then(|line| line.intent_at),
        window_ends_at,
        row,
    }
}
