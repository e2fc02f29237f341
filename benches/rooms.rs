//! What the pure rooms cost: `cargo bench`. Whole conversions, builds and peers: `benches/measure`, `benches/guix`.

use divan::{Bencher, counter::BytesCount};
use headwater::about::About;
use headwater::contents::tarball::{Limits, read};
use headwater::emit::guix::npm;
use headwater::emit::guix::npm::model::{OwnPackage, Package};
use headwater::emit::guix::source::{Download, Git, Reference, Source, Spelled, Uri};
use headwater::graph::Location;
use headwater::graph::npm::Node;
use headwater::hash::Digest;
use headwater::hash::nar::{self, NarHash};
use headwater::hash::{Algorithm, Integrity};
use headwater::lockfile;
use std::collections::BTreeMap;

fn main() {
    divan::main();
}

/// A lockfile of version 3 with this many packages, each with a dependency.
fn lockfile_text(packages: usize) -> String {
    let entries = (0..packages).map(|n| {
        let entry = serde_json::json!({
            "version": "1.0.0",
            "integrity": format!("sha512-{}==", "A".repeat(86)),
            "dependencies": { format!("package-{}", (n + 1) % packages): "^1.0.0" },
        });
        (format!("node_modules/package-{n}"), entry)
    });
    let entries = [(String::new(), serde_json::json!({ "dependencies": { "package-0": "1" } }))]
        .into_iter()
        .chain(entries);
    serde_json::json!({ "lockfileVersion": 3, "packages": serde_json::Map::from_iter(entries) }).to_string()
}

#[divan::bench(args = [100, 1_200])]
fn reading_a_lockfile(bencher: Bencher<'_, '_>, packages: usize) {
    let text = lockfile_text(packages);
    bencher
        .bench(|| lockfile::npm::read("package-lock.json", &text, &|_| None, &lockfile::Options::default()));
}

/// Packages of three dependencies each, every tenth of a commit, as Guix definitions: formatted, and read back.
#[divan::bench(args = [300, 1_200])]
fn emitting_guix_definitions(bencher: Bencher<'_, '_>, count: usize) {
    let needs = |n: usize| {
        [n / 2, n / 3, n / 7].into_iter().filter(move |to| *to < n).map(|to| (format!("package-{to}"), "1"))
    };
    let entry = |n: usize| {
        let needs = std::collections::BTreeMap::from_iter(needs(n));
        (
            format!("node_modules/package-{n}"),
            serde_json::json!({ "version": "1.0.0", "dependencies": needs }),
        )
    };
    let all: std::collections::BTreeMap<_, _> = (0..count).map(|n| (format!("package-{n}"), "1")).collect();
    let root = (String::new(), serde_json::json!({ "dependencies": all }));
    let locations = serde_json::Map::from_iter([root].into_iter().chain((0..count).map(entry)));
    let text = serde_json::json!({ "lockfileVersion": 3, "packages": locations }).to_string();
    let graph = lockfile::npm::read("package-lock.json", &text, &|_| None, &lockfile::Options::default());
    let graph = graph.expect("a lockfile");
    let package = |n: usize| {
        let (name, version) = (format!("package-{n}"), "1.0.0");
        let about = About {
            license: Some("(MIT OR Apache-2.0)".to_owned()),
            description: Some(format!("The {n}th of many small packages, which does something with strings")),
            home_page: Some(format!("https://example.org/package-{n}")),
            ..About::default()
        };
        let is_checkout = n.is_multiple_of(10);
        let published = if is_checkout { vec!["package.json".to_owned()] } else { Vec::new() };
        let source = if is_checkout {
            Source::Git(Git {
                url: format!("https://example.org/{name}"),
                reference: Reference::Tag { tag: Spelled::new("v1.0.0", version), commit: Digest([7; 20]) },
                recursive: false,
                hash: NarHash([7; 32]),
                patches: Vec::new(),
            })
        } else {
            Source::Url(Download {
                uri: Uri::Below {
                    variable: npm::REGISTRY,
                    path: Spelled::new(&format!("{name}/-/{name}-1.0.0.tgz"), version),
                },
                file_name: None,
                integrity: Integrity::of(Algorithm::Sha256, name.as_bytes()),
                patches: Vec::new(),
            })
        };
        (name.clone(), Package { source, about, published, ..Package::new(&name, version) })
    };
    let packages = (0..count).map(package).collect();
    let own = OwnPackage {
        module: "app".to_owned(),
        name: "app".to_owned(),
        version: "1.0.0".to_owned(),
        programs: BTreeMap::new(),
        build: vec!["build".to_owned()],
        scripts: Vec::new(),
        environment: BTreeMap::new(),
        files: false,
        start: None,
        about: About::default(),
    };
    let key = |(location, node): (&Location, &Node)| {
        let name = node.name.as_ref().map_or_else(|| location.to_string(), ToString::to_string);
        (location.clone(), name)
    };
    let keys = graph.nodes.iter().map(key).collect();
    let input = npm::Input {
        project: "app",
        graph: &graph,
        keys: &keys,
        packages: &packages,
        own: &own,
        registry: "https://example.org/",
        project_path: "/../../..",
    };
    bencher.bench_local(|| npm::emit(&input).expect("Scheme"));
}

/// Files as packages have them: many small ones.
fn files() -> Vec<(String, Vec<u8>)> {
    (0..500_u32).map(|n| (format!("lib/file-{n:03}.js"), n.to_le_bytes().repeat(2_000))).collect()
}

#[divan::bench]
fn hashing_a_nar(bencher: Bencher<'_, '_>) {
    let files = files();
    let bytes: usize = files.iter().map(|(_, bytes)| bytes.len()).sum();
    bencher
        .counter(BytesCount::new(bytes))
        .bench(|| nar::hash(files.iter().map(|(path, bytes)| (path.as_str(), false, bytes.as_slice()))));
}

/// To be compared with `openssl speed -evp sha256 -bytes 16384`: files of 16 KiB, and one large file in pieces.
#[divan::bench(args = [16 << 10, 64 << 20])]
fn writing_a_nar(bencher: Bencher<'_, '_>, size: usize) {
    let total: usize = 64 << 20;
    let bytes = vec![b'x'; size];
    bencher.counter(BytesCount::new(total)).bench(|| {
        let mut writer = nar::Writer::new(sha2::Sha256::default());
        for name in 0..total / size {
            writer.begin(format!("{name:08}").as_bytes(), false, size as u64).expect("in order");
            bytes.chunks(256 << 10).for_each(|piece| writer.piece(piece).expect("in memory"));
            writer.end().expect("whole");
        }
        writer.finish().expect("ended")
    });
}

#[divan::bench]
fn unpacking_and_describing_a_tarball(bencher: Bencher<'_, '_>) {
    let mut archive =
        tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default()));
    let mut unpacked = 0;
    for (path, bytes) in files() {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        // What compresses too well is taken for a bomb.
        let text: Vec<u8> = bytes.iter().enumerate().map(|(at, byte)| byte ^ (at % 251) as u8).collect();
        unpacked += text.len();
        archive.append_data(&mut header, format!("package/{path}"), text.as_slice()).expect("in memory");
    }
    let packed = archive.into_inner().and_then(flate2::write::GzEncoder::finish).expect("in memory");
    bencher.counter(BytesCount::new(unpacked)).bench(|| read(&packed, &Limits::default()).expect("ours"));
}
