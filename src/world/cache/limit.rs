//! How large the cache may get, and sizes as people write them.

/// The environment's name for another limit.
pub const LIMIT_VARIABLE: &str = "HEADWATER_CACHE_SIZE";
/// Bytes: some thousand repositories without their files, and as many tarballs.
const DEFAULT: u64 = 20 << 30;

/// The limit in bytes; `None` for none. The second is what to tell of a setting that says nothing.
pub(super) fn of_environment() -> (Option<u64>, Option<String>) {
    match std::env::var(LIMIT_VARIABLE).ok().filter(|text| !text.is_empty()) {
        None => (Some(DEFAULT), None),
        Some(text) if text == "none" => (None, None),
        Some(text) => match parse(&text) {
            Some(bytes) => (Some(bytes), None),
            None => {
                let told = format!("{LIMIT_VARIABLE}={text} is no size (20G, 500M, none): 20G is taken");
                (Some(DEFAULT), Some(told))
            }
        },
    }
}

/// Bytes, or a number with `K`, `M`, `G` or `T` (powers of 1024), `B` and `iB` allowed after it.
pub fn parse(text: &str) -> Option<u64> {
    let text = text.trim().to_ascii_uppercase();
    let text = text.strip_suffix("IB").or_else(|| text.strip_suffix('B')).unwrap_or(&text);
    let (number, power) = match text.find(['K', 'M', 'G', 'T']) {
        Some(at) if at + 1 == text.len() => (&text[..at], "KMGT".find(&text[at..])? as u32 + 1),
        Some(_) => return None,
        None => (text, 0),
    };
    let number: f64 = number.trim().parse().ok()?;
    let bytes = number * 1024_f64.powi(i32::try_from(power).ok()?);
    (bytes.is_finite() && (0.0..1e18).contains(&bytes)).then_some(bytes as u64)
}

/// As people read it: three digits or so.
pub fn shown(bytes: u64) -> String {
    let mut size = bytes as f64;
    for unit in ["B", "KiB", "MiB", "GiB"] {
        if size < 1000.0 {
            return if unit == "B" || size >= 100.0 {
                format!("{size:.0} {unit}")
            } else {
                format!("{size:.1} {unit}")
            };
        }
        size /= 1024.0;
    }
    format!("{size:.1} TiB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        for (text, bytes) in
            [("0", 0), ("100", 100), ("1k", 1024), ("1.5 GiB", 3 << 29), ("20G", 20 << 30), ("2MB", 2 << 20)]
        {
            assert_eq!(parse(text), Some(bytes), "{text}");
        }
        for bad in ["", "-1", "G", "1X", "1GG", "inf", "nan", "9e30"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
        assert_eq!(
            [0, 999, 1024, 1 << 20, 150 << 20].map(shown),
            ["0 B", "999 B", "1.0 KiB", "1.0 MiB", "150 MiB"]
        );
    }
}
