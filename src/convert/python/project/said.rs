//! What the build files of a project say of it to others: licence, summary, home page, and what it requires.

use std::collections::BTreeMap;

use toml::Value;

use super::manifest::Manifest;
use super::{Files, Location};
use crate::about::{self, About, Fields};
use crate::pins::Said;
use crate::python::build_system::strings;
use crate::python::literals::Literal;
use crate::python::setup_cfg;

/// What files of these names say; nothing where they cannot be read.
pub fn said(texts: &BTreeMap<String, String>) -> Said {
    let text = |location: &Location| texts.get(location.as_str()).cloned();
    let files = Files { text: &text, names: &|_| Vec::new(), folder_name: "" };
    let modern = texts.get("pyproject.toml").map(|text| about::pyproject(text)).unwrap_or_default();
    let Ok(manifest) = Manifest::read(&files, &Location::root(), "") else {
        return Said { about: modern, requires_dist: Some(Vec::new()) };
    };
    let mut requires = manifest.requires();
    if manifest.value(&["project", "dependencies"]).is_none() {
        requires.extend(of_poetry(&manifest));
    }
    Said { about: modern.or(legacy(&manifest)), requires_dist: Some(requires) }
}

/// What setup.py says in literals, and setup.cfg.
fn legacy(manifest: &Manifest<'_>) -> About {
    let one = |name: &str| {
        let argument = manifest.argument(name).and_then(Literal::text);
        argument.or_else(|| manifest.cfg("metadata", name)).map(str::to_owned)
    };
    let classifiers = match manifest.argument("classifiers") {
        Some(list) => list.texts().into_iter().map(str::to_owned).collect(),
        None => setup_cfg::list(manifest.cfg("metadata", "classifiers").unwrap_or_default(), ','),
    };
    About::from(Fields {
        license: one("license"),
        summary: one("description"),
        home_page: ["url", "home_page", "home-page"].into_iter().find_map(one),
        urls: Vec::new(),
        classifiers,
    })
}

/// Poetry's own table, without the versions, which are in its words: which one is taken, a lockfile says.
fn of_poetry(manifest: &Manifest<'_>) -> Vec<String> {
    let table = manifest.value(&["tool", "poetry", "dependencies"]).and_then(Value::as_table);
    let needed = table.into_iter().flatten().filter(|(name, value)| {
        let is_optional = value.get("optional").and_then(Value::as_bool).unwrap_or_default();
        *name != "python" && !is_optional
    });
    let text = |(name, value): (&String, &Value)| {
        let extras = strings(value.get("extras")).unwrap_or_default().join(",");
        let extras = if extras.is_empty() { extras } else { format!("[{extras}]") };
        match value.get("markers").and_then(Value::as_str) {
            Some(markers) => format!("{name}{extras} ; {markers}"),
            None => format!("{name}{extras}"),
        }
    };
    needed.map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, text: &str) -> Said {
        said(&[(name.to_owned(), text.to_owned())].into())
    }

    #[test]
    fn each_way_to_say_it() {
        let modern =
            "[project]\nname = 'a'\ndescription = 'Does it'\nlicense = 'MIT'\ndependencies = ['b>=1', 'c']\n";
        let poetry = "[tool.poetry]\nname = 'a'\ndescription = 'Does it'\nlicense = 'MIT'\n\
            [tool.poetry.dependencies]\npython = '^3.9'\nb = '^1'\nc = { version = '*', extras = ['x'], \
            markers = \"os_name == 'nt'\" }\nd = { version = '1', optional = true }\n";
        let cfg = "[metadata]\nname = a\ndescription = Does it\nlicense = MIT\n[options]\ninstall_requires =\n  b>=1\n  c\n";
        let setup = "from setuptools import setup\nsetup(name='a', description='Does it', license='MIT', \
            install_requires=['b>=1', 'c'])\n";
        let of = |name, text| {
            let Said { about, requires_dist } = of(name, text);
            assert_eq!((about.license.as_deref(), about.text()), (Some("MIT"), Some("Does it")), "{name}");
            requires_dist.unwrap()
        };
        for (name, text) in [("pyproject.toml", modern), ("setup.cfg", cfg), ("setup.py", setup)] {
            assert_eq!(of(name, text), ["b>=1", "c"], "{name}");
        }
        assert_eq!(of("pyproject.toml", poetry), ["b", "c[x] ; os_name == 'nt'"]);
    }

    #[test]
    fn what_cannot_be_read_says_nothing() {
        let nothing = Said { requires_dist: Some(Vec::new()), ..Said::default() };
        assert_eq!(said(&BTreeMap::new()), nothing);
        assert_eq!(of("pyproject.toml", "what is this"), nothing);
    }
}
