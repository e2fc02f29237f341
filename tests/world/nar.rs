//! Our NAR hash against Nix's own.

use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use headwater::hash::nar;

#[test]
fn a_folder_hashes_as_nix_hashes_it() {
    let files: Vec<(&str, bool, Vec<u8>)> = vec![
        ("a/b", false, b"1234567".to_vec()),
        ("a/b.c", true, b"12345678".to_vec()),
        ("a.b", false, b"123456789".to_vec()),
        ("a-", false, Vec::new()),
        ("B/deep/er/x", true, vec![0; 70_000]),
        ("B/deep.er", false, b"x".to_vec()),
        ("\u{e9}/\u{1f980}", false, b"names are bytes".to_vec()),
        ("z z/'$(x)'", false, b"\n".to_vec()),
    ];
    let folder = tempfile::tempdir().unwrap();
    for (path, executable, bytes) in &files {
        let at = folder.path().join(path);
        std::fs::create_dir_all(at.parent().unwrap()).unwrap();
        std::fs::write(&at, bytes).unwrap();
        let mode = if *executable { 0o755 } else { 0o644 };
        std::fs::set_permissions(&at, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    let Ok(nix) = Command::new("nix-hash").args(["--type", "sha256", "--base32"]).arg(folder.path()).output()
    else {
        eprintln!("skipped: there is no nix-hash on this machine");
        return;
    };
    assert!(nix.status.success(), "{nix:?}");
    let expected = String::from_utf8(nix.stdout).unwrap().trim().to_owned();
    let files = || files.iter().map(|(path, executable, bytes)| (*path, *executable, bytes.as_slice()));
    assert_eq!(nar::hash(files()).unwrap().nix_base32(), expected);

    // The same by members: the folders of a pack are hashed one after another.
    let mut pack = nar::Hasher::new().unwrap();
    for member in ["B", "a"] {
        let below = files().filter_map(|(path, executable, bytes)| {
            path.strip_prefix(member)?.strip_prefix('/').map(|path| (path, executable, bytes))
        });
        pack.member(member, below).unwrap();
    }
    for rest in ["a-", "a.b", "z z", "\u{e9}"] {
        std::fs::remove_dir_all(folder.path().join(rest))
            .or_else(|_| std::fs::remove_file(folder.path().join(rest)))
            .unwrap();
    }
    let nix = Command::new("nix-hash").args(["--type", "sha256"]).arg(folder.path()).output().unwrap();
    assert_eq!(pack.finish().unwrap().hex(), String::from_utf8(nix.stdout).unwrap().trim());
}
