//! Tags that setuptools adds to a version (`tag_build` and `tag_date` of `[egg_info]` in setup.cfg, or of
//! `[tool.distutils.egg_info]` in pyproject.toml). Projects have them for the time between their releases, which they make
//! with `egg_info --no-date --tag-build ""`
//! (<https://setuptools.pypa.io/en/latest/userguide/distribution.html>).

use super::PyVersion;
use super::setup_cfg;
use crate::foreign;

/// The lines of setup.cfg that would add a tag which a version does not end with, as they are written.
pub fn lines<'a>(cfg: &'a str, version: &PyVersion) -> Vec<&'a str> {
    let sections = setup_cfg::read(cfg).unwrap_or_default();
    let Some(info) = sections.get("egg_info") else { return Vec::new() };
    let value = |key: &str| info.get(key)?.clone();
    set(cfg, version, value)
}

/// The same of a pyproject.toml.
pub fn lines_of_pyproject<'a>(text: &'a str, version: &PyVersion) -> Vec<&'a str> {
    let document: toml::Table = foreign::toml(text).unwrap_or_default();
    let info = ["tool", "distutils", "egg_info"]
        .iter()
        .try_fold(&toml::Value::Table(document), |value, key| value.get(key))
        .cloned();
    let value = |key: &str| match info.as_ref()?.get(key)? {
        toml::Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    };
    set(text, version, value)
}

/// The lines of a text that set what counts, by the values that it has.
fn set<'a>(text: &'a str, version: &PyVersion, value: impl Fn(&str) -> Option<String>) -> Vec<&'a str> {
    let is_set = |key: &str| {
        let value = value(key).or_else(|| value(&key.replace('_', "-")));
        value.is_some_and(|value| match key {
            "tag_date" => !matches!(value.to_lowercase().as_str(), "" | "0" | "false" | "no" | "off"),
            _ => !value.is_empty() && !ends_with(version, &value),
        })
    };
    let of = |key: &'static str| {
        let is_it = move |line: &&str| {
            let name = line.split(['=', ':']).next().unwrap_or_default().trim_end();
            name.replace('-', "_").eq_ignore_ascii_case(key)
        };
        text.lines().find(is_it).filter(|_| is_set(key))
    };
    ["tag_build", "tag_date"].into_iter().filter_map(of).collect()
}

/// Whether a version ends with a tag, however that is written (PEP 440): `1.0.dev0` ends with `-dev`.
fn ends_with(version: &PyVersion, tag: &str) -> bool {
    let alone = PyVersion::new(&format!("0{tag}")).map(|alone| alone.to_string());
    alone.is_ok_and(|alone| version.to_string().ends_with(&alone[1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_the_time_before_a_release() {
        for (tags, version, expected) in [
            ("tag_build = dev\n", "1.3.9", "tag_build = dev"),
            ("tag-build=.dev0\ntag_date = 1\n", "1.0", "tag-build=.dev0|tag_date = 1"),
            ("Tag_Build : -b2\n", "1.0", "Tag_Build : -b2"),
            ("tag_build = -beta.2\n", "1.0b2", ""),
            ("tag_build = -dev\n", "1.0.dev0", ""),
            ("tag_build = .post1\n", "1.0.post1", ""),
            ("tag_build =\ntag_date = 0\n", "1.0", ""),
            ("x = 1\n[other]\ntag_build = dev\n", "1.0", ""),
        ] {
            let cfg = format!("[metadata]\nname = a\n[egg_info]\n{tags}");
            assert_eq!(lines(&cfg, &PyVersion::new(version).unwrap()).join("|"), expected, "{tags}");
        }
        for (tags, version, expected) in [
            ("tag-build = \"dev\"\n", "1.4.1", "tag-build = \"dev\""),
            ("tag_build = '.dev0'\ntag_date = true\n", "1.0", "tag_build = '.dev0'|tag_date = true"),
            ("tag-build = \"dev\"\n", "1.0.dev0", ""),
            ("x = 1\n[tool.other]\ntag-build = \"dev\"\n", "1.0", ""),
        ] {
            let text = format!("[project]\nname = 'a'\n[tool.distutils.egg_info]\n{tags}");
            let found = lines_of_pyproject(&text, &PyVersion::new(version).unwrap());
            assert_eq!(found.join("|"), expected, "{tags}");
        }
        assert!(lines("tag_build = dev\n", &PyVersion::new("1").unwrap()).is_empty());
    }
}
