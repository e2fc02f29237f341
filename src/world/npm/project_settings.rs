//! What the project's own `.npmrc` says of installing. The user's own settings are not asked: whoever else builds the
//! project does not have them.

use std::collections::BTreeMap;
use std::path::Path;

use super::ini;

/// The settings of one file.
#[derive(Clone, Debug, Default)]
pub struct ProjectSettings(BTreeMap<String, String>);

impl ProjectSettings {
    /// Those of a project's folder; none where the file is not there or cannot be read, as for npm.
    pub fn load(folder: &Path) -> Self {
        let text = std::fs::read_to_string(folder.join(".npmrc")).unwrap_or_default();
        Self::parse(&text)
    }

    fn parse(text: &str) -> Self {
        // Variables are the user's as well.
        Self(ini::parse(text, |_| None))
    }

    /// A setting as written.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key).map(String::as_str)
    }

    /// Whether a switch is on: npm takes everything for a yes but `false`, `null` and 0.
    pub fn is_on(&self, key: &str) -> bool {
        let is_off = |value: &str| matches!(value, "false" | "null") || value.parse() == Ok(0.0);
        self.get(key).is_some_and(|value| !is_off(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn switches_as_npm_reads_them() {
        let settings = ProjectSettings::parse("a\nb=true\nc=false\nd=0\ne = 1\nf=yes\ng=null\n");
        let on: Vec<_> =
            ["a", "b", "c", "d", "e", "f", "g", "h"].into_iter().filter(|key| settings.is_on(key)).collect();
        assert_eq!(on, ["a", "b", "e", "f"]);
    }
}
