//! What the requests of the desk have in common, parsed.

use amends_app::case::{AssignCase, CaseSelection, LinkTo, Target, WaitFor};
use amends_app::stored::{CaseFilter, CaseOrder};
use amends_domain::case::Status;
use amends_domain::{CaseId, MessageId, ShopId};
use amends_proto::v1 as pb;

use crate::convert::case::PRIORITIES;
use crate::fields::{Fields, NOTE_CHARACTERS_MAX};

/// The fence of a caller's lease.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fence {
    /// Must be there.
    Held(i64),
    /// A supervisor without a lease sends 0.
    Free(i64),
}

/// Which case, under which hold, having seen which version.
pub(super) fn target(f: &mut Fields, name: &str, etag: &str, fence: Fence) -> Option<Target> {
    let named = f.named("name", name);
    let version = f.etag("etag", etag);
    let fence = match fence {
        Fence::Held(fence) => f.fence(fence),
        Fence::Free(fence) => f.position("fence", fence),
    };
    let (shop, case) = named?;
    Some(Target { shop, case, fence: fence?, version: version? })
}

/// How a case is, or shall be, linked to another of its shop.
pub(super) fn link(
    f: &mut Fields,
    target: Option<&Target>,
    other: &str,
    relation: i32,
    incoming: bool,
) -> Option<LinkTo> {
    let shop = target.map(|target| &target.shop);
    let named = f.named_in::<CaseId>("other", other, shop);
    let other = match named {
        Some(None) => f.refuse("other", "must be set"),
        other => other.flatten(),
    };
    let relation = f.word("relation", relation);
    Some(LinkTo { other: other?, relation: relation?, incoming })
}

/// The case that stays, in the shop of the case that ends.
pub(super) fn into(f: &mut Fields, name: &str, target: Option<&Target>) -> Option<CaseId> {
    if name.is_empty() {
        return f.refuse("into", "must be set");
    }
    let into = f.named_in::<CaseId>("into", name, target.map(|target| &target.shop))??;
    if target.is_some_and(|target| target.case == into) {
        return f.refuse("into", "must be another case");
    }
    Some(into)
}

pub(super) fn assign(f: &mut Fields, message: pb::AssignCaseRequest) -> Option<AssignCase> {
    let named = f.named("name", &message.name);
    let version = f.etag("etag", &message.etag);
    let agent = f.id_or_none("agent", &message.agent);
    let note = f.text("note", message.note, NOTE_CHARACTERS_MAX);
    let (shop, case) = named?;
    Some(AssignCase { shop, case, version: version?, agent: agent?, note: note? })
}

/// By what means a buyer was reached, as the word that events keep.
pub(super) fn means(f: &mut Fields, medium: i32) -> Option<String> {
    match pb::ContactMedium::try_from(medium) {
        Ok(pb::ContactMedium::Unspecified) => f.refuse("medium", "must be set"),
        Ok(medium) => Some(medium.as_str_name().trim_start_matches("CONTACT_MEDIUM_").to_owned()),
        Err(_) => f.refuse("medium", format!("{medium} is no value that can be sent here")),
    }
}

/// The id of the message that a contact was; only its shape matters here.
pub(super) fn message_id(f: &mut Fields, id: &str) {
    f.id_or_none::<MessageId>("message_id", id);
}

pub(super) fn wait_for(f: &mut Fields, reason: i32) -> Option<WaitFor> {
    match pb::WaitReason::try_from(reason) {
        Ok(pb::WaitReason::Buyer) => Some(WaitFor::Buyer),
        Ok(pb::WaitReason::ThirdParty) => Some(WaitFor::ThirdParty),
        Ok(pb::WaitReason::Unspecified) => f.refuse("wait_reason", "must be set"),
        Err(_) => f.refuse("wait_reason", format!("{reason} is no value that can be sent here")),
    }
}

/// A note that some outcomes need.
pub(super) fn note_for(f: &mut Fields, note: String, required: bool) -> Option<String> {
    if required {
        return f.required_text("note", note, NOTE_CHARACTERS_MAX);
    }
    f.text("note", note, NOTE_CHARACTERS_MAX)
}

pub(super) fn languages(f: &mut Fields, languages: Vec<String>) -> Option<Vec<String>> {
    if languages.len() > 100 {
        return f.refuse("languages", "must have at most 100 entries");
    }
    f.each("languages", languages, |f, tag| match tag.is_empty() {
        true => f.refuse("", "must not be empty"),
        false => f.language("", tag),
    })
}

/// An escalation level that may be left out. The outer option says whether it was readable.
pub(super) fn level(f: &mut Fields, field: &'static str, level: Option<i32>) -> Option<Option<u8>> {
    match level.map(u8::try_from) {
        None => Some(None),
        Some(Ok(level)) => Some(Some(level)),
        Some(Err(_)) => f.refuse(field, "must be 0–255"),
    }
}

/// A list of cases as it was asked for.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) shop: ShopId,
    pub(super) selection: CaseSelection,
    pub(super) order: CaseOrder,
    statuses: Vec<i32>,
}

impl Asked {
    /// The board tells statuses apart that the selection takes together.
    pub(super) fn shows(&self, case: &pb::Case) -> bool {
        self.statuses.is_empty() || self.statuses.contains(&case.status)
    }
}

pub(super) fn list(f: &mut Fields, message: pb::ListCasesRequest) -> Option<Asked> {
    let shop = f.shop("parent", &message.parent);
    let order = match message.order.map(pb::CaseOrder::try_from) {
        None | Some(Ok(pb::CaseOrder::Queue)) => Some(CaseOrder::Queue),
        Some(Ok(pb::CaseOrder::Newest)) => Some(CaseOrder::Opened),
        Some(Ok(pb::CaseOrder::Updated)) => {
            f.refuse("order", "UPDATED is not available yet; there are QUEUE and NEWEST")
        }
        Some(Ok(pb::CaseOrder::Unspecified)) => f.refuse("order", "must be set or left out"),
        Some(Err(_)) => f.refuse("order", "is no value that can be sent here"),
    };
    let filter = message.filter.unwrap_or_default();
    let statuses = filter.statuses.clone();
    let selection = f.inside("filter", |f| selection(f, filter, shop.as_ref()));
    Some(Asked { shop: shop?, selection: selection?, order: order?, statuses })
}

fn selection(f: &mut Fields, filter: pb::CaseFilter, shop: Option<&ShopId>) -> Option<CaseSelection> {
    let states = f.words("states", filter.states);
    let statuses = statuses(f, &filter.statuses);
    let kinds = f.words("kinds", filter.kinds);
    let reasons = f.words("reasons", filter.reasons);
    let agents = f.each("agents", filter.agents, |f, agent| f.id("", &agent));
    let priorities = f.each("priorities", filter.priorities, priority);
    let order = f.id_or_none("order_id", &filter.order_id);
    let buyer = f.id_or_none("buyer", &filter.buyer);
    let opened_from = f.time_or_none("open_start_time", filter.open_start_time);
    let opened_before = f.time_or_none("open_end_time", filter.open_end_time);
    let level = level(f, "level", filter.level);
    let incident = f.named_in("incident", &filter.incident, shop);
    Some(CaseSelection {
        filter: CaseFilter {
            states: states?,
            kinds: kinds?,
            buyer: buyer?,
            order: order?,
            incident: incident?,
            ..CaseFilter::default()
        },
        statuses: statuses?,
        reasons: reasons?,
        agents: agents?,
        priorities: priorities?,
        opened_from: opened_from?,
        opened_before: opened_before?,
        level: level?,
    })
}

/// The statuses of the domain that the wanted ones of the board lie in.
fn statuses(f: &mut Fields, wanted: &[i32]) -> Option<Vec<Status>> {
    let mut within = Vec::new();
    for (index, number) in wanted.iter().enumerate() {
        let these: &[Status] = match pb::CaseStatus::try_from(*number) {
            Ok(pb::CaseStatus::Queued) => &[Status::Open],
            Ok(pb::CaseStatus::InProgress) => &[Status::InProgress],
            Ok(pb::CaseStatus::Waiting | pb::CaseStatus::Snoozed) => &[Status::Waiting],
            Ok(pb::CaseStatus::AwaitingApproval) => &[Status::Open, Status::InProgress, Status::Waiting],
            Ok(pb::CaseStatus::Offered) => &[Status::Offered],
            Ok(pb::CaseStatus::Fulfilling) => &[Status::Fulfilling],
            Ok(pb::CaseStatus::Solved) => &[Status::Solved],
            Ok(pb::CaseStatus::Closed | pb::CaseStatus::Merged | pb::CaseStatus::Cancelled) => {
                &[Status::Closed]
            }
            Ok(pb::CaseStatus::Unspecified) | Err(_) => {
                return f.entry("statuses", index, |f| f.refuse("", "is no value that can be sent here"));
            }
        };
        within.extend(these);
    }
    Some(within)
}

/// The numbers that a priority stands for, ends included.
fn priority(f: &mut Fields, number: i32) -> Option<(u8, u8)> {
    let at = PRIORITIES.iter().position(|(_, priority)| i32::from(*priority) == number);
    let Some((low, _)) = at.and_then(|at| PRIORITIES.get(at)) else {
        return f.refuse("", "is no value that can be sent here");
    };
    let next = at.and_then(|at| PRIORITIES.get(at + 1));
    Some((*low, next.map_or(u8::MAX, |(from, _)| from - 1)))
}

/// A version of a policy to judge under as well; the inner none for no other.
pub(super) fn policy_version(f: &mut Fields, text: &str) -> Option<Option<i64>> {
    match text.parse::<i64>() {
        Ok(version) if version >= 0 => Some(Some(version)),
        _ if text.is_empty() => Some(None),
        _ => f.refuse("policy_version", "is no version of a policy"),
    }
}
