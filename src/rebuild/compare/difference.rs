//! What a comparison found, file by file.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Normalisation;
use crate::rebuild::Class;

/// A built archive beside the registry's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    pub class: Class,
    /// How many files are the same in both.
    pub identical: usize,
    /// The others, by path.
    pub files: BTreeMap<String, Difference>,
}

/// What is different of one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum Difference {
    /// Only the registry's archive has it.
    Missing,
    /// Only the built archive has it.
    Added,
    /// The same bytes; the registry's is executable or not, and the built one is the other.
    Mode { executable: bool },
    /// At least one of the archives has a link there, which is not compared.
    Link,
    /// The same, but for this.
    Normalised { by: Normalisation },
    /// Text: the first line that differs, from 1, and a diff from the registry's to the built one, of the first lines
    /// that differ.
    Text { line: usize, diff: String },
    /// Something else: the first byte that differs, from 0.
    Binary { at: usize },
}

impl Comparison {
    /// Of two archives that are not the same file.
    pub(super) fn of_files(identical: usize, files: BTreeMap<String, Difference>) -> Self {
        let is_normalised = |difference: &Difference| matches!(difference, Difference::Normalised { .. });
        let class = if files.is_empty() {
            Class::Files
        } else if files.values().all(is_normalised) {
            Class::Equivalent
        } else {
            Class::Different
        };
        Self { class, identical, files }
    }

    /// How many files the registry's archive has.
    pub fn published(&self) -> usize {
        let is_published = |difference: &&Difference| match difference {
            Difference::Added | Difference::Link => false,
            Difference::Normalised { by } => *by != Normalisation::SourceMapAdded,
            _ => true,
        };
        self.identical + self.files.values().filter(is_published).count()
    }
}
