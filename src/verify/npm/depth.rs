//! `--depth`: what the tools were made from, and what the tools of those are that a build makes.
//!
//! A tool that comes out the same as its artifact need not be put in its place: a build with it would give what the build
//! with the artifact gave.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{Origins, Report, record};
use super::{Run, Subject};
use crate::convert::npm::builds::tools;
use crate::convert::npm::package::{self, Finding, ResolvedPackage};
use crate::convert::npm::wanted::Request;
use crate::failure::Failure;
use crate::graph::{Package, Purl};
use crate::pins::{MadeFrom, Rebuild, Rebuilds};
use crate::rebuild::{eligible, is_built, is_verbatim};
use crate::source::Resolution;

impl Run<'_> {
    /// Asks for the sources of all tools and builds those that are built output, level by level.
    pub(super) async fn deeper(&mut self) -> Result<(), Failure> {
        let top = std::mem::take(&mut self.report);
        let mut level: BTreeSet<Purl> = top.packages.values().map(|verified| verified.purl.clone()).collect();
        let mut seen = level.clone();
        for _ in 1..self.settings.depth {
            let used = level.iter().filter_map(|purl| self.pins.rebuilds.packages.get(purl));
            let used = used.filter(|rebuild| rebuild.is_rebuilt()).flat_map(Rebuild::tools);
            level = used.filter(|purl| !seen.contains(*purl)).cloned().collect();
            seen.extend(level.iter().cloned());
            self.sources(&level).await?;
            let subjects: Vec<Subject> = level.iter().filter_map(|purl| self.tool(purl)).collect();
            let open = self.without_recorded(subjects, self.settings.rebuild);
            self.all(open).await?;
        }
        let below = std::mem::replace(&mut self.report, top);
        self.tell(below);
        Ok(())
    }

    /// Asks what tools were made from, where nobody did before.
    async fn sources(&mut self, tools: &BTreeSet<Purl>) -> Result<(), Failure> {
        let open = tools.iter().filter_map(|purl| Some((purl, self.pins.rebuilds.tools.get(purl)?)));
        let open = open.filter(|(_, tool)| tool.made_from.is_none());
        let asked = open.filter_map(|(purl, tool)| tools::request(purl, &tool.artifact, &self.pins.registry));
        let asked: Vec<_> = asked
            .map(|request| {
                let given = self.policy.source(&request.name, request.version.as_ref());
                Request { given, ..request }
            })
            .collect();
        let stage = self.progress.stage("sources of tools", asked.len());
        let (known, absent) = package::all(self.world, asked, &self.pins, false, &stage).await?;
        self.report.incomplete.extend(absent.iter().map(|absent| absent.wanted.shown()));
        for one in known {
            match made_from(&one) {
                Some(made_from) => {
                    if let Some(tool) = self.pins.rebuilds.tools.get_mut(&one.wanted.purl) {
                        tool.made_from = Some(made_from);
                    }
                }
                None => _ = self.report.incomplete.insert(one.wanted.shown()),
            }
        }
        record::record(&self.settings.folder, &self.pins)
    }

    /// A tool that is built output, as a package to build.
    fn tool(&self, purl: &Purl) -> Option<Subject> {
        let tool = self.pins.rebuilds.tools.get(purl)?;
        let Some(MadeFrom::Build(source)) = &tool.made_from else { return None };
        let Ok(Package::Npm { name, version }) = Package::parse(purl.as_str()) else { return None };
        Some(Subject {
            purl: purl.clone(),
            name,
            version,
            source: source.clone(),
            artifact: Some(tool.artifact.clone()),
        })
    }

    /// Adds what came of the tools to the report of the packages.
    fn tell(&mut self, below: Report) {
        let rebuilds = &self.pins.rebuilds;
        let Report { packages: tools, not_built, incomplete, untried, .. } = below;
        let mut floor: BTreeMap<String, String> = BTreeMap::new();
        self.report.tools = tools;
        self.report.incomplete.extend(incomplete);
        self.report.untried.extend(untried);
        for verified in self.report.packages.values_mut().chain(self.report.tools.values_mut()) {
            let Some(rebuild) = rebuilds.packages.get(&verified.purl) else { continue };
            let origins = rebuilds.origins(rebuild);
            verified.origins = Some(Origins { verbatim: origins.verbatim, rebuilt: origins.rebuilt });
            // What is not rebuilt stands on nothing that matters here.
            let others = origins.others.into_iter().filter(|_| rebuild.is_rebuilt());
            floor.extend(others.map(|purl| (shown(purl), why(rebuilds, &not_built, purl))));
        }
        self.report.floor = floor;
    }
}

/// Why a tool is taken as the registry has it.
fn why(rebuilds: &Rebuilds, not_built: &BTreeMap<String, String>, purl: &Purl) -> String {
    match rebuilds.tools.get(purl).and_then(|tool| tool.made_from.as_ref()) {
        Some(MadeFrom::Unknown(why)) => why.clone(),
        Some(MadeFrom::Build(_)) => match rebuilds.of_tool(purl).and_then(|rebuild| rebuild.outcome.as_ref())
        {
            Some(outcome) => outcome.class.meaning().to_owned(),
            None => not_built.get(&shown(purl)).cloned().unwrap_or_else(|| UNASKED.to_owned()),
        },
        Some(MadeFrom::Commit(_)) | None => UNASKED.to_owned(),
    }
}

/// Of tools of tools beyond the depth that was asked for, and of those whose host gave no answer.
const UNASKED: &str = "it was not looked at";

fn shown(purl: &Purl) -> String {
    Package::parse(purl.as_str()).map_or_else(|_| purl.to_string(), |package| package.shown())
}

/// `None` where a host gave no answer.
fn made_from(one: &ResolvedPackage) -> Option<MadeFrom> {
    match &one.finding {
        Finding::Resolved(resolution) | Finding::Kept { resolution, .. } => Some(of_resolution(resolution)),
        Finding::Unreachable { .. } => None,
        Finding::NoRegistry => Some(MadeFrom::Unknown("it is from no registry".to_owned())),
        Finding::Git { .. } => Some(MadeFrom::Unknown("it is from a git repository".to_owned())),
    }
}

fn of_resolution(resolution: &Resolution) -> MadeFrom {
    let why = || resolution.reasons.first().cloned().unwrap_or_else(|| "no commit is known".to_owned());
    match (&resolution.source, eligible(resolution)) {
        (Some(source), _) if is_verbatim(resolution) => MadeFrom::Commit(source.clone()),
        (_, Ok(source)) if is_built(resolution) => MadeFrom::Build(source.clone()),
        (_, Ok(_)) => MadeFrom::Unknown(why()),
        (_, Err(why)) => MadeFrom::Unknown(why),
    }
}
