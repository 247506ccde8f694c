//! What became of a review, told from what was seen of it.

/// The most stars of a negative review, on every channel of the market.
const NEGATIVE_MAX: i32 = 3;

/// How a review disappeared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gone {
    /// Its author took it down.
    ByBuyer,
    /// The channel took it down.
    ByPlatform,
    /// Nobody says.
    Vanished,
}

/// A review as it was seen once.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    /// When.
    pub(crate) at: i64,
    /// Its stars.
    pub(crate) stars: i32,
    /// What it says.
    pub(crate) text: &'static str,
    /// Whether it was gone.
    pub(crate) gone: Option<Gone>,
}

/// What became of a negative review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fate {
    /// When it was first seen.
    pub(crate) first_seen: i64,
    /// Whether it rose above the threshold and did not fall back.
    pub(crate) reversed: bool,
    /// How it ended, as the funnel names it.
    pub(crate) end: &'static str,
    /// Stars won or lost.
    pub(crate) stars: i64,
}

/// The fate of a review; none unless it was negative when it was first seen.
pub(crate) fn fate(versions: &[Version]) -> Option<Fate> {
    let mut seen: Vec<&Version> = versions.iter().collect();
    seen.sort_by_key(|version| version.at);
    // A review that is taken down says nothing about stars: a removal is never a reversal.
    let shown: Vec<&Version> = seen.iter().copied().filter(|version| version.gone.is_none()).collect();
    let first = shown.first().filter(|first| first.stars <= NEGATIVE_MAX)?;
    let last = shown.last()?;
    let rose = shown.iter().any(|version| version.stars > NEGATIVE_MAX);
    let pairs = shown.iter().zip(shown.iter().skip(1));
    let reworded = pairs.into_iter().any(|(old, new)| old.stars == new.stars && old.text != new.text);
    let gone = seen.last().and_then(|version| version.gone);
    let end = match (rose, gone) {
        (true, _) if last.stars <= NEGATIVE_MAX => "re_reversed",
        (true, _) => "reversed",
        (false, Some(Gone::ByBuyer)) => "removed_by_buyer",
        (false, Some(Gone::ByPlatform)) => "removed_by_platform",
        (false, Some(Gone::Vanished)) => "vanished",
        (false, None) if last.stars > first.stars => "improved",
        (false, None) if last.stars < first.stars => "worsened",
        (false, None) if reworded => "text_only",
        (false, None) => "unchanged",
    };
    let reversed = end == "reversed";
    Some(Fate { first_seen: first.at, reversed, end, stars: i64::from(last.stars) - i64::from(first.stars) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(at: i64, stars: i32) -> Version {
        Version { at, stars, text: "text", gone: None }
    }

    fn end(versions: &[Version]) -> Option<&'static str> {
        fate(versions).map(|fate| fate.end)
    }

    #[test]
    fn only_a_review_that_began_negative_has_a_fate() {
        assert_eq!(fate(&[]), None);
        assert_eq!(fate(&[seen(1, 4), seen(2, 1)]), None);
        assert_eq!(end(&[seen(1, 3)]), Some("unchanged"));
    }

    #[test]
    fn the_order_of_arrival_does_not_matter() {
        let versions = [seen(5, 5), seen(1, 2)];
        assert_eq!(fate(&versions), Some(Fate { first_seen: 1, reversed: true, end: "reversed", stars: 3 }));
    }

    #[test]
    fn each_way_has_its_end() {
        let reworded = Version { text: "other", ..seen(2, 2) };
        let gone = |how| Version { gone: Some(how), ..seen(2, 2) };
        assert_eq!(end(&[seen(1, 1), seen(2, 3)]), Some("improved"));
        assert_eq!(end(&[seen(1, 2), seen(2, 1)]), Some("worsened"));
        assert_eq!(end(&[seen(1, 2), reworded]), Some("text_only"));
        assert_eq!(end(&[seen(1, 2), gone(Gone::ByBuyer)]), Some("removed_by_buyer"));
        assert_eq!(end(&[seen(1, 2), gone(Gone::ByPlatform)]), Some("removed_by_platform"));
        assert_eq!(end(&[seen(1, 2), gone(Gone::Vanished)]), Some("vanished"));
        assert_eq!(end(&[seen(1, 2), seen(2, 5), seen(3, 2)]), Some("re_reversed"));
    }

    #[test]
    fn a_removal_is_never_a_reversal() {
        let gone = Version { gone: Some(Gone::ByBuyer), ..seen(2, 5) };
        assert!(fate(&[seen(1, 1), gone]).is_some_and(|fate| !fate.reversed && fate.stars == 0));
    }
}
