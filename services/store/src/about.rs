//! What cases say of a line or a review, in columns of the same names.

use amends_domain::rollup::About;
use sea_orm::Value;

use crate::error::Result;
use crate::row::Row;
use crate::value::{str_opt, text_opt};

/// The cells of `case_reason`, `case_remedy`, `case_agent` and `case_language`.
pub(crate) fn write(about: &About) -> [Value; 4] {
    let language = Some(about.language.as_str()).filter(|language| !language.is_empty());
    [text_opt(about.reason), text_opt(about.remedy), text_opt(about.agent.as_ref()), str_opt(language)]
}

/// Reads them back.
pub(crate) fn read(row: &Row<'_>) -> Result<About> {
    Ok(About {
        reason: row.parse_opt("case_reason")?,
        remedy: row.parse_opt("case_remedy")?,
        agent: row.parse_opt("case_agent")?,
        language: row.get::<Option<String>>("case_language")?.unwrap_or_default(),
    })
}
