//! pip: pins for the interpreter that runs it, from its installation report
//! (<https://pip.pypa.io/en/stable/reference/installation-report/>).

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, stream};
use serde::Deserialize;
use url::Url;

use super::{Ask, Given, PATIENCE, ResolveError, Resolved, is_absent, problem, process, said};
use crate::hash::{Algorithm, Integrity};
use crate::lockfile::python::Asked;
use crate::python::{PyName, PyVersion};
use crate::world::pypi::PyPi;

/// The exit code of [`RUN_PIP`] where there is no pip.
const NO_PIP: i32 = 97;

/// Runs pip so that it cannot start a program (an audit hook, PEP 578): `--only-binary` says nothing of addresses, which
/// pip would clone and build for their metadata. musl's loader is asked for its version.
const RUN_PIP: &str = "
import sys
sys.path[:] = [folder for folder in sys.path if folder]
import os, runpy
try:
    import pip
except ImportError:
    sys.exit(97)
STARTS = ('subprocess.Popen', 'os.system', 'os.exec', 'os.posix_spawn', 'os.spawn', 'os.fork', 'os.forkpty')
def refuse(event, arguments):
    if event in STARTS:
        program = arguments[0] if arguments else ''
        if not os.path.basename(str(program)).startswith('ld-musl'):
            raise PermissionError('pip is to build nothing, and would have run a program')
sys.addaudithook(refuse)
sys.argv[0] = 'pip'
runpy.run_module('pip', run_name='__main__')
";

/// How many releases are asked for at once.
const AT_ONCE: usize = 16;

#[derive(Deserialize)]
struct Report {
    pip_version: String,
    install: Vec<Item>,
    #[serde(default)]
    environment: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Item {
    metadata: Metadata,
    download_info: Download,
    #[serde(default)]
    is_direct: bool,
}

#[derive(Deserialize)]
struct Metadata {
    name: String,
    version: String,
}

#[derive(Deserialize)]
struct Download {
    url: Url,
    archive_info: Option<Archive>,
}

#[derive(Deserialize)]
struct Archive {
    #[serde(default)]
    hashes: BTreeMap<String, String>,
}

/// A package, and the hash of the file that pip chose.
struct Pin {
    name: PyName,
    version: PyVersion,
    chosen: Integrity,
    /// Of a wheel that is asked for at an address.
    url: Option<Url>,
}

fn command(program: &str) -> tokio::process::Command {
    let mut command = process::command(program);
    command.args(["-c", RUN_PIP]);
    command
}

/// `None` where there is no pip.
pub async fn resolve(
    ask: &Ask<'_>,
    asked: &Asked,
    given: &Given,
    pypi: &PyPi,
) -> Result<Option<Resolved>, ResolveError> {
    // It would start git, and then a build.
    if let Some(written) = asked.requirements.iter().find(|one| one.contains(" @ git+")) {
        return Err(problem::needs_uv(ask.file, written).into());
    }
    let mut command = command(ask.programs.python);
    command.current_dir(ask.folder).args(["install", "--dry-run", "--ignore-installed", "--report", "-"]);
    command.args(["--only-binary", ":all:", "--quiet", "--no-input", "--disable-pip-version-check"]);
    if let Some(constraints) = &given.constraints {
        command.args(["--constraint", constraints]);
    }
    command.envs(ask.index.map(|index| ("PIP_INDEX_URL", index.as_str())));
    let output = match process::run(command.args(["--requirement", &given.requirements]), PATIENCE).await {
        Ok(output) if output.status.code() == Some(NO_PIP) => return Ok(None),
        Err(error) if is_absent(&error) => return Ok(None),
        output => output?,
    };
    if !output.status.success() {
        let said = said(&output);
        let builds = said.contains("pip is to build nothing") || said.contains("(from versions: none)");
        let problem = if builds { problem::needs_build } else { problem::unsatisfied };
        return Err(problem(ask.file, "pip", &said).into());
    }
    let unusable = |why: String| problem::unusable_answer(ask.file, "pip", &why);
    let report: Report =
        serde_json::from_slice(&output.stdout).map_err(|error| unusable(format!("is no report: {error}")))?;
    let by = format!("pip {}", report.pip_version);
    let only_for = Some(environment(&report.environment));
    let pins: Vec<Pin> = report.install.iter().map(pin).collect::<Result<_, _>>().map_err(unusable)?;
    // The index that is asked must be the one that pip asked.
    let ours = asked.settings.indexes.is_empty() && !asked.settings.no_index;
    let lines = lines(pins, ours.then_some(pypi)).await;
    let one_file = lines.iter().filter(|line| line.matches("--hash=").count() == 1).count();
    let (text, asked) = (lines.concat(), asked.requirements.len());
    Ok(Some(Resolved { text, by, asked, pinned: 0, one_file, only_for }))
}

fn environment(of: &BTreeMap<String, String>) -> String {
    let get = |key: &str| of.get(key).map_or("?", String::as_str);
    let python = (get("platform_python_implementation"), get("python_version"));
    format!("{} {} on {} ({})", python.0, python.1, get("sys_platform"), get("platform_machine"))
}

/// What stands in the report; `Err` is a sentence without its subject.
fn pin(item: &Item) -> Result<Pin, String> {
    let shown = format!("{}=={}", item.metadata.name, item.metadata.version);
    let url = item.is_direct.then(|| item.download_info.url.clone());
    if url.as_ref().is_some_and(|url| !url.path().ends_with(".whl")) {
        return Err(format!("has {shown}, which a package requires at an address"));
    }
    let refused = |_| format!("has {shown:?}, which is no release");
    let name = PyName::new(&item.metadata.name).map_err(refused)?;
    let version = PyVersion::new(&item.metadata.version).map_err(refused)?;
    let hex = item.download_info.archive_info.as_ref().and_then(|archive| archive.hashes.get("sha256"));
    let chosen = hex.and_then(|hex| Integrity::from_hex(Algorithm::Sha256, hex));
    let chosen = chosen.ok_or_else(|| format!("has no SHA-256 of {shown}"))?;
    Ok(Pin { name, version, chosen, url })
}

/// A line for each pin, sorted.
async fn lines(mut pins: Vec<Pin>, pypi: Option<&PyPi>) -> Vec<String> {
    pins.sort_by(|left, right| left.name.cmp(&right.name));
    let line = |pin: Pin| async move {
        let hashes = match pypi {
            Some(pypi) if pin.url.is_none() => hashes(&pin, pypi).await,
            _ => BTreeSet::from([pin.chosen.clone()]),
        };
        let hashes: Vec<_> = hashes
            .iter()
            .map(|hash| format!(" \\\n    --hash={}:{}", hash.algorithm.name(), hash.hex()))
            .collect();
        let what = match &pin.url {
            Some(url) => format!(" @ {url}"),
            None => format!("=={}", pin.version),
        };
        format!("{}{what}{}\n", pin.name, hashes.concat())
    };
    stream::iter(pins.into_iter().map(line)).buffered(AT_ONCE).collect().await
}

/// Those of all files of the release, where the index has the one that pip chose among them; else that alone.
async fn hashes(pin: &Pin, pypi: &PyPi) -> BTreeSet<Integrity> {
    let release = pypi.release(&pin.name, &pin.version).await;
    let files = release.map(|release| release.distributions).unwrap_or_default();
    let strong = |hash: &Integrity| hash.algorithm != Algorithm::Sha1;
    let all: BTreeSet<_> = files.into_iter().filter_map(|file| file.integrity).filter(strong).collect();
    if all.contains(&pin.chosen) { all } else { BTreeSet::from([pin.chosen.clone()]) }
}
