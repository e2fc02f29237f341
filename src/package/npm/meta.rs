//! What `meta` of a package says: package.json, and what the repository has beside it.

use std::collections::BTreeMap;

use super::Subject;
use crate::about::{self, About};
use crate::failure::Failure;
use crate::graph::PackageName;
use crate::npm::bins;
use crate::settings;
use crate::upstream::nixpkgs::application::Meta;
use crate::upstream::nixpkgs::license::License;
use crate::upstream::nixpkgs::source::Fetched;
use crate::upstream::nixpkgs::{changelog, description, license};
use crate::upstream::npm::place::joined;

/// Characters of a licence file that are shown.
const SHOWN: usize = 60;

impl Subject<'_> {
    pub(super) async fn meta(
        &self,
        settings: &settings::Package,
        attribute: &str,
        source: &Fetched,
    ) -> Result<Meta, Failure> {
        let about = about::npm(&self.manifest);
        let (main_program, program_doubt) = main_program(&bins(&self.manifest), &self.name, attribute);
        let changelog = changelog::changelog(source, self.change_log().await?.as_deref());
        let repository = || self.origin.repository.0.clone();
        let mut names = vec![self.name.as_str(), self.name.base(), attribute];
        names.extend(main_program.as_deref());
        Ok(Meta {
            description: description::description(about.text(), &names),
            home_page: Some(about.home_page.as_deref().map_or_else(repository, plain_page)),
            changelog,
            license: self.license(&about).await?,
            binaries: self.origin.binaries.clone(),
            maintainer: settings.maintainer.clone(),
            main_program,
            program_doubt,
        })
    }

    /// The licence; where package.json names none, with what the repository's own file begins with.
    async fn license(&self, about: &About) -> Result<License, Failure> {
        let mut license = license::license(about);
        if let Some(doubt) = license.doubt.as_mut().filter(|_| license.attributes == ["unfree"]) {
            for name in license::FILES {
                let Some(bytes) = self.files.read(name).await? else { continue };
                let text = String::from_utf8_lossy(&bytes);
                let first = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
                let first: String = first.trim_start_matches('#').trim().chars().take(SHOWN).collect();
                doubt.push_str(&format!("; {name} begins with {first:?}"));
                break;
            }
        }
        Ok(license)
    }

    /// A change log that speaks of the version.
    async fn change_log(&self) -> Result<Option<String>, Failure> {
        for name in changelog::FILES {
            let path = joined(&self.origin.folder, name);
            let Some(bytes) = self.files.read(&path).await? else { continue };
            if String::from_utf8_lossy(&bytes).contains(&self.version) {
                return Ok(Some(path));
            }
        }
        Ok(None)
    }
}

/// The program that is the package's purpose: the only one, or the one of its name.
fn main_program(
    programs: &BTreeMap<String, String>,
    name: &PackageName,
    attribute: &str,
) -> (Option<String>, Option<String>) {
    if let [only] = programs.keys().collect::<Vec<_>>()[..] {
        return (Some(only.clone()), None);
    }
    let own = [name.base(), attribute].into_iter().find(|own| programs.contains_key(*own));
    let all = programs.keys().cloned().collect::<Vec<_>>().join(", ");
    let doubt = own.is_none() && !programs.is_empty();
    (
        own.map(str::to_owned),
        doubt.then(|| format!("its programs are {all}: set mainProgram if one is its purpose")),
    )
}

/// Without the anchor of a README, and without a slash where there is no path.
fn plain_page(page: &str) -> String {
    let page = page.strip_suffix("#readme").unwrap_or(page);
    let has_path = page.split_once("://").is_some_and(|(_, rest)| rest.trim_end_matches('/').contains('/'));
    if has_path { page.to_owned() } else { page.trim_end_matches('/').to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_without_what_nobody_needs() {
        for (page, plain) in [
            ("https://github.com/o/r#readme", "https://github.com/o/r"),
            ("https://mochajs.org/", "https://mochajs.org"),
            ("https://example.org/a/", "https://example.org/a/"),
        ] {
            assert_eq!(plain_page(page), plain);
        }
    }

    #[test]
    fn the_main_program() {
        let name = PackageName::new("@s/tool").unwrap();
        let of = |programs: &[&str]| {
            let programs = programs.iter().map(|one| ((*one).to_owned(), String::new())).collect();
            let (program, doubt) = main_program(&programs, &name, "s-tool");
            (program.unwrap_or_default(), doubt.is_some())
        };
        assert_eq!(of(&["x"]), ("x".to_owned(), false));
        assert_eq!(of(&["_tool", "tool"]), ("tool".to_owned(), false));
        assert_eq!(of(&["a", "s-tool"]), ("s-tool".to_owned(), false));
        assert_eq!(of(&["a", "b"]), (String::new(), true));
        assert_eq!(of(&[]), (String::new(), false));
    }
}
