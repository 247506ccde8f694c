//! The exact text of a link, of which its hash is made. It is a contract: what was printed once must
//! give the same hash for ever, so another form gets another name.

use super::{Decided, Followed, Link, Record};
use crate::{CaseId, ShopId, Time};

/// The name of this form.
pub const FORM: &str = "amends.attestation.v1";

/// The text whose hash stands before the first link.
#[must_use]
pub fn beginning(shop: &ShopId, case: CaseId) -> String {
    let mut text = Text(format!("{FORM}\n"));
    text.say("shop", shop.as_str());
    text.say("case", &case.to_string());
    text.0
}

impl Link {
    /// Its exact text: one line `name=value` for each fact, every name in its place, also where the value is
    /// empty. A backslash, a line feed and a carriage return in a value, and an equals sign in a
    /// name, stand behind a backslash (`\\`, `\n`, `\r`, `\=`).
    #[must_use]
    pub fn canonical(&self) -> String {
        let mut text = Text(String::new());
        text.say("number", &self.number.to_string());
        text.say("step", self.step.as_str());
        text.say("at", &micros(Some(self.at)));
        text.say("case", &self.case.to_string());
        text.say("about", &self.about);
        text.say("kind", self.kind.map_or("", |kind| kind.as_str()));
        text.say("fulfilled_at", &micros(self.fulfilled_at));
        text.say("rule", self.rule.map_or("", |rule| rule.as_str()));
        match &self.decided {
            Decided::Nothing => text.say("decision", ""),
            Decided::Unnamed => text.say("decision", "UNNAMED"),
            Decided::Lost(id) => text.say("decision", &format!("{id} NOT_STORED")),
            Decided::By(record) => text.record(record),
        }
        match &self.followed {
            Followed::Nothing => text.say("suggestion", ""),
            Followed::Lost(id) => text.say("suggestion", &format!("{id} NOT_STORED")),
            Followed::By(suggested) => {
                text.say("suggestion", &suggested.id.to_string());
                let mut names: Vec<&str> = suggested.inputs.iter().map(String::as_str).collect();
                names.sort_unstable();
                names.into_iter().for_each(|name| text.say("suggestion.input", name));
            }
        }
        text.0
    }
}

fn micros(at: Option<Time>) -> String {
    at.map_or_else(String::new, |at| at.micros().to_string())
}

struct Text(String);

impl Text {
    fn say(&mut self, name: &str, value: &str) {
        for letter in name.chars() {
            if letter == '=' {
                self.0.push('\\');
            }
            self.letter(letter);
        }
        self.0.push('=');
        value.chars().for_each(|letter| self.letter(letter));
        self.0.push('\n');
    }

    fn letter(&mut self, letter: char) {
        match letter {
            '\\' => self.0.push_str("\\\\"),
            '\n' => self.0.push_str("\\n"),
            '\r' => self.0.push_str("\\r"),
            other => self.0.push(other),
        }
    }

    fn record(&mut self, record: &Record) {
        self.say("decision", &record.id.to_string());
        self.say("decision.action", &record.action);
        self.say("decision.case", &record.case.map_or_else(String::new, |case| case.to_string()));
        self.say("decision.allowed", if record.allowed { "true" } else { "false" });
        self.say("decision.at", &micros(Some(record.at)));
        self.say("decision.policy_version", &record.policy_version.to_string());
        record.rules.iter().for_each(|rule| self.say("decision.rule", rule));
        self.sorted("decision.input", &record.inputs);
        self.sorted("decision.terms", &record.terms);
    }

    /// By name, and by value where one name stands twice: the order in which they were stored is nothing.
    fn sorted(&mut self, prefix: &str, facts: &[(String, String)]) {
        let mut facts: Vec<&(String, String)> = facts.iter().collect();
        facts.sort();
        facts.into_iter().for_each(|(name, value)| self.say(&format!("{prefix}.{name}"), value));
    }
}
