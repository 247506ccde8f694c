//! What a shop may do: the channel's dated rules, and the shop's own.

use amends_domain::incident::chart::Watch;
use amends_domain::policy::{ChannelPolicy, EditWindow, ShopPolicy, catalogue, in_force};
use amends_domain::shop::Shop;
use amends_domain::sla::{OpeningHours, Target};
use amends_domain::{ShopId, Span, Time};
use amends_store::policy::{self, PolicyRow};
use amends_store::{clock, shop};

use crate::app::App;
use crate::call::{Principal, Role};
use crate::error::{AppError, Result, Violation, Why};
use crate::runner::Command;
use crate::sla::LEAD;
use crate::work::Work;

mod bounds;
mod channels;
mod sign;
mod terms;

pub use channels::KnownRow;

const WRITERS: &[Role] = &[Role::Admin];
const READERS: &[Role] = &[Role::Agent, Role::Supervisor, Role::Analyst, Role::Admin];

/// The most versions on one page.
pub const POLICIES_PAGE_MAX: u32 = 200;

/// The most cases that a shop or a supervisor lets one agent hold.
pub const CAPACITY_MAX: u32 = 1_000;

/// How often a shop may have changed its channel's rules: each row is kept.
const OWN_ROWS_MAX: usize = 200;

/// A version of a shop's policy, with what follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyView {
    /// The version; 0 is what every shop starts with.
    pub version: i64,
    /// What the shop decided.
    pub policy: ShopPolicy,
    /// The catalogue's row for the channel and region; none if there is none.
    pub catalogue: Option<ChannelPolicy>,
    /// What holds for the channel, both together, from when the newest of the shop's own rows holds.
    pub effective: ChannelPolicy,
    /// Who decided it; empty for version 0.
    pub changed_by: String,
}

/// Makes a new version with some fields changed. Run it with [`App::change_shop`].
///
/// A field that is none stays as it was. To go back to the default, give the
/// default's value.
#[derive(Debug, Clone)]
pub struct UpdatePolicy {
    /// Which shop.
    pub shop: ShopId,
    /// The version the caller saw.
    pub version: i64,
    /// What changes.
    pub change: PolicyChange,
}

/// The fields of a policy that change.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PolicyChange {
    /// Above which worth, in minor units, another person approves.
    pub approval_limit: Option<i64>,
    /// How long an offer stands: 1 hour to 60 days.
    pub offer_life: Option<Span>,
    /// How long a fulfilment may take: 1 hour to 365 days.
    pub fulfilment_within: Option<Span>,
    /// After which silence one reminder is due: 1 hour to 60 days.
    pub remind_after: Option<Span>,
    /// After which silence a case is solved: 1 hour to 60 days.
    pub give_up_after: Option<Span>,
    /// After which time a solved case closes: 1 hour to 28 days.
    pub close_after: Option<Span>,
    /// How long a lease lasts: 30 seconds to 1 hour.
    pub lease: Option<Span>,
    /// How many cases an agent holds at a time, 1–1,000; the inner none for as many as the service is set to.
    pub agent_capacity: Option<Option<u32>>,
    /// What is promised, whole, for clocks that start from [`LEAD`] after now on.
    pub targets: Option<Vec<Target>>,
    /// The hours of work from then on; the inner none for always open. Their zone is the shop's.
    pub hours: Option<Option<OpeningHours>>,
    /// Whether a reply waits for another person.
    pub reply_approval: Option<bool>,
    /// How long a delivery may take before its end is unknown: 1 minute to 24 hours.
    pub reply_delivery: Option<Span>,
    /// How long after its expected arrival a parcel is late: up to 30 days.
    pub delivery_grace: Option<Span>,
    /// From when on complaints open an incident, whole.
    pub incidents: Option<Watch>,
    /// The shop's own row for its channel, whole. Its channel, region and date are set here: it holds
    /// from [`LEAD`] and the tolerance for other clocks after now on, and what was counted before stays
    /// so. Who applies it signs it off.
    pub channel: Option<ChannelPolicy>,
    /// Whether this change names the row's source, be it the one that was named before.
    pub sourced: bool,
    /// Why the row says what it says; none keeps the reason of the row before,
    /// which then must not have allowed less.
    pub reason: Option<String>,
}

impl Command for UpdatePolicy {
    type Output = PolicyView;

    const NAME: &'static str = "UpdatePolicy";

    fn shop(&self) -> Option<&ShopId> {
        Some(&self.shop)
    }

    async fn run(self, work: &mut Work) -> Result<PolicyView> {
        work.call.principal.require(WRITERS)?;
        let shop =
            shop::get(&work.tx, &self.shop).await?.ok_or_else(|| AppError::not_found("shop", &self.shop))?;
        let latest = policy::latest(&work.tx, &self.shop).await?;
        let current = latest.as_ref().map_or(0, |row| row.version);
        if self.version != current {
            return Err(AppError::EtagStale { seen: self.version, current });
        }
        let mut next = latest.map_or_else(ShopPolicy::default, |row| row.policy);
        let mut change = self.change;
        let from = sign::channel_from(&next, work.now, work.app.settings().clock_skew);
        let by = (&work.call.principal.name, work.now);
        let unsigned = sign::sign_off(&mut change, &next, &shop, by, from);
        let reopened = change.apply(&mut next, &shop, work.now, from);
        let mut violations = violations(&next);
        violations.extend(unsigned);
        violations.extend(terms::violations(&next));
        violations.extend(bounds::reply(&next));
        violations.extend(bounds::capacity(&next));
        violations.extend(bounds::incidents(&next));
        if !violations.is_empty() {
            return Err(AppError::Invalid(violations));
        }
        let row = PolicyRow {
            version: current + 1,
            policy: next,
            changed_by: work.call.principal.name.to_string(),
            changed_at: work.now,
        };
        policy::insert(&work.tx, &self.shop, &row).await?;
        if reopened {
            // By other hours other things are due: each case is looked at when they begin to hold.
            clock::look_again(&work.tx, &self.shop, work.now + LEAD).await?;
        }
        Ok(view(&shop, row, work.now))
    }
}

impl PolicyChange {
    /// Changes the policy; says whether its hours are others now. A row of the channel holds from `from` on.
    fn apply(self, policy: &mut ShopPolicy, shop: &Shop, now: Time, from: Time) -> bool {
        fn set<T>(field: &mut T, value: Option<T>) {
            if let Some(value) = value {
                *field = value;
            }
        }
        policy.effective_from = now;
        set(&mut policy.approval_limit, self.approval_limit);
        set(&mut policy.offer_life, self.offer_life);
        set(&mut policy.fulfilment_within, self.fulfilment_within);
        set(&mut policy.remind_after, self.remind_after);
        set(&mut policy.give_up_after, self.give_up_after);
        set(&mut policy.close_after, self.close_after);
        set(&mut policy.lease, self.lease);
        set(&mut policy.agent_capacity, self.agent_capacity);
        set(&mut policy.reply_approval, self.reply_approval);
        set(&mut policy.reply_delivery, self.reply_delivery);
        set(&mut policy.delivery_grace, self.delivery_grace);
        set(&mut policy.incidents, self.incidents);
        if let Some(row) = self.channel {
            let (channel, region) = (shop.channel.as_str().to_owned(), shop.region.clone());
            // Of two rows from one instant only one can hold.
            policy.channel.retain(|old| old.effective_from != from);
            policy.channel.push(ChannelPolicy {
                channel,
                region,
                effective_from: from,
                known_at: now,
                ..row
            });
        }
        if let Some(targets) = self.targets {
            terms::promise(policy, targets, now);
        }
        let zone = |hours| OpeningHours { zone: shop.time_zone.clone(), ..hours };
        self.hours.is_some_and(|hours| terms::open(policy, hours.map(zone), now))
    }
}

fn violations(policy: &ShopPolicy) -> Vec<Violation> {
    let (hour, day) = (Span::from_hours(1), Span::from_days(1));
    let days = |n| Span::from_days(n);
    let rules = [
        ("shop_rules.offer_life", policy.offer_life, hour, days(60), "must be 1 hour to 60 days"),
        (
            "shop_rules.fulfilment_life",
            policy.fulfilment_within,
            hour,
            days(365),
            "must be 1 hour to 365 days",
        ),
        ("shop_rules.buyer_reminder_after", policy.remind_after, hour, days(60), "must be 1 hour to 60 days"),
        ("shop_rules.buyer_silence_after", policy.give_up_after, hour, days(60), "must be 1 hour to 60 days"),
        ("shop_rules.auto_close_after", policy.close_after, hour, days(28), "must be 1 hour to 28 days"),
        ("shop_rules.lease_life", policy.lease, Span::from_secs(30), hour, "must be 30 seconds to 1 hour"),
        ("shop_rules.delivery_grace", policy.delivery_grace, Span::ZERO, days(30), "must be 0–30 days"),
    ];
    let mut found: Vec<Violation> = Vec::new();
    let mut wrong = |field: &str, problem: &str| {
        found.push(Violation { field: field.to_owned(), problem: problem.to_owned(), why: Why::Malformed });
    };
    for (field, value, least, most, problem) in rules {
        if value < least || value > most {
            wrong(field, problem);
        }
    }
    if policy.approval_limit < 0 {
        wrong("shop_rules.approval_limit", "must not be negative");
    }
    if policy.channel.len() > OWN_ROWS_MAX {
        wrong("channel_overrides", "was changed too often: at most 200 rows are kept");
    }
    if let Some(row) = policy.channel.last() {
        if !(1..=4).contains(&row.negative_threshold) {
            wrong("channel_overrides.negative_threshold", "must be 1–4 stars");
        }
        if matches!(row.edit_window, EditWindow::Days { days: 0, .. }) {
            wrong("channel_overrides.edit_window_days", "must be at least 1");
        }
        if row.return_window < day || row.avoid_window < day {
            wrong("channel_overrides.return_window_days", "must be at least 1");
        }
    }
    found
}

/// What a version says, with what holds once its newest row of the channel does.
fn view(shop: &Shop, row: PolicyRow, at: Time) -> PolicyView {
    let at = row.policy.channel.iter().map(|own| own.effective_from).fold(at, Time::max);
    let (channel, region) = (shop.channel.as_str(), shop.region.as_str());
    let known = catalogue().iter().any(|seed| seed.channel == channel);
    PolicyView {
        version: row.version,
        catalogue: known.then(|| in_force(&[], channel, region, at)),
        effective: in_force(&row.policy.channel, channel, region, at),
        policy: row.policy,
        changed_by: row.changed_by,
    }
}

impl App {
    /// The policy in force now.
    ///
    /// # Errors
    /// When there is no such shop, the role is missing, or storage fails.
    pub async fn policy(&self, principal: &Principal, id: &ShopId) -> Result<PolicyView> {
        principal.enter(id)?;
        principal.require(READERS)?;
        let (conn, now) = (self.store().reader(), self.now());
        let shop = shop::get(&conn, id).await?.ok_or_else(|| AppError::not_found("shop", id))?;
        let first = || PolicyRow {
            version: 0,
            policy: ShopPolicy::default(),
            changed_by: String::new(),
            changed_at: Time::MIN,
        };
        let row = policy::in_force(&conn, id, now).await?.unwrap_or_else(first);
        Ok(view(&shop, row, now))
    }

    /// The versions of a shop's policy before a version, the newest first.
    ///
    /// # Errors
    /// When there is no such shop, the role is missing, or storage fails.
    pub async fn policy_versions(
        &self,
        principal: &Principal,
        id: &ShopId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<PolicyView>> {
        principal.enter(id)?;
        principal.require(READERS)?;
        let conn = self.store().reader();
        let shop = shop::get(&conn, id).await?.ok_or_else(|| AppError::not_found("shop", id))?;
        let rows = policy::list(&conn, id, before, limit.clamp(1, POLICIES_PAGE_MAX)).await?;
        Ok(rows
            .into_iter()
            .map(|row| {
                let at = row.changed_at;
                view(&shop, row, at)
            })
            .collect())
    }
}
