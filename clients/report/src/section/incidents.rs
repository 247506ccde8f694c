//! One fault behind many cases.

use amends_proto::v1;

use super::p;
use crate::Report;
use crate::html::{Html, el, foreign};
use crate::number::{moment, reason};
use crate::table::{Table, number, words};

pub(super) fn body(report: &Report) -> Html {
    if report.incidents.is_empty() {
        return p("No incident was open in these days.");
    }
    let headings = ["incident", "state", "#cases", "about", "opened", "resolved", "how"];
    let mut table = Table::new("Incidents that were open in these days", &headings);
    for one in &report.incidents {
        let open = one.state() == v1::IncidentState::Open;
        let state =
            if open { el("span", &[("class", "may-change")], "open") } else { Html::text("resolved") };
        let cells = [
            words(state),
            number(one.case_count.into()),
            words(about(one)),
            words(moment(one.open_time.as_ref())),
            words(moment(one.resolve_time.as_ref())),
            words(if one.resolution.is_empty() { Html::text("–") } else { foreign(&one.resolution) }),
        ];
        table.row(foreign(&one.title), cells);
    }
    table.html()
}

fn about(one: &v1::Incident) -> Html {
    let parts = [
        ("", one.reason.map(reason).unwrap_or_default()),
        ("", one.product.clone()),
        ("", one.variant.clone()),
        ("SKU ", one.sku.clone()),
        ("carrier ", one.carrier.clone()),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .filter(|(_, part)| !part.is_empty())
        .map(|(before, part)| format!("{before}{part}"))
        .collect();
    if parts.is_empty() { Html::text("–") } else { foreign(&parts.join(", ")) }
}
