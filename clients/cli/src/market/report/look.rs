//! What the service shows at the end: cases, remedies, and one whole story.

use std::collections::BTreeMap;

use amends_client::Client;
use amends_proto::v1::{self, RemedyState, ReviewDiffKind};
use anyhow::Context;
use jiff::Timestamp;

use crate::{
    codes::word,
    market::{
        shops::SHOPS,
        time::{minute_text, read},
    },
    output::{
        Output,
        entry::{actor, describe},
    },
};

/// Entries on one page, for every list.
const PAGE: i32 = 200;

/// What the service shows.
#[derive(Debug, Default)]
pub(super) struct Looked {
    /// Cases.
    pub(super) cases: u64,
    /// Cases by what went wrong most of all.
    pub(super) reasons: BTreeMap<String, u64>,
    /// Cases by what they were about.
    pub(super) kinds: BTreeMap<String, u64>,
    /// Offers that reached a buyer.
    pub(super) offers: u64,
    /// Offers that were taken.
    pub(super) accepted: u64,
    /// Offers that ran out.
    pub(super) expired: u64,
    /// Remedies that were fulfilled.
    pub(super) fulfilled: u64,
    /// The story of one case: what it was about, and each entry of its timeline.
    pub(super) story: Option<Story>,
}

/// One case from beginning to end.
#[derive(Debug)]
pub(super) struct Story {
    /// The case, and what it was about.
    pub(super) title: String,
    /// When, who, what and what is worth knowing about it.
    pub(super) entries: Vec<[String; 4]>,
}

/// Reads everything.
pub(super) async fn look(client: &Client) -> anyhow::Result<Looked> {
    let mut looked = Looked::default();
    let mut best: Option<(u32, v1::Case)> = None;
    for shop in &SHOPS {
        for case in cases(client, shop.name()).await? {
            looked.cases += 1;
            let reason = case.reasons.first().copied().unwrap_or_default();
            *looked.reasons.entry(word::<v1::ComplaintReason>(reason)).or_default() += 1;
            *looked.kinds.entry(word::<v1::CaseKind>(case.kind)).or_default() += 1;
            let worth = worth(&case);
            if best.as_ref().is_none_or(|(most, _)| worth > *most) {
                best = Some((worth, case));
            }
        }
        count_remedies(&remedies(client, shop.name()).await?, &mut looked);
    }
    if let Some((_, case)) = best {
        looked.story = Some(story(client, &case).await?);
    }
    Ok(looked)
}

/// How much there is to tell about a case: the two examples that matter are a
/// return that was avoided and a review that was revised.
fn worth(case: &v1::Case) -> u32 {
    let fulfilled = case.remedy_track.as_ref().is_some_and(|track| track.state() == RemedyState::Fulfilled);
    let reversed =
        case.review_track.as_ref().is_some_and(|track| track.outcome() == ReviewDiffKind::Reversed);
    let wanted = case.return_track.is_some();
    let closed = case.close_time.is_some();
    u32::from(fulfilled) * 8 + u32::from(reversed) * 4 + u32::from(wanted) * 2 + u32::from(closed)
}

fn count_remedies(remedies: &[v1::Remedy], looked: &mut Looked) {
    for remedy in remedies {
        let state = remedy.state();
        let taken =
            [RemedyState::Accepted, RemedyState::Executing, RemedyState::Fulfilled, RemedyState::Failed];
        let kept_back = [RemedyState::Proposed, RemedyState::AwaitingApproval].contains(&state);
        looked.offers += u64::from(!kept_back);
        looked.accepted += u64::from(taken.contains(&state));
        looked.expired += u64::from(state == RemedyState::Expired);
        looked.fulfilled += u64::from(state == RemedyState::Fulfilled);
    }
}

async fn cases(client: &Client, parent: String) -> anyhow::Result<Vec<v1::Case>> {
    let mut all = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = v1::ListCasesRequest {
            parent: parent.clone(),
            page_size: PAGE,
            page_token,
            order: Some(v1::CaseOrder::Newest.into()),
            ..Default::default()
        };
        let page = client.call(request).await.context("the cases cannot be read")?;
        all.extend(page.cases);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(all);
        }
    }
}

async fn remedies(client: &Client, parent: String) -> anyhow::Result<Vec<v1::Remedy>> {
    let mut all = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = v1::ListRemediesRequest {
            parent: parent.clone(),
            page_size: PAGE,
            page_token,
            ..Default::default()
        };
        let page = client.call(request).await.context("the remedies cannot be read")?;
        all.extend(page.remedies);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(all);
        }
    }
}

async fn story(client: &Client, case: &v1::Case) -> anyhow::Result<Story> {
    let request = v1::ListTimelineRequest { parent: case.name.clone(), page_size: 500, ..Default::default() };
    let entries = client.call(request).await.context("a timeline cannot be read")?.entries;
    let line = |entry: &v1::TimelineEntry| {
        let micros = entry.occur_time.as_ref().map_or(0, read);
        let at = minute_text(micros);
        // Told from the moment it happened: a wait of three days is "in 3d".
        let now = Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH);
        let output = Output { json: false, colour: false, now };
        let (what, detail) = describe(&output, entry.entry.as_ref());
        [at, actor(entry.actor.as_ref()), what.to_owned(), detail]
    };
    let title = format!("{}, {}", case.name, crate::output::table::subject(case.subject.as_ref()));
    Ok(Story { title, entries: entries.iter().map(line).collect() })
}
