//! SPDX expressions (Annex B of the specification), as metadata has them.

use spdx::{LicenseReq, ParseMode};

use crate::foreign;

/// An expression that names licences without doubt.
#[derive(Debug)]
pub struct Expression {
    /// With its identifiers as SPDX writes them.
    pub text: String,
    parsed: spdx::Expression,
}

impl Expression {
    /// Reads an expression: identifiers in any case, `/` for `OR`, deprecated ones too. `None` where it is none.
    pub fn read(text: &str) -> Option<Self> {
        let mode = ParseMode {
            allow_slash_as_or_operator: true,
            allow_postfix_plus_on_gpl: true,
            allow_deprecated: true,
            // The crate's synonyms are guesses: "bsd" is BSD-2-Clause there.
            allow_imprecise_license_names: false,
            allow_unknown: false,
        };
        let text = spelled(text);
        let parsed = foreign::licence(&text, mode)?;
        Some(Self { text, parsed })
    }

    /// The licences that it names, in their order.
    pub fn requirements(&self) -> impl Iterator<Item = &LicenseReq> {
        self.parsed.requirements().map(|requirement| &requirement.req)
    }
}

/// The identifiers of an expression as SPDX writes them; they are compared without regard to case.
fn spelled(text: &str) -> String {
    let is_word = |c: char| c.is_ascii_alphanumeric() || "-.:".contains(c);
    let mut out = String::with_capacity(text.len());
    let mut rest = text.trim();
    while !rest.is_empty() {
        let word = &rest[..rest.find(|c| !is_word(c)).unwrap_or(rest.len())];
        let known = spdx::identifiers::LICENSES.iter().map(|license| license.name);
        let known = known.chain(spdx::identifiers::EXCEPTIONS.iter().map(|exception| exception.name));
        let known = known.filter(|_| !word.is_empty()).find(|name| name.eq_ignore_ascii_case(word));
        out.push_str(known.unwrap_or(word));
        rest = &rest[word.len()..];
        if let Some(c) = rest.chars().next() {
            out.push(if c.is_whitespace() { ' ' } else { c });
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}
