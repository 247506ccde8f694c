//! Sums under keys, and the values of facets that the keys are made of.

use std::collections::HashMap;
use std::hash::Hash;

use crate::error::{Result, StoreError};

/// Values of facets by number, each kept once; 0 is for what is not known, and for what is not told apart.
#[derive(Debug, Default)]
pub(super) struct Values {
    numbers: HashMap<String, u32>,
    texts: Vec<String>,
}

impl Values {
    pub(super) fn number(&mut self, text: &str) -> u32 {
        if text.is_empty() {
            return 0;
        }
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        self.texts.push(text.to_owned());
        let number = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.numbers.insert(text.to_owned(), number);
        number
    }

    pub(super) fn text(&self, number: u32) -> &str {
        let index = usize::try_from(number).ok().and_then(|n| n.checked_sub(1));
        index.and_then(|index| self.texts.get(index)).map_or("", String::as_str)
    }
}

/// Sums of one width under keys, one after the other in one list.
#[derive(Debug)]
pub(super) struct Table<K> {
    width: usize,
    places: HashMap<K, usize>,
    sums: Vec<i64>,
}

impl<K: Hash + Eq> Table<K> {
    pub(super) fn new(width: usize) -> Self {
        Self { width, places: HashMap::new(), sums: Vec::new() }
    }

    /// Those under a key, all 0 if there were none.
    pub(super) fn of(&mut self, key: K) -> &mut [i64] {
        let end = self.sums.len();
        let place = *self.places.entry(key).or_insert(end);
        if place == end {
            self.sums.resize(end + self.width, 0);
        }
        self.sums.get_mut(place..place + self.width).unwrap_or_default()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&K, &[i64])> {
        let of = |place: usize| self.sums.get(place..place + self.width).unwrap_or_default();
        self.places.iter().map(move |(key, place)| (key, of(*place)))
    }
}

/// Adds sums to others, or takes them off.
pub(super) fn add(into: &mut [i64], sums: &[i64], sign: i64) -> Result<()> {
    for (into, sum) in into.iter_mut().zip(sums) {
        let changed = sum.checked_mul(sign).and_then(|sum| into.checked_add(sum));
        *into = changed.ok_or_else(|| corrupt("has sums beyond all numbers"))?;
    }
    Ok(())
}

pub(super) fn corrupt(why: &str) -> StoreError {
    StoreError::Corrupt { table: "rollups", column: "sums".to_owned(), why: why.to_owned() }
}
