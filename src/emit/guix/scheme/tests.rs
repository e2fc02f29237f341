//! Layout of definitions of our own writing.

use super::*;

#[test]
fn text_that_is_no_scheme_is_refused_with_its_place() {
    let error = |text| format("m.scm", text).unwrap_err().to_string();
    assert_eq!(error("(a\n  (b"), "m.scm:2:3: this parenthesis is never closed");
}
