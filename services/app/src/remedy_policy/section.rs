//! Tables of a document, their keys, and the values that stand there.

use amends_domain::remedy_policy::{LIST_MAX, Price};
use amends_domain::{Currency, Sku, Span};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::reader::{Cell, Reader};
use super::values::{self, Coded};

/// A table of the document; keys that nobody asked for are not known.
pub(super) struct Section<'t> {
    pub(super) path: String,
    pub(super) line: u32,
    entries: &'t DeTable<'t>,
    asked: Vec<&'static str>,
}

impl<'t> Section<'t> {
    /// The whole document.
    pub(super) fn whole(entries: &'t DeTable<'t>) -> Self {
        Self { path: String::new(), line: 1, entries, asked: Vec::new() }
    }

    /// The table that stands in a cell.
    pub(super) fn of(reader: &mut Reader, cell: &Cell<'t>) -> Option<Self> {
        match cell.value {
            DeValue::Table(entries) => {
                Some(Self { path: cell.path.clone(), line: cell.line, entries, asked: Vec::new() })
            }
            _ => {
                let example = cell.path.rsplit('.').next().unwrap_or_default();
                reader.refuse(
                    &cell.path,
                    cell.line,
                    format!("must be a section, begun by a line `[{example}]`"),
                )
            }
        }
    }

    fn path_of(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// The cell of a key, if it is there.
    pub(super) fn cell(&mut self, reader: &mut Reader, key: &'static str) -> Option<Cell<'t>> {
        self.asked.push(key);
        let (name, value) = self.entries.get_key_value(key)?;
        let (path, line) = (self.path_of(key), reader.line(name.span()));
        reader.note(&path, line);
        Some(Cell { path, line, value: value.get_ref() })
    }

    /// Every entry, where keys are values themselves.
    pub(super) fn entries(&self, reader: &mut Reader) -> Vec<(&'t str, Cell<'t>)> {
        let entry = |(name, value): (&'t Spanned<_>, &'t Spanned<DeValue<'t>>)| {
            let name: &'t Spanned<std::borrow::Cow<'t, str>> = name;
            let (path, line) = (self.path_of(name.get_ref()), reader.line(name.span()));
            reader.note(&path, line);
            (name.get_ref().as_ref(), Cell { path, line, value: value.get_ref() })
        };
        self.entries.iter().map(entry).collect()
    }

    /// Takes a value where it is there and can be read.
    pub(super) fn set<T>(
        &mut self,
        reader: &mut Reader,
        key: &'static str,
        to: &mut T,
        read: impl FnOnce(&mut Reader, &Cell<'t>) -> Option<T>,
    ) {
        if let Some(cell) = self.cell(reader, key)
            && let Some(value) = read(reader, &cell)
        {
            *to = value;
        }
    }

    /// Says that a key must be there.
    pub(super) fn require(&self, reader: &mut Reader, keys: &[&'static str]) {
        for key in keys.iter().filter(|key| !self.entries.contains_key(**key)) {
            let path = self.path_of(key);
            reader.wrong(&path, self.line, "is missing; it has no default");
        }
    }

    /// Says which keys are not known.
    pub(super) fn end(self, reader: &mut Reader) {
        for (name, _) in self.entries.iter() {
            let known = self.asked.iter().any(|asked| *asked == name.get_ref().as_ref());
            if !known {
                let (path, line) = (self.path_of(name.get_ref()), reader.line(name.span()));
                let problem = format!("is not known here; there are {}", self.asked.join(", "));
                reader.wrong(&path, line, problem);
            }
        }
    }
}

/// What a value should be, told only when it is not.
trait Right: Fn(Currency) -> String {}
impl<F: Fn(Currency) -> String> Right for F {}

fn amount(currency: Currency) -> String {
    format!("an amount in {currency} such as \"{}\"", values::write_money(1_250, currency))
}

fn price(currency: Currency) -> String {
    format!("{} or a share of what was paid such as \"15%\"", amount(currency))
}

fn one_of<T: Coded>(_: Currency) -> String {
    format!("one of {}", values::all_words::<T>())
}

/// Readers of single values.
impl Reader {
    fn read<T>(
        &mut self,
        cell: &Cell<'_>,
        right: impl Right,
        read: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        let DeValue::String(text) = cell.value else {
            let right = right(self.currency);
            return self.refuse(&cell.path, cell.line, format!("must be {right}, in quotes"));
        };
        let read = read(text.trim());
        if read.is_none() {
            let right = right(self.currency);
            self.wrong(&cell.path, cell.line, format!("must be {right}, not \"{}\"", text.trim()));
        }
        read
    }

    pub(super) fn money(&mut self, cell: &Cell<'_>) -> Option<i64> {
        let currency = self.currency;
        self.read(cell, amount, |text| values::read_money(text, currency))
    }

    pub(super) fn share(&mut self, cell: &Cell<'_>) -> Option<i64> {
        let right = |_| "a share such as \"12.5%\", with two decimals at most".to_owned();
        self.read(cell, right, values::read_share)
    }

    pub(super) fn price(&mut self, cell: &Cell<'_>) -> Option<Price> {
        let currency = self.currency;
        self.read(cell, price, |text| values::read_price(text, currency))
    }

    pub(super) fn span(&mut self, cell: &Cell<'_>) -> Option<Span> {
        let right = |_| "a length of time such as \"3 days\" or \"36 hours\"".to_owned();
        self.read(cell, right, values::read_span)
    }

    pub(super) fn window(&mut self, cell: &Cell<'_>) -> Option<Option<Span>> {
        let right = |_| "a length of time such as \"30 days\", or \"any time\"".to_owned();
        let read = |text: &str| {
            if text == values::ANY_TIME { Some(None) } else { values::read_span(text).map(Some) }
        };
        self.read(cell, right, read)
    }

    pub(super) fn count(&mut self, cell: &Cell<'_>) -> Option<u32> {
        let number = match cell.value {
            DeValue::Integer(number) => u32::from_str_radix(number.as_str(), number.radix()).ok(),
            _ => None,
        };
        match number {
            Some(number) => Some(number),
            None => self.refuse(&cell.path, cell.line, "must be a whole number such as 2, without quotes"),
        }
    }

    pub(super) fn truth(&mut self, cell: &Cell<'_>) -> Option<bool> {
        match cell.value {
            DeValue::Boolean(truth) => Some(*truth),
            _ => self.refuse(&cell.path, cell.line, "must be true or false, without quotes"),
        }
    }

    pub(super) fn one_word<T: Coded>(&mut self, cell: &Cell<'_>) -> Option<T> {
        self.read(cell, one_of::<T>, values::read_word)
    }

    /// A list of texts; what is wrong with an entry is said of the whole list.
    fn list<T>(
        &mut self,
        cell: &Cell<'_>,
        right: impl Right + Copy,
        read: impl Fn(&str) -> Option<T>,
    ) -> Option<Vec<T>> {
        let DeValue::Array(entries) = cell.value else {
            let right = right(self.currency);
            return self.refuse(
                &cell.path,
                cell.line,
                format!("must be a list in brackets; each is {right}"),
            );
        };
        if entries.len() > LIST_MAX {
            return self.refuse(&cell.path, cell.line, format!("must have at most {LIST_MAX} entries"));
        }
        let mut found = Some(Vec::with_capacity(entries.len()));
        for entry in entries.iter() {
            let line = self.line(entry.span());
            let one = Cell { path: cell.path.clone(), line, value: entry.get_ref() };
            match (&mut found, self.read(&one, right, &read)) {
                (Some(found), Some(value)) => found.push(value),
                _ => found = None,
            }
        }
        found
    }

    pub(super) fn words<T: Coded>(&mut self, cell: &Cell<'_>) -> Option<Vec<T>> {
        self.list(cell, one_of::<T>, values::read_word)
    }

    /// A list that says something: an empty one is a slip.
    pub(super) fn some_words<T: Coded>(&mut self, cell: &Cell<'_>) -> Option<Vec<T>> {
        let words = self.words(cell);
        self.filled(cell, words)
    }

    pub(super) fn names(&mut self, cell: &Cell<'_>) -> Option<Vec<String>> {
        self.list(cell, |_| "the name of a category".to_owned(), |text| Some(text.to_owned()))
    }

    pub(super) fn some_names(&mut self, cell: &Cell<'_>) -> Option<Vec<String>> {
        let names = self.names(cell);
        self.filled(cell, names)
    }

    pub(super) fn some_skus(&mut self, cell: &Cell<'_>) -> Option<Vec<Sku>> {
        let right = |_| "an article's SKU, up to 128 bytes without a slash".to_owned();
        let skus = self.list(cell, right, |text| Sku::new(text).ok());
        self.filled(cell, skus)
    }

    pub(super) fn amounts(&mut self, cell: &Cell<'_>) -> Option<Vec<i64>> {
        let currency = self.currency;
        self.list(cell, amount, |text| values::read_money(text, currency))
    }

    fn filled<T>(&mut self, cell: &Cell<'_>, list: Option<Vec<T>>) -> Option<Vec<T>> {
        match list {
            Some(list) if list.is_empty() => {
                self.refuse(&cell.path, cell.line, "is empty; name something or leave it out")
            }
            list => list,
        }
    }

    /// A text as it stands.
    pub(super) fn name(&mut self, cell: &Cell<'_>) -> Option<String> {
        match cell.value {
            DeValue::String(text) => Some(text.to_string()),
            _ => self.refuse(&cell.path, cell.line, "must be a name, in quotes"),
        }
    }
}
