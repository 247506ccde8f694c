//! Our own ids are drawn at random, and what else happens draws some too: two lives call the same
//! thing by other names. A name here is the number of the thing among all that were named before.

use std::collections::HashMap;

/// The fewest decimal digits of an id as the debugger prints it; times and money are shorter.
const DECIMAL_MIN: usize = 30;

/// Digits of an id as it is printed and stored, behind its prefix.
const HEX: usize = 32;

#[derive(Debug, Default)]
pub(super) struct Names(HashMap<u128, usize>);

impl Names {
    /// The text with every id replaced by its number.
    pub(super) fn replace(&mut self, text: &str) -> String {
        let (mut out, mut rest) = (String::with_capacity(text.len()), text);
        while let Some(letter) = rest.chars().next() {
            let run = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
            let (word, after) = rest.split_at(run.max(letter.len_utf8()));
            match id(word, out.ends_with('_')) {
                Some(bits) => {
                    let next = self.0.len();
                    out.push_str(&format!("#{}", self.0.entry(bits).or_insert(next)));
                }
                None => out.push_str(word),
            }
            rest = after;
        }
        out
    }
}

fn id(word: &str, behind_prefix: bool) -> Option<u128> {
    if behind_prefix && word.len() == HEX {
        return u128::from_str_radix(word, 16).ok();
    }
    if word.len() >= DECIMAL_MIN { word.parse().ok() } else { None }
}

#[test]
fn things_are_called_by_when_they_were_first_named() {
    let mut names = Names::default();
    let told = names.replace(
        "RemedyId(2143281249700223478147966490775322689) rem_019cb3c1d7ed7b7b8f5f1f06b6ab0041 500 é",
    );
    assert_eq!(told, "RemedyId(#0) rem_#1 500 é");
    assert_eq!(names.replace("rem_019cb3c1d7ed7b7b8f5f1f06b6ab0041"), "rem_#1");
}
