//! What became of promises, from the clocks of the cases.

use amends_client::Error;
use amends_proto::v1;
use amends_report::{Promise, Promises};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;

use crate::connection::Session;

/// Cases on a page.
const PAGE: i32 = 200;

/// Cases asked about at a time: enough to hide the way there and back, few enough for others.
const AT_A_TIME: usize = 8;

pub(super) async fn promises(
    session: &Session,
    shop: &str,
    from: Timestamp,
    until: Timestamp,
    most: u32,
) -> Result<Promises, Error> {
    let (names, more) = opened(session, shop, from, until, most as usize).await?;
    let cases = i64::try_from(names.len()).unwrap_or(i64::MAX);
    let clocks = stream::iter(names)
        .map(async |name| {
            let request = v1::ExplainSlaRequest { name, policy_version: String::new() };
            session.client.call(request).await
        })
        .buffer_unordered(AT_A_TIME)
        .try_fold(Vec::new(), async |mut clocks, answer| {
            let accounts = answer.clocks.into_iter().filter_map(|one| one.account?.clock);
            clocks.extend(accounts.map(|clock| (clock.metric(), clock.verdict(), clock.promise.is_some())));
            Ok(clocks)
        })
        .await?;
    Ok(Promises { cases, more, rows: counted(&clocks) })
}

/// Names of the cases opened in these days, the newest first, and whether there are more.
async fn opened(
    session: &Session,
    shop: &str,
    from: Timestamp,
    until: Timestamp,
    most: usize,
) -> Result<(Vec<String>, bool), Error> {
    let time = |time: Timestamp| prost_types::Timestamp { seconds: time.as_second(), nanos: 0 };
    let filter = v1::CaseFilter {
        open_start_time: Some(time(from)),
        open_end_time: Some(time(until)),
        ..Default::default()
    };
    let (mut names, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = v1::ListCasesRequest {
            parent: shop.to_owned(),
            page_size: PAGE,
            page_token,
            order: Some(v1::CaseOrder::Newest.into()),
            filter: Some(filter.clone()),
        };
        let page = session.client.call(request).await?;
        names.extend(page.cases.into_iter().map(|case| case.name));
        page_token = page.next_page_token;
        if names.len() > most || page_token.is_empty() {
            let more = names.len() > most;
            names.truncate(most);
            return Ok((names, more));
        }
    }
}

/// Clocks by what they measure and what they came to; without a promise they count nowhere.
fn counted(clocks: &[(v1::SlaMetric, v1::SlaVerdict, bool)]) -> Vec<Promise> {
    let mut rows: Vec<Promise> = Vec::new();
    for (metric, verdict, promised) in clocks {
        if !promised {
            continue;
        }
        let at = rows.iter().position(|row| row.metric == *metric).unwrap_or_else(|| {
            rows.push(Promise { metric: *metric, met: 0, breached: 0, running: 0 });
            rows.len() - 1
        });
        let Some(row) = rows.get_mut(at) else { continue };
        match verdict {
            v1::SlaVerdict::Met => row.met += 1,
            v1::SlaVerdict::Breached => row.breached += 1,
            v1::SlaVerdict::Running => row.running += 1,
            v1::SlaVerdict::Cancelled | v1::SlaVerdict::Measured | v1::SlaVerdict::Unspecified => {}
        }
    }
    rows.sort_by_key(|row| i32::from(row.metric));
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_counted_by_what_they_came_to() {
        let first = v1::SlaMetric::FirstResponse;
        let clocks = [
            (v1::SlaMetric::Resolution, v1::SlaVerdict::Running, true),
            (first, v1::SlaVerdict::Met, true),
            (first, v1::SlaVerdict::Met, true),
            (first, v1::SlaVerdict::Breached, true),
            (first, v1::SlaVerdict::Cancelled, true),
            (v1::SlaMetric::AgentWork, v1::SlaVerdict::Measured, false),
        ];
        let rows = counted(&clocks);
        assert_eq!(rows.first(), Some(&Promise { metric: first, met: 2, breached: 1, running: 0 }));
        assert_eq!(rows.len(), 2, "nothing was promised for work");
    }
}
