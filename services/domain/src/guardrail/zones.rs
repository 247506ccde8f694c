//! The time zones of the regions that channels sell in.

/// The zones that lie furthest apart in a region: where it is day in all of them it is day in the
/// region. Empty for a region that is not listed.
pub(super) fn zones_of(region: &str) -> &'static [&'static str] {
    REGIONS.iter().find(|(name, _)| *name == region).map_or(&[], |(_, zones)| zones)
}

/// By ISO 3166-1 alpha-2.
const REGIONS: &[(&str, &[&str])] = &[
    ("AE", &["Asia/Dubai"]),
    ("AR", &["America/Argentina/Buenos_Aires"]),
    ("AT", &["Europe/Vienna"]),
    ("AU", &["Australia/Perth", "Australia/Brisbane", "Australia/Sydney"]),
    ("BE", &["Europe/Brussels"]),
    ("BG", &["Europe/Sofia"]),
    ("BR", &["America/Rio_Branco", "America/Sao_Paulo"]),
    ("CA", &["America/Vancouver", "America/St_Johns"]),
    ("CH", &["Europe/Zurich"]),
    ("CL", &["America/Punta_Arenas", "America/Santiago"]),
    ("CN", &["Asia/Shanghai"]),
    ("CO", &["America/Bogota"]),
    ("CZ", &["Europe/Prague"]),
    ("DE", &["Europe/Berlin"]),
    ("DK", &["Europe/Copenhagen"]),
    ("EG", &["Africa/Cairo"]),
    ("ES", &["Atlantic/Canary", "Europe/Madrid"]),
    ("FI", &["Europe/Helsinki"]),
    ("FR", &["Europe/Paris"]),
    ("GB", &["Europe/London"]),
    ("GR", &["Europe/Athens"]),
    ("HK", &["Asia/Hong_Kong"]),
    ("HR", &["Europe/Zagreb"]),
    ("HU", &["Europe/Budapest"]),
    ("ID", &["Asia/Jakarta", "Asia/Jayapura"]),
    ("IE", &["Europe/Dublin"]),
    ("IL", &["Asia/Jerusalem"]),
    ("IN", &["Asia/Kolkata"]),
    ("IT", &["Europe/Rome"]),
    ("JP", &["Asia/Tokyo"]),
    ("KR", &["Asia/Seoul"]),
    ("MX", &["America/Tijuana", "America/Hermosillo", "America/Mexico_City", "America/Cancun"]),
    ("MY", &["Asia/Kuala_Lumpur"]),
    ("NL", &["Europe/Amsterdam"]),
    ("NO", &["Europe/Oslo"]),
    ("NZ", &["Pacific/Auckland"]),
    ("PE", &["America/Lima"]),
    ("PH", &["Asia/Manila"]),
    ("PL", &["Europe/Warsaw"]),
    ("PT", &["Atlantic/Azores", "Europe/Lisbon"]),
    ("RO", &["Europe/Bucharest"]),
    ("SA", &["Asia/Riyadh"]),
    ("SE", &["Europe/Stockholm"]),
    ("SG", &["Asia/Singapore"]),
    ("SI", &["Europe/Ljubljana"]),
    ("SK", &["Europe/Bratislava"]),
    ("TH", &["Asia/Bangkok"]),
    ("TR", &["Europe/Istanbul"]),
    ("TW", &["Asia/Taipei"]),
    ("UA", &["Europe/Kyiv"]),
    ("US", &["Pacific/Honolulu", "America/Anchorage", "America/New_York"]),
    ("VN", &["Asia/Ho_Chi_Minh"]),
    ("ZA", &["Africa/Johannesburg"]),
];

#[cfg(test)]
mod tests {
    use super::REGIONS;
    use crate::Time;
    use crate::guardrail::QuietHours;

    #[test]
    fn every_region_has_an_hour_that_is_day_everywhere_on_every_day_of_a_year() {
        for (region, zones) in REGIONS {
            assert!(
                zones.iter().all(|name| jiff::tz::TimeZoneDatabase::bundled().get(name).is_ok()),
                "{region}"
            );
            let hours = QuietHours::of(None, region, "UTC");
            for day in 0..366 {
                let at = Time::from_secs(1_767_225_600 + day * 86_400);
                let open = hours.next_open(at).unwrap_or(Time::MAX);
                assert!(hours.is_open(open) && open.since(at).micros() <= 24 * 3_600_000_000, "{region}");
            }
        }
    }
}
