//! What `meta` of a Python package says.

use crate::failure::Failure;
use crate::package::python::{From, Subject};
use crate::settings;
use crate::upstream::home_page::page;
use crate::upstream::nixpkgs::meta::Meta;
use crate::upstream::nixpkgs::program::Programs;
use crate::upstream::nixpkgs::python::Source;
use crate::upstream::nixpkgs::{changelog, description, license};
use crate::upstream::python::purpose::Purpose;

/// Where the words come from.
const SAYS: &str = "the project's metadata";

impl Subject<'_> {
    pub(super) async fn meta(
        &self,
        settings: &settings::Package,
        source: &Source,
        attribute: &str,
        purpose: Purpose,
    ) -> Result<Meta, Failure> {
        let facts = &self.facts;
        let own = [attribute, facts.name.as_str(), facts.spelled.as_str()];
        let readme = match &self.from {
            From::Commit { origin, files, .. } => files.readme(&origin.folder).await?,
            From::Upload { .. } => None,
        };
        let programs = Programs {
            targets: &facts.programs,
            names: &own,
            readme: readme.as_ref().map(|(file, text)| (*file, text.as_str())),
        };
        let (main_program, program_doubt) = match (programs.main(), purpose) {
            // Of a library programs are no purpose: none stands there that would have to be looked at.
            ((_, Some(_)), Purpose::Library) => (None, None),
            (found, _) => found,
        };
        let mut names = own.to_vec();
        names.extend(main_program.as_deref());
        let (license, changelog, repository) = match (&self.from, source) {
            (From::Commit { origin, files, .. }, Source::Commit(fetched)) => {
                let (own, normal) = (self.version(), facts.version.to_string());
                let log = files.change_log(&origin.folder, &[&own, &normal]).await?;
                let license = files.license(&facts.about, SAYS, &origin.folder).await?;
                (license, changelog::changelog(fetched, log.as_deref()), Some(origin.repository.0.clone()))
            }
            (From::Upload { license: text, .. }, _) => {
                let text = text.as_ref().map(|(name, text)| (name.as_str(), text.as_str()));
                (license::license(&facts.about, SAYS, text), None, None)
            }
            _ => (license::license(&facts.about, SAYS, None), None, None),
        };
        let home_page = facts.about.home_page.as_deref().map(page).or(repository);
        Ok(Meta {
            description: description::description(facts.about.text(), SAYS, &names),
            home_page,
            changelog,
            license,
            binaries: self.binaries(),
            maintainer: settings.maintainer.clone(),
            main_program,
            program_doubt,
        })
    }

    /// Compiled files of the commit that the package ships.
    fn binaries(&self) -> Vec<String> {
        match &self.from {
            From::Commit { origin, files, .. } => origin.held_binaries(&files.paths()),
            From::Upload { .. } => Vec::new(),
        }
    }
}
