//! Arguments that many commands share.

use std::ops::AsyncFnMut;

use amends_client::Error;
use amends_proto::v1;
use anyhow::Context;
use clap::Args;

use crate::connection::Session;

/// How much of a list is wanted.
#[derive(Args, Clone, Debug)]
pub(crate) struct Limit {
    /// Most entries to print
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) limit: u32,
}

/// The part of a list that was asked for.
pub(crate) struct Page<T> {
    /// The entries.
    pub(crate) items: Vec<T>,
    /// Not empty if there are more.
    pub(crate) next_page_token: String,
}

impl Limit {
    /// Fetches pages until there are enough entries. `fetch` takes the size of a
    /// page and the token of the page before.
    pub(crate) async fn pages<T>(
        &self,
        size_max: u32,
        mut fetch: impl AsyncFnMut(i32, String) -> Result<(Vec<T>, String), Error>,
    ) -> Result<Page<T>, Error> {
        let limit = self.limit as usize;
        let mut page = Page { items: Vec::new(), next_page_token: String::new() };
        loop {
            let left = limit.saturating_sub(page.items.len()).min(size_max as usize);
            let size = i32::try_from(left).unwrap_or(i32::MAX);
            let (items, token) = fetch(size, std::mem::take(&mut page.next_page_token)).await?;
            // A page that brings nothing and promises more would never end.
            let stuck = items.is_empty();
            page.items.extend(items);
            page.next_page_token = token;
            if stuck || page.next_page_token.is_empty() || page.items.len() >= limit {
                return Ok(page);
            }
        }
    }
}

/// Which version of a case is meant. Left out, it is read right before the write;
/// a script that decided by what it read earlier should say which version that was.
#[derive(Args, Clone, Debug)]
pub(crate) struct Stamp {
    /// Version of the case you saw [default: the current one, as `case show` prints it]
    #[arg(long, value_name = "ETAG")]
    etag: Option<String>,
    /// Fence of your lease, 0 for none [default: the current one]
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(i64).range(0..))]
    fence: Option<i64>,
}

/// The version of a case a write refers to.
pub(crate) struct Version {
    pub(crate) etag: String,
    pub(crate) fence: i64,
}

impl Stamp {
    /// What was given, completed from the case as it is now.
    pub(crate) async fn of(&self, session: &Session, case: &str) -> anyhow::Result<Version> {
        if let (Some(etag), Some(fence)) = (&self.etag, self.fence) {
            return Ok(Version { etag: etag.clone(), fence });
        }
        Ok(self.with(&read_case(session, case).await?))
    }

    /// What was given, completed from that case.
    pub(crate) fn with(&self, case: &v1::Case) -> Version {
        // Nobody holds it: then no fence is right but none.
        let held = case.lease_expire_time.is_some();
        let current = if held { case.fence } else { 0 };
        Version {
            etag: self.etag.clone().unwrap_or_else(|| case.etag.clone()),
            fence: self.fence.unwrap_or(current),
        }
    }
}

/// Reads a case as it is now.
pub(crate) async fn read_case(session: &Session, name: &str) -> anyhow::Result<v1::Case> {
    let request = v1::GetCaseRequest { name: name.to_owned() };
    let view = session.client.call(request).await?.view;
    view.and_then(|view| view.case).context("The server answered without the case.")
}

/// Numbers of enum values, as the wire has them.
pub(crate) fn numbers<C: Copy + Into<i32>>(codes: &[C]) -> Vec<i32> {
    codes.iter().map(|code| (*code).into()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(held: bool) -> v1::Case {
        v1::Case {
            etag: "7".into(),
            fence: 3,
            lease_expire_time: held.then(prost_types::Timestamp::default),
            ..Default::default()
        }
    }

    #[test]
    fn what_is_left_out_comes_from_the_case() {
        let stamp = Stamp { etag: None, fence: None };
        let version = stamp.with(&case(true));
        assert_eq!((version.etag.as_str(), version.fence), ("7", 3));
    }

    #[test]
    fn a_case_nobody_holds_is_written_without_a_fence() {
        let stamp = Stamp { etag: Some("6".into()), fence: None };
        let version = stamp.with(&case(false));
        assert_eq!((version.etag.as_str(), version.fence), ("6", 0));
    }
}
