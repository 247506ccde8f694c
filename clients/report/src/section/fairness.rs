//! Whether stars make a difference to what is granted.

use amends_proto::v1;

use super::{note, p};
use crate::Report;
use crate::html::{Html, el};
use crate::number::{decimal, percent};
use crate::table::{Cell, Table, number};

pub(super) fn body(report: &Report) -> Html {
    let fairness = &report.fairness;
    let verdict = match fairness.verdict() {
        v1::FairnessVerdict::Flat => "Even: stars make no difference beyond chance.",
        v1::FairnessVerdict::NotFlat => {
            "Uneven: stars make a difference beyond chance. Look for whoever lets a review decide."
        }
        _ => "Too few remedies to tell.",
    };
    let numbers = if fairness.degrees_of_freedom > 0 {
        format!(
            "Cochran's Q = {}, {} degrees of freedom, p = {}.",
            decimal(fairness.q, 2),
            fairness.degrees_of_freedom,
            decimal(fairness.p_value, 3)
        )
    } else {
        String::new()
    };
    let told = el("strong", &[], verdict).and(" ").and(numbers);
    let caption = "What was granted, by the stars the buyer had given before";
    let mut table =
        Table::new(caption, &["stars", "#remedies", "#share of price", "#above its like", "#95 % interval"]);
    for row in &fairness.rows {
        let stars = row.star.map_or_else(|| "no review".to_owned(), |star| format!("{star} ★"));
        let share = row.granted_share.map_or_else(|| "–".to_owned(), percent);
        let (excess, interval) = match row.excess {
            Some(v1::Estimate { value, lower, upper }) => {
                (percent(value), format!("{} to {}", percent(lower), percent(upper)))
            }
            None => ("–".to_owned(), "–".to_owned()),
        };
        let cells = [Cell::Number(share), Cell::Number(excess), Cell::Number(interval)];
        table.row(stars, std::iter::once(number(row.remedies)).chain(cells));
    }
    if table.is_empty() {
        return p(told);
    }
    p(told).and(table.html()).and(note(
        "Above its like: how much more of the price was granted than on average for the same reason and a \
         similar price. A remedy must never depend on a review.",
    ))
}
