//! Whose workspace a folder is in, as uv finds it (<https://docs.astral.sh/uv/concepts/projects/workspaces/>): its lockfile
//! is the workspace's.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::foreign;
use crate::python::PyName;

/// A project of a workspace that is another folder's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The folder of the workspace.
    pub root: PathBuf,
    /// The project in the folder that was asked about.
    pub package: PyName,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Manifest {
    project: Option<Project>,
    tool: Tool,
}

#[derive(Deserialize)]
struct Project {
    name: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Tool {
    uv: Uv,
}

#[derive(Deserialize)]
#[serde(default)]
struct Uv {
    managed: bool,
    workspace: Option<Workspace>,
}

impl Default for Uv {
    fn default() -> Self {
        Self { managed: true, workspace: None }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Workspace {
    members: Vec<String>,
    exclude: Vec<String>,
}

/// The workspace that the project in `folder` (absolute) is a member of. `text` gives the pyproject.toml of a folder, or
/// `None` where there is none. As in uv the nearest folder above that has one decides: a project there that is no
/// workspace, or one that leaves this folder out, ends the search. `None` also for a workspace's own folder.
pub fn of_folder(folder: &Path, text: &dyn Fn(&Path) -> Option<String>) -> Option<Membership> {
    let own: Manifest = foreign::toml(&text(folder)?).ok()?;
    if own.tool.uv.workspace.is_some() || !own.tool.uv.managed {
        return None;
    }
    let package = PyName::new(&own.project?.name).ok()?;
    let (root, above) = folder.ancestors().skip(1).find_map(|above| Some((above, text(above)?)))?;
    let above: Manifest = foreign::toml(&above).ok()?;
    let workspace = above.tool.uv.workspace?;
    let parts: Option<Vec<&str>> = folder.strip_prefix(root).ok()?.iter().map(|part| part.to_str()).collect();
    let path = parts?.join("/");
    let any = |globs: &[String]| globs.iter().any(|glob| matches(glob, &path));
    (any(&workspace.members) && !any(&workspace.exclude))
        .then(|| Membership { root: root.to_owned(), package })
}

/// Whether a glob, seen from the workspace's folder, means a path below that.
fn matches(glob: &str, path: &str) -> bool {
    let parts = glob.split('/').filter(|part| !part.is_empty() && *part != ".");
    foreign::glob(&parts.collect::<Vec<_>>().join("/"), path)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn found(folder: &str, files: &[(&str, &str)]) -> Option<(String, String)> {
        let files: BTreeMap<&Path, &str> =
            files.iter().map(|(path, text)| (Path::new(path), *text)).collect();
        let text = |folder: &Path| files.get(folder).map(|text| (*text).to_owned());
        let found = of_folder(Path::new(folder), &text)?;
        Some((found.root.display().to_string(), found.package.to_string()))
    }

    fn workspace(members: &str, exclude: &str) -> String {
        format!(
            "[project]\nname = 'top'\n[tool.uv.workspace]\nmembers = [{members}]\nexclude = [{exclude}]\n"
        )
    }

    #[test]
    fn globs_decide() {
        for (members, exclude, is_member) in [
            ("'apps/site_scraper'", "", true),
            ("'./apps/site_scraper/'", "", true),
            ("'apps/*'", "", true),
            ("'packages/*', 'apps/*'", "", true),
            ("'**'", "", true),
            ("'apps/site_[rs]*'", "", true),
            ("'apps/*'", "'apps/site_*'", false),
            ("'apps/*'", "'site_scraper'", true),
            ("'apps'", "", false),
            ("'*'", "", false),
            ("'apps/*/x'", "", false),
            ("", "", false),
        ] {
            let top = workspace(members, exclude);
            let files = [("/w", top.as_str()), ("/w/apps/site_scraper", "[project]\nname = 'Site_Scraper'")];
            let expected = is_member.then(|| ("/w".to_owned(), "site-scraper".to_owned()));
            assert_eq!(found("/w/apps/site_scraper", &files), expected, "{members} but {exclude}");
        }
    }

    #[test]
    fn the_nearest_folder_with_a_project_ends_the_search() {
        let all = workspace("'**'", "");
        let project = "[project]\nname = 'x'";
        for (between, own, expected) in [
            ("", project, Some(("/w".to_owned(), "x".to_owned()))),
            (project, project, None),
            ("[build-system]\nrequires = []", project, None),
            ("not toml", project, None),
            ("", "[tool.ruff]", None),
            ("", "[project]\nname = 'x'\n[tool.uv]\nmanaged = false", None),
            ("", "[project]\nname = 'x'\n[tool.uv.workspace]", None),
        ] {
            let mut files = vec![("/w", all.as_str()), ("/w/a/b/c", own)];
            files.extend((!between.is_empty()).then_some(("/w/a", between)));
            assert_eq!(found("/w/a/b/c", &files), expected, "{between:?}, {own:?}");
        }
        assert_eq!(found("/w", &[("/w", &all)]), None, "a workspace's own folder");
        assert_eq!(found("/w/a", &[("/w", &all)]), None, "no project");
        assert_eq!(found("/w/a", &[("/w/a", project)]), None, "nothing above");
    }
}
