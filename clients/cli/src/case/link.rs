//! Links between cases.

use amends_proto::v1;
use clap::Args;

use crate::{
    args::Stamp,
    codes::{code, word},
    connection::Session,
    output::{Output, table::id},
};

/// How two cases stand to each other.
#[derive(Args)]
pub struct Link {
    #[command(flatten)]
    ends: Ends,
}

/// Which link is meant.
#[derive(Args)]
pub struct Unlink {
    #[command(flatten)]
    ends: Ends,
}

#[derive(Args)]
struct Ends {
    /// The case
    case: String,
    /// The other case, in any state
    #[arg(long = "to", value_name = "CASE")]
    other: String,
    /// How the case stands to the other: it is related to it, duplicates it, or causes it
    #[arg(long = "as", value_name = "RELATION", value_parser = code::<v1::CaseRelation>())]
    relation: v1::CaseRelation,
    /// The other way round: the other case duplicates or causes this one
    #[arg(long)]
    incoming: bool,
    #[command(flatten)]
    stamp: Stamp,
}

impl Link {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let ends = self.ends;
        let name = session.name("cases", &ends.case).await?;
        let version = ends.stamp.of(session, &name).await?;
        let request = v1::LinkCasesRequest {
            etag: version.etag,
            fence: version.fence,
            other: session.name("cases", &ends.other).await?,
            relation: ends.relation.into(),
            incoming: ends.incoming,
            name,
            ..Default::default()
        };
        let answer = session.client.call(request).await?;
        session.output.one(&answer, || {
            let told = answer.case.as_ref().map(super::told).unwrap_or_default();
            if answer.existed { format!("They were linked already.\n{told}") } else { told }
        })
    }
}

impl Unlink {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let ends = self.ends;
        let name = session.name("cases", &ends.case).await?;
        let version = ends.stamp.of(session, &name).await?;
        let request = v1::UnlinkCasesRequest {
            etag: version.etag,
            fence: version.fence,
            other: session.name("cases", &ends.other).await?,
            relation: ends.relation.into(),
            incoming: ends.incoming,
            name,
            ..Default::default()
        };
        let answer = session.client.call(request).await?;
        session.output.one(&answer, || {
            let told = answer.case.as_ref().map(super::told).unwrap_or_default();
            if answer.existed { told } else { format!("They were not linked so.\n{told}") }
        })
    }
}

/// How this case stands to another, in words.
pub(crate) fn relation(relation: i32, incoming: bool) -> String {
    let word = word::<v1::CaseRelation>(relation);
    if incoming { format!("(the other) {word} this one") } else { word }
}

/// The links of a case and the incident it is in.
pub(super) fn beside(output: &Output, view: &v1::CaseView) -> Vec<String> {
    let link = |link: &v1::CaseLink| {
        let when = output.time(link.link_time.as_ref());
        format!(
            "{} {}, linked by {} {when}",
            relation(link.relation, link.incoming),
            id(&link.case),
            link.agent
        )
    };
    let mut lines: Vec<String> = view.links.iter().map(link).collect();
    let follows = view.case.as_ref().map(|case| case.follow_up_of.as_str()).filter(|case| !case.is_empty());
    lines.extend(follows.map(|case| format!("follows {}", id(case))));
    lines.extend(view.incident.as_ref().map(|one| {
        let state = word::<v1::IncidentState>(one.state);
        let said = if one.resolution.is_empty() { &one.description } else { &one.resolution };
        format!("incident {} ({state}, {} cases): {}. {said}", id(&one.name), one.case_count, one.title)
    }));
    lines
}

/// What the buyer said of the help.
pub(super) fn surveys(output: &Output, view: &v1::CaseView) -> Vec<String> {
    let line = |answer: &v1::SurveyAnswer| {
        let kind = word::<v1::SurveyKind>(answer.kind);
        let mood = if answer.unhappy { ", not content" } else { "" };
        let when = output.time(answer.occur_time.as_ref());
        let (score, number) = (answer.score, answer.solution);
        format!("{kind} {score}{mood}, solution {number}, {when} {}", answer.comment)
    };
    view.survey_answers.iter().map(|answer| line(answer).trim_end().to_owned()).collect()
}

/// A parcel, with what was promised where something else is expected now.
pub(super) fn shipment(output: &Output, view: &v1::ShipmentView) -> Option<String> {
    let parcel = view.shipment.as_ref()?;
    let state = word::<v1::ShipmentState>(parcel.state);
    let promised = view.promised_eta.as_ref().filter(|promised| Some(*promised) != parcel.eta.as_ref());
    let promised = promised.map(|at| format!(", promised {}", output.time(Some(at)))).unwrap_or_default();
    let eta =
        parcel.eta.as_ref().map(|at| format!(", expected {}", output.time(Some(at)))).unwrap_or_default();
    let late = if view.missed_eta.is_some() { ", late" } else { "" };
    let (id, by, number) = (&parcel.shipment_id, &parcel.carrier, &parcel.tracking);
    Some(format!("parcel {id}: {state}{late}{promised}{eta} {by} {number}").trim_end().to_owned())
}
