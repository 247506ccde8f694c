//! What those who watch are told.

use amends_app::case::{CaseSummary, Place, Viewer, order_key};
use amends_domain::Time;
use amends_proto::v1 as pb;

use super::{case, time};

/// A case on a board.
#[must_use]
pub fn board_case(place: Place, summary: &CaseSummary) -> pb::BoardCase {
    let place = match place {
        Place::Held => pb::BoardPlace::Held,
        Place::Parked => pb::BoardPlace::Parked,
        Place::Returned => pb::BoardPlace::Returned,
        Place::Queue => pb::BoardPlace::Queue,
    };
    pb::BoardCase {
        case: Some(case::render(summary)),
        place: place.into(),
        order_key: order_key(&summary.case),
    }
}

/// An agent who has a case open.
#[must_use]
pub fn viewer(viewer: &Viewer) -> pb::CaseViewer {
    pb::CaseViewer { agent: viewer.agent.to_string(), since_time: Some(time::render(viewer.since)) }
}

/// Everyone else who has it open.
#[must_use]
pub fn viewers(viewers: &[Viewer]) -> pb::CaseViewers {
    pb::CaseViewers { viewers: viewers.iter().map(viewer).collect() }
}

/// A sign of life.
#[must_use]
pub fn heartbeat(now: Time) -> pb::WatchHeartbeat {
    pb::WatchHeartbeat { server_time: Some(time::render(now)) }
}

/// The last word of a stream.
#[must_use]
pub fn going_away(reason: pb::Reason) -> pb::WatchGoingAway {
    pb::WatchGoingAway { reason: reason.into(), retry_delay: None }
}
