//! What `meta` of a package says: package.json, and what the repository has beside it.

use super::Subject;
use crate::about;
use crate::failure::Failure;
use crate::npm::bins;
use crate::settings;
use crate::upstream::home_page::page;
use crate::upstream::nixpkgs::meta::Meta;
use crate::upstream::nixpkgs::program::Programs;
use crate::upstream::nixpkgs::source::Fetched;
use crate::upstream::nixpkgs::{changelog, description};

impl Subject<'_> {
    pub(super) async fn meta(
        &self,
        settings: &settings::Package,
        attribute: &str,
        source: &Fetched,
    ) -> Result<Meta, Failure> {
        let about = about::npm(&self.manifest);
        let readme = self.files.readme(&self.origin.folder).await?;
        let programs = Programs {
            targets: &bins(&self.manifest),
            names: &[self.name.base(), attribute],
            readme: readme.as_ref().map(|(file, text)| (*file, text.as_str())),
        };
        let (main_program, program_doubt) = programs.main();
        let changelog = changelog::changelog(
            source,
            self.files.change_log(&self.origin.folder, &[&self.version]).await?.as_deref(),
        );
        let repository = || self.origin.repository.0.clone();
        let mut names = vec![self.name.as_str(), self.name.base(), attribute];
        names.extend(main_program.as_deref());
        Ok(Meta {
            description: description::description(about.text(), "package.json", &names),
            home_page: Some(about.home_page.as_deref().map_or_else(repository, page)),
            changelog,
            license: self.files.license(&about, "package.json", &self.origin.folder).await?,
            binaries: self.origin.held_binaries(&self.files.paths()),
            maintainer: settings.maintainer.clone(),
            main_program,
            program_doubt,
        })
    }
}
