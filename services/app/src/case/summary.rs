//! A case with its other tracks in short: what a list and every answer shows.

use amends_domain::case::{Case, Status};
use amends_domain::order::Line;
use amends_domain::remedy::{Remedy, RemedyStage};
use amends_store::bulk::Trip;
use amends_store::returns::ReturnRow;
use amends_store::review::ReviewRow;
use amends_store::{Conn, order, remedy, returns, review};

use crate::error::Result;

/// A case with its other tracks in short.
#[derive(Debug, Clone)]
pub struct CaseSummary {
    /// The case.
    pub case: Case,
    /// What a board shows.
    pub status: Status,
    /// Its remedies, oldest first.
    pub remedies: Vec<Remedy>,
    /// Its newest review.
    pub review: Option<ReviewRow>,
    /// The newest return request on its subject.
    pub returned: Option<ReturnRow>,
    /// Its order line, as far as known: says whether a return was avoided.
    pub line: Option<Line>,
}

/// One case with its tracks.
pub(crate) async fn summary(conn: &Conn, case: Case) -> Result<CaseSummary> {
    let mut found = tracks(conn, std::slice::from_ref(&case)).await?;
    Ok(found.join(case))
}

/// Cases with their tracks, in the order given; one round trip, however many they are.
pub(crate) async fn summaries(conn: &Conn, cases: Vec<Case>) -> Result<Vec<CaseSummary>> {
    let mut found = tracks(conn, &cases).await?;
    Ok(cases.into_iter().map(|case| found.join(case)).collect())
}

/// Everything that some cases are joined with.
struct Tracks {
    remedies: Vec<Remedy>,
    reviews: Vec<ReviewRow>,
    returns: Vec<ReturnRow>,
    lines: Vec<Line>,
}

async fn tracks(conn: &Conn, cases: &[Case]) -> Result<Tracks> {
    let ids: Vec<_> = cases.iter().map(|case| (case.shop.clone(), case.id)).collect();
    let mut orders: Vec<_> =
        cases.iter().filter_map(|case| Some((case.shop.clone(), case.subject.order()?.clone()))).collect();
    orders.sort_unstable();
    orders.dedup();
    let mut trip = Trip::default();
    let remedies = trip.ask(remedy::by_cases(&ids));
    let reviews = trip.ask(review::by_cases(&ids));
    let returns = trip.ask(returns::by_orders(&orders));
    let lines = trip.ask(order::by_orders(&orders));
    let mut answers = trip.go(conn).await?;
    let mut tracks = Tracks {
        remedies: answers.take(remedies)?,
        reviews: answers.take(reviews)?,
        returns: answers.take(returns)?,
        lines: answers.take(lines)?,
    };
    tracks.remedies.sort_by_key(|remedy| (remedy.proposed_at, remedy.id));
    Ok(tracks)
}

impl Tracks {
    fn join(&mut self, case: Case) -> CaseSummary {
        let ours = |remedy: &Remedy| remedy.shop == case.shop && remedy.case == case.id;
        let remedies: Vec<Remedy> = self.remedies.iter().filter(|r| ours(r)).cloned().collect();
        let reviews = self.reviews.iter().filter(|r| r.shop == case.shop && r.case == Some(case.id));
        let about = |order, line: Option<_>| {
            // What names no line may mean any line of the order.
            case.subject.order() == Some(order)
                && (line.is_none() || case.subject.line().is_none() || line == case.subject.line())
        };
        let returned =
            self.returns.iter().filter(|r| r.shop == case.shop && about(&r.order, r.line.as_ref()));
        let line = self.lines.iter().find(|l| {
            l.shop == case.shop
                && Some(&l.order) == case.subject.order()
                && Some(&l.line) == case.subject.line()
        });
        let any = |test: fn(RemedyStage) -> bool| remedies.iter().any(|r| test(r.state.stage()));
        let status = case.status(any(|stage| stage == RemedyStage::Offered), any(RemedyStage::is_promised));
        CaseSummary {
            status,
            review: reviews.max_by_key(|r| (r.last_observed_at, r.review.clone())).cloned(),
            returned: returned.max_by_key(|r| (r.requested_at, r.return_id.clone())).cloned(),
            line: line.cloned(),
            remedies,
            case,
        }
    }
}
