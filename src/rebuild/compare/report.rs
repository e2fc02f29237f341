//! A comparison in lines for people.

use super::{Comparison, Difference};
use crate::printable::printable;

/// Files that are told one by one.
const FILES: usize = 20;

/// What `verify` prints below a package: how many files are the same, then the others, those that differ first. Nothing
/// where all are the same.
pub fn lines(comparison: &Comparison) -> Vec<String> {
    let Comparison { identical, files, .. } = comparison;
    if files.is_empty() {
        return Vec::new();
    }
    let all = identical + files.len();
    let mut sorted: Vec<(&String, &Difference)> = files.iter().collect();
    sorted.sort_by_key(|(path, difference)| (rank(difference), *path));
    let count =
        format!("{identical} of {all} {} the same", if *identical == 1 { "files is" } else { "files are" });
    let told = sorted.iter().take(FILES).flat_map(|(path, difference)| of_file(path, difference));
    let more = sorted.len().saturating_sub(FILES);
    let more = (more > 0).then(|| format!("and {more} more"));
    std::iter::once(count).chain(told).chain(more).map(|line| printable(&line)).collect()
}

/// What a person must see first.
fn rank(difference: &Difference) -> u8 {
    match difference {
        Difference::Text { .. } | Difference::Binary { .. } => 0,
        Difference::Missing | Difference::Added | Difference::Mode { .. } | Difference::Link => 1,
        Difference::Normalised { .. } => 2,
    }
}

fn of_file(path: &str, difference: &Difference) -> Vec<String> {
    let mut lines = vec![match difference {
        Difference::Missing => format!("{path} was not built; the registry has it"),
        Difference::Added => format!("{path} was built; the registry does not have it"),
        Difference::Mode { executable: true } => {
            format!("{path} is executable in the registry's archive only")
        }
        Difference::Mode { executable: false } => format!("{path} is executable in the built archive only"),
        Difference::Link => format!("{path} is a link, which is not compared"),
        Difference::Normalised { by } => format!("{path} {by}"),
        Difference::Text { line, .. } => format!("{path} line {line} differs:"),
        Difference::Binary { at } => format!("{path} differs from byte {at} on"),
    }];
    if let Difference::Text { diff, .. } = difference {
        // Behind the headers; a line of the file may look like one.
        let changes = || diff.lines().skip(3);
        let first = |sign| changes().find_map(|line| line.strip_prefix(sign));
        let (registrys, built) = (first('-'), first('+'));
        lines.extend(registrys.map(|line| format!("  registry: {line}")));
        lines.extend(built.map(|line| format!("  built:    {line}")));
        if registrys == built {
            lines.push("  they differ at the line's end".to_owned());
        }
    }
    lines
}
