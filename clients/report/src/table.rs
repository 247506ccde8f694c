//! Tables with what a person who hears them needs: a caption, headings of columns
//! and of rows, and a way to move them where they are wider than the screen.

use amends_proto::v1;

use crate::chart::cell;
use crate::html::{Html, el};
use crate::number::{count, percent};

/// One cell.
pub(crate) enum Cell {
    /// Words, to the left.
    Words(Html),
    /// A number, to the right.
    Number(String),
    /// A picture of the numbers beside it.
    Picture(Html),
    /// The same, given up where there is little room.
    Extra(Html),
}

/// A table that grows row by row; the first cell of a row names it.
pub(crate) struct Table {
    caption: String,
    head: Html,
    body: Html,
}

impl Table {
    /// A heading that begins with `#` is over numbers, one that is empty is over pictures, and
    /// `~` over those that are given up where there is little room.
    pub(crate) fn new(caption: &str, headings: &[&str]) -> Self {
        let heading = |text: &&str| match text.strip_prefix('#') {
            Some(number) => el("th", &[("scope", "col"), ("class", "number")], number),
            // The numbers beside it say the same to whoever cannot see the picture.
            None if text.is_empty() => el("td", &[("class", "picture"), ("aria-hidden", "true")], ""),
            None if *text == "~" => el("td", &[("class", "picture extra"), ("aria-hidden", "true")], ""),
            None => el("th", &[("scope", "col")], *text),
        };
        let head = headings.iter().map(heading).collect();
        Self { caption: caption.to_owned(), head, body: Html::new() }
    }

    /// Adds a row.
    pub(crate) fn row(&mut self, name: impl Into<Html>, cells: impl IntoIterator<Item = Cell>) {
        let mut row = el("th", &[("scope", "row")], name);
        for cell in cells {
            row = row.and(match cell {
                Cell::Words(words) => el("td", &[], words),
                Cell::Number(number) => el("td", &[("class", "number")], number),
                Cell::Extra(picture) => {
                    el("td", &[("class", "picture extra"), ("aria-hidden", "true")], picture)
                }
                Cell::Picture(picture) => el("td", &[("class", "picture"), ("aria-hidden", "true")], picture),
            });
        }
        self.body = std::mem::take(&mut self.body).and(el("tr", &[], row));
    }

    /// Whether it has no row.
    pub(crate) fn is_empty(&self) -> bool {
        self.body.is_empty()
    }

    /// The table in a frame that moves sideways by itself, also by keyboard.
    pub(crate) fn html(self) -> Html {
        let table = el("caption", &[], self.caption.as_str())
            .and(el("thead", &[], el("tr", &[], self.head)))
            .and(el("tbody", &[], self.body));
        let frame =
            [("class", "frame"), ("role", "region"), ("tabindex", "0"), ("aria-label", &*self.caption)];
        el("div", &frame, el("table", &[], table))
    }

    /// The same behind a heading that opens it.
    pub(crate) fn behind(self, heading: &str) -> Html {
        el("details", &[], el("summary", &[], heading).and(self.html()))
    }
}

/// A share as anybody's: two counts, and the value with its interval where there is one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Share {
    pub(crate) numerator: i64,
    pub(crate) denominator: i64,
    pub(crate) value: Option<f64>,
    pub(crate) bounds: Option<(f64, f64)>,
    /// Whether it may still change.
    pub(crate) open: bool,
}

impl From<v1::Rate> for Share {
    fn from(rate: v1::Rate) -> Self {
        Self {
            numerator: rate.numerator,
            denominator: rate.denominator,
            value: rate.value,
            bounds: rate.lower.zip(rate.upper),
            open: !rate.mature && rate.denominator > 0,
        }
    }
}

impl From<v1::RemedyRate> for Share {
    fn from(rate: v1::RemedyRate) -> Self {
        let v1::RemedyRate { numerator, denominator, value, lower, upper } = rate;
        Self { numerator, denominator, value, bounds: lower.zip(upper), open: false }
    }
}

impl Share {
    /// `35.8 %`, or `–` of nothing.
    pub(crate) fn value(&self) -> String {
        self.value.map_or_else(|| "–".to_owned(), percent)
    }

    /// `34 of 95`.
    pub(crate) fn parts(&self) -> String {
        format!("{} of\u{a0}{}", count(self.numerator), count(self.denominator))
    }

    /// `26.9 % to 45.8 %`, or `–` of nothing.
    pub(crate) fn interval(&self) -> String {
        self.bounds.map_or_else(
            || "–".to_owned(),
            |(lower, upper)| format!("{} to {}", percent(lower), percent(upper)),
        )
    }

    /// The cells under [`SHARE_HEADINGS`], without the last.
    pub(crate) fn cells(&self) -> [Cell; 4] {
        let (lower, upper) = self.bounds.unzip();
        [
            Cell::Number(self.parts()),
            Cell::Number(self.value()),
            Cell::Number(self.interval()),
            Cell::Extra(cell::interval(self.value, lower, upper)),
        ]
    }

    /// Whether it may still change, in words.
    pub(crate) fn state(&self) -> Cell {
        Cell::Words(match (self.denominator, self.open) {
            (0, _) => Html::text("–"),
            (_, true) => el("span", &[("class", "may-change")], "may still change"),
            (_, false) => Html::text("final"),
        })
    }
}

/// Over the cells of a [`Share`] and its state.
pub(crate) const SHARE_HEADINGS: [&str; 5] = ["#count", "#share", "#95 % interval", "~", "state"];

/// A table of shares, one a row.
pub(crate) fn shares(caption: &str, first: &str, rows: Vec<(String, Share)>) -> Table {
    let headings: Vec<&str> = std::iter::once(first).chain(SHARE_HEADINGS).collect();
    let mut table = Table::new(caption, &headings);
    for (name, share) in rows {
        table.row(name, share.cells().into_iter().chain([share.state()]));
    }
    table
}

/// A number as a cell.
pub(crate) fn number(number: i64) -> Cell {
    Cell::Number(count(number))
}

/// A text as a cell.
pub(crate) fn words(words: impl Into<Html>) -> Cell {
    Cell::Words(words.into())
}
