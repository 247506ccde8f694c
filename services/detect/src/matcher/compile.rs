//! Making phrases ready to be found.

use std::collections::BTreeMap;

use super::gap::Gaps;
use super::index::{Entry, Index, Pattern, Spelling};
use super::{Phrases, spelt};
use crate::alphabet::Alphabet;
use crate::error::ModelError;
use crate::lexicon::{GAP, Phrase, Role};
use crate::normalise::normalise;

/// Phrases while they are gathered. Only their hashes are kept: twenty lists of thousands of
/// spellings would leave the memory of a server in pieces.
struct Gathering<'a> {
    folds: bool,
    alphabet: &'a Alphabet,
    index: Index,
    forms: Vec<(Form, Role)>,
    fragments: BTreeMap<Form, u32>,
    gaps: BTreeMap<(u32, u32), Vec<Role>>,
    roles: Vec<Vec<Role>>,
}

/// How a phrase is spelt, and at which ends a word may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Form {
    spelling: Spelling,
    open: [bool; 2],
}

impl Phrases {
    /// Compiles phrases; a `*` at an end lets a word go on there, `...` is a gap.
    pub(crate) fn compile(
        language: &str,
        phrases: &[Phrase<'_>],
        folds: bool,
        alphabet: &Alphabet,
    ) -> Result<Self, ModelError> {
        let mut gathering = Gathering::new(phrases.len(), folds, alphabet);
        phrases.iter().for_each(|phrase| gathering.add(phrase));
        let compiled = gathering.compile();
        compiled.map_err(|problem| ModelError::Compile { language: language.to_owned(), problem })
    }

    pub(super) fn roles_of(&self, number: usize) -> &[Role] {
        self.roles.get(number).map_or(&[], Vec::as_slice)
    }
}

impl<'a> Gathering<'a> {
    fn new(phrases: usize, folds: bool, alphabet: &'a Alphabet) -> Self {
        Self {
            folds,
            alphabet,
            index: Index::new(phrases),
            forms: Vec::with_capacity(phrases),
            fragments: BTreeMap::new(),
            gaps: BTreeMap::new(),
            roles: Vec::new(),
        }
    }

    fn add(&mut self, Phrase { text, role }: &Phrase<'_>) {
        let Some((first, second)) = text.split_once(GAP) else {
            let form = self.form(text);
            self.forms.push((form, *role));
            return;
        };
        let pair = (self.fragment(first), self.fragment(second));
        let roles = self.gaps.entry(pair).or_default();
        if !roles.contains(role) {
            roles.push(*role);
        }
    }

    fn fragment(&mut self, text: &str) -> u32 {
        let form = self.form(text);
        let next = u32::try_from(self.fragments.len()).unwrap_or(u32::MAX);
        *self.fragments.entry(form).or_insert(next)
    }

    /// The form of one side of a phrase, whose beginnings are known from now on.
    fn form(&mut self, phrase: &str) -> Form {
        let phrase = phrase.trim();
        let open = [phrase.starts_with('*'), phrase.ends_with('*')];
        let letters = normalise(self.alphabet, phrase.trim_matches('*'));
        let end = letters.iter().rposition(|letter| letter.c != ' ').map_or(0, |last| last + 1);
        let spelling =
            letters.get(1..end).unwrap_or_default().iter().map(|letter| spelt(*letter, self.folds));
        Form { spelling: self.index.learn(spelling, open), open }
    }

    fn compile(mut self) -> Result<Phrases, String> {
        // Stable: the roles of a phrase keep the order of the lists.
        self.forms.sort_by_key(|(form, _)| *form);
        let forms = std::mem::take(&mut self.forms);
        let mut entries = Vec::with_capacity(forms.len() + self.fragments.len());
        for same in forms.chunk_by(|(a, _), (b, _)| a == b) {
            let Some((form, _)) = same.first() else { continue };
            let mut roles: Vec<Role> = Vec::new();
            for (_, role) in same {
                if !roles.contains(role) {
                    roles.push(*role);
                }
            }
            let roles = number_of(&mut self.roles, &roles);
            entries.push(Entry::new(form.spelling, Pattern::with_roles(roles, form.open)));
        }
        for (form, number) in &self.fragments {
            entries.push(Entry::new(form.spelling, Pattern::of_fragment(*number as usize, form.open)));
        }
        let pairs =
            self.gaps.iter().map(|((a, b), roles)| (*a, *b, number_of(&mut self.roles, roles))).collect();
        let index = self.index.with(entries)?;
        Ok(Phrases { index, roles: self.roles, gaps: Gaps::new(pairs), folds: self.folds })
    }
}

fn number_of(known: &mut Vec<Vec<Role>>, wanted: &[Role]) -> usize {
    known.iter().position(|set| set == wanted).unwrap_or_else(|| {
        known.push(wanted.to_vec());
        known.len() - 1
    })
}
