//! Files of a Python project, and an index on the loopback that has them.

use std::io::{Cursor, Write};

use base64::Engine;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use zip::write::{SimpleFileOptions, ZipWriter};

use super::registry::Registry;

/// A file of a release.
#[derive(Clone, Debug)]
pub struct Dist {
    pub filename: String,
    pub bytes: Vec<u8>,
    /// What the index says of it.
    pub sha256: String,
}

/// Core metadata with these further headers.
fn metadata(name: &str, version: &str, headers: &str) -> String {
    format!("Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{headers}\nA project.\n")
}

pub fn dist(filename: String, bytes: Vec<u8>) -> Dist {
    let sha256 = hex::encode(Sha256::digest(&bytes));
    Dist { filename, bytes, sha256 }
}

/// An sdist of these files and PKG-INFO; `headers` are lines of that.
pub fn sdist(name: &str, version: &str, headers: &str, files: &[(&str, &str)]) -> Dist {
    sdist_of((name, version), &metadata(name, version, headers), files)
}

/// The same with any PKG-INFO.
pub fn sdist_of((name, version): (&str, &str), pkg_info: &str, files: &[(&str, &str)]) -> Dist {
    let mut archive =
        tar::Builder::new(flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast()));
    for (path, text) in [&[("PKG-INFO", pkg_info)], files].concat() {
        let mut header = tar::Header::new_gnu();
        header.set_size(text.len() as u64);
        header.set_mode(0o644);
        archive
            .append_data(&mut header, format!("{name}-{version}/{path}"), text.as_bytes())
            .expect("a tar in memory");
    }
    let bytes = archive.into_inner().expect("tar").finish().expect("gzip");
    dist(format!("{name}-{version}.tar.gz"), bytes)
}

/// A pure wheel of these files and METADATA.
pub fn wheel(name: &str, version: &str, headers: &str, files: &[(&str, &str)]) -> Dist {
    let own = format!("{name}-{version}.dist-info/METADATA");
    let text = metadata(name, version, headers);
    let files = [&[(own.as_str(), text.as_str())], files].concat();
    dist(format!("{name}-{version}-py3-none-any.whl"), zip(&in_bytes(&files)))
}

fn in_bytes<'a>(files: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a [u8])> {
    files.iter().map(|(path, text)| (*path, text.as_bytes())).collect()
}

fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (path, bytes) in files {
        let options = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        archive.start_file(*path, options).expect("a zip in memory");
        archive.write_all(bytes).expect("a zip in memory");
    }
    archive.finish().expect("zip").into_inner()
}

/// A wheel as an installer takes it: with WHEEL and RECORD, for these tags (`py3-none-any`).
pub fn tagged_wheel(of: (&str, &str), tags: &str, files: &[(&str, &str)]) -> Dist {
    binary_wheel(of, tags, &in_bytes(files))
}

/// The same of any bytes.
pub fn binary_wheel((name, version): (&str, &str), tags: &str, files: &[(&str, &[u8])]) -> Dist {
    let info = format!("{name}-{version}.dist-info");
    let own = [
        (format!("{info}/WHEEL"), format!("Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tags}\n")),
        (format!("{info}/METADATA"), metadata(name, version, "")),
    ];
    let mut files = files.to_vec();
    files.extend(own.iter().map(|(path, text)| (path.as_str(), text.as_bytes())));
    let digest =
        |bytes: &[u8]| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(Sha256::digest(bytes));
    let record: String =
        files.iter().map(|(path, bytes)| format!("{path},sha256={},\n", digest(bytes))).collect();
    let record_path = format!("{info}/RECORD");
    files.push((&record_path, record.as_bytes()));
    dist(format!("{name}-{version}-{tags}.whl"), zip(&files))
}

impl Registry {
    /// The address of the index.
    pub fn index(&self) -> String {
        format!("{}simple/", self.url)
    }

    /// Serves the page of a project (PEP 691) with all its files, and the files.
    pub fn publish_python(&self, name: &str, dists: &[Dist]) {
        let file = |dist: &Dist| {
            json!({
                "filename": dist.filename, "url": format!("../../files/{}", dist.filename),
                "hashes": { "sha256": dist.sha256 }, "size": dist.bytes.len(),
            })
        };
        let files: Vec<Value> = dists.iter().map(file).collect();
        let page = json!({ "meta": { "api-version": "1.1" }, "name": name, "files": files });
        self.serve(&format!("/simple/{name}/"), page.to_string().into_bytes());
        for dist in dists {
            self.serve(&format!("/files/{}", dist.filename), dist.bytes.clone());
        }
    }
}
