//! The hash of a folder on disk, against Nix's own.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use headwater::world::disk::nar_hash;

fn nix(folder: &Path) -> Option<String> {
    let Ok(output) = Command::new("nix-hash").args(["--type", "sha256", "--base32"]).arg(folder).output()
    else {
        eprintln!("skipped: there is no nix-hash on this machine");
        return None;
    };
    assert!(output.status.success(), "{output:?}");
    Some(String::from_utf8(output.stdout).unwrap().trim().to_owned())
}

#[test]
fn a_folder_on_disk_hashes_as_nix_hashes_it() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    for name in ["a/b", "a.b", "a-", "empty/.keep", ".git/config", "a/.git"] {
        std::fs::create_dir_all(at.join(name).parent().unwrap()).unwrap();
        std::fs::write(at.join(name), name).unwrap();
    }
    std::fs::remove_file(at.join("empty/.keep")).unwrap();
    std::fs::write(at.join("large"), vec![1; (8 << 20) + 3]).unwrap();
    std::fs::write(at.join(OsStr::from_bytes(b"\xff")), "").unwrap();
    std::fs::set_permissions(at.join("a-"), std::fs::Permissions::from_mode(0o744)).unwrap();
    symlink("nowhere", at.join("link")).unwrap();
    symlink("a", at.join("to-folder")).unwrap();
    (0..5_000).for_each(|n| std::fs::write(at.join(format!("a/{n}")), vec![b'x'; n]).unwrap());
    let ours = |without_git| nar_hash(at, without_git).unwrap().nix_base32();
    if let Some(expected) = nix(at) {
        assert_eq!(ours(false), expected);
        std::fs::remove_dir_all(at.join(".git")).unwrap();
        std::fs::remove_file(at.join("a/.git")).unwrap();
        assert_eq!(ours(true), nix(at).unwrap());
    }
}

#[test]
fn what_is_no_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let made = Command::new("mkfifo").arg(folder.path().join("pipe")).status().unwrap();
    assert!(made.success());
    assert!(nar_hash(folder.path(), false).unwrap_err().to_string().contains("pipe"));
    assert!(nar_hash(&folder.path().join("absent"), false).is_err());
}
