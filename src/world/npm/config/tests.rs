//! Settings of every kind, in files as npm finds them.

use super::*;

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join(name), text).unwrap();
}

fn name(text: &str) -> PackageName {
    PackageName::new(text).unwrap()
}

fn config(text: &str) -> Config {
    Config { values: ini::parse(text, |_| None), flag: None }
}

#[test]
fn the_strongest_source_wins() {
    let folder = tempfile::tempdir().unwrap();
    let at = |part: &str| folder.path().join(part);
    write(
        &at("prefix/etc"),
        "npmrc",
        "registry=https://global.example.org\n@g:registry=https://g.example.org\n",
    );
    let mut from = Surroundings { project: at("project"), home: Some(at("home")), ..Surroundings::default() };
    from.env.insert("PREFIX".into(), at("prefix").display().to_string());
    let registry = |from: &Surroundings, package: &str| {
        Config::load(from).registry(&name(package)).unwrap().map(String::from).unwrap_or_default()
    };
    assert_eq!(registry(&from, "a"), "https://global.example.org/");
    write(&at("home"), ".npmrc", "registry=https://user.example.org/npm\n");
    assert_eq!(registry(&from, "a"), "https://user.example.org/npm/");
    write(&at("project"), ".npmrc", "registry=https://project.example.org/\n");
    assert_eq!(registry(&from, "a"), "https://project.example.org/");
    from.env.insert("NPM_CONFIG_REGISTRY".into(), "https://env.example.org".into());
    assert_eq!(registry(&from, "a"), "https://env.example.org/");
    from.flag = Some("https://flag.example.org".parse().unwrap());
    assert_eq!(registry(&from, "@other/a"), "https://flag.example.org/");
    assert_eq!(registry(&from, "@g/a"), "https://g.example.org/");
}

#[test]
fn a_user_file_named_by_the_environment_and_none_at_all() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "rc", "registry=${WHERE}/x\n");
    let mut from = Surroundings { project: folder.path().join("none"), ..Surroundings::default() };
    assert_eq!(Config::load(&from).registry(&name("a")), Ok(None));
    from.env.insert("npm_config_userconfig".into(), folder.path().join("rc").display().to_string());
    from.env.insert("WHERE".into(), "https://where.example.org".into());
    let registry = Config::load(&from).registry(&name("a")).unwrap().unwrap();
    assert_eq!(registry.as_str(), "https://where.example.org/x/");
}

#[test]
fn what_is_no_address_is_refused() {
    for value in ["ftp://example.org/", "example.org", "file:///etc", "${UNSET}"] {
        let refused = config(&format!("registry={value}")).registry(&name("a"));
        assert!(matches!(refused, Err(NoRegistry::Address { .. })), "{refused:?}");
    }
}

#[test]
fn credentials_go_to_their_own_host_and_path() {
    let config = config(
        "//npm.example.org/:_authToken=all\n//npm.example.org/team/:_authToken=team\n\
         //npm.example.org:8443/:username=me\n//npm.example.org:8443/:_password=cGFzcw==\n\
         //auth.example.org/npm/:_auth=bWU6cGFzcw==\n_authToken=old\n",
    );
    let sent = |url: &str| {
        let value = config.authorization(&url.parse().unwrap());
        value.map(|value| value.to_str().unwrap().to_owned())
    };
    assert_eq!(sent("https://npm.example.org/a/-/a-1.tgz").as_deref(), Some("Bearer all"));
    assert_eq!(sent("https://npm.example.org/").as_deref(), Some("Bearer all"));
    assert_eq!(sent("https://npm.example.org/team/a").as_deref(), Some("Bearer team"));
    assert_eq!(sent("https://npm.example.org/teammate/a").as_deref(), Some("Bearer all"));
    assert_eq!(sent("https://npm.example.org:8443/a").as_deref(), Some("Basic bWU6cGFzcw=="));
    assert_eq!(sent("https://auth.example.org/npm/a").as_deref(), Some("Basic bWU6cGFzcw=="));
    assert_eq!(sent("https://auth.example.org/other"), None);
    assert_eq!(sent("https://npm.example.org.evil.example/a"), None);
}
