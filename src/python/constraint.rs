//! Version constraints as poetry writes them
//! (<https://python-poetry.org/docs/dependency-specification/>): `^1.2`, `~1.2`, `1.*`, `>=1,<2 || >=3`.

use pep440_rs::VersionSpecifiers;

use crate::foreign;

/// The alternatives of a constraint; `None` for text that is none. `*` is one alternative without bounds.
pub fn parse(text: &str) -> Option<Vec<VersionSpecifiers>> {
    let text = text.replace("||", "|");
    text.split('|').map(alternative).collect()
}

fn alternative(text: &str) -> Option<VersionSpecifiers> {
    let mut parts = Vec::new();
    // `>= 1.0` may have a space after its operator, and commas may be spaces.
    let mut joined = String::new();
    for part in text.split([',', ' ']).filter(|part| !part.is_empty()) {
        joined.push_str(part);
        if !part.ends_with(['<', '>', '=', '^', '~', '!']) {
            parts.push(one(&std::mem::take(&mut joined))?);
        }
    }
    if !joined.is_empty() || parts.is_empty() {
        return None;
    }
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    foreign::specifiers(&parts.join(",")).ok()
}

/// One bound in the words of PEP 440.
fn one(text: &str) -> Option<String> {
    if text == "*" {
        return Some(String::new());
    }
    if let Some(version) = text.strip_prefix('^') {
        return range(version, |release| release.iter().position(|part| *part != 0));
    }
    if let Some(version) = text.strip_prefix('~').filter(|version| !version.starts_with('=')) {
        return range(version, |release| Some(usize::from(release.len() > 1)));
    }
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return Some(format!("=={text}"));
    }
    if let Some(version) = text.strip_prefix('=').filter(|version| !version.starts_with('=')) {
        return Some(format!("=={version}"));
    }
    // A star where PEP 440 has none: `>=2.7.*` means `>=2.7`.
    match text.strip_suffix(".*") {
        Some(before) if !text.starts_with("==") && !text.starts_with("!=") => Some(before.to_owned()),
        _ => Some(text.to_owned()),
    }
}

/// From the version up to where the part that `fixed` finds (else the last) is one higher.
fn range(text: &str, fixed: impl Fn(&[u64]) -> Option<usize>) -> Option<String> {
    let version = foreign::version(text)?;
    let release = version.release();
    let at = fixed(release).unwrap_or(release.len() - 1);
    let mut upper = release[..=at.min(release.len() - 1)].to_vec();
    let last = upper.last_mut()?;
    *last = last.checked_add(1)?;
    let upper: Vec<_> = upper.iter().map(ToString::to_string).collect();
    Some(format!(">={version},<{}", upper.join(".")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_of_poetry() {
        for (text, expected) in [
            ("^1.2.3", ">=1.2.3, <2"),
            ("^0.2.3", ">=0.2.3, <0.3"),
            ("^0.0", ">=0.0, <0.1"),
            ("~1.2.3", ">=1.2.3, <1.3"),
            ("~1", ">=1, <2"),
            ("1.*", "==1.*"),
            ("1.2", "==1.2"),
            ("=1.2", "==1.2"),
            ("~=1.4", "~=1.4"),
            (">= 1.0, <2", ">=1.0, <2"),
            (">=2.7,!=3.0.*", ">=2.7, !=3.0.*"),
            (">=2.7.*", ">=2.7"),
            ("*", ""),
            ("^2.7 || ^3.6", ">=2.7, <3 | >=3.6, <4"),
        ] {
            let read = parse(text).unwrap_or_else(|| panic!("{text}"));
            let shown: Vec<_> = read.iter().map(ToString::to_string).collect();
            assert_eq!(shown.join(" | "), expected, "{text}");
        }
        for bad in ["", "^", "latest", ">=", "1.0 ||", "^18446744073709551615"] {
            assert!(parse(bad).is_none(), "{bad}");
        }
    }
}
