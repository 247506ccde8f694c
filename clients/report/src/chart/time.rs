//! A rate over time: a line through the cohorts with the band of their intervals.
//! What may still change is hollow, dashed and lies on hatched ground.

use amends_proto::v1;
use jiff::{ToSpan, civil::Date};

use super::{share, top};
use crate::html::{Html, el};
use crate::number::{count, day, decimal, percent, span};

const HEIGHT: f64 = 200.0;
const FULL: &str = "200";

/// One cohort.
pub(crate) struct Point<'a> {
    pub(crate) days: &'a v1::DateRange,
    pub(crate) rate: &'a v1::Rate,
}

/// What a chart needs to be understood without being seen.
pub(crate) struct Words<'a> {
    /// Ids on the page begin with it.
    pub(crate) id: &'static str,
    /// What is shown.
    pub(crate) title: &'a str,
}

/// A point where it is drawn: shares of the width, and of the height from above.
struct Place {
    from: f64,
    until: f64,
    value: f64,
    lower: f64,
    upper: f64,
    mature: bool,
    told: String,
}

impl Place {
    fn middle(&self) -> f64 {
        f64::midpoint(self.from, self.until)
    }

    /// Whether the other begins where this one ends, so that a line may join them.
    fn touches(&self, next: &Self) -> bool {
        (next.from - self.until).abs() < 1e-9
    }
}

/// Draws it; nothing where there is no cohort with a member.
pub(crate) fn rate_over_time(words: &Words<'_>, days: &v1::DateRange, points: &[Point<'_>]) -> Option<Html> {
    let (start, end) = (day(&days.start_date)?, day(&days.end_date)?);
    let highest = points.iter().filter_map(|point| point.rate.upper.or(point.rate.value)).fold(0.0, f64::max);
    let end_of_scale = top(highest);
    let places: Vec<Place> =
        points.iter().filter_map(|point| place(point, start, end, end_of_scale)).collect();
    let (first, last) = (points.first()?, points.last()?);
    if places.is_empty() {
        return None;
    }
    let described = format!(
        "{}. From {} in the cohort of {} to {} in that of {}. The table below has every number.",
        words.title,
        first.rate.value.map_or_else(|| "–".to_owned(), percent),
        span(Some(first.days)),
        last.rate.value.map_or_else(|| "–".to_owned(), percent),
        span(Some(last.days)),
    );
    let (title_id, hatch_id) = (format!("{}-title", words.id), format!("{}-hatch", words.id));
    let inside = el("title", &[("id", &title_id)], described)
        .and(hatch(&hatch_id))
        .and(open_ground(&places, &hatch_id))
        .and(grid())
        .and(band(&places))
        .and(line(&places))
        .and(dots(&places))
        .and(dates(start, end));
    let attributes = [
        ("class", "plot"),
        ("role", "img"),
        ("aria-labelledby", title_id.as_str()),
        ("width", "100%"),
        ("height", "228"),
    ];
    let axis = [1.0, 0.5, 0.0].map(|part| el("span", &[], scale(end_of_scale * part)));
    let axis = el("div", &[("class", "axis"), ("aria-hidden", "true")], axis.into_iter().collect::<Html>());
    Some(el("div", &[("class", "chart")], axis.and(el("svg", &attributes, inside))))
}

fn scale(part: f64) -> String {
    let percent = part * 100.0;
    let whole = (percent - percent.round()).abs() < 1e-9;
    format!("{}\u{a0}%", decimal(percent, usize::from(!whole)))
}

fn place(point: &Point<'_>, start: Date, end: Date, end_of_scale: f64) -> Option<Place> {
    let value = point.rate.value.filter(|value| value.is_finite())?;
    let all = f64::from((end - start).get_days()).max(1.0);
    let at = |text: &str| Some(f64::from((day(text)? - start).get_days()) / all);
    let height = |share: f64| 1.0 - (share / end_of_scale).clamp(0.0, 1.0);
    let bound = |bound: Option<f64>| bound.filter(|bound| bound.is_finite()).unwrap_or(value);
    let (lower, upper) = (bound(point.rate.lower), bound(point.rate.upper));
    let (numerator, denominator) = (count(point.rate.numerator), count(point.rate.denominator));
    let open = if point.rate.mature { "" } else { ", may still change" };
    Some(Place {
        from: at(&point.days.start_date)?.clamp(0.0, 1.0),
        until: at(&point.days.end_date)?.clamp(0.0, 1.0),
        value: height(value),
        lower: height(lower),
        upper: height(upper),
        mature: point.rate.mature,
        told: format!(
            "{}: {numerator} of {denominator}, {} ({} to {}){open}",
            span(Some(point.days)),
            percent(value),
            percent(lower),
            percent(upper)
        ),
    })
}

fn hatch(id: &str) -> Html {
    let stroke = el("line", &[("class", "hatch"), ("x1", "0"), ("y1", "0"), ("x2", "0"), ("y2", "7")], "");
    let attributes = [
        ("id", id),
        ("width", "7"),
        ("height", "7"),
        ("patternUnits", "userSpaceOnUse"),
        ("patternTransform", "rotate(45)"),
    ];
    el("defs", &[], el("pattern", &attributes, stroke))
}

fn open_ground(places: &[Place], hatch_id: &str) -> Html {
    let fill = format!("url(#{hatch_id})");
    let ground = |place: &Place| {
        let (from, length) = (share(place.from), share(place.until - place.from));
        el("rect", &[("x", &from), ("y", "0"), ("width", &length), ("height", FULL), ("fill", &fill)], "")
    };
    places.iter().filter(|place| !place.mature).map(ground).collect()
}

fn grid() -> Html {
    let rule =
        |y: &str| el("line", &[("class", "grid"), ("x1", "0%"), ("x2", "100%"), ("y1", y), ("y2", y)], "");
    ["0", "100", FULL].into_iter().map(rule).collect()
}

/// The intervals: an area where cohorts follow each other, a stroke where one stands alone.
fn band(places: &[Place]) -> Html {
    let (mut areas, mut strokes) = (Html::new(), Html::new());
    for run in places.chunk_by(|one, next| one.touches(next)) {
        if let [alone] = run {
            let (x, from, to) = (share(alone.middle()), pixels(alone.upper), pixels(alone.lower));
            let attributes = [("class", "whisker"), ("x1", &*x), ("x2", &*x), ("y1", &*from), ("y2", &*to)];
            strokes = strokes.and(el("line", &attributes, ""));
            continue;
        }
        let upper = run.iter().map(|place| corner(place.middle(), place.upper));
        let lower = run.iter().rev().map(|place| corner(place.middle(), place.lower));
        let corners: Vec<String> = upper.chain(lower).collect();
        areas = areas.and(el("polygon", &[("class", "band"), ("points", &corners.join(" "))], ""));
    }
    // Only areas need a scale of their own: their corners cannot be shares of the width.
    let attributes =
        [("width", "100%"), ("height", FULL), ("viewBox", "0 0 1000 1000"), ("preserveAspectRatio", "none")];
    el("svg", &attributes, areas).and(strokes)
}

fn corner(x: f64, y: f64) -> String {
    format!("{:.2},{:.2}", x * 1_000.0, y * 1_000.0)
}

fn pixels(height: f64) -> String {
    format!("{:.2}", height * HEIGHT)
}

fn line(places: &[Place]) -> Html {
    let stroke = |pair: &[Place]| match pair {
        [one, next] if one.touches(next) => {
            let class = if next.mature { "line" } else { "line open" };
            let (x1, x2) = (share(one.middle()), share(next.middle()));
            let (y1, y2) = (pixels(one.value), pixels(next.value));
            el("line", &[("class", class), ("x1", &x1), ("x2", &x2), ("y1", &y1), ("y2", &y2)], "")
        }
        _ => Html::new(),
    };
    places.windows(2).map(stroke).collect()
}

fn dots(places: &[Place]) -> Html {
    // A year of days lies closer than dots are wide.
    let radius = if places.len() > 80 { "2" } else { "4" };
    let dot = |place: &Place| {
        let class = if place.mature { "dot" } else { "dot open" };
        let (x, y) = (share(place.middle()), pixels(place.value));
        let told = el("title", &[], place.told.as_str());
        el("circle", &[("class", class), ("cx", &x), ("cy", &y), ("r", radius)], told)
    };
    places.iter().map(dot).collect()
}

fn dates(start: Date, end: Date) -> Html {
    let last = end.yesterday().unwrap_or(end);
    let said = |day: Date| day.strftime("%-d %b %Y").to_string();
    let label = |x: &str, anchor: &str, text: String| {
        el("text", &[("class", "label"), ("x", x), ("y", "220"), ("text-anchor", anchor)], text)
    };
    if start == last {
        return label("50%", "middle", said(start));
    }
    let ends = label("0%", "start", said(start)).and(label("100%", "end", said(last)));
    let days = (end - start).get_days();
    let middle = start.checked_add((days / 2).days()).ok().filter(|_| days > 13);
    ends.and(middle.map(|middle| label("50%", "middle", said(middle))).unwrap_or_default())
}
