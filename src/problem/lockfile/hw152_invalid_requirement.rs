//! A requirement that cannot be read.

use super::{Problem, shown};

/// `why` is a sentence without its subject (PEP 508 has the grammar).
pub fn invalid_requirement(file: &str, written: &str, why: &str) -> Problem {
    Problem {
        code: "HW152",
        package: None,
        file: Some(file.to_owned()),
        message: format!("the requirement {} {why}", shown(written)),
        hint: "write it as `name[extra]==1.0 ; marker` or `name @ https://... ; marker`".to_owned(),
    }
}
