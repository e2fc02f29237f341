//! `requires.txt` of an `.egg-info` folder, in which setuptools has kept requirements since before core metadata had them
//! (<https://setuptools.pypa.io/en/latest/deprecated/python_eggs.html>).

use super::requirement::split_marker;

/// What it says, in core metadata's words: `Requires-Dist` and `Provides-Extra`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EggRequires {
    pub requires_dist: Vec<String>,
    pub provides_extra: Vec<String>,
}

/// Reads the lines; a section is called after an extra, a marker behind a colon, or both.
pub fn read(text: &str) -> EggRequires {
    let mut found = EggRequires::default();
    let (mut extra, mut marker) = (String::new(), String::new());
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(section) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            let (name, condition) = section.split_once(':').unwrap_or((section, ""));
            (extra, marker) = (name.trim().to_owned(), condition.trim().to_owned());
            if !extra.is_empty() && !found.provides_extra.contains(&extra) {
                found.provides_extra.push(extra.clone());
            }
            continue;
        }
        let (before, own) = split_marker(line);
        let mut parts: Vec<String> =
            own.filter(|own| !own.is_empty()).into_iter().map(|own| format!("({own})")).collect();
        parts.extend((!marker.is_empty()).then(|| format!("({marker})")));
        parts.extend((!extra.is_empty()).then(|| format!("extra == '{extra}'")));
        let condition = if parts.is_empty() { String::new() } else { format!(" ; {}", parts.join(" and ")) };
        found.requires_dist.push(format!("{before}{condition}"));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::Requirement;

    #[test]
    fn sections_are_extras_and_markers() {
        let text =
            "six>=1\nb\n\n[:python_version < '3']\nmock\n\n[cli]\nclick\n\n[cli:os_name == 'nt']\ncolorama\n";
        let found = read(text);
        let expected = [
            "six>=1",
            "b",
            "mock ; (python_version < '3')",
            "click ; extra == 'cli'",
            "colorama ; (os_name == 'nt') and extra == 'cli'",
        ];
        assert_eq!(found.requires_dist, expected);
        assert!(found.requires_dist.iter().all(|text| Requirement::parse(text).is_ok()));
        assert_eq!(found.provides_extra, ["cli"]);
        assert_eq!(read(""), EggRequires::default());
    }
}
