//! Which package a program is of.

use std::collections::{BTreeMap, BTreeSet};

use crate::graph::npm::Graph;
use crate::graph::{Location, PackageName};

/// Programs whose packages have other names, where nobody knows the packages' own lists.
const KNOWN: [(&str, &str); 26] = [
    ("api-extractor", "@microsoft/api-extractor"),
    ("babel", "@babel/cli"),
    ("bob", "react-native-builder-bob"),
    ("coffee", "coffeescript"),
    ("cpx", "cpx2"),
    ("del", "del-cli"),
    ("lsc", "livescript"),
    ("ncc", "@vercel/ncc"),
    ("nest", "@nestjs/cli"),
    ("ng", "@angular/cli"),
    ("pika", "@pika/pack"),
    ("postcss", "postcss-cli"),
    ("preconstruct", "@preconstruct/cli"),
    ("pegjs", "pegjs"),
    ("rslib", "@rslib/core"),
    ("rspack", "@rspack/cli"),
    ("run-p", "npm-run-all"),
    ("run-s", "npm-run-all"),
    ("spack", "@swc/cli"),
    ("swc", "@swc/cli"),
    ("ts-scripts", "@borderless/ts-scripts"),
    ("tsc", "typescript"),
    ("tsgo", "@typescript/native-preview"),
    ("uglifyjs", "uglify-js"),
    ("vue-tsc", "vue-tsc"),
    ("webpack", "webpack-cli"),
];

/// Programs to packages by name, as artifacts have them, for a graph that does not know.
pub type Programs = BTreeMap<String, BTreeSet<String>>;

/// The packages that are looked up with a name from one folder, and their programs.
pub struct Visible<'g> {
    graph: &'g Graph,
    folder: Location,
    /// Program to the names of packages that have it.
    programs: BTreeMap<&'g str, BTreeSet<&'g str>>,
    names: BTreeSet<&'g str>,
}

impl<'g> Visible<'g> {
    pub fn new(graph: &'g Graph, folder: &str, given: &'g Programs) -> Self {
        let folder = Location::new(folder).unwrap_or_default();
        let mut all =
            Self { graph, folder: folder.clone(), programs: BTreeMap::new(), names: BTreeSet::new() };
        let around = std::iter::successors(Some(folder), |at| {
            (!at.is_root()).then(|| {
                let outer = at.as_str().rsplit_once('/').map_or("", |(outer, _)| outer);
                Location::new(outer).unwrap_or_default()
            })
        });
        for at in around {
            for place in graph.children(&at) {
                let Some(name) = place.folder_name().filter(|name| all.names.insert(name)) else { continue };
                let bin = graph.nodes.get(graph.real(place)).map(|node| &node.bin);
                for program in bin.into_iter().flatten().map(|(program, _)| program.as_str()) {
                    all.programs.entry(program).or_default().insert(name);
                }
            }
        }
        for (program, packages) in given {
            let seen = packages.iter().map(String::as_str).filter(|name| all.names.contains(name));
            let seen: Vec<&str> = seen.collect();
            if !seen.is_empty() {
                all.programs.entry(program).or_default().extend(seen);
            }
        }
        all
    }

    /// The packages that a program may be of.
    pub fn of_program<'p>(&self, program: &'p str) -> Vec<&'p str>
    where
        'g: 'p,
    {
        if let Some(packages) = self.programs.get(program) {
            return packages.iter().copied().collect();
        }
        let known = KNOWN.iter().filter(|(name, _)| *name == program).map(|(_, package)| *package);
        // webpack's own package has the name of the program and not the program.
        known.chain([program]).filter(|name| self.has(name)).collect()
    }

    /// Whether a package of that name is found.
    pub fn has(&self, name: &str) -> bool {
        PackageName::new(name).is_ok_and(|name| self.graph.resolve(&self.folder, &name).is_some())
    }

    /// What a folder of the project itself depends on, whatever for.
    pub fn direct(&self) -> impl Iterator<Item = &'g str> {
        let edges = self.graph.nodes.get(&self.folder).map(|node| &node.edges);
        edges.into_iter().flatten().map(|(name, _)| name.as_str())
    }
}
