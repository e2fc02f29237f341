//! The message of the commit that adds a package to Guix (manual, "Submitting Patches").

/// Columns of a line.
const WIDTH: usize = 72;

/// `module` is the file's name in `gnu/packages` without its end.
pub fn message(variable: &str, module: &str) -> String {
    let file = format!("* gnu/packages/{module}.scm");
    let change = format!("({variable}): New variable.");
    let space = if file.len() + 1 + change.len() <= WIDTH { ' ' } else { '\n' };
    format!("gnu: Add {variable}.\n\n{file}{space}{change}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_message_as_guix_has_it() {
        let expected = "gnu: Add node-foo.\n\n* gnu/packages/node-xyz.scm (node-foo): New variable.\n";
        assert_eq!(message("node-foo", "node-xyz"), expected);
        let long = format!("node-{}", "long".repeat(8));
        let expected = format!("gnu: Add {long}.\n\n* gnu/packages/node-xyz.scm\n({long}): New variable.\n");
        assert_eq!(message(&long, "node-xyz"), expected);
    }
}
