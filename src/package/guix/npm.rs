//! The definition of an npm package.

use std::collections::{BTreeMap, BTreeSet};

use super::definition::{Called, Found};
use super::fetched::{Fetched, fetched};
use super::lacking::{Lacking, variable};
use super::{Guix, Written};
use crate::about;
use crate::ecosystem::Ecosystem;
use crate::failure::Failure;
use crate::package::npm::Subject;
use crate::upstream::guix::definition::{Source, Told};
use crate::upstream::guix::node::{Checkout, files};
use crate::upstream::guix::words::Beside;
use crate::upstream::npm::place::joined;

/// Where packages of npm belong.
const MODULE: &str = "node-xyz";
/// Scripts of a build, whichever is run.
const BUILDS: [&str; 5] = ["build", "prepack", "prepare", "prepublishOnly", "prepublish"];
/// Files of tests that are read.
const READ: usize = 400;

impl Guix<'_> {
    pub(super) async fn npm(
        &self,
        subject: &Subject<'_>,
        called: Option<&Called>,
        lacking: &Lacking,
    ) -> Result<Written, Failure> {
        let Fetched { origin, open, notes } = fetched(self.world, subject.origin, &subject.files).await?;
        let about = about::npm(&subject.manifest);
        let license = subject.files.license_file(&subject.origin.folder).await?;
        let readme = subject.files.readme(&subject.origin.folder).await?;
        let found = Found {
            ecosystem: Ecosystem::Npm,
            name: subject.name.as_str(),
            version: &subject.version,
            called,
            source: Source::Commit(origin),
            about: &about,
            beside: Beside {
                license: license.as_ref().map(|(name, text)| (*name, text.as_str())),
                readme: readme.as_ref().map(|(name, text)| (*name, text.as_str())),
            },
            module: MODULE,
            told: self.told(subject).await?,
        };
        Ok(found.written(lacking).after(open, notes))
    }

    async fn told(&self, subject: &Subject<'_>) -> Result<Told, Failure> {
        let prefix = joined(&subject.origin.folder, "");
        let paths = subject.files.paths();
        let below: BTreeSet<String> =
            paths.iter().filter_map(|path| path.strip_prefix(&prefix)).map(str::to_owned).collect();
        let checkout = Checkout {
            manifest: &subject.manifest,
            folder: &subject.origin.folder,
            made: &subject.origin.made,
            tests: texts(subject, &prefix, files(&subject.manifest, &["test"], &below)).await?,
            builds: texts(subject, &prefix, files(&subject.manifest, &BUILDS, &below)).await?,
            is_addon: below.contains("binding.gyp") && subject.manifest["gypfile"] != false,
        };
        Ok(checkout.told(&self.listing, |need| variable(&self.listing, need)))
    }
}

async fn texts(
    subject: &Subject<'_>,
    prefix: &str,
    paths: Vec<&String>,
) -> Result<BTreeMap<String, String>, Failure> {
    let mut texts = BTreeMap::new();
    for path in paths.into_iter().take(READ) {
        if let Some(bytes) = subject.files.read(&format!("{prefix}{path}")).await? {
            texts.insert(path.clone(), String::from_utf8_lossy(&bytes).into_owned());
        }
    }
    Ok(texts)
}
