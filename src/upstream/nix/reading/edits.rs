//! Changes to a text that keep every other byte.

use std::collections::BTreeMap;
use std::ops::Range;

/// What is put in the place of which bytes, by where these begin and end: what is inserted comes before what is
/// replaced.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edits(BTreeMap<(usize, usize), String>);

impl Edits {
    /// Puts a text in the place of these bytes. The same place may be named again, with the same text.
    pub fn replace(&mut self, range: Range<usize>, text: impl Into<String>) {
        self.0.insert((range.start, range.end), text.into());
    }

    /// Puts a text between two bytes, behind what was put there before.
    pub fn insert(&mut self, at: usize, text: &str) {
        self.0.entry((at, at)).or_default().push_str(text);
    }

    /// The text with all changes; `None` where two of them overlap.
    pub fn applied(&self, text: &str) -> Option<String> {
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for ((start, end), new) in &self.0 {
            out.push_str(text.get(at..*start)?);
            out.push_str(new);
            at = *end;
        }
        out.push_str(text.get(at..)?);
        Some(out)
    }
}
