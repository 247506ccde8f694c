//! Notices of watches.

use amends_proto::v1;
use serde::ser::{SerializeMap, Serializer};
use v1::watch_case_response::Notice as OfCase;
use v1::watch_cases_response::Notice as OfBoard;

use crate::output::json::{Shown, put, view};

view! {
    v1::BoardCase { case, place: BoardPlace, order_key }
    v1::BoardDeparture { case }
    v1::BoardReady { truncated }
    v1::WatchHeartbeat { server_time }
    v1::WatchGoingAway { reason: Reason, retry_delay }
    v1::CaseViewers { viewers }
    v1::CaseViewer { agent, since_time }
}

impl Shown for v1::WatchCasesResponse {
    fn show<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match &self.notice {
            Some(OfBoard::BoardCase(case)) => put(&mut map, "board_case", case)?,
            Some(OfBoard::Departure(gone)) => put(&mut map, "departure", gone)?,
            Some(OfBoard::Ready(ready)) => put(&mut map, "ready", ready)?,
            Some(OfBoard::Heartbeat(beat)) => put(&mut map, "heartbeat", beat)?,
            Some(OfBoard::GoingAway(away)) => put(&mut map, "going_away", away)?,
            None => {}
        }
        put(&mut map, "resume_token", &self.resume_token)?;
        map.end()
    }
}

impl Shown for v1::WatchCaseResponse {
    fn show<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match &self.notice {
            Some(OfCase::Case(case)) => put(&mut map, "case", case)?,
            Some(OfCase::Entry(entry)) => put(&mut map, "entry", entry)?,
            Some(OfCase::Viewers(viewers)) => put(&mut map, "viewers", viewers)?,
            Some(OfCase::Heartbeat(beat)) => put(&mut map, "heartbeat", beat)?,
            Some(OfCase::GoingAway(away)) => put(&mut map, "going_away", away)?,
            None => {}
        }
        put(&mut map, "resume_token", &self.resume_token)?;
        map.end()
    }
}
