//! Compiled files of Linux: what they ask the machine for before they run.

use object::elf::{self, FileHeader32, FileHeader64};
use object::read::elf::{Dyn, FileHeader, ProgramHeader};
use object::{Endianness, FileKind};
use serde::{Deserialize, Serialize};

use crate::foreign::guarded;

/// What an ELF file is bound to. A static one is bound to nothing and has none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Linked {
    /// Libraries, by their names.
    Library,
    /// A loader, by its path, and mostly libraries.
    Program,
}

/// What these bytes are bound to, where they are an ELF file of Linux.
pub fn linked(bytes: &[u8]) -> Option<Linked> {
    let read = || match FileKind::parse(bytes).ok()? {
        FileKind::Elf32 => of::<FileHeader32<Endianness>>(bytes),
        FileKind::Elf64 => of::<FileHeader64<Endianness>>(bytes),
        _ => None,
    };
    guarded(read).ok().flatten()
}

fn of<Header: FileHeader<Endian = Endianness>>(bytes: &[u8]) -> Option<Linked> {
    let header = Header::parse(bytes).ok()?;
    // Other systems have ELF files, too.
    if !matches!(header.e_ident().os_abi, elf::ELFOSABI_SYSV | elf::ELFOSABI_GNU) {
        return None;
    }
    let endian = header.endian().ok()?;
    let segments = header.program_headers(endian, bytes).ok()?;
    if segments.iter().any(|segment| segment.p_type(endian) == elf::PT_INTERP) {
        return Some(Linked::Program);
    }
    let mut entries =
        segments.iter().filter_map(|segment| segment.dynamic(endian, bytes).ok().flatten()).flatten();
    entries.any(|entry| entry.tag(endian) == elf::DT_NEEDED).then_some(Linked::Library)
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    /// What the C compiler makes of a program.
    #[allow(clippy::disallowed_methods, reason = "the test compiles a file")]
    fn compiled(options: &[&str]) -> Vec<u8> {
        let folder = tempfile::TempDir::new().unwrap();
        let (text, file) = (folder.path().join("x.c"), folder.path().join("x"));
        std::fs::write(&text, "int main(void) { return 0; }\n").unwrap();
        let done = Command::new("gcc").arg(&text).arg("-o").arg(&file).args(options).status().unwrap();
        assert!(done.success());
        std::fs::read(file).unwrap()
    }

    #[test]
    fn what_is_static_or_no_program_is_bound_to_nothing() {
        let program = compiled(&[]);
        assert_eq!(linked(&program), Some(Linked::Program));
        assert_eq!(linked(&compiled(&["-shared", "-fPIC", "-Wl,--no-as-needed"])), Some(Linked::Library));
        for options in [&["-static"][..], &["-static-pie"], &["-c"]] {
            assert_eq!(linked(&compiled(options)), None, "{options:?}");
        }
        // FreeBSD's.
        let mut foreign = program.clone();
        foreign[7] = 9;
        assert_eq!(linked(&foreign), None);
        for cut in [4, 20, 64, 100] {
            assert_eq!(linked(&program[..cut]), None, "{cut}");
        }
        assert_eq!(linked(b"#!/bin/sh\n"), None);
    }
}
