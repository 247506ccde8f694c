//! Pictures of figures, drawn here: no script, no library, no font of their own.
//! Widths are shares of the room there is, so that words keep their size on a
//! telephone; the same numbers always stand in a table beside them.

pub(crate) mod cell;
pub(crate) mod time;

/// A share of the width or the height, as SVG takes it: `12.5%`.
fn share(part: f64) -> String {
    let part = if part.is_finite() { part.clamp(0.0, 1.0) } else { 0.0 };
    format!("{:.3}%", part * 100.0)
}

/// The end of a scale that begins at nothing and holds that share.
fn top(highest: f64) -> f64 {
    const ENDS: [f64; 8] = [0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8];
    ENDS.into_iter().find(|end| highest <= *end).unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scale_holds_the_highest_and_no_more_than_all() {
        let told = [(0.0, 0.01), (0.01, 0.01), (0.35, 0.4), (0.99, 1.0), (1.0, 1.0), (f64::NAN, 1.0)];
        for (highest, end) in told {
            assert!((top(highest) - end).abs() < f64::EPSILON, "{highest}");
        }
    }

    #[test]
    fn a_share_never_leaves_its_picture() {
        assert_eq!(share(-3.0), "0.000%");
        assert_eq!(share(f64::NAN), "0.000%");
        assert_eq!(share(0.125), "12.500%");
        assert_eq!(share(7.0), "100.000%");
    }
}
