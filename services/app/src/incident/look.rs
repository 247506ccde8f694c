//! The daily look: complaints that are far more than usual open an incident, once, and those that
//! belong to it join.
//!
//! All of it is one transaction under the lock of the shop's incidents, with the deadline that led to it:
//! whatever crashes and however many servers run, a signal is raised once.

use std::collections::{BTreeMap, HashMap, HashSet};

use amends_domain::case::Case;
use amends_domain::deadline::DeadlineKind;
use amends_domain::detection::Reason;
use amends_domain::event::Event;
use amends_domain::incident::chart::{Signal, Watch};
use amends_domain::incident::{About, CASES_MAX, Incident, IncidentState, Membership};
use amends_domain::zone::Zone;
use amends_domain::{AgentId, CaseId, Day, IncidentId, ShopId, Sku, Time};
use amends_store::incident;
use amends_store::incident::chart::{self, Sought, Week};

use super::chart::{last, series, weeks_until};
use super::members::{counted, joined};
use super::{MEMBERS_AT_ONCE_MAX, TITLE_CHARS_MAX, alone};
use crate::error::{AppError, Result};
use crate::work::Work;

/// The hour of the shop's day at which it is looked.
const HOUR: u8 = 4;

/// The name under which incidents are opened by themselves.
const SERVICE: &str = "service";

/// When a shop is looked at next.
pub(crate) fn next_look(zone: &Zone, now: Time) -> Time {
    zone.hour(Day::from_number(zone.day(now).number() + 1), HOUR)
}

/// Looks at the complaints of a shop. The caller holds the lock of its incidents.
pub(crate) async fn look(work: &mut Work, shop: &ShopId) -> Result<()> {
    let info = work.app.shops().get(&work.tx, shop, work.now).await?;
    let mut next = next_look(&info.zone, work.now);
    if info.policy.incidents.on {
        let watch = &info.policy.incidents;
        let weeks = weeks_until(&info.zone, info.zone.day(work.now), watch.base_weeks + 1);
        // "At once" when there were more cases than one transaction takes.
        if !gather(work, shop, watch, &weeks).await? {
            next = work.now;
        }
    }
    work.due(shop, DeadlineKind::IncidentLook, shop, next);
    Ok(())
}

/// Raises what is to be raised, and lets cases join; says whether all of them did.
async fn gather(work: &mut Work, shop: &ShopId, watch: &Watch, weeks: &[Week]) -> Result<bool> {
    let Some(week) = weeks.last() else { return Ok(true) };
    // A signal of a week in which an incident of the same was open is no news.
    let known = incident::open_since(&work.tx, shop, week.from).await?;
    let taken: HashSet<(Sku, Reason)> = known.iter().filter_map(|one| pair(&one.about)).collect();
    let mut open: Vec<Incident> =
        known.into_iter().filter(|one| one.signal.is_some() && one.state() == IncidentState::Open).collect();
    let mut raised = HashSet::new();
    for (about, signal) in signals(work, shop, watch, weeks, &taken).await? {
        let incident = raise(work, shop, about, signal)?;
        raised.insert(incident.id);
        open.push(incident);
    }
    join(work, shop, open, &raised).await
}

fn pair(about: &About) -> Option<(Sku, Reason)> {
    about.sku.clone().zip(about.reason)
}

/// What signals and is not taken.
async fn signals(
    work: &Work,
    shop: &ShopId,
    watch: &Watch,
    weeks: &[Week],
    taken: &HashSet<(Sku, Reason)>,
) -> Result<Vec<((Sku, Reason), Signal)>> {
    let heard = chart::complaints(&work.tx, shop, weeks, watch.least_complaints, None).await?;
    let mut by_pair: BTreeMap<(Sku, Reason), Vec<(usize, u64)>> = BTreeMap::new();
    for one in heard.into_iter().filter(|one| !taken.contains(&one.of)) {
        by_pair.entry(one.of).or_default().push((one.week, one.count));
    }
    let Some(week) = weeks.last().filter(|_| !by_pair.is_empty()) else { return Ok(Vec::new()) };
    let skus: HashSet<&Sku> = by_pair.keys().map(|(sku, _)| sku).collect();
    let skus: Vec<&Sku> = skus.into_iter().collect();
    let mut units: HashMap<Sku, HashMap<usize, u64>> = HashMap::new();
    for one in chart::delivered(&work.tx, shop, weeks, &skus).await? {
        units.entry(one.of).or_default().insert(one.week, one.count);
    }
    let pairs = chart::pairs(&work.tx, shop, weeks, watch.least_complaints).await?;
    let none = HashMap::new();
    let mut found = Vec::new();
    for (about, heard) in by_pair {
        let samples = series(weeks.len(), &heard, units.get(&about.0).unwrap_or(&none));
        let Some(point) = last(watch, &samples, pairs).filter(|point| point.signals) else { continue };
        let (base, weeks, sample) = (point.base, point.weeks, point.judged.sample);
        found.push((about, Signal { from: week.from, until: week.until, week: sample, base, weeks, pairs }));
    }
    Ok(found)
}

/// An incident that the service opens, and tells of; it is stored when its cases are known.
fn raise(work: &mut Work, shop: &ShopId, (sku, reason): (Sku, Reason), signal: Signal) -> Result<Incident> {
    let word = reason.as_str().to_ascii_lowercase().replace('_', " ");
    let (seen, usual) = (signal.week.count, signal.expected());
    let title = format!("{seen} complaints in a week, usual are {usual:.1}: {word}, {sku}");
    let about = About {
        title: title.chars().take(TITLE_CHARS_MAX).collect(),
        reason: Some(reason),
        sku: Some(sku.clone()),
        ..About::default()
    };
    let incident = Incident {
        id: IncidentId::from_bits(work.id()),
        shop: shop.clone(),
        about,
        opened_by: service()?,
        opened_at: work.now,
        resolution: None,
        cases: 0,
        signal: Some(signal),
        version: 1,
    };
    let event = Event::IncidentRaised {
        incident: incident.id,
        sku,
        reason,
        week_from: signal.from,
        week_until: signal.until,
        complaints: signal.week.count,
        of_units: signal.week.size,
        base_complaints: signal.base.count,
        base_units: signal.base.size,
        base_weeks: signal.weeks,
        pairs: signal.pairs,
    };
    work.happened(shop, None, event);
    Ok(incident)
}

fn service() -> Result<AgentId> {
    AgentId::new(SERVICE).map_err(|e| AppError::Internal(e.to_string()))
}

/// Lets the cases join that belong to these incidents; says whether there are no more.
async fn join(
    work: &mut Work,
    shop: &ShopId,
    open: Vec<Incident>,
    raised: &HashSet<IncidentId>,
) -> Result<bool> {
    let with_room = open.into_iter().filter(|one| one.cases < CASES_MAX);
    let open: BTreeMap<IncidentId, Incident> = with_room.map(|one| (one.id, one)).collect();
    let sought: Vec<Sought> = open.values().filter_map(sought).collect();
    if sought.is_empty() {
        return Ok(true);
    }
    let limit = u32::try_from(MEMBERS_AT_ONCE_MAX).unwrap_or(u32::MAX);
    let mut found = chart::joining(&work.tx, shop, &sought, limit).await?;
    let is_all = found.len() < MEMBERS_AT_ONCE_MAX;
    found.truncate(MEMBERS_AT_ONCE_MAX);
    let ids: Vec<CaseId> = found.iter().map(|(_, case)| *case).collect();
    let cases = alone(work, shop, &ids).await?;
    let cases: HashMap<CaseId, Case> = cases.into_iter().map(|case| (case.id, case)).collect();
    let (by, at) = (service()?, work.now);
    let mut added: BTreeMap<IncidentId, Vec<Membership>> = BTreeMap::new();
    for (id, case) in found {
        let Some(incident) = open.get(&id) else { continue };
        let mine = added.entry(id).or_default();
        let room = usize::try_from(CASES_MAX - incident.cases).unwrap_or_default();
        // What was said of it meanwhile counts: it may be over, or about something else.
        let fits = |case: &Case| case.is_open() && case.reasons.first().copied() == incident.about.reason;
        if mine.len() < room && cases.get(&case).is_some_and(fits) {
            mine.push(Membership { shop: shop.clone(), incident: id, case, by: by.clone(), at, open: true });
        }
    }
    for (id, incident) in open {
        let mine = added.remove(&id).unwrap_or_default();
        let count = incident.cases + u32::try_from(mine.len()).unwrap_or(u32::MAX);
        if raised.contains(&id) {
            work.write([incident::insert(&Incident { cases: count, ..incident })]);
        } else {
            counted(work, incident, count);
        }
        joined(work, &mine);
    }
    Ok(is_all)
}

fn sought(incident: &Incident) -> Option<Sought> {
    let ((sku, reason), signal) = pair(&incident.about).zip(incident.signal)?;
    Some(Sought { incident: incident.id, sku, reason, from: signal.from })
}
