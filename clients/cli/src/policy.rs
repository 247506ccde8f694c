//! `amends policy …`

mod channels;
mod dry_run;
mod fields;
mod remedy;

use std::collections::BTreeMap;

use amends_proto::v1;
use anyhow::Context;
use clap::{Args, Subcommand};

use crate::{
    args::Limit,
    connection::Session,
    output::{
        Output,
        table::{table, text},
    },
    review::decision,
};

pub(crate) const EXAMPLES: &str = "\
Examples:
  amends policy show
  amends policy update --set offer_life=3d --set ask_opt_in=yes
  amends policy update --set channel_overrides.return_window_days=15
  amends policy update --unset approval_limit
  amends policy update --set \"sla.targets=first-response 30m business; resolution 10d always\"
  amends policy update --set \"sla.calendar=mon-fri 09:00-18:00; 2026-12-25 closed\"
  amends policy update --set channel_overrides.ask_permission=yes --set \"channel_overrides.reason=the owner opted in\"
  amends policy channels --channel shopee --region ID
  amends policy check --review r-501
  amends policy show --remedy --effective > remedy-policy.toml
  amends policy check remedy-policy.toml --dry-run 200
  amends policy diff remedy-policy.toml
  amends policy apply remedy-policy.toml --from 2026-12-01
  amends policy versions

A field is one of the shop's rules unless `channel_overrides.` stands before it.
Whoever overrides what the catalogue says about a channel vouches for it: see docs/channels.md.
What is offered instead of a return is a document: see docs/remedy-policy.md.";

/// What can be done with policies.
#[derive(Subcommand)]
pub enum Policy {
    /// Show what holds, and where it comes from
    Show(Show),
    /// List what is known of channels, which rows hold, and why
    Channels(channels::Channels),
    /// Make a new version (admins)
    Update(Update),
    /// Check a remedy policy, or whether an action would be allowed
    Check(Check),
    /// Tell in what a remedy policy differs from the one in force
    Diff(remedy::Diff),
    /// Switch a remedy policy on, now or later (admins)
    Apply(remedy::Apply),
    /// List the versions of the remedy policy
    Versions(Versions),
}

/// How many versions to list.
#[derive(Args)]
pub struct Versions {
    #[command(flatten)]
    limit: Limit,
}

/// What to show.
#[derive(Args)]
pub struct Show {
    /// What is offered instead of a return, as it was written
    #[arg(long)]
    remedy: bool,
    /// Another version of it [default: the one in force]
    #[arg(long, value_name = "N", requires = "remedy", value_parser = clap::value_parser!(i64).range(0..))]
    version: Option<i64>,
    /// Every value that holds under it, also those it leaves out
    #[arg(long, requires = "remedy")]
    effective: bool,
}

/// What to check.
#[derive(Args)]
pub struct Check {
    /// A remedy policy; `-` reads standard input
    #[arg(required_unless_present = "review", conflicts_with = "review")]
    file: Option<String>,
    /// What it would have changed on so many of the latest cases, 1,000 at most
    #[arg(long, value_name = "CASES", requires = "file", value_parser = clap::value_parser!(i32).range(1..=1_000))]
    dry_run: Option<i32>,
    /// The review a buyer would be asked about
    #[arg(long)]
    review: Option<String>,
    /// Template of the text [default: the neutral one]
    #[arg(long, requires = "review")]
    template: Option<String>,
}

/// What to change.
#[derive(Args)]
#[group(required = true, multiple = true, id = "change", args = ["set", "unset"])]
pub struct Update {
    /// Sets a field; may be repeated
    #[arg(long, value_name = "FIELD=VALUE", value_parser = fields::parse_set)]
    set: Vec<fields::Set>,
    /// Gives a field back to the catalogue or the default; may be repeated
    #[arg(long, value_name = "FIELD", value_parser = fields::parse_path)]
    unset: Vec<String>,
    /// Version you saw [default: the current one]
    #[arg(long)]
    etag: Option<String>,
}

impl Policy {
    pub(crate) async fn run(self, session: &Session) -> anyhow::Result<()> {
        let output = session.output;
        let policy = match self {
            Self::Show(args) if args.remedy => {
                return remedy::show(session, args.version, args.effective).await;
            }
            Self::Channels(args) => return args.run(session).await,
            Self::Show(_) => read(session).await?,
            Self::Update(args) => update(session, args).await?,
            Self::Check(args) => return args.run(session).await,
            Self::Diff(args) => return args.run(session).await,
            Self::Apply(args) => return args.run(session).await,
            Self::Versions(args) => return remedy::versions(session, &args.limit).await,
        };
        output.one(&policy, || overview(&output, &policy))
    }
}

impl Check {
    async fn run(self, session: &Session) -> anyhow::Result<()> {
        match (self.file, self.review) {
            (Some(file), _) => remedy::check(session, &file, self.dry_run).await,
            (None, Some(review)) => check(session, &review, self.template).await,
            (None, None) => anyhow::bail!("Name a document, or a review with --review."),
        }
    }
}

async fn read(session: &Session) -> anyhow::Result<v1::Policy> {
    let name = format!("{}/policy", session.shop().await?);
    let answer = session.client.call(v1::GetPolicyRequest { name }).await?;
    answer.policy.context("The server answered without the policy.")
}

async fn update(session: &Session, args: Update) -> anyhow::Result<v1::Policy> {
    let current = read(session).await?;
    let mut policy = v1::Policy {
        name: current.name,
        etag: args.etag.unwrap_or(current.etag),
        channel_overrides: Some(v1::ChannelPolicy::default()),
        shop_rules: Some(v1::ShopRules::default()),
        sla: Some(v1::SlaPolicy::default()),
        ..Default::default()
    };
    let mut paths = args.unset;
    for set in args.set {
        set.apply(&mut policy);
        paths.push(set.path);
    }
    let request = v1::UpdatePolicyRequest {
        policy: Some(policy),
        update_mask: Some(prost_types::FieldMask { paths }),
        ..Default::default()
    };
    let answer = session.client.call(request).await?;
    answer.policy.context("The server answered without the policy.")
}

async fn check(session: &Session, review: &str, template: Option<String>) -> anyhow::Result<()> {
    let action = v1::CheckAskAction {
        review: session.name("reviews", review).await?,
        template: template.unwrap_or_default(),
    };
    let request = v1::CheckPolicyRequest {
        parent: session.shop().await?,
        action: Some(v1::check_policy_request::Action::Ask(action)),
    };
    let answer = session.client.call(request).await?;
    let output = session.output;
    output.some(answer.decision.as_ref(), |made| decision(&output, made))
}

// What the catalogue says, what the shop puts in its place, and what holds.
fn overview(output: &Output, policy: &v1::Policy) -> String {
    let side = |channel: Option<&v1::ChannelPolicy>| -> BTreeMap<String, String> {
        channel.map_or_else(BTreeMap::new, |channel| output.rows(channel).into_iter().collect())
    };
    let catalogue = side(policy.catalogue.as_ref());
    let overrides = side(policy.channel_overrides.as_ref());
    let effective = side(policy.channel_effective.as_ref());
    let mut rules = table(&["channel", "catalogue", "shop", "in force"]);
    let fields: std::collections::BTreeSet<_> =
        catalogue.keys().chain(overrides.keys()).chain(effective.keys()).collect();
    for field in fields {
        let of = |side: &BTreeMap<String, String>| side.get(field).map_or("-".into(), Clone::clone);
        rules.add_row([field.clone(), of(&catalogue), of(&overrides), of(&effective)]);
    }
    let mut shown = format!("{} version {}, etag {}", policy.name, policy.version, policy.etag);
    shown.push_str("\n\n");
    shown.push_str(&text(&rules));
    if let Some(shop_rules) = &policy.shop_rules {
        shown.push_str("\n\nThe shop's own rules\n");
        shown.push_str(&output.details(shop_rules));
    }
    if let Some(sla) = &policy.sla {
        shown.push_str("\n\nPromises and hours of work\n");
        shown.push_str(&output.details(sla));
    }
    shown
}
