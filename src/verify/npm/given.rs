//! What a package was built with, and what of its output is no more than that.

use std::collections::BTreeMap;

use crate::contents::File;
use crate::convert::npm::builds::Subject;
use crate::convert::npm::builds::tools::ToolContents;
use crate::graph::{Package, PackageName, Purl};
use crate::hash::Digest;
use crate::rebuild::compare::{Copied, Tool, copied};

/// The tools of one package.
pub struct Given {
    /// Every file of the tools, by its SHA-256.
    files: BTreeMap<Digest<32>, Tool>,
    names: Vec<(PackageName, String)>,
}

impl Given {
    pub fn new(used: &[Purl], contents: &ToolContents) -> Self {
        let mut given = Self { files: BTreeMap::new(), names: Vec::new() };
        for purl in used {
            let Ok(package @ Package::Npm { .. }) = Package::parse(purl.as_str()) else { continue };
            let shown = package.shown();
            for file in contents.get(purl).iter().flat_map(|contents| &contents.files) {
                let tool = Tool { package: shown.clone(), path: file.path.clone() };
                given.files.entry(file.sha256).or_insert(tool);
            }
            if let Package::Npm { name, .. } = package {
                given.names.push((name, shown));
            }
        }
        given
    }

    /// The files of the output that are a tool's; `is_of_commit` says which the commit holds.
    pub fn copied(&self, output: &[File], is_of_commit: impl Fn(&File) -> bool) -> Vec<Copied> {
        copied(output.iter().filter(|file| !is_of_commit(file)), &self.files)
    }

    /// Other releases of the package itself among its tools.
    pub fn other_releases(&self, subject: &Subject) -> Vec<String> {
        let own = self.names.iter().filter(|(name, _)| *name == subject.name);
        let mut own: Vec<String> = own.map(|(_, shown)| shown.clone()).collect();
        own.sort();
        own.dedup();
        own
    }
}
