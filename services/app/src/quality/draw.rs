//! Drawing: once a week, and once for each week.
//!
//! A week has a deadline of its own, which is set when a form is, and by the draw of the week before. Whatever
//! crashes and however late it is done: the cases that were solved in the week, the form that was set by its end and
//! the hash decide, so that doing it again draws the same.

use amends_domain::deadline::DeadlineKind;
use amends_domain::quality::{draw, week_of};
use amends_domain::{Day, ShopId, Span, Time};
use amends_store::agent_performance::solved_within;
use amends_store::quality;

use crate::basis;
use crate::error::Result;
use crate::shops::ShopInfo;
use crate::work::Work;

/// The hour of the Monday after a week at which it is drawn.
const HOUR: u8 = 5;

/// Sets when the week of a day is drawn.
pub(crate) fn set_draw(work: &mut Work, info: &ShopInfo, day: Day) {
    let week = week_of(day);
    let at = draws_at(info, week);
    work.due(&info.shop.id, DeadlineKind::QualityDraw, week.number(), at);
}

/// When a week is drawn, if a form says that it is.
pub(super) fn draws_at(info: &ShopInfo, week: Day) -> Time {
    info.zone.hour(after(week), HOUR)
}

/// Draws a week, once all that agents solved in it is counted. The caller holds the lock of the shop's quality.
pub(crate) async fn draw_week(work: &mut Work, shop: &ShopId, week: Day) -> Result<()> {
    basis::require_counted(&work.tx, &[shop]).await?;
    let info = work.app.shops().get(&work.tx, shop, work.now).await?;
    let (from, until) = (info.zone.start(week), info.zone.start(after(week)));
    if let Some(form) = quality::form_at(&work.tx, shop, until - Span::from_micros(1)).await? {
        let solved = solved_within(&work.tx, shop, (from, until)).await?;
        let drawn = draw(&form, week, &solved);
        work.write(quality::put_draw(&form, week, &drawn, work.now));
    }
    set_draw(work, &info, after(week));
    Ok(())
}

/// The Monday after a week.
const fn after(week: Day) -> Day {
    Day::from_number(week.number() + 7)
}
