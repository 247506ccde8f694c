//! Promises and hours as JSON.

use amends_domain::shop::Channel;
use amends_domain::sla::{DatedHours, Exception, OpeningHours, Policy, Shift, Target, Terms};
use amends_domain::{Day, Span, Time};
use serde::{Deserialize, Serialize};

use super::word;

#[derive(Serialize, Deserialize, Default)]
#[serde(default)]
pub(super) struct TermsBody {
    promises: Vec<PolicyBody>,
    hours: Vec<DatedBody>,
}

#[derive(Serialize, Deserialize)]
struct PolicyBody {
    effective_from: i64,
    targets: Vec<TargetBody>,
}

#[derive(Serialize, Deserialize)]
struct TargetBody {
    metric: String,
    kind: Option<String>,
    channel: Option<String>,
    least_priority: Option<u8>,
    span: i64,
    hours: String,
}

#[derive(Serialize, Deserialize)]
struct DatedBody {
    effective_from: i64,
    hours: Option<HoursBody>,
}

/// A shift is a pair of minutes.
type ShiftBody = (u16, u16);

#[derive(Serialize, Deserialize)]
struct HoursBody {
    zone: String,
    week: [Vec<ShiftBody>; 7],
    exceptions: Vec<(i32, Vec<ShiftBody>)>,
}

impl TermsBody {
    pub(super) fn of(terms: &Terms) -> Self {
        let dated = |dated: &DatedHours| DatedBody {
            effective_from: dated.effective_from.micros(),
            hours: dated.hours.as_ref().map(HoursBody::of),
        };
        let policy = |policy: &Policy| PolicyBody {
            effective_from: policy.effective_from.micros(),
            targets: policy.targets.iter().map(TargetBody::of).collect(),
        };
        Self {
            promises: terms.promises.iter().map(policy).collect(),
            hours: terms.hours.iter().map(dated).collect(),
        }
    }

    pub(super) fn terms(self) -> Result<Terms, String> {
        let policy = |body: PolicyBody| -> Result<Policy, String> {
            let targets = body.targets.into_iter().map(TargetBody::target).collect::<Result<_, _>>()?;
            Ok(Policy { effective_from: Time::from_micros(body.effective_from), targets })
        };
        let dated = |body: DatedBody| DatedHours {
            effective_from: Time::from_micros(body.effective_from),
            hours: body.hours.map(HoursBody::hours),
        };
        Ok(Terms {
            promises: self.promises.into_iter().map(policy).collect::<Result<_, _>>()?,
            hours: self.hours.into_iter().map(dated).collect(),
        })
    }
}

impl TargetBody {
    fn of(target: &Target) -> Self {
        Self {
            metric: target.metric.to_string(),
            kind: target.kind.map(|kind| kind.to_string()),
            channel: target.channel.as_ref().map(|channel| channel.as_str().to_owned()),
            least_priority: target.least_priority,
            span: target.span.micros(),
            hours: target.hours.to_string(),
        }
    }

    fn target(self) -> Result<Target, String> {
        let channel = self.channel.map(Channel::new).transpose().map_err(|e| e.to_string())?;
        Ok(Target {
            metric: word(&self.metric)?,
            kind: self.kind.as_deref().map(word).transpose()?,
            channel,
            least_priority: self.least_priority,
            span: Span::from_micros(self.span),
            hours: word(&self.hours)?,
        })
    }
}

impl HoursBody {
    fn of(hours: &OpeningHours) -> Self {
        let shifts = |shifts: &Vec<Shift>| shifts.iter().map(|s| (s.from, s.to)).collect::<Vec<_>>();
        Self {
            zone: hours.zone.clone(),
            week: hours.week.each_ref().map(shifts),
            exceptions: hours.exceptions.iter().map(|e| (e.date.number(), shifts(&e.shifts))).collect(),
        }
    }

    fn hours(self) -> OpeningHours {
        let shifts = |shifts: Vec<ShiftBody>| -> Vec<Shift> {
            shifts.into_iter().map(|(from, to)| Shift { from, to }).collect()
        };
        let exception = |(day, of_day): (i32, Vec<ShiftBody>)| Exception {
            date: Day::from_number(day),
            shifts: shifts(of_day),
        };
        OpeningHours {
            zone: self.zone,
            week: self.week.map(shifts),
            exceptions: self.exceptions.into_iter().map(exception).collect(),
        }
    }
}
