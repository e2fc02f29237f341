//! Everything that is installed, fetched and resolved, until nothing new turns up.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::package::{self, Absent, ResolvedPackage};
use super::wanted;
use crate::contents::Contents;
use crate::failure::Failure;
use crate::graph::npm::{Graph, Node};
use crate::graph::{Location, Purl};
use crate::lockfile;
use crate::pins::Pins;
use crate::policy::Policy;
use crate::progress::Progress;
use crate::world::World;

/// What is needed for it.
pub struct Gathering<'a> {
    pub world: &'a World,
    pub lockfile: &'a str,
    pub options: &'a lockfile::Options<'a>,
    /// What the project carries itself.
    pub local: &'a BTreeMap<Location, Arc<Contents>>,
    pub prior: &'a Pins,
    pub refresh: bool,
    pub policy: &'a Policy,
    pub progress: Progress,
}

impl Gathering<'_> {
    /// Fetches and resolves all packages. On the way the graph gets what only artifacts say: the edges that a version 1
    /// lockfile does not have, and the subtrees of shrinkwraps; in the end it is what npm installs.
    pub async fn all(
        &self,
        graph: &mut Graph,
    ) -> Result<(BTreeMap<Purl, ResolvedPackage>, Vec<Absent>), Failure> {
        let mut known: BTreeMap<Purl, ResolvedPackage> = BTreeMap::new();
        let mut absent: Vec<Absent> = Vec::new();
        let mut seen = BTreeSet::new();
        // Of a version 1 lockfile it is not known before what is installed.
        let mut is_settled = graph.lockfile_version > 1;
        loop {
            let wanted = wanted::wanted(graph, self.lockfile).map_err(Failure::Input)?.into_values();
            let mut new: Vec<_> = wanted.filter(|wanted| seen.insert(wanted.purl.clone())).collect();
            for wanted in &mut new {
                wanted.given = self.policy.source(&wanted.name, wanted.version.as_ref());
            }
            let is_last = new.is_empty();
            if !is_last {
                let stage = self.progress.stage("packages", new.len());
                let (more, gone) = package::all(self.world, new, self.prior, self.refresh, &stage).await?;
                known.extend(more.into_iter().map(|known| (known.wanted.purl.clone(), known)));
                absent.extend(gone);
            }
            let told = self.inflate(graph, &known) | self.graft(graph, &known)?;
            is_settled &= !told;
            if is_last && !told {
                break;
            }
        }
        if !is_settled {
            graph.settle();
        }
        // What was a dependency by the lockfile's word alone may be none by the manifests'.
        let left: BTreeSet<Purl> = graph.nodes.values().filter_map(Node::identity).collect();
        known.retain(|purl, _| left.contains(purl));
        absent.retain(|absent| left.contains(&absent.wanted.purl));
        Ok((known, absent))
    }

    fn inflate(&self, graph: &mut Graph, known: &BTreeMap<Purl, ResolvedPackage>) -> bool {
        let contents = |location: &Location, node: &Node| match self.local.get(location) {
            Some(contents) => Some(Arc::clone(contents)),
            None => Some(Arc::clone(&known.get(&node.identity()?)?.contents)),
        };
        graph.inflate(|location, node| {
            Some(crate::npm::dependencies(&contents(location, node)?.manifest_json()))
        })
    }

    fn graft(&self, graph: &mut Graph, known: &BTreeMap<Purl, ResolvedPackage>) -> Result<bool, Failure> {
        let bare: Vec<_> = graph
            .nodes
            .iter()
            .filter(|(location, node)| node.has_shrinkwrap && graph.children(location).is_empty())
            .filter_map(|(location, node)| {
                let known = known.get(&node.identity()?)?;
                Some((location.clone(), Arc::clone(&known.contents)))
            })
            .collect();
        let before = graph.nodes.len();
        for (location, contents) in bare {
            let Some(text) = &contents.shrinkwrap else { continue };
            lockfile::npm::graft(graph, &location, text, &contents.manifest_json(), self.options)
                .map_err(Failure::Input)?;
        }
        Ok(graph.nodes.len() > before)
    }
}
