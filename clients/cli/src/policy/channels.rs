//! `amends policy channels`: what is known of channels, and which row holds.

use amends_proto::v1;
use clap::Args;

use crate::{
    codes::word,
    connection::Session,
    output::{
        Output,
        table::{or_dash, table, text},
    },
    when::{When, parse_when},
};

/// Which channels, and for whom.
#[derive(Args)]
pub struct Channels {
    /// Only this channel
    #[arg(long)]
    channel: Option<String>,
    /// For this region, such as ID; `""` for all [default: the shop's]
    #[arg(long)]
    region: Option<String>,
    /// At this time: 30d (ago), or a time [default: now]
    #[arg(long, value_name = "WHEN", value_parser = parse_when)]
    at: Option<When>,
}

impl Channels {
    pub(super) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let output = session.output;
        let request = v1::ListChannelsRequest {
            // Without a shop that is meant, the catalogue alone is an answer too.
            parent: session.shop().await.unwrap_or_default(),
            channel: self.channel.unwrap_or_default(),
            region: self.region,
            at_time: self.at.map(|at| at.back(output.now)),
        };
        let answer = session.client.call(request).await?;
        output.one(&answer, || shown(&output, &answer.rows))
    }
}

fn shown(output: &Output, rows: &[v1::ChannelRow]) -> String {
    let mut all = table(&["channel", "from", "in force", "ask", "edit", "replies", "known", "source"]);
    let mut signed = Vec::new();
    for row in rows {
        let policy = row.policy.clone().unwrap_or_default();
        all.add_row([
            name(&policy).as_str(),
            from(&policy),
            row.in_force_as.map_or("-", why),
            &ask(&policy),
            &edit(&policy),
            &replies(&policy),
            &format!(
                "{} {}",
                word::<v1::PolicyCertainty>(policy.certainty().into()),
                policy.knowledge_date()
            ),
            policy.source(),
        ]);
        signed.extend(row.own.then(|| sign_off(output, &policy)));
    }
    let mut shown = text(&all);
    if !signed.is_empty() {
        shown.push_str("\n\nSigned off by the shop\n");
        shown.push_str(&signed.join("\n"));
    }
    shown
}

fn name(policy: &v1::ChannelPolicy) -> String {
    match policy.region() {
        "" => policy.channel().to_owned(),
        region => format!("{}/{region}", policy.channel()),
    }
}

/// From when on it holds; the first rows of the catalogue do as far back as anything goes.
fn from(policy: &v1::ChannelPolicy) -> &str {
    match policy.effective_date() {
        "1970-01-01" => "always",
        day => day,
    }
}

/// Why a row holds, in as many words as fit.
fn why(origin: i32) -> &'static str {
    match v1::ChannelOrigin::try_from(origin) {
        Ok(v1::ChannelOrigin::OwnRow) => "own row",
        Ok(v1::ChannelOrigin::RegionRow) => "region's row",
        Ok(v1::ChannelOrigin::ChannelRow) => "all regions",
        Ok(v1::ChannelOrigin::DefaultDeny) => "default deny",
        Ok(v1::ChannelOrigin::Unspecified) | Err(_) => "yes",
    }
}

fn ask(policy: &v1::ChannelPolicy) -> String {
    let ask = word::<v1::AskPermission>(policy.ask_permission().into());
    let quota = policy
        .ask_quota
        .as_ref()
        .map(|quota| format!("{}/year or {} per 1,000", quota.per_year, quota.per_thousand_reviews));
    let opt_in = match (policy.ask_needs_opt_in(), policy.owner_opt_in()) {
        (true, v1::OwnerOptIn::PrivateChat) => Some("opt-in: chat".to_owned()),
        (true, _) => Some("opt-in".to_owned()),
        (false, _) => None,
    };
    [Some(ask), quota, opt_in].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn edit(policy: &v1::ChannelPolicy) -> String {
    let window = match (policy.edit_window_days, policy.edit_window_start()) {
        (None, _) => return "no".to_owned(),
        (Some(0), _) => "any time".to_owned(),
        (Some(days), v1::EditWindowStart::Delivery) => format!("{days}d from delivery"),
        (Some(days), _) => format!("{days}d"),
    };
    let times = (policy.edits_max() > 0).then(|| format!("{}x", policy.edits_max()));
    let locks = policy.reply_locks_edit().then(|| "reply locks".to_owned());
    [Some(window), times, locks].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn replies(policy: &v1::ChannelPolicy) -> String {
    let count = match policy.replies_max() {
        0 => "any".to_owned(),
        count => count.to_string(),
    };
    match policy.reply_characters_max() {
        0 => count,
        characters => format!("{count} of {characters} chars"),
    }
}

fn sign_off(output: &Output, policy: &v1::ChannelPolicy) -> String {
    format!(
        "  {} from {}: by {}, {}: {}",
        name(policy),
        policy.effective_date(),
        or_dash(policy.signed_off_by()),
        output.time(policy.sign_off_time.as_ref()),
        or_dash(policy.reason()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> v1::ChannelPolicy {
        v1::ChannelPolicy {
            channel: Some("ebay".to_owned()),
            ask_permission: Some(v1::AskPermission::RequestOnly.into()),
            ask_quota: Some(v1::AskQuota { per_year: 5, per_thousand_reviews: 6, ..Default::default() }),
            edit_window_days: Some(30),
            edits_max: Some(1),
            replies_max: Some(1),
            ..Default::default()
        }
    }

    #[test]
    fn a_row_is_told_in_few_words() {
        let row = row();
        assert_eq!(ask(&row), "request-only, 5/year or 6 per 1,000");
        assert_eq!((edit(&row), replies(&row)), ("30d, 1x".to_owned(), "1".to_owned()));
        let chat = v1::ChannelPolicy {
            region: Some("MY".to_owned()),
            ask_permission: Some(v1::AskPermission::No.into()),
            ask_needs_opt_in: Some(true),
            owner_opt_in: Some(v1::OwnerOptIn::PrivateChat.into()),
            ask_quota: None,
            edit_window_start: Some(v1::EditWindowStart::Delivery.into()),
            reply_locks_edit: Some(true),
            reply_characters_max: Some(500),
            ..row
        };
        assert_eq!((name(&chat), ask(&chat)), ("ebay/MY".to_owned(), "no, opt-in: chat".to_owned()));
        assert_eq!(edit(&chat), "30d from delivery, 1x, reply locks");
        assert_eq!(replies(&chat), "1 of 500 chars");
        assert_eq!(edit(&v1::ChannelPolicy::default()), "no");
    }
}
