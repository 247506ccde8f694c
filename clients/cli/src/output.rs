//! What a command prints: tables for people, JSON for machines.

use std::{
    env,
    io::{self, IsTerminal, Write},
};

use jiff::Timestamp;
use serde::ser::{SerializeMap, Serializer};

use crate::args::Page;

mod beside;
pub(crate) mod board;
pub(crate) mod details;
pub(crate) mod entry;
pub(crate) mod json;
pub(crate) mod table;
mod views;

use json::{Shown, View};

/// How to print.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    /// JSON in place of tables.
    pub(crate) json: bool,
    /// Colours may be used.
    pub(crate) colour: bool,
    /// The moment all relative times are told from.
    pub(crate) now: Timestamp,
}

impl Output {
    /// Decides by what standard output is.
    pub(crate) fn new(json: bool) -> Self {
        // https://no-color.org: set and not empty means no colours.
        let plain = env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { json, colour: !plain && io::stdout().is_terminal(), now: Timestamp::now() }
    }

    /// The same, with times told from now on.
    pub(crate) fn at_this_moment(self) -> Self {
        Self { now: Timestamp::now(), ..self }
    }

    /// Prints text as it is, for a screen that is drawn anew.
    pub(crate) fn raw(&self, text: &str) -> anyhow::Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.flush()?;
        Ok(())
    }

    /// How many columns and lines the screen has; none where output is no screen.
    pub(crate) fn screen() -> Option<(u16, u16)> {
        if !io::stdout().is_terminal() {
            return None;
        }
        terminal_size::terminal_size_of(io::stdout()).map(|(width, height)| (width.0, height.0))
    }

    /// Prints one message: as JSON, or as the text made from it.
    pub(crate) fn one<T: Shown>(&self, message: &T, text: impl FnOnce() -> String) -> anyhow::Result<()> {
        if self.json { self.line(&serde_json::to_string_pretty(&View(message))?) } else { self.line(&text()) }
    }

    /// Prints a message that may be missing from an answer.
    pub(crate) fn some<T: Shown>(
        &self,
        message: Option<&T>,
        text: impl FnOnce(&T) -> String,
    ) -> anyhow::Result<()> {
        match message {
            Some(message) => self.one(message, || text(message)),
            None => anyhow::bail!("The server answered without what was asked for."),
        }
    }

    /// Prints a list: as one JSON object with that key, or as the text made from it.
    pub(crate) fn page<T: Shown>(
        &self,
        key: &str,
        page: &Page<T>,
        text: impl FnOnce(&[T]) -> String,
    ) -> anyhow::Result<()> {
        if self.json {
            let mut bytes = Vec::new();
            let mut serializer = serde_json::Serializer::pretty(&mut bytes);
            let mut map = serializer.serialize_map(None)?;
            map.serialize_entry(key, &View(&page.items))?;
            json::put(&mut map, "next_page_token", &page.next_page_token)?;
            SerializeMap::end(map)?;
            return self.line(&String::from_utf8_lossy(&bytes));
        }
        if page.items.is_empty() {
            return self.line(&format!("No {key}."));
        }
        self.line(&text(&page.items))?;
        if !page.next_page_token.is_empty() {
            self.line(&format!(
                "… there are more than these {}; ask for them with --limit.",
                page.items.len()
            ))?;
        }
        Ok(())
    }

    /// Prints one line of JSON, for a stream of them.
    pub(crate) fn json_line<T: Shown>(&self, message: &T) -> anyhow::Result<()> {
        self.line(&serde_json::to_string(&View(message))?)
    }

    /// Prints text and flushes it, so that a stream is seen as it happens. Unlike
    /// `println!` it does not panic when the reader has gone.
    pub(crate) fn line(&self, text: &str) -> anyhow::Result<()> {
        let mut out = io::stdout().lock();
        writeln!(out, "{}", text.trim_end())?;
        out.flush()?;
        Ok(())
    }
}
