//! How tags write a Python project's name and version.

use pep440_rs::{Prerelease, PrereleaseKind, Version};

use crate::foreign;
use crate::source::repository::Repository;
use crate::source::tags::Spelled;

/// The name as the metadata has it, then as the folder and the repository are called, each with its
/// separators changed; the version in all forms that mean the same (PEP 440), and zero-padded ones.
pub(super) fn spelled(name: &str, version: &str, repository: &Repository, folder: Option<&str>) -> Spelled {
    let mut spelled = Spelled::default();
    let mut path = repository.0.rsplit('/');
    let (base, owner) = (path.next().unwrap_or_default(), path.next().unwrap_or_default());
    let mut names = vec![name.to_owned()];
    names.extend(folder.map(|folder| folder.rsplit('/').next().unwrap_or(folder).to_owned()));
    // `pydantic-core` in the repository `pydantic` is tagged `core-v2.48.0`.
    let rest = name
        .get(base.len()..)
        .filter(|_| name.get(..base.len()).is_some_and(|start| start.eq_ignore_ascii_case(base)));
    names.extend(rest.map(|rest| rest.trim_start_matches(['-', '_', '.']).to_owned()));
    names.extend([base.to_owned(), format!("{owner}-{base}")]);
    for name in names {
        for name in [name.clone(), name.to_lowercase()] {
            spelled.name(name.clone());
            for separator in ["-", "_", "."] {
                spelled.name(name.replace(['-', '_', '.'], separator));
            }
        }
    }
    spelled.version(version.to_owned());
    if let Some(parsed) = foreign::version(version) {
        for version in versions(&parsed) {
            spelled.version(version);
        }
    }
    spelled.dots();
    spelled
}

fn versions(version: &Version) -> Vec<String> {
    let mut all = vec![version.to_string()];
    for release in releases(version.release()) {
        for pre in pres(version.pre()) {
            for post in numbered(version.post(), &[".post", "-post", "post", "-"]) {
                for dev in numbered(version.dev(), &[".dev", "dev", "-dev"]) {
                    all.push(format!("{release}{pre}{post}{dev}"));
                }
            }
        }
    }
    all
}

/// As it is, with one zero fewer or more at its end (both mean the same), and with two digits each where it
/// is a date.
fn releases(release: &[u64]) -> Vec<String> {
    let join = |parts: &[u64]| parts.iter().map(u64::to_string).collect::<Vec<_>>().join(".");
    let mut all = vec![join(release)];
    if let [rest @ .., 0] = release
        && !rest.is_empty()
    {
        all.push(join(rest));
    }
    if release.len() < 3 {
        all.push(format!("{}.0", join(release)));
    }
    if release.len() > 1 && release[0] >= 1990 {
        all.push(release.iter().map(|part| format!("{part:02}")).collect::<Vec<_>>().join("."));
    }
    all
}

fn pres(pre: Option<Prerelease>) -> Vec<String> {
    let Some(Prerelease { kind, number }) = pre else { return vec![String::new()] };
    let words: &[&str] = match kind {
        PrereleaseKind::Alpha => &["a", "alpha"],
        PrereleaseKind::Beta => &["b", "beta"],
        PrereleaseKind::Rc => &["rc", "RC", "c"],
    };
    let mut all = Vec::new();
    for word in words {
        for before in ["", "-", ".", "_"] {
            for between in ["", "."] {
                all.push(format!("{before}{word}{between}{number}"));
            }
        }
    }
    all
}

fn numbered(number: Option<u64>, before: &[&str]) -> Vec<String> {
    match number {
        Some(number) => before.iter().map(|before| format!("{before}{number}")).collect(),
        None => vec![String::new()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::Digest;
    use crate::source::repository::Refs;
    use crate::source::tags::candidates;

    fn found(tag: &str, name: &str, version: &str, repository: &str) -> bool {
        let tags = [(tag.to_owned(), Digest([1; 20]))].into();
        let spelled = spelled(name, version, &Repository(format!("https://x.example/{repository}")), None);
        !candidates(&Refs { tags, ..Refs::default() }, &spelled).is_empty()
    }

    #[test]
    fn what_tags_call_a_version() {
        for (tag, name, version, repository) in [
            ("2024.01.02", "certifi", "2024.1.2", "certifi/python-certifi"),
            ("twisted-25.5.0", "Twisted", "25.5.0", "twisted/twisted"),
            ("pydev_debugger_3_2_3", "pydevd", "3.2.3", "fabioz/PyDev.Debugger"),
            ("TA_Lib-0.6.4", "TA-Lib", "0.6.4", "TA-Lib/ta-lib-python"),
            ("core-v2.48.0", "pydantic_core", "2.48.0", "pydantic/pydantic"),
            ("apache-arrow-22.0.0", "pyarrow", "22.0.0", "apache/arrow"),
            ("rel_2_0_0b1", "SQLAlchemy", "2.0.0b1", "sqlalchemy/sqlalchemy"),
            ("v7.0", "zope.component", "7.0.0", "zopefoundation/zope.component"),
            ("v1.0.0-rc.1", "a", "1.0rc1", "o/a"),
            ("2.9.0.post0", "python-dateutil", "2.9.0.post0", "dateutil/dateutil"),
        ] {
            assert!(found(tag, name, version, repository), "{tag}");
        }
        for (tag, version) in [("v1.0.1", "1.0"), ("v1.0rc1", "1.0"), ("v1.0", "1.0rc1"), ("v1.0.0.1", "1.0")]
        {
            assert!(!found(tag, "a", version, "o/a"), "{tag} {version}");
        }
    }
}
