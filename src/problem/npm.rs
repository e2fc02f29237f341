//! HW460 to HW463: what an npm project says of how it is to be installed.

use super::Problem;
use crate::plan::npm::consent::Denial;
use crate::plan::npm::engines::Engine;

/// How many are named; the others are counted.
const NAMED: usize = 5;

fn some(names: &[String]) -> String {
    let shown = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// HW460: packages whose install scripts are not run, by the project's own word.
pub fn scripts_denied(denial: Denial, packages: &[String]) -> Problem {
    let (file, by) = match denial {
        Denial::Ignored => (".npmrc", "`ignore-scripts`"),
        Denial::Denied => ("package.json", "`allowScripts`"),
        Denial::NotAllowed => {
            ("package.json", "npm 12, which it pins and whose `allowScripts` allows none of them,")
        }
    };
    let count = packages.len();
    let of = if count == 1 { "one package" } else { &format!("{count} packages") };
    Problem {
        code: "HW460",
        package: None,
        file: Some(file.to_owned()),
        message: format!("{by} leaves out the install scripts of {of}: {}", some(packages)),
        hint: "to run those of one all the same: [packages.NAME] skipScripts = false in headwater.toml"
            .to_owned(),
    }
}

/// HW461: entries of `allowScripts` that npm does not heed.
pub fn unheeded(entries: &[String]) -> Problem {
    Problem {
        code: "HW461",
        package: None,
        file: Some("package.json".to_owned()),
        message: format!("`allowScripts` has entries that npm does not heed: {}", some(entries)),
        hint: "write a name, or exact versions joined by `||`: ranges, tags and aliases count for nothing"
            .to_owned(),
    }
}

/// HW462: a Node that is not what package.json asks for. `has` says which Node that is.
pub fn engine(engine: &Engine, has: &str) -> Problem {
    Problem {
        code: "HW462",
        package: None,
        file: Some("package.json".to_owned()),
        message: format!("{} asks for node {}, and {has}", engine.by, engine.range),
        hint: "npm warns of it as well, and goes on; look whether it works, or widen `engines`".to_owned(),
    }
}

/// HW463: lockfiles in folders that are no part of this project.
pub fn nested_lockfiles(files: &[String]) -> Problem {
    let folder = files.first().and_then(|file| file.rsplit_once('/')).map_or(".", |(folder, _)| folder);
    Problem {
        code: "HW463",
        package: None,
        file: None,
        message: format!("not converted, as they are projects of their own: {}", some(files)),
        hint: format!("convert such a folder on its own if it is needed: headwater convert {folder}"),
    }
}
