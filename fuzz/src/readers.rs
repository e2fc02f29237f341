//! The readers of archives, and of the texts that packages hold.

use std::fmt::{Debug, Display};

use headwater::about;
use headwater::contents::Format;
use headwater::contents::tarball::Limits;
use headwater::emit::guix::scheme as guile;
use headwater::python::marker::{Context, Marker, diagram};
use headwater::graph::{PackageName, Version};
use headwater::python::{PyName, PyVersion};
use headwater::hash::Integrity;
use headwater::npm::spec::Spec;
use headwater::pins::Pins;
use headwater::policy::Policy;
use headwater::python::{self, BuildSystem, CoreMetadata, Requirement};
use headwater::source::address;

use crate::input;

/// Small enough that what goes beyond them is found.
pub const LIMITS: Limits = Limits { file: 1 << 20, total: 4 << 20, entries: 500, ratio: 250, vouched: false };

pub fn tar(data: &[u8]) {
    archive(Format::Npm, data);
}

pub fn sdist(data: &[u8]) {
    archive(Format::Sdist, data);
}

pub fn zip(data: &[u8]) {
    archive(Format::Wheel, data);
}

/// Reads an archive; of what is read, every path stays below the folder, and every file is within the limits.
fn archive(format: Format, data: &[u8]) {
    let Ok(unpacked) = format.read(data, &LIMITS) else { return };
    let files = &unpacked.contents.files;
    assert!(files.len() <= LIMITS.entries && files.is_sorted_by(|left, right| left.path < right.path));
    for file in files {
        assert!(file.path.split('/').all(|part| !matches!(part, "" | "." | "..")), "{:?}", file.path);
        assert!(file.size <= LIMITS.file && unpacked.bytes[&file.path].len() as u64 == file.size);
    }
    assert_eq!(unpacked.files().count(), unpacked.bytes.len());
    // Rules are asked in each folder above a file again.
    if files.iter().all(|file| file.path.split('/').count() < 9) {
        _ = unpacked.packed();
    }
}

/// What is written of a value is read as the same value.
fn again<T: Display + Debug + PartialEq, E>(value: &T, read: impl Fn(&str) -> Result<T, E>) {
    let text = value.to_string();
    assert_eq!(read(&text).ok().as_ref(), Some(value), "{text:?}");
}

pub fn requirement(data: &[u8]) {
    let Some(text) = input::text(data) else { return };
    _ = Requirement::split(text);
    let Ok(requirement) = Requirement::parse(text) else { return };
    let written = requirement.without_marker();
    let again = Requirement::parse(&written).map(|again| again.without_marker());
    assert_eq!(again.ok(), Some(written));
}

pub fn marker(data: &[u8]) {
    let Some(text) = input::text(data) else { return };
    let Ok(marker) = Marker::parse(text) else { return };
    if marker.is_always() {
        return;
    }
    again(&marker, Marker::parse);
    let environment = environment();
    let chosen = Default::default();
    let holds = |marker: &Marker| marker.holds(Context { environment: &environment, chosen: &chosen });
    let settled = marker.settled(&|_| Some(false));
    assert_eq!(holds(&settled), holds(&marker), "{marker} became {settled}");
    let mut cells = diagram::Cells::default();
    cells.add(&marker);
    if cells.check().is_ok() {
        _ = diagram::marker(&diagram::of(&marker, &|_, _| pep508_rs::MarkerTree::FALSE));
    }
}

fn environment() -> pep508_rs::MarkerEnvironment {
    pep508_rs::MarkerEnvironment::try_from(pep508_rs::MarkerEnvironmentBuilder {
        implementation_name: "cpython",
        implementation_version: "3.12.1",
        os_name: "posix",
        platform_machine: "x86_64",
        platform_python_implementation: "CPython",
        platform_release: "",
        platform_system: "Linux",
        platform_version: "",
        python_full_version: "3.12.1",
        python_version: "3.12",
        sys_platform: "linux",
    })
    .expect("versions")
}

pub fn metadata(data: &[u8]) {
    let Some(text) = input::text(data) else { return };
    _ = about::python(text);
    let Ok(metadata) = CoreMetadata::parse(text) else { return };
    metadata.may_change("Requires-Dist");
    _ = about::core(&metadata);
}

/// What is laid out once stays as it is.
pub fn scheme(data: &[u8]) {
    let Some(text) = input::text(data) else { return };
    let Ok(laid_out) = guile::format("fuzz.scm", text) else { return };
    let once = guile::reader::read("fuzz.scm", &laid_out);
    assert!(once.is_ok(), "{laid_out}");
    assert_eq!(guile::format("fuzz.scm", &laid_out).ok().as_ref(), Some(&laid_out));
}

pub fn pins(data: &[u8]) {
    let Some(text) = input::text(data) else { return };
    let Ok(pins) = Pins::parse(text) else { return };
    let written = pins.to_text().expect("JSON");
    assert_eq!(Pins::parse(&written).ok().as_ref(), Some(&pins));
    if let Some(builds) = &pins.builds {
        builds.read();
    }
}

pub fn policy(data: &[u8]) {
    let Some(text) = input::text(data) else { return };
    _ = Policy::parse(text);
}

/// The files that say how a Python project is built, each of which the text may be.
pub fn build_files(data: &[u8]) {
    let Some(text) = input::text(data) else { return };
    if let Ok(system) = BuildSystem::read(Some(text)) {
        system.module();
        system.object();
        _ = python::build_files::backend(&system).count();
    }
    about::pyproject(text);
    _ = python::setup_cfg::read(text);
    _ = python::setup_requires::read(text);
    _ = python::cargo_lock::read(text);
    _ = python::imports::Imports::read(text);
    _ = python::tokens::lines(text);
    _ = python::literals::setup_arguments(text);
    python::literals::assigned(text);
    _ = python::build_files::imported(text, "a", "a/b.py").count();
}

/// Short texts: names, versions, specifications, addresses, hashes.
pub fn specs(data: &[u8]) {
    let Some(text) = input::text(data) else { return };
    Spec::parse(text);
    if let Ok(address) = address::parse(text) {
        let again = address::parse(&address.repository.0).map(|again| again.repository);
        assert_eq!(again.ok(), Some(address.repository));
    }
    if let Some(folder) = address::folder(text) {
        assert_eq!(address::folder(&folder).as_ref(), Some(&folder));
    }
    if let Ok(integrity) = Integrity::try_from(text.to_owned()) {
        assert_eq!(Integrity::try_from(integrity.to_string()).as_ref(), Ok(&integrity));
    }
    _ = PackageName::new(text);
    _ = Version::new(text);
    if let Ok(version) = PyVersion::new(text) {
        assert_eq!(PyVersion::new(&version.to_string()).ok(), Some(version));
    }
    if let Ok(name) = PyName::new(text) {
        _ = python::filename::parse(&name, text);
    }
    if let Ok(name) = PyName::new("a") {
        _ = python::filename::parse(&name, text);
    }
}
