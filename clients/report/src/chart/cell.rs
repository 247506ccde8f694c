//! Pictures that are one cell of a table; the numbers are the cells beside them.

use super::share;
use crate::html::{Html, el};

const PICTURE: &[(&str, &str)] = &[
    ("class", "cell"),
    ("width", "100%"),
    ("height", "16"),
    ("aria-hidden", "true"),
    ("focusable", "false"),
];

/// A bar as long as a part of all.
pub(crate) fn bar(part: i64, all: i64) -> Html {
    // A whole of nothing has no parts to show.
    let length = if all > 0 { precise(part) / precise(all) } else { 0.0 };
    let track = el("rect", &[("class", "track"), ("width", "100%"), ("height", "16"), ("rx", "2")], "");
    let length = share(length);
    let bar = el("rect", &[("class", "bar"), ("width", &length), ("height", "16"), ("rx", "2")], "");
    el("svg", PICTURE, track.and(bar))
}

/// A share with its interval, on a scale from nothing to all.
pub(crate) fn interval(value: Option<f64>, lower: Option<f64>, upper: Option<f64>) -> Html {
    let mut inside = el(
        "line",
        &[("class", "grid"), ("x1", "0%"), ("x2", "100%"), ("y1", "8"), ("y2", "8"), ("stroke-width", "1")],
        "",
    );
    if let (Some(lower), Some(upper)) = (lower, upper) {
        let (from, length) = (share(lower), share(upper - lower));
        let attributes =
            [("class", "band"), ("x", from.as_str()), ("y", "4"), ("width", &length), ("height", "8")];
        inside = inside.and(el("rect", &attributes, ""));
    }
    if let Some(value) = value {
        inside =
            inside.and(el("circle", &[("class", "dot"), ("cx", &share(value)), ("cy", "8"), ("r", "4")], ""));
    }
    el("svg", PICTURE, inside)
}

#[expect(clippy::cast_precision_loss, reason = "a picture is no more precise than a pixel")]
fn precise(number: i64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_part() {
        assert!(bar(1, 4).into_page().contains("width=\"25.000%\""));
        assert!(bar(1, 0).into_page().contains("width=\"0.000%\""), "nothing is divided by nothing");
        assert!(bar(i64::MAX, i64::MAX).into_page().contains("class=\"bar\" width=\"100.000%\""));
    }

    #[test]
    fn a_share_of_nothing_has_no_dot() {
        let nothing = interval(None, None, None).into_page();
        assert!(!nothing.contains("circle") && !nothing.contains("band"), "{nothing}");
        let some = interval(Some(0.25), Some(0.05), Some(0.7)).into_page();
        assert!(some.contains("cx=\"25.000%\"") && some.contains("width=\"65.000%\""), "{some}");
    }
}
