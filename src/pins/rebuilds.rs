//! How packages of npm are built from their commits, with which tools, and what came of it. `headwater verify` writes it of
//! packages that it compares, and a conversion of git dependencies; a conversion keeps what is still of use. Python's wheels
//! stand beside them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{Artifact, Pin, WheelRebuild};
use crate::graph::npm::Platform;
use crate::graph::{Location, Package, Purl};
use crate::hash::Digest;
use crate::hash::nar::NarHash;
use crate::policy::Policy;
use crate::rebuild::{Class, Level, Recipe, RecipeOverride, tools_not_rebuilt};
use crate::source::Source;

/// Characters of a commit that are shown.
pub(super) const SHORT: usize = 12;

/// All rebuilds of a project.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rebuilds {
    /// npm.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub packages: BTreeMap<Purl, Rebuild>,
    /// What the packages are built with, as the registry ships it: nobody rebuilt these. npm.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tools: BTreeMap<Purl, Tool>,
    /// NAR hash of what is fetched together, by its name. npm.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub packs: BTreeMap<String, NarHash>,
    /// Python.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub wheels: BTreeMap<Purl, WheelRebuild>,
}

/// One package, built from its commit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rebuild {
    /// The commit that it is built from.
    pub source: Source,
    /// NAR hash of the commit's checkout.
    pub checkout: NarHash,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub submodules: bool,
    /// When the commit was made, in seconds since 1970: the build's clock starts there.
    pub time: u64,
    /// Where the versions of the tools are from.
    pub tools_from: ToolsFrom,
    pub recipe: Recipe,
    /// How many of the lockfile's packages are there while it is built.
    pub level: Level,
    /// What lies where in the checkout, of what package managers install.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tree: BTreeMap<Location, Installed>,
    /// Packages of the lockfile that could not be had.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub lacking: BTreeSet<Purl>,
    /// Programs of folders of the checkout that something links to: program name to path in the folder.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub programs: BTreeMap<Location, BTreeMap<String, String>>,
    /// What headwater.toml said of it when it was planned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overridden: Option<RecipeOverride>,
    /// SRI of the artifact that it was compared with. A git dependency has none: what the build makes is what is installed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub artifact: Option<String>,
    /// Absent where it was not built yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

/// Where the versions of the tools are from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ToolsFrom {
    /// A lockfile of the commit, by its path there.
    Lockfile(String),
    /// npm chose them, as of this day (`YYYY-MM-DD`), by what package.json asks for.
    Day(String),
    /// npm chose today's.
    Newest,
}

/// One location of an installed tree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Installed {
    /// A tool.
    Tool(Purl),
    /// A link to another location, or to a folder of the checkout.
    Link(Location),
    /// It comes in the artifact of the package around it.
    Bundled,
}

/// A package that others are built with: its artifact, and what laying it out takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Tool {
    pub artifact: Artifact,
    /// The pack that it is fetched in, and its folder there.
    pub pack: String,
    pub folder: String,
    /// Program name to path in the package.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub bin: BTreeMap<String, String>,
    #[serde(flatten)]
    pub platform: Platform,
    /// What it was made from, as far as `headwater verify --depth` asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub made_from: Option<MadeFrom>,
    /// Whether compiled files in it are bound to a loader.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub linked: bool,
    /// Paths of its executable files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub executable: Vec<String>,
    /// Paths of hard links in the archive, which npm leaves out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dropped: Vec<String>,
}

/// What a tool was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MadeFrom {
    /// Every file that is used is in this commit.
    Commit(Source),
    /// It is built output of this commit. Whether it was rebuilt stands among the packages.
    Build(Source),
    /// Why nothing more is known.
    Unknown(String),
}

/// What is known of the tools of one package.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolOrigins<'a> {
    /// How many are verbatim from commits.
    pub verbatim: usize,
    /// How many are rebuilt.
    pub rebuilt: usize,
    /// The others: taken as the registry has them.
    pub others: BTreeSet<&'a Purl>,
}

/// What came of a build.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    pub class: Class,
    /// Files that are the same, of so many that the registry's archive or wheel has.
    pub identical: usize,
    pub files: usize,
    /// SHA-256 of the content listing of what was built.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<Digest<32>>,
    /// SHA-256 of the archive without its compression. npm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tar: Option<Digest<32>>,
    /// Normalisations that the class rests on, and what differs: a line for each file, the first few.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Files that the commit does not hold and that are the same bytes as files of a tool: a line for each tool.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub copied: Vec<String>,
    /// Whether it was built on the machine that says so, and not taken from a cache.
    pub built_here: bool,
}

impl Outcome {
    /// Of a build that gave nothing, with the last line of its log.
    pub fn failed(log: &[String]) -> Self {
        Self {
            class: Class::Failed,
            identical: 0,
            files: 0,
            digest: None,
            tar: None,
            notes: log.last().cloned().into_iter().collect(),
            copied: Vec::new(),
            built_here: true,
        }
    }
}

impl Rebuilds {
    pub fn is_empty(&self) -> bool {
        self.packages.is_empty() && self.wheels.is_empty()
    }

    /// What is still of use beside these pins: packages whose artifact and commit are the same, and of whose build the
    /// policy says the same; and what they need.
    pub fn kept(&self, pins: &BTreeMap<Purl, Pin>, policy: &Policy) -> Self {
        let is_said = |purl: &Purl, rebuild: &Rebuild| match Package::parse(purl.as_str()) {
            Ok(Package::Npm { name, version }) => {
                policy.recipe(&name, &version) == rebuild.overridden.as_ref()
            }
            _ => false,
        };
        let holds = |purl: &Purl, rebuild: &Rebuild| {
            let pin = pins.get(purl)?;
            let source = pin.resolution.as_ref()?.source.as_ref()?;
            Some(*source == rebuild.source && rebuild.is_of(pin) && is_said(purl, rebuild))
        };
        let held = self.packages.iter().filter(|(purl, rebuild)| holds(purl, rebuild) == Some(true));
        let mut packages: BTreeMap<&Purl, &Rebuild> = BTreeMap::new();
        let mut open: Vec<(&Purl, &Rebuild)> = held.collect();
        while let Some((purl, rebuild)) = open.pop() {
            if packages.insert(purl, rebuild).is_none() {
                // What the project installs itself is held by its own pin, or not at all.
                let tools = rebuild.tools().filter(|tool| !pins.contains_key(*tool));
                let built = tools.filter_map(|tool| Some((tool, self.of_tool(tool)?)));
                open.extend(built.filter(|(tool, rebuild)| is_said(tool, rebuild)));
            }
        }
        let kept = Self {
            packages: packages.into_iter().map(|(purl, rebuild)| (purl.clone(), rebuild.clone())).collect(),
            tools: self.tools.clone(),
            packs: self.packs.clone(),
            wheels: BTreeMap::new(),
        };
        kept.without_idle()
    }

    /// The rebuild of a tool: of the same artifact, from the commit that it was made from.
    pub fn of_tool(&self, purl: &Purl) -> Option<&Rebuild> {
        let (tool, rebuild) = (self.tools.get(purl)?, self.packages.get(purl)?);
        let is_same = rebuild.artifact.as_ref() == Some(&tool.artifact.integrity.to_string())
            && tool.made_from == Some(MadeFrom::Build(rebuild.source.clone()));
        is_same.then_some(rebuild)
    }

    /// What a git dependency is, for whoever installs it: `built from COMMIT by its own script "prepare", with 2 tools that
    /// are not rebuilt`. `None` where there is an artifact to compare it with.
    pub fn made(&self, purl: &Purl) -> Option<String> {
        let rebuild = self.packages.get(purl).filter(|rebuild| rebuild.artifact.is_none())?;
        let (origins, all) = (self.origins(rebuild), rebuild.tool_count());
        let tools = match all - origins.verbatim - origins.rebuilt {
            others if others == all => tools_not_rebuilt(all),
            others => format!("{all} tools, {others} of them not rebuilt"),
        };
        let commit = rebuild.source.commit.to_string();
        Some(format!("built from {} by {}, with {tools}", &commit[..SHORT], rebuild.recipe.rule))
    }

    /// What is known of the tools of a package.
    pub fn origins<'a>(&'a self, rebuild: &'a Rebuild) -> ToolOrigins<'a> {
        let mut origins = ToolOrigins::default();
        for purl in rebuild.tools().collect::<BTreeSet<_>>() {
            let made_from = self.tools.get(purl).and_then(|tool| tool.made_from.as_ref());
            match made_from {
                Some(MadeFrom::Commit(_)) => origins.verbatim += 1,
                Some(MadeFrom::Build(_)) if self.of_tool(purl).is_some_and(Rebuild::is_rebuilt) => {
                    origins.rebuilt += 1;
                }
                _ => _ = origins.others.insert(purl),
            }
        }
        origins
    }

    /// Without packs that no package needs. What lies in a pack that one needs stays: the pack's hash is of it all.
    pub fn without_idle(mut self) -> Self {
        let needed: BTreeSet<&Purl> = self.packages.values().flat_map(Rebuild::tools).collect();
        let needed = self.tools.iter().filter(|(purl, _)| needed.contains(purl));
        let packs: BTreeSet<String> = needed.map(|(_, tool)| tool.pack.clone()).collect();
        self.tools.retain(|_, tool| packs.contains(&tool.pack));
        self.packs.retain(|name, _| packs.contains(name));
        self
    }
}

impl Rebuild {
    /// What it proves, for whoever has the registry's file: `rebuilt from COMMIT: same integrity as your lockfile`. `None`
    /// where it proves nothing.
    pub fn said(&self) -> Option<String> {
        let outcome = self.outcome.as_ref().filter(|outcome| outcome.class.is_rebuilt())?;
        let commit = self.source.commit.to_string();
        let from = if outcome.built_here { "rebuilt from" } else { "from a cache, not rebuilt; made from" };
        Some(format!("{from} {}: {}", &commit[..SHORT], outcome.class.meaning()))
    }

    /// Whether this machine built it and it came out the same.
    pub fn is_rebuilt(&self) -> bool {
        self.outcome.as_ref().is_some_and(|outcome| outcome.class.is_rebuilt() && outcome.built_here)
    }

    /// Whether it is of the file that a pin has, or of a commit where that has none.
    pub fn is_of(&self, pin: &Pin) -> bool {
        self.artifact == pin.artifact.as_ref().map(|artifact| artifact.integrity.to_string())
    }

    /// By what the emitted code knows it. Two git dependencies may have the same name and version.
    pub fn title(&self, package: &Package) -> String {
        let shown = package.shown();
        match (&self.artifact, &self.source.subdirectory) {
            (Some(_), _) => shown,
            (None, None) => format!("{shown}#{}", self.source.commit),
            (None, Some(folder)) => format!("{shown}#{}:{folder}", self.source.commit),
        }
    }

    /// The packages that it is built with.
    pub fn tools(&self) -> impl Iterator<Item = &Purl> {
        self.tree.values().filter_map(|installed| match installed {
            Installed::Tool(purl) => Some(purl),
            Installed::Link(_) | Installed::Bundled => None,
        })
    }

    /// How many distinct packages it is built with.
    pub fn tool_count(&self) -> usize {
        self.tools().collect::<BTreeSet<_>>().len()
    }
}

#[cfg(test)]
mod tests;
