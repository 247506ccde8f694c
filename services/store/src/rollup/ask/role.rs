//! In which sums of an answer each stored row counts.

use amends_domain::rollup::{Facet, Split};

/// Where a stored row counts: in which column of it the value of each facet stands (0 for left open), and
/// with which sign.
pub(crate) type Role = (Split, i64, i64, i64);

/// In which sums of the answer each split that is stored counts.
pub(crate) fn roles(facets: &[Facet]) -> Vec<Role> {
    match facets {
        [] => vec![(Split::NONE, 0, 0, 1)],
        [a] => vec![(Split::NONE, 0, 0, 1), (Split::by(*a), 1, 0, 1), (Split::by(*a), 0, 0, -1)],
        [a, b, ..] => {
            let both = Split::by_both(*a, *b);
            // The values stand in the order of the list of facets, not of the question.
            let (of_a, of_b) = if both.facets().0 == Some(*a) { (1, 2) } else { (2, 1) };
            vec![
                (Split::NONE, 0, 0, 1),
                (Split::by(*a), 1, 0, 1),
                (Split::by(*a), 0, 0, -1),
                (Split::by(*b), 0, 1, 1),
                (Split::by(*b), 0, 0, -1),
                (both, of_a, of_b, 1),
                (both, of_a, 0, -1),
                (both, 0, of_b, -1),
                (both, 0, 0, 1),
            ]
        }
    }
}
