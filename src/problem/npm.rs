//! HW460 to HW463: what an npm project says of how it is to be installed.

use super::{Problem, kinds};

kinds! {
    HW460 warning "The project itself says that install scripts of some packages are not run."
        "to run those of one all the same: [packages.NAME] skipScripts = false in headwater.toml";
    HW461 warning "`allowScripts` of package.json has entries that npm ignores."
        "write a name, or exact versions joined by `||`: ranges, tags and aliases count for nothing";
    HW462 warning "Node.js is not of the version that `engines` asks for."
        "npm warns about it as well, and goes on; check whether it works, or widen `engines`";
    HW463 warning "Folders of the project have lockfiles of their own, which are not converted."
        "convert such a folder on its own if it is needed";
}

/// How many are named; the others are counted.
const NAMED: usize = 5;

fn some(names: &[String]) -> String {
    let shown = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// Packages whose install scripts are not run, by the project's own word.
pub fn scripts_denied(file: &str, by: &str, packages: &[String]) -> Problem {
    let count = packages.len();
    let of = if count == 1 { "one package" } else { &format!("{count} packages") };
    HW460.problem(format!("{by} leaves out the install scripts of {of}: {}", some(packages))).at(file)
}

/// Entries of `allowScripts` that npm ignores.
pub fn unheeded(entries: &[String]) -> Problem {
    HW461
        .problem(format!("`allowScripts` has entries that npm ignores: {}", some(entries)))
        .at("package.json")
}

/// A Node that is not what package.json asks for. `has` says which Node that is.
/// `by` asks for Node of this `range`; `has` is a sentence.
pub fn engine(by: &str, range: &str, has: &str) -> Problem {
    HW462.problem(format!("{by} asks for node {range}, and {has}")).at("package.json")
}

/// Lockfiles in folders that are no part of this project.
pub fn nested_lockfiles(files: &[String]) -> Problem {
    let folder = files.first().and_then(|file| file.rsplit_once('/')).map_or(".", |(folder, _)| folder);
    HW463
        .problem(format!("not converted, because they are projects of their own: {}", some(files)))
        .with_hint(format!("convert such a folder on its own if it is needed: headwater convert {folder}"))
}
