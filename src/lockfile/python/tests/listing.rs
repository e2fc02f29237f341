//! A graph as text, for goldens.

use std::fmt::Write;

use crate::graph::python::{FileAt, Needs, PyEdge, PyFile, PyGraph, PySource};
use crate::hash::Integrity;
use crate::python::filename::Kind;

/// One line for each fact, hashes cut to eight digits.
pub fn of(graph: &PyGraph) -> String {
    let mut out = String::new();
    let mut line = |text: String| writeln!(out, "{text}").unwrap();
    line(format!("{:?} {}", graph.format, graph.format_version));
    if let Some(range) = &graph.requires_python {
        line(format!("python {range}"));
    }
    for marker in &graph.environments {
        line(format!("environment {marker}"));
    }
    for index in &graph.settings.indexes {
        line(format!("index {} {}", index.name.as_deref().unwrap_or("-"), index.url));
    }
    for (what, names) in
        [("extras", &graph.extras), ("groups", &graph.groups), ("default groups", &graph.default_groups)]
    {
        if !names.is_empty() {
            line(format!("{what} {}", names.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")));
        }
    }
    needs(&graph.top, &mut line);
    for (key, package) in &graph.packages {
        let root = if graph.roots.contains(key) { " (root)" } else { "" };
        line(format!("{key}{root}: {}", source(&package.source)));
        if !package.marker.is_always() {
            line(format!("  if {}", package.marker));
        }
        if let Some(range) = &package.requires_python {
            line(format!("  python {range}"));
        }
        for one in package.source.files() {
            line(format!("  {}", file(one)));
        }
        needs(&package.needs, &mut line);
    }
    out
}

fn needs(needs: &Needs, line: &mut impl FnMut(String)) {
    for one in &needs.always {
        line(format!("  -> {}", edge(one)));
    }
    for (what, map) in [("extra", &needs.extras), ("group", &needs.groups)] {
        for (name, edges) in map {
            line(format!("  {what} {name}"));
            for one in edges {
                line(format!("    -> {}", edge(one)));
            }
        }
    }
}

fn edge(edge: &PyEdge) -> String {
    let to: Vec<_> = edge.to.iter().map(ToString::to_string).collect();
    let mut text = to.join(" | ");
    if !edge.extras.is_empty() {
        let extras: Vec<_> = edge.extras.iter().map(ToString::to_string).collect();
        text += &format!(" [{}]", extras.join(","));
    }
    if !edge.marker.is_always() {
        text += &format!(" if {}", edge.marker);
    }
    text
}

fn hashes<'a>(all: impl IntoIterator<Item = &'a Integrity>) -> String {
    let each = all.into_iter().map(|hash| format!(" {}:{}", hash.algorithm.name(), &hash.hex()[..8]));
    let each: Vec<_> = each.collect();
    match each.len() {
        0..=2 => each.concat(),
        more => format!("{}... ({more})", each[0]),
    }
}

fn file(file: &PyFile) -> String {
    let kind = match file.kind {
        Kind::Sdist => "sdist",
        Kind::Wheel { pure: true, .. } => "pure",
        Kind::Wheel { .. } => "wheel",
    };
    let place = match &file.at {
        Some(FileAt::Url(url)) => format!(" {}", url.host_str().unwrap_or_default()),
        Some(FileAt::Path(path)) => format!(" ./{path}"),
        None => String::new(),
    };
    let size = file.size.map(|size| format!(" {size}")).unwrap_or_default();
    format!("{kind} {}{place}{size}{}", file.name, hashes(&file.hashes))
}

fn source(source: &PySource) -> String {
    let inner = |folder: &Option<crate::graph::Location>| {
        folder.as_ref().map(|folder| format!(" in {folder}")).unwrap_or_default()
    };
    match source {
        PySource::Index { index, hashes: known, .. } => {
            format!("index {}{}", index.as_deref().unwrap_or("-"), hashes(known))
        }
        PySource::Archive { url, size, hashes: known, subdirectory } => {
            format!(
                "archive {url}{}{}{}",
                size.map(|s| format!(" {s}")).unwrap_or_default(),
                hashes(known),
                inner(subdirectory)
            )
        }
        PySource::File { path, hashes: known, subdirectory } => {
            format!("file {path}{}{}", hashes(known), inner(subdirectory))
        }
        PySource::Git { url, commit, requested, subdirectory } => format!(
            "git {url} {}{}{}",
            &commit[..10],
            requested.as_ref().map(|text| format!(" ({text})")).unwrap_or_default(),
            inner(subdirectory)
        ),
        PySource::Unpinned { problem } => format!("unpinned {}", problem.code()),
        PySource::Folder { path, editable, installed } => format!(
            "folder ./{path}{}{}",
            if *editable { " editable" } else { "" },
            if *installed { "" } else { " not installed" }
        ),
    }
}
