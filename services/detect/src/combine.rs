//! Rating and text combined. The rating is the author's own verdict and wins;
//! the text adds what the stars do not say.

/// A high rating is doubted only if the text is strongly negative.
const HIDDEN_NEGATIVE_MIN: f32 = 0.75;
/// Fewer stars are lukewarm by themselves: nothing is hidden under them.
const HIDDEN_RATING_MIN: u8 = 4;

/// Whether the author is dissatisfied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) negative: bool,
    /// Never together with `negative`: a hidden negative stays out of every rate.
    pub(crate) hidden_negative: bool,
}

/// Combines. `text` is the probability that the text is negative and the least one
/// that counts as negative, or nothing if its language is not known, in which case
/// the rating alone speaks.
pub(crate) fn combine(rating: Option<u8>, threshold: u8, text: Option<(f32, f32)>) -> Verdict {
    match rating {
        Some(rating) if rating <= threshold => Verdict { negative: true, hidden_negative: false },
        Some(rating) => Verdict {
            negative: false,
            hidden_negative: rating >= HIDDEN_RATING_MIN
                && text.is_some_and(|(p, _)| p >= HIDDEN_NEGATIVE_MIN),
        },
        None => Verdict { negative: text.is_some_and(|(p, min)| p >= min), hidden_negative: false },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rating: Option<u8>, threshold: u8, text: Option<f32>, negative: bool, hidden_negative: bool) {
        let expect = Verdict { negative, hidden_negative };
        assert_eq!(
            combine(rating, threshold, text.map(|p| (p, 0.5))),
            expect,
            "{rating:?} {threshold} {text:?}"
        );
    }

    #[test]
    fn a_rating_up_to_the_threshold_is_negative_whatever_the_text_says() {
        check(Some(1), 3, Some(0.0), true, false);
        check(Some(3), 3, Some(0.01), true, false);
        check(Some(2), 2, None, true, false);
    }

    #[test]
    fn the_threshold_decides_three_stars_and_the_text_only_orders_them() {
        check(Some(3), 2, Some(0.99), false, false);
    }

    #[test]
    fn a_high_rating_over_a_strongly_negative_text_is_a_hidden_negative() {
        check(Some(5), 3, Some(0.9), false, true);
        check(Some(4), 3, Some(0.6), false, false);
        check(Some(4), 4, Some(0.9), true, false);
    }

    #[test]
    fn without_a_rating_the_text_decides() {
        check(None, 3, Some(0.5), true, false);
        check(None, 3, Some(0.49), false, false);
    }

    #[test]
    fn an_unknown_language_leaves_it_to_the_rating_and_never_guesses() {
        check(Some(5), 3, None, false, false);
        check(None, 3, None, false, false);
    }
}
