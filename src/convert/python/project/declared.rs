//! What the build files of a project declare to whoever packages it.

use std::collections::BTreeMap;

use toml::Value;

use super::manifest::Manifest;
use super::{Files, Location, entry_points, said};
use crate::about::About;
use crate::python::build_system::strings;
use crate::python::setup_cfg;

/// What is written out: nothing is run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Declared {
    /// The name as it is spelled.
    pub spelled: Option<String>,
    pub about: About,
    /// All trove classifiers.
    pub classifiers: Vec<String>,
    pub requires_python: Option<String>,
    /// Run-time requirements (PEP 508).
    pub requires: Vec<String>,
    pub extras: BTreeMap<String, Vec<String>>,
    /// Whether the build, or a file beside, has a say in the requirements.
    pub is_computed: bool,
    /// Programs, and what each starts (`module:object`; `""` of a file).
    pub programs: BTreeMap<String, String>,
}

/// Of the texts of files by their names. What cannot be read declares nothing.
pub fn declared(texts: &BTreeMap<String, String>) -> Declared {
    let text = |location: &Location| texts.get(location.as_str()).cloned();
    let files = Files { text: &text, names: &|_| Vec::new(), folder_name: "" };
    let Ok(manifest) = Manifest::read(&files, &Location::root(), "") else { return Declared::default() };
    let said = said(texts);
    let mut requires = said.requires_dist.unwrap_or_default();
    let file = manifest.value(&["tool", "setuptools", "dynamic", "dependencies", "file"]);
    let names = file.and_then(|file| strings(Some(file)).or_else(|| Some(vec![file.as_str()?.to_owned()])));
    let told: Vec<_> = names.iter().flatten().filter_map(|name| texts.get(name)).collect();
    requires.extend(told.iter().flat_map(|text| lines(text)));
    let legacy = || manifest.argument("python_requires").and_then(|one| one.text());
    Declared {
        spelled: manifest.spelled().map(str::to_owned),
        about: said.about,
        classifiers: classifiers(&manifest),
        requires_python: manifest
            .string(&["project", "requires-python"])
            .or_else(legacy)
            .or_else(|| manifest.cfg("options", "python_requires"))
            .map(str::to_owned),
        is_computed: told.is_empty() && is_computed(&manifest),
        requires,
        extras: extras(&manifest),
        programs: entry_points::programs(&manifest),
    }
}

/// The requirements of a file that lists nothing else.
fn lines(text: &str) -> impl Iterator<Item = String> {
    let lines = text.lines().map(|line| line.split(" #").next().unwrap_or_default().trim());
    lines.filter(|line| !line.is_empty() && !line.starts_with(['#', '-'])).map(str::to_owned)
}

/// Whether what is installed beside it depends on more than what is written out.
fn is_computed(manifest: &Manifest<'_>) -> bool {
    if manifest.value(&["project"]).is_some() {
        return manifest.system.list(&["project", "dynamic"]).iter().any(|field| field == "dependencies");
    }
    let argument = manifest.argument("install_requires");
    let has_argument = manifest.texts.get("setup.py").is_some_and(|text| text.contains("install_requires"));
    argument.is_none_or(|list| list.texts().is_empty()) && has_argument
}

fn classifiers(manifest: &Manifest<'_>) -> Vec<String> {
    let tables = [&["project", "classifiers"][..], &["tool", "poetry", "classifiers"]];
    let modern = tables.into_iter().find_map(|path| strings(manifest.value(path)));
    let argument =
        || Some(manifest.argument("classifiers")?.texts().into_iter().map(str::to_owned).collect());
    let cfg = || setup_cfg::list(manifest.cfg("metadata", "classifiers").unwrap_or_default(), ',');
    modern.or_else(argument).unwrap_or_else(cfg)
}

fn extras(manifest: &Manifest<'_>) -> BTreeMap<String, Vec<String>> {
    let table = |path: &[&str]| manifest.value(path).and_then(Value::as_table).into_iter().flatten();
    let modern = table(&["project", "optional-dependencies"])
        .map(|(extra, list)| (extra.clone(), strings(Some(list)).unwrap_or_default()));
    // Poetry's name entries of its own table of requirements, whose versions are in its words.
    let poetry = table(&["tool", "poetry", "extras"])
        .map(|(extra, list)| (extra.clone(), strings(Some(list)).unwrap_or_default()));
    let argument = manifest.argument("extras_require").map(|all| all.table()).unwrap_or_default().iter();
    let argument = argument.map(|(extra, list)| {
        (extra.clone(), list.texts().into_iter().map(str::to_owned).collect::<Vec<_>>())
    });
    let cfg = manifest.cfg.get("options.extras_require").into_iter().flatten();
    let cfg =
        cfg.map(|(extra, list)| (extra.clone(), setup_cfg::list(list.as_deref().unwrap_or_default(), ';')));
    // What comes first counts.
    let mut found = BTreeMap::new();
    for (extra, list) in modern.chain(poetry).chain(argument).chain(cfg) {
        found.entry(extra).or_insert(list);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(files: &[(&str, &str)]) -> Declared {
        declared(&files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect())
    }

    #[test]
    fn each_way_to_declare_it() {
        let modern = "[project]\nname = 'A.b'\nclassifiers = ['Environment :: Console']\nrequires-python = '>=3.9'\n\
            dependencies = ['x']\noptional-dependencies.cli = ['y']\nscripts.run = 'a:b'\n";
        let poetry = "[tool.poetry]\nname = 'A.b'\nclassifiers = ['Environment :: Console']\nextras = { cli = ['y'] }\n\
            scripts = { run = 'a:b' }\n[tool.poetry.dependencies]\nx = '*'\ny = { version = '*', optional = true }\n";
        let setup = "setup(name='A.b', classifiers=['Environment :: Console'], install_requires=['x'], \
            python_requires='>=3.9', extras_require={'cli': ['y']}, entry_points={'console_scripts': ['run = a:b']})";
        let cfg = "[metadata]\nname = A.b\nclassifiers =\n  Environment :: Console\n[options]\npython_requires = >=3.9\n\
            install_requires = x\n[options.extras_require]\ncli = y\n[options.entry_points]\nconsole_scripts =\n  run = a:b\n";
        for (name, text) in
            [("pyproject.toml", modern), ("pyproject.toml", poetry), ("setup.py", setup), ("setup.cfg", cfg)]
        {
            let found = of(&[(name, text)]);
            assert_eq!(found.spelled.as_deref(), Some("A.b"), "{text}");
            assert_eq!(found.classifiers, ["Environment :: Console"], "{text}");
            assert_eq!(
                (&found.requires[..], &found.extras["cli"][..]),
                (&["x".to_owned()][..], &["y".to_owned()][..]),
                "{text}"
            );
            assert!(found.programs.contains_key("run") && !found.is_computed, "{text}");
        }
    }

    #[test]
    fn what_is_computed() {
        assert!(of(&[("setup.py", "setup(install_requires=open('x').read())")]).is_computed);
        assert!(of(&[("pyproject.toml", "[project]\nname = 'a'\ndynamic = ['dependencies']\n")]).is_computed);
        let told = "[project]\nname = 'a'\ndynamic = ['dependencies']\n[tool.setuptools.dynamic]\ndependencies = { file = ['r.txt'] }\n";
        let found = of(&[("pyproject.toml", told), ("r.txt", "# x\ny>=1 # why\n-r z\n")]);
        assert_eq!((&found.requires[..], found.is_computed), (&["y>=1".to_owned()][..], false));
    }
}
