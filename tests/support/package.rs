//! Packages as a registry serves them.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use sha2::{Digest, Sha512};

/// A package: its files, `package.json` included, and its tarball.
#[derive(Clone, Debug)]
pub struct Package {
    pub name: String,
    pub version: String,
    pub files: Vec<(String, String)>,
    pub tarball: Vec<u8>,
    /// What the version document has beside name, version and dist.
    pub metadata: Value,
}

/// A package of these files; `manifest` lacks name and version.
pub fn package(name: &str, version: &str, manifest: Value, files: &[(&str, &str)]) -> Package {
    let mut full = json!({ "name": name, "version": version });
    merge(&mut full, &manifest);
    let mut all = vec![("package.json".to_owned(), format!("{full:#}\n"))];
    all.extend(files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())));
    let tarball = tarball(&all);
    Package { name: name.into(), version: version.into(), files: all, tarball, metadata: manifest }
}

/// The same with files that are no text.
pub fn binary_package(name: &str, version: &str, manifest: Value, files: &[(&str, &[u8])]) -> Package {
    let mut package = package(name, version, manifest, &[]);
    let mut all = vec![("package.json".to_owned(), package.files[0].1.clone().into_bytes())];
    all.extend(files.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec())));
    package.tarball = tarball(&all);
    package
}

impl Package {
    pub fn integrity(&self) -> String {
        integrity(&self.tarball)
    }

    /// The lockfile's entry, without `resolved`.
    pub fn lock(&self) -> Value {
        let manifest: Value = serde_json::from_str(&self.files[0].1).expect("our own JSON");
        let mut entry = json!({ "version": self.version, "integrity": self.integrity() });
        for key in [
            "dependencies",
            "optionalDependencies",
            "peerDependencies",
            "peerDependenciesMeta",
            "bin",
            "os",
            "cpu",
            "libc",
        ] {
            if !manifest[key].is_null() {
                entry[key] = manifest[key].clone();
            }
        }
        let script = |name: &str| !manifest["scripts"][name].is_null();
        if script("install") || script("postinstall") || script("preinstall") {
            entry["hasInstallScript"] = true.into();
        }
        entry
    }
}

pub fn integrity(bytes: &[u8]) -> String {
    format!("sha512-{}", STANDARD.encode(Sha512::digest(bytes)))
}

/// A tarball as npm packs it: everything under `package/`.
pub fn tarball<T: AsRef<[u8]>>(files: &[(String, T)]) -> Vec<u8> {
    let files: Vec<_> = files.iter().map(|(path, bytes)| (format!("package/{path}"), bytes)).collect();
    tarball_of(&files)
}

/// A tarball of these files; scripts and compiled files are executable.
pub fn tarball_of<T: AsRef<[u8]>>(files: &[(String, T)]) -> Vec<u8> {
    let mut archive =
        tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    for (path, bytes) in files {
        let bytes = bytes.as_ref();
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(if bytes.starts_with(b"#!") || bytes.starts_with(b"\x7fELF") {
            0o755
        } else {
            0o644
        });
        archive.append_data(&mut header, path, bytes).expect("a tar in memory");
    }
    archive.into_inner().expect("tar").finish().expect("gzip")
}

pub fn merge(into: &mut Value, from: &Value) {
    if let (Some(into), Some(from)) = (into.as_object_mut(), from.as_object()) {
        into.extend(from.clone());
    }
}
