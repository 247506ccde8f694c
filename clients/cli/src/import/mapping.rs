//! Which column says what.

use std::collections::BTreeMap;

use super::field::{Field, Kind, plain};

/// Where the value of a field comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The column at that place.
    Column(usize),
    /// The same value for every row.
    Constant(String),
}

/// One `--map`: `field=column` or `field=:constant`; `field=` leaves a field out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    field: Field,
    value: String,
}

/// Parses one `--map`.
pub(crate) fn parse_assignment(text: &str) -> Result<Assignment, String> {
    let (name, value) = text.split_once('=').ok_or("write FIELD=COLUMN or FIELD=:CONSTANT")?;
    match Field::named(name) {
        Some(field) => Ok(Assignment { field, value: value.trim().to_owned() }),
        None => Err(format!("there is no field `{name}`; the fields are listed below the options in --help")),
    }
}

/// Which column says what, for one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mapping {
    /// What the rows are.
    pub(crate) kind: Kind,
    /// Whether the kind was guessed from the columns.
    pub(crate) guessed: bool,
    /// The columns of the file.
    pub(crate) columns: Vec<String>,
    sources: BTreeMap<Field, Source>,
}

impl Mapping {
    /// Maps the columns of a file: as told, and guessed where nothing was told.
    ///
    /// # Errors
    /// Everything that stands in the way, in words.
    pub(crate) fn new(
        kind: Option<Kind>,
        columns: Vec<String>,
        assignments: &[Assignment],
    ) -> Result<Self, Vec<String>> {
        let chosen = match kind {
            Some(kind) => kind,
            None => guess_kind(&columns, assignments).ok_or_else(|| {
                vec![format!(
                    "the columns ({}) do not tell what the rows are; say it with --kind",
                    columns.join(", ")
                )]
            })?,
        };
        let mut mapping = Self { kind: chosen, guessed: kind.is_none(), columns, sources: BTreeMap::new() };
        let mut problems = mapping.assign(assignments);
        mapping.guess(assignments);
        problems.extend(mapping.missing());
        if problems.is_empty() { Ok(mapping) } else { Err(problems) }
    }

    /// The source of a field, if it has one.
    pub(crate) fn source(&self, field: Field) -> Option<&Source> {
        self.sources.get(&field)
    }

    /// The value of a field in a row, without surrounding blanks; empty if there is none.
    pub(crate) fn value<'a>(&'a self, cells: &'a [String], field: Field) -> &'a str {
        match self.sources.get(&field) {
            Some(Source::Column(place)) => cells.get(*place).map_or("", |cell| cell.trim()),
            Some(Source::Constant(text)) => text,
            None => "",
        }
    }

    /// Everything that is mapped, in a fixed order.
    pub(crate) fn sources(&self) -> impl Iterator<Item = (Field, &Source)> {
        self.sources.iter().map(|(field, source)| (*field, source))
    }

    /// The columns nothing is taken from.
    pub(crate) fn unused(&self) -> Vec<&str> {
        let used = |place: usize| self.sources.values().any(|source| *source == Source::Column(place));
        let columns = self.columns.iter().enumerate();
        columns.filter(|(place, _)| !used(*place)).map(|(_, column)| column.as_str()).collect()
    }

    fn assign(&mut self, assignments: &[Assignment]) -> Vec<String> {
        let mut problems = Vec::new();
        for Assignment { field, value } in assignments {
            if !self.kind.fields().any(|known| known == *field) {
                // Several files of several kinds may share one command line.
                continue;
            }
            let source = match value.strip_prefix(':') {
                Some(constant) => Some(Source::Constant(constant.to_owned())),
                None => self.column(value).map(Source::Column),
            };
            match source {
                Some(source) => _ = self.sources.insert(*field, source),
                None if value.is_empty() => {}
                None => problems.push(format!(
                    "--map {}={value}: there is no such column, only {}",
                    field.name(),
                    self.columns.join(", ")
                )),
            }
        }
        problems
    }

    fn column(&self, name: &str) -> Option<usize> {
        let exact = self.columns.iter().position(|column| column == name);
        exact.or_else(|| self.columns.iter().position(|column| plain(column) == plain(name)))
    }

    fn guess(&mut self, assignments: &[Assignment]) {
        let kind = self.kind;
        // The plain `id` comes last, so that `review_id` beside it wins.
        let fields = kind.fields().filter(|field| assignments.iter().all(|told| told.field != *field));
        for field in fields {
            let free = |place: usize| !self.sources.values().any(|source| *source == Source::Column(place));
            let fits = self.columns.iter().enumerate().filter(|(place, _)| free(*place));
            let best = fits.filter_map(|(place, column)| Some((field.fit(column)?, place))).min();
            let id = || self.columns.iter().position(|column| plain(column) == "id" && field == kind.id());
            if let Some(place) = best.map(|(_, place)| place).or_else(id) {
                self.sources.insert(field, Source::Column(place));
            }
        }
    }

    fn missing(&self) -> Vec<String> {
        let lacks = |group: &&&[Field]| !group.iter().any(|field| self.sources.contains_key(field));
        let told = |group: &&[Field]| {
            let names: Vec<_> = group.iter().map(|field| field.name()).collect();
            format!(
                "no column looks like the {} of {}; name it with --map {}=COLUMN or give --map {}=:VALUE",
                names.join(" or "),
                self.kind.plural(),
                names.first().unwrap_or(&""),
                names.first().unwrap_or(&""),
            )
        };
        self.kind.needs().iter().filter(lacks).map(told).collect()
    }
}

/// The kind whose own columns are there; the one with most of them, if several.
fn guess_kind(columns: &[String], assignments: &[Assignment]) -> Option<Kind> {
    let there = |field: &&Field| {
        assignments.iter().any(|told| told.field == **field)
            || columns.iter().any(|column| field.fit(column).is_some())
    };
    let score = |kind: Kind| kind.marks().iter().filter(there).count();
    let mut best = None;
    for kind in Kind::ALL {
        if score(kind) > best.map_or(0, score) {
            best = Some(kind);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test may panic")]

    use super::*;

    fn columns(text: &str) -> Vec<String> {
        text.split('|').map(str::to_owned).collect()
    }

    fn mapping(text: &str, told: &[&str]) -> Result<Mapping, Vec<String>> {
        let told: Vec<_> = told.iter().map(|text| parse_assignment(text).unwrap()).collect();
        Mapping::new(None, columns(text), &told)
    }

    fn column(mapping: &Mapping, field: Field) -> Option<&str> {
        match mapping.source(field)? {
            Source::Column(place) => mapping.columns.get(*place).map(String::as_str),
            Source::Constant(text) => Some(text),
        }
    }

    #[test]
    fn the_kind_is_guessed_from_the_columns() {
        let cases = [
            ("id|lang|source|domain|rating|label|text", Kind::Review),
            ("Order ID|SKU|Qty|Price|Customer ID", Kind::Order),
            ("message_id|thread|order_id|from|body|buyer", Kind::Message),
            ("return_id|order id|reason|status|quantity|refund amount", Kind::Return),
            ("stars|comment|created_at", Kind::Review),
        ];
        for (header, kind) in cases {
            let mapping = mapping(header, &[]).unwrap();
            assert_eq!((mapping.kind, mapping.guessed), (kind, true), "{header}");
        }
    }

    #[test]
    fn columns_that_tell_nothing_ask_for_the_kind() {
        assert!(mapping("a|b|c", &[]).unwrap_err().concat().contains("--kind"));
    }

    #[test]
    fn a_plain_id_is_the_id_of_the_kind_unless_a_better_one_is_there() {
        let plain = mapping("id|rating", &[]).unwrap();
        assert_eq!(column(&plain, Field::ReviewId), Some("id"));
        let better = mapping("id|review_id|rating", &[]).unwrap();
        assert_eq!(column(&better, Field::ReviewId), Some("review_id"));
        assert_eq!(better.unused(), ["id"]);
    }

    #[test]
    fn what_was_told_wins_over_a_guess() {
        let told = mapping("id|rating|score|text", &["rating=score", "language=:de", "text="]).unwrap();
        assert_eq!(column(&told, Field::Rating), Some("score"));
        assert_eq!(column(&told, Field::Language), Some("de"));
        assert_eq!(column(&told, Field::Text), None);
    }

    #[test]
    fn one_column_is_not_taken_for_two_fields() {
        let review = mapping("id|rating|user|author", &[]).unwrap();
        assert_eq!(column(&review, Field::BuyerId), Some("user"));
    }

    #[test]
    fn a_field_that_is_needed_and_missing_is_named_with_the_way_out() {
        let problems = Mapping::new(Some(Kind::Order), columns("Order ID|sku"), &[]).unwrap_err();
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(problems.concat().contains("--map unit_price=COLUMN"));
    }

    #[test]
    fn a_column_that_does_not_exist_is_refused() {
        let problems = mapping("id|rating", &["text=body"]).unwrap_err();
        assert!(problems.concat().contains("only id, rating"));
        assert!(parse_assignment("banana=x").unwrap_err().contains("banana"));
    }
}
