//! The tables: a column for each measure of the family.

use std::sync::LazyLock;

use amends_domain::tally::{Family, Measure};

use super::response::{ANSWERS, HANDLING, PROMISES, TIMES};
use crate::bulk::{Kind, Table};

pub(super) const KEY: &[&str] = &["shop_id", "split", "grain", "period", "a", "b", "shard"];

const REVIEWS: Table = Table {
    name: "review_rollups",
    columns: &[
        ("shop_id", Kind::Text),
        ("split", Kind::Int),
        ("grain", Kind::Int),
        ("period", Kind::Int),
        ("a", Kind::Text),
        ("b", Kind::Text),
        ("shard", Kind::Int),
        ("negative", Kind::Int),
        ("eligible", Kind::Int),
        ("contacted", Kind::Int),
        ("solved", Kind::Int),
        ("asked", Kind::Int),
        ("reversed", Kind::Int),
        ("eligible_reversed", Kind::Int),
        ("contacted_reversed", Kind::Int),
        ("solved_reversed", Kind::Int),
        ("asked_reversed", Kind::Int),
        ("natural_reversed", Kind::Int),
        ("recovered", Kind::Int),
        ("re_reversed", Kind::Int),
        ("improved", Kind::Int),
        ("worsened", Kind::Int),
        ("text_only", Kind::Int),
        ("follow_up_added", Kind::Int),
        ("removed_by_buyer", Kind::Int),
        ("removed_by_platform", Kind::Int),
        ("vanished", Kind::Int),
        ("unchanged", Kind::Int),
        ("net_stars", Kind::Int),
    ],
    key: KEY,
};

const LINES: Table = Table {
    name: "line_rollups",
    columns: &[
        ("shop_id", Kind::Text),
        ("split", Kind::Int),
        ("grain", Kind::Int),
        ("period", Kind::Int),
        ("a", Kind::Text),
        ("b", Kind::Text),
        ("shard", Kind::Int),
        ("units_delivered", Kind::Int),
        ("units_returned", Kind::Int),
        ("units_requested", Kind::Int),
        ("units_intent", Kind::Int),
        ("lines_delivered", Kind::Int),
        ("lines_returned", Kind::Int),
        ("lines_wanted", Kind::Int),
        ("lines_rescued", Kind::Int),
        ("intent_provisional", Kind::Int),
        ("intent_confirmed", Kind::Int),
        ("intent_failed", Kind::Int),
        ("request_provisional", Kind::Int),
        ("request_confirmed", Kind::Int),
        ("request_failed", Kind::Int),
    ],
    key: KEY,
};

/// The table of a family.
pub(super) const fn table(family: Family) -> &'static Table {
    match family {
        Family::Review => &REVIEWS,
        Family::Line => &LINES,
        Family::Handling => &HANDLING,
        Family::Time => &TIMES,
        Family::Promise => &PROMISES,
        Family::Answer => &ANSWERS,
    }
}

/// Measures with their columns.
type Columns = Vec<(Measure, &'static str)>;

/// Those of all families: looked up for every row, so found once.
static MEASURES: LazyLock<Vec<(Family, Columns)>> = LazyLock::new(|| {
    let of = |family: &Family| {
        let columns = table(*family).columns.iter().skip(KEY.len()).map(|(name, _)| *name);
        let measures = columns.filter_map(|name| Some((name.to_ascii_uppercase().parse().ok()?, name)));
        (*family, measures.collect())
    };
    Family::ALL.iter().map(of).collect()
});

/// The measures of a family with their columns, in the order of the table: each has the name of the
/// column in capitals.
pub(super) fn measures(family: Family) -> impl Iterator<Item = (Measure, &'static str)> {
    let of = MEASURES.iter().find(|(of, _)| *of == family);
    of.into_iter().flat_map(|(_, measures)| measures.iter().copied())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_measure_has_a_column_in_the_table_of_its_family() {
        for &family in Family::ALL {
            let of: BTreeSet<Measure> =
                Measure::ALL.iter().copied().filter(|m| m.family() == family).collect();
            assert_eq!(measures(family).map(|(measure, _)| measure).collect::<BTreeSet<_>>(), of);
            assert_eq!(table(family).columns.len(), KEY.len() + of.len());
        }
    }
}
