//! Links between cases.

use amends_app::case::{LinkView, Linked};
use amends_domain::ShopId;
use amends_domain::event::Event;
use amends_proto::v1 as pb;
use pb::timeline_entry::Entry;

use super::{Word as _, case, time};
use crate::call::Renders;
use crate::name;

/// The wire form of a link.
pub fn render(view: &LinkView) -> pb::CaseLink {
    pb::CaseLink {
        case: name::of(&view.link.shop, &view.other),
        relation: view.link.relation.number(),
        incoming: view.incoming,
        agent: view.link.by.to_string(),
        link_time: Some(time::render(view.link.at)),
    }
}

/// That cases were linked, or are not any more.
pub fn entry(shop: &ShopId, event: &Event) -> Option<Entry> {
    Some(match event {
        Event::CaseLinked { other, relation, incoming } => Entry::CaseLinked(pb::CaseLinkStep {
            case: name::of(shop, other),
            relation: relation.number(),
            incoming: *incoming,
        }),
        Event::CaseUnlinked { other, relation, incoming } => Entry::CaseUnlinked(pb::CaseLinkStep {
            case: name::of(shop, other),
            relation: relation.number(),
            incoming: *incoming,
        }),
        _ => return None,
    })
}

impl Renders<Linked> for pb::LinkCasesResponse {
    fn render(linked: &Linked) -> Self {
        Self { case: Some(case::render(&linked.case)), existed: linked.existed }
    }
}

impl Renders<Linked> for pb::UnlinkCasesResponse {
    fn render(linked: &Linked) -> Self {
        Self { case: Some(case::render(&linked.case)), existed: linked.existed }
    }
}
