//! The message of the commit that brings a package to Guix: what its manual asks for ("Submitting Patches"), in the words
//! of `etc/committer.scm`, which writes Guix's own.

/// Columns of a line.
const WIDTH: usize = 72;

/// What a commit does with a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Guix has no such variable.
    Add,
    /// It has an older version.
    Update,
    /// It has the same version, or a newer one.
    Nothing,
}

/// The message for a variable and its version; `file` is where Guix has it. `None` where there is nothing to commit.
pub fn message(change: &Change, variable: &str, version: &str, file: &str) -> Option<String> {
    let (title, what) = match change {
        Change::Add => (format!("Add {variable}."), "New variable.".to_owned()),
        Change::Update => {
            let what = format!("Update to {version}.");
            (format!("{variable}: {what}"), what)
        }
        Change::Nothing => return None,
    };
    let (file, entry) = (format!("* {file}"), format!("({variable}): {what}"));
    let space = if file.len() + 1 + entry.len() <= WIDTH { ' ' } else { '\n' };
    Some(format!("gnu: {title}\n\n{file}{space}{entry}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_as_guix_has_it() {
        let long = format!("node-{}", "long".repeat(8));
        let in_two_lines =
            format!("gnu: Add {long}.\n\n* gnu/packages/node-xyz.scm\n({long}): New variable.\n");
        for (change, variable, expected) in [
            (
                Change::Add,
                "node-foo",
                "gnu: Add node-foo.\n\n* gnu/packages/node-xyz.scm (node-foo): New variable.\n",
            ),
            (Change::Add, &long, &in_two_lines),
            (
                Change::Update,
                "node-foo-1",
                "gnu: node-foo-1: Update to 1.2.0.\n\n* gnu/packages/node-xyz.scm (node-foo-1): Update to 1.2.0.\n",
            ),
        ] {
            let said = message(&change, variable, "1.2.0", "gnu/packages/node-xyz.scm");
            assert_eq!(said.as_deref(), Some(expected));
        }
        assert_eq!(message(&Change::Nothing, "node-foo", "1.2.0", "gnu/packages/node-xyz.scm"), None);
    }
}
