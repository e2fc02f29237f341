//! Settings as cargo merges them.

use super::*;

/// Settings of files by their folder below a temporary one, the project in `a/b`, the user's home in `home`.
fn config(files: &[(&str, &str)], env: &[(&str, &str)]) -> Result<Option<String>, NoIndex> {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let env: BTreeMap<_, _> = env.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect();
    let from = Surroundings {
        project: folder.path().join("a/b"),
        home: Some(folder.path().join("home")),
        env,
        flag: Some("https://flag.example/".parse().unwrap()),
    };
    Config::load(&from).index().map(|index| index.map(Into::into))
}

const MIRROR: &str = "[source.crates-io]\nreplace-with = 'mirror'\n\
                      [source.mirror]\nregistry = 'sparse+https://mirror.example/index'\n";

fn found(url: &str) -> Result<Option<String>, NoIndex> {
    Ok(Some(url.to_owned()))
}

#[test]
fn the_strongest_setting_counts() {
    assert_eq!(config(&[], &[]), Ok(None));
    let mirror = found("https://mirror.example/index/");
    assert_eq!(config(&[("home/.cargo/config.toml", MIRROR)], &[]), mirror);
    assert_eq!(config(&[("a/.cargo/config", MIRROR)], &[]), mirror);
    let own = "[source.mirror]\nregistry = 'sparse+https://own.example/'\n";
    let both = [("home/.cargo/config.toml", MIRROR), ("a/b/.cargo/config.toml", own)];
    assert_eq!(config(&both, &[]), found("https://own.example/"));
    let variable = [(VARIABLE, "sparse+https://env.example/")];
    assert_eq!(config(&both, &variable), found("https://env.example/"));
    let elsewhere = [("CARGO_HOME", "/headwater-no-such-folder")];
    assert_eq!(config(&both[..1], &elsewhere), Ok(None));
}

#[test]
fn a_registry_may_replace_a_source() {
    let named = "[source.crates-io]\nreplace-with = 'my-own'\n";
    let with = |more: &str, env: &[(&str, &str)]| {
        config(&[("home/.cargo/config.toml", &format!("{named}{more}"))], env)
    };
    let table = "[registries.my-own]\nindex = 'sparse+https://a.example/'\n";
    assert_eq!(with(table, &[]), found("https://a.example/"));
    let env = [("CARGO_REGISTRIES_MY_OWN_INDEX", "sparse+https://b.example/")];
    assert_eq!(with(table, &env), found("https://b.example/"));
    assert_eq!(with("", &[]), Err(NoIndex::Undefined { name: "my-own".into() }));
    assert_eq!(
        with("[source.my-own]\nreplace-with = 'crates-io'\n", &[]),
        Err(NoIndex::Circle { name: "crates-io".into() })
    );
}

#[test]
fn what_cannot_be_asked_is_said() {
    let with = |registry: &str| config(&[], &[(VARIABLE, registry)]).unwrap_err();
    assert!(matches!(with("https://git.example/index"), NoIndex::Git { .. }));
    assert!(matches!(with("sparse+file:///srv"), NoIndex::Address { .. }));
    assert!(matches!(with("ssh"), NoIndex::Address { .. }));
    let secret = with("sparse+https://user:secret@a.example/");
    assert!(matches!(secret, NoIndex::Credentials { .. }) && !secret.to_string().contains("secret"));
    let vendored = "[source.crates-io]\nreplace-with = 'v'\n[source.v]\ndirectory = 'vendor'\n";
    assert!(matches!(config(&[("a/b/.cargo/config.toml", vendored)], &[]), Err(NoIndex::Local { .. })));
    assert_eq!(config(&[("a/b/.cargo/config.toml", "[[")], &[]), Ok(None), "counts as absent");
}
