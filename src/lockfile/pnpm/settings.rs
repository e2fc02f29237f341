//! Settings that change which links pnpm makes. They are in no lockfile, but in `.npmrc` and pnpm-workspace.yaml.

use regex_lite::Regex;
use serde_json::Value;

use crate::lockfile::yaml::{self, Yaml};

/// The files of the lockfile's folder that have them, as text.
#[derive(Clone, Copy, Debug, Default)]
pub struct SettingsFiles<'a> {
    pub npmrc: Option<&'a str>,
    /// pnpm-workspace.yaml.
    pub workspace: Option<&'a str>,
}

/// What is hoisted, and to where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hoisting {
    /// Patterns of names that are linked in the project's own `node_modules`.
    pub public: Vec<String>,
    /// Patterns of names that are linked in `node_modules/.pnpm/node_modules`.
    pub private: Vec<String>,
    /// Whether members of the workspace are linked there, too.
    pub members: bool,
}

impl Hoisting {
    /// What the files say; the rest is by default of the version of pnpm that the project's package.json names, or that
    /// writes such lockfiles. `nodeLinker: hoisted` is taken for `shamefullyHoist`, which makes the same names known.
    pub fn of(files: SettingsFiles<'_>, manifest: Option<&Value>, written_by: u32) -> Self {
        let npmrc = npmrc(files.npmrc.unwrap_or_default());
        let workspace = files.workspace.and_then(|text| yaml::documents(text).ok()?.pop());
        let said = |name: &str| setting(workspace.as_ref(), &npmrc, name);
        let is = |name: &str, value: &str| said(name).is_some_and(|said| said == [value]);
        let pnpm = pnpm(manifest).unwrap_or(written_by);
        let public: &[&str] = match pnpm {
            10.. => &[],
            7..10 => &["*eslint*", "*prettier*"],
            _ => &["*types*", "*eslint*", "@prettier/plugin-*", "*prettier-plugin-*"],
        };
        let all = || vec!["*".to_owned()];
        let is_flat = is("shamefullyHoist", "true") || is("nodeLinker", "hoisted");
        Self {
            public: if is_flat {
                all()
            } else {
                said("publicHoistPattern")
                    .unwrap_or_else(|| public.iter().map(|name| (*name).to_owned()).collect())
            },
            private: if is("hoist", "false") { Vec::new() } else { said("hoistPattern").unwrap_or_else(all) },
            members: pnpm > 8 && !is("hoistWorkspacePackages", "false"),
        }
    }
}

/// Whether patterns mean a name (pnpm's matcher): `*` is any text, `!` takes back, and the last that fits counts.
pub fn means(patterns: &[String], name: &str) -> bool {
    let fits = |pattern: &str| {
        let text = regex_lite::escape(pattern).replace(r"\*", ".*");
        Regex::new(&format!("^{text}$")).is_ok_and(|regex| regex.is_match(name))
    };
    let only_takes_back = !patterns.is_empty() && patterns.iter().all(|pattern| pattern.starts_with('!'));
    patterns.iter().fold(only_takes_back, |meant, pattern| match pattern.strip_prefix('!') {
        Some(pattern) => meant && !fits(pattern),
        None => meant || fits(pattern),
    })
}

/// The number of pnpm that package.json names.
fn pnpm(manifest: Option<&Value>) -> Option<u32> {
    let version = manifest?.get("packageManager")?.as_str()?.strip_prefix("pnpm@")?;
    version.split('.').next()?.parse().ok()
}

/// A setting as pnpm-workspace.yaml has it, else as `.npmrc` does, by its name in lower case with dashes.
fn setting(workspace: Option<&Yaml>, npmrc: &[(&str, &str)], name: &str) -> Option<Vec<String>> {
    if let Some(said) = workspace.and_then(|workspace| workspace.get(name)) {
        return Some(said.texts().into_iter().map(str::to_owned).collect());
    }
    let mut dashed = String::new();
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            dashed.push('-');
        }
        dashed.push(c.to_ascii_lowercase());
    }
    let said: Vec<_> =
        npmrc.iter().filter(|(key, _)| *key == dashed).map(|(_, value)| (*value).to_owned()).collect();
    Some(said).filter(|said| !said.is_empty())
}

/// Lines of `key = value`; `key[] = value` is one of several.
fn npmrc(text: &str) -> Vec<(&str, &str)> {
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with(['#', ';', '[']));
    let pairs = lines.map(|line| line.split_once('=').unwrap_or((line, "true")));
    let keys = pairs.map(|(key, value)| (key.trim(), value.trim().trim_matches(['"', '\''])));
    keys.map(|(key, value)| (key.strip_suffix("[]").unwrap_or(key), value)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn patterns_as_pnpm_matches_them() {
        for (patterns, name, meant) in [
            (&["*"][..], "@s/x", true),
            (&[], "x", false),
            (&["*eslint*", "*prettier*"], "@typescript-eslint/parser", true),
            (&["*eslint*", "*prettier*"], "react", false),
            (&["!react"], "react", false),
            (&["!react"], "vue", true),
            (&["*", "!@types/*"], "@types/node", false),
            (&["*", "!@types/*", "@types/node"], "@types/node", true),
            (&["a.b"], "axb", false),
            (&["react-*"], "react-dom", true),
            (&["react-*"], "a-react-dom", false),
        ] {
            let patterns: Vec<_> = patterns.iter().map(|pattern| (*pattern).to_owned()).collect();
            assert_eq!(means(&patterns, name), meant, "{patterns:?} {name}");
        }
    }

    #[test]
    fn settings_are_those_of_the_files_then_of_the_version() {
        let of = |npmrc: &str, workspace: &str, manager: &str, written_by| {
            let manifest = json!({ "packageManager": manager });
            let files = SettingsFiles { npmrc: Some(npmrc), workspace: Some(workspace) };
            let hoisting = Hoisting::of(files, Some(&manifest), written_by);
            (hoisting.public.join(" "), hoisting.private.join(" "), hoisting.members)
        };
        let old = || "*eslint* *prettier*".to_owned();
        for (npmrc, workspace, manager, written_by, public, private, members) in [
            ("", "", "pnpm@10.1.0", 10, String::new(), "*", true),
            ("", "", "pnpm@9.5.0+sha512.abc", 10, old(), "*", true),
            ("", "", "yarn@4.0.0", 10, String::new(), "*", true),
            ("", "", "", 8, old(), "*", false),
            ("shamefully-hoist = true\n", "", "", 10, "*".to_owned(), "*", true),
            ("shamefully-hoist\n", "", "", 10, "*".to_owned(), "*", true),
            ("# shamefully-hoist=true\n", "", "", 10, String::new(), "*", true),
            ("node-linker=hoisted\n", "", "", 10, "*".to_owned(), "*", true),
            (
                "public-hoist-pattern[]=a\npublic-hoist-pattern[]=\"b*\"\n",
                "",
                "",
                8,
                "a b*".to_owned(),
                "*",
                false,
            ),
            ("hoist=false\n", "", "", 10, String::new(), "", true),
            ("", "hoistPattern: ['*', '!x']\n", "", 10, String::new(), "* !x", true),
            (
                "hoist-pattern=y\n",
                "hoistPattern: []\nhoistWorkspacePackages: false\n",
                "",
                10,
                String::new(),
                "",
                false,
            ),
            ("", "not: [yaml", "", 10, String::new(), "*", true),
        ] {
            assert_eq!(
                of(npmrc, workspace, manager, written_by),
                (public, private.to_owned(), members),
                "{npmrc} {workspace} {manager}"
            );
        }
    }
}
