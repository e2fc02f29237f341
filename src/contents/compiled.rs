//! Programs and libraries that a compiler made, by their first bytes: a name can say anything.

/// Whether the bytes are an ELF, Mach-O, PE or WebAssembly file, or a library of such.
pub(super) fn is_compiled(bytes: &[u8]) -> bool {
    const MAGIC: [&[u8]; 3] = [b"\x7fELF", b"\0asm", b"!<arch>\n"];
    MAGIC.iter().any(|magic| bytes.starts_with(magic)) || is_mach(bytes) || is_windows(bytes)
}

/// One architecture, either order of bytes, or several in one file (Java's classes begin alike, and are compiled too).
fn is_mach(bytes: &[u8]) -> bool {
    const MAGIC: [[u8; 4]; 6] = [
        [0xfe, 0xed, 0xfa, 0xce],
        [0xfe, 0xed, 0xfa, 0xcf],
        [0xce, 0xfa, 0xed, 0xfe],
        [0xcf, 0xfa, 0xed, 0xfe],
        [0xca, 0xfe, 0xba, 0xbe],
        [0xca, 0xfe, 0xba, 0xbf],
    ];
    MAGIC.iter().any(|magic| bytes.starts_with(magic))
}

/// `MZ`, and at the place that the header at 60 tells `PE`.
fn is_windows(bytes: &[u8]) -> bool {
    let at = || Some(u32::from_le_bytes(bytes.get(60..64)?.try_into().ok()?) as usize);
    bytes.starts_with(b"MZ")
        && at().and_then(|at| bytes.get(at..)).is_some_and(|rest| rest.starts_with(b"PE\0\0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_the_first_bytes() {
        let mut windows = vec![0; 64];
        windows[..2].copy_from_slice(b"MZ");
        windows[60] = 64;
        windows.extend(b"PE\0\0");
        let cases: [(&[u8], bool); 9] = [
            (b"\x7fELF\x02\x01\x01\0", true),
            (b"\xcf\xfa\xed\xfe\x07\0\0\x01", true),
            (b"\xca\xfe\xba\xbe\0\0\0\x02", true),
            (b"\0asm\x01\0\0\0", true),
            (b"!<arch>\nx.o/", true),
            (&windows, true),
            (&windows[..60], false),
            (b"MZ is a pair of letters", false),
            (b"\x89PNG\r\n\x1a\n\0\0", false),
        ];
        for (bytes, expected) in cases {
            assert_eq!(is_compiled(bytes), expected, "{bytes:?}");
        }
    }
}
