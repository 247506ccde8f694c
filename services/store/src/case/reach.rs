//! What is within an agent's reach, as a condition.

use amends_domain::agent::{Reach, UNKNOWN};
use sea_orm::Value;

use crate::value::text;

/// The conditions under which a row of `cases` is within reach; `bind` takes a value and
/// answers its placeholder.
pub(super) fn conditions(reach: &Reach, mut bind: impl FnMut(Value) -> String) -> Vec<String> {
    let mut conditions = Vec::new();
    if let Some(kinds) = reach.kinds() {
        let words: Vec<String> = kinds.iter().map(|kind| format!("'{kind}'")).collect();
        // An empty list is no SQL everywhere; what reaches nothing says so.
        conditions.push(match words.is_empty() {
            true => "1 = 0".to_owned(),
            false => format!("kind IN ({})", words.join(", ")),
        });
    }
    if let Some(languages) = reach.languages() {
        // With a hyphen behind it, a tag begins with each of its primary languages once.
        let mut spoken = vec!["language = ''".to_owned()];
        for tag in languages.iter().map(String::as_str).chain([UNKNOWN]) {
            spoken.push(format!("lower(language) || '-' LIKE {}", bind(text(format!("{tag}-%")))));
        }
        conditions.push(format!("({})", spoken.join(" OR ")));
    }
    conditions
}
