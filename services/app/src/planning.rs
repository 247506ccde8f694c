//! What lies ahead of a shop: the figures its marketplace will judge it by, the cases that will come, and
//! the people they need.
//!
//! Everything is worked out from the log when it is asked for, with a few reads whose number does not
//! depend on how much there is.

use std::sync::Arc;

use amends_domain::ShopId;
use amends_domain::staffing::LoadProblem;
use amends_domain::zone::Zone;
use amends_store::Conn;

use crate::app::App;
use crate::call::{Principal, Role};
use crate::error::{AppError, Result};
use crate::shops::ShopInfo;

mod due;
mod staffing;
mod twins;
mod volume;

pub use due::{DueDay, DueWork};
pub use staffing::{DayPlan, HourPlan, Input, Origin, Plan, PlanQuestion};
pub use twins::{TO_ANSWER_MAX, ToDo, TwinFigures, TwinQuestion, Twins};
pub use volume::{Volume, VolumeQuestion};

const READERS: &[Role] = &[Role::Analyst, Role::Supervisor, Role::Admin];

impl App {
    /// The shop, for somebody who may read its figures.
    async fn planned(&self, principal: &Principal, shop: &ShopId) -> Result<(Conn, Arc<ShopInfo>, Zone)> {
        principal.require(READERS)?;
        principal.enter(shop)?;
        let conn = self.store().reader();
        let info = self.shops().get(&conn, shop, self.now()).await?;
        let zone = Zone::new(&info.shop.time_zone).map_err(|wrong| AppError::Internal(wrong.to_string()))?;
        Ok((conn, info, zone))
    }
}

/// Names the field that a goal or load is wrong with.
fn refused(why: LoadProblem) -> AppError {
    let field = match why {
        LoadProblem::Level => "service_level",
        LoadProblem::Within => "answer_within",
        LoadProblem::Occupancy => "occupancy_max",
        LoadProblem::Shrinkage => "shrinkage",
        LoadProblem::AtOnce => "at_once",
        LoadProblem::Handling | LoadProblem::TooMuch | LoadProblem::Arrivals | LoadProblem::Interval => {
            "handling_time"
        }
    };
    AppError::field(field, why.to_string())
}
