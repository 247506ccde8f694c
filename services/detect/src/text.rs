//! A text letter by letter, for others who look for words in texts.

pub use crate::alphabet::{Alphabet, Class};
pub use crate::language::{primary_tag, script_fits};
pub use crate::normalise::{LETTERS_MAX, Letter, Letters, normalise};
