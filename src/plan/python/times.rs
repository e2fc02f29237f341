//! When releases were made, as an index tells it (PEP 700), and whether that can be believed: mirrors and company
//! indexes tell when they got a file.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::python::Listed;

/// Releases below which times prove nothing.
const FEW: usize = 4;
/// Releases that come within so many days of each other were put there at once, by a mirror.
const AT_ONCE_DAYS: i64 = 30;
/// Of so many releases in a row one may be older than the one before: repairs of older lines.
const ONE_OLDER_OF: usize = 5;

/// When the source archive of a release was uploaded.
pub fn of(one: &Listed) -> Option<Timestamp> {
    one.sdist.as_ref().or(one.wheel())?.upload_time.as_ref()?.parse().ok()
}

/// Whether the times of a project's releases (ascending by version) are those of its author: they ascend with the
/// versions but for a few, and do not all come within days. Of very few releases nothing can be told: not believed.
pub fn are_believable(listed: &[Listed]) -> bool {
    let finals = listed.iter().filter(|one| !one.version.parts().any_prerelease());
    let times: Option<Vec<Timestamp>> = finals.map(of).collect();
    let Some(times) = times else { return false };
    let (Some(first), Some(last)) = (times.iter().min(), times.iter().max()) else { return false };
    let days = (last.as_second() - first.as_second()) / 86_400;
    let older = times.windows(2).filter(|pair| pair[1] < pair[0]).count();
    times.len() >= FEW && days > AT_ONCE_DAYS && older * ONE_OLDER_OF <= times.len()
}

/// The end of the half-year: sources of one half-year share the tools of its end, and there are few versions to build.
/// Tools that are a little newer than the source seldom break it; older ones lack what it uses.
pub fn settled(time: Timestamp) -> Timestamp {
    let day = time.to_zoned(TimeZone::UTC).date();
    let (year, month) = if day.month() <= 6 { (day.year(), 7) } else { (day.year() + 1, 1) };
    let end = jiff::civil::Date::new(year, month, 1).and_then(|day| day.to_zoned(TimeZone::UTC));
    end.map_or(time, |end| end.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::Distribution;
    use crate::python::filename::Kind;
    use crate::python::{PyName, PyVersion};

    fn listed(times: &[&str]) -> Vec<Listed> {
        let one = |(nth, time): (usize, &&str)| Listed {
            version: PyVersion::new(&format!("1.{nth}")).unwrap(),
            sdist: Some(Distribution {
                filename: PyName::new("a").unwrap().to_string(),
                url: "https://example.org/".parse().unwrap(),
                integrity: None,
                kind: Kind::Sdist,
                size: None,
                yanked: None,
                requires_python: None,
                upload_time: (!time.is_empty()).then(|| format!("{time}T00:00:00Z")),
                core_metadata: None,
                provenance: None,
            }),
            wheels: Vec::new(),
        };
        times.iter().enumerate().map(one).collect()
    }

    #[test]
    fn half_years() {
        for (time, expected) in [
            ("2024-01-01T00:00:00Z", "2024-07-01T00:00:00Z"),
            ("2024-06-30T23:59:59Z", "2024-07-01T00:00:00Z"),
            ("2024-07-01T00:00:00Z", "2025-01-01T00:00:00Z"),
            ("2024-12-31T12:00:00Z", "2025-01-01T00:00:00Z"),
        ] {
            assert_eq!(settled(time.parse().unwrap()).to_string(), expected, "{time}");
        }
    }

    #[test]
    fn what_is_believed() {
        let cases: [(&[&str], bool); 6] = [
            (&["2015-01-01", "2016-01-01", "2018-01-01", "2020-01-01"], true),
            // A repair of an older line.
            (&["2015-01-01", "2016-01-01", "2019-01-01", "2018-01-01", "2020-01-01"], true),
            // A mirror that was filled on one day, one that was filled backwards, one without times.
            (&["2026-11-01", "2026-11-01", "2026-11-02", "2026-11-02"], false),
            (&["2020-01-01", "2018-01-01", "2016-01-01", "2015-01-01"], false),
            (&["2015-01-01", "2016-01-01", "", "2020-01-01"], false),
            (&["2015-01-01", "2020-01-01"], false),
        ];
        for (times, expected) in cases {
            let listed = listed(times);
            assert_eq!(are_believable(&listed), expected, "{times:?}");
        }
    }
}
