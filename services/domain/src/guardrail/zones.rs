//! The time zones of the regions that channels sell in.

/// One line for each country: its code, and the zones whose clocks differ.
const TABLE: &str = include_str!("zones.tab");

/// A zone for each clock of a region (ISO 3166-1 alpha-2): where it is day in all of them it is day
/// everywhere in the region. Empty for what is no country.
pub(super) fn zones_of(region: &str) -> Vec<&'static str> {
    let line = lines().find(|(name, _)| *name == region);
    line.map_or_else(Vec::new, |(_, zones)| zones.split(' ').collect())
}

/// Every region that is listed, with its zones.
pub(super) fn lines() -> impl Iterator<Item = (&'static str, &'static str)> {
    TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'))
}

#[cfg(test)]
mod tests {
    use super::lines;
    use crate::Time;
    use crate::guardrail::QuietHours;

    #[test]
    fn every_region_has_an_hour_that_is_day_everywhere_on_every_day_of_a_year() {
        for (region, zones) in lines() {
            let known = |name| jiff::tz::TimeZoneDatabase::bundled().get(name).is_ok();
            assert!(zones.split(' ').all(known), "{region}");
            let hours = QuietHours::of(None, region, "UTC");
            for day in 0..366 {
                let at = Time::from_secs(1_767_225_600 + day * 86_400);
                let open = hours.next_open(at).unwrap_or(Time::MAX);
                assert!(hours.is_open(open) && open.since(at).micros() <= 24 * 3_600_000_000, "{region}");
            }
        }
    }
}
