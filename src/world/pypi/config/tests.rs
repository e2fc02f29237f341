//! Settings of every kind, in files as uv and pip find them.

use super::*;

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn index(from: &Surroundings) -> String {
    Config::load(from).index().unwrap().map(String::from).unwrap_or_default()
}

#[test]
fn the_strongest_source_wins() {
    let folder = tempfile::tempdir().unwrap();
    let at = |part: &str| folder.path().join(part);
    let mut from = Surroundings { project: at("project"), home: Some(at("home")), ..Surroundings::default() };
    write(&at("home"), ".config/uv/uv.toml", "index-url = 'https://user-uv.example.org/simple'\n");
    assert_eq!(index(&from), "https://user-uv.example.org/simple/");
    write(&at("home"), ".pip/pip.conf", "[global]\nindex-url = https://old.example.org/simple # x\n");
    write(
        &at("home"),
        ".config/pip/pip.conf",
        "; c\n[global]\ntimeout = 3\nINDEX_URL: https://u.example.org/#x\n",
    );
    assert_eq!(index(&from), "https://u.example.org/");
    write(
        &at("venv"),
        "pip.conf",
        "[global]\nindex-url=https://g.example.org\n[install]\nindex-url=https://i.example.org\n",
    );
    from.env.insert("VIRTUAL_ENV".into(), at("venv").display().to_string());
    assert_eq!(index(&from), "https://i.example.org/");
    write(&at("x"), "pip.conf", "[global]\nindex-url = https://named.example.org\n");
    from.env.insert("PIP_CONFIG_FILE".into(), at("x/pip.conf").display().to_string());
    assert_eq!(index(&from), "https://named.example.org/");
    write(
        &at("project"),
        "pyproject.toml",
        "[[tool.uv.index]]\nurl='https://no.example.org'\n[[tool.uv.index]]\nurl='https://p.example.org/s'\ndefault=true\n",
    );
    assert_eq!(index(&from), "https://p.example.org/s/");
    from.env.insert("PIP_INDEX_URL".into(), "https://pip.example.org/simple".into());
    assert_eq!(index(&from), "https://pip.example.org/simple/");
    from.env.insert("UV_DEFAULT_INDEX".into(), "https://uv.example.org/simple/".into());
    assert_eq!(index(&from), "https://uv.example.org/simple/");
    from.flag = Some("https://flag.example.org/simple".parse().unwrap());
    assert_eq!(index(&from), "https://flag.example.org/simple/");
}

#[test]
fn no_files_and_no_addresses() {
    let mut from = Surroundings::default();
    from.env.insert("PIP_CONFIG_FILE".into(), "/dev/null".into());
    assert_eq!(pip(&from), None);
    from.env.insert("PIP_INDEX_URL".into(), "ftp://me:secret@example.org/".into());
    let refused = Config::load(&from).index().unwrap_err().to_string();
    assert!(refused.contains("PIP_INDEX_URL") && !refused.contains("secret"), "{refused}");
}

#[test]
fn credentials_go_to_their_own_host() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), ".netrc", "machine files.example.org login me password pass\n");
    let from = Surroundings { home: Some(folder.path().to_owned()), ..Surroundings::default() };
    let config = Config::load(&from);
    let index: Url = "https://u%40x:p@example.org/simple/".parse().unwrap();
    let sent = |url: &str| {
        let value = config.authorization(&index, &url.parse().unwrap());
        value.map(|value| value.to_str().unwrap().to_owned())
    };
    assert_eq!(sent("https://example.org/f").as_deref(), Some("Basic dUB4OnA="));
    assert_eq!(sent("https://files.example.org/f").as_deref(), Some("Basic bWU6cGFzcw=="));
    assert_eq!(sent("http://example.org/f"), None);
    assert_eq!(sent("https://example.org.evil.example/f"), None);
}

#[test]
fn indexes_beside_the_default_one() {
    let folder = tempfile::tempdir().unwrap();
    let from = Surroundings { project: folder.path().to_owned(), ..Surroundings::default() };
    let text = "[[tool.uv.index]]\nurl = 'https://a.example.org/simple'\nexplicit = true\n\
        [[tool.uv.index]]\nurl = 'https://b.example.org/simple'\n\
        [[tool.uv.index]]\nurl = 'https://c.example.org/simple'\ndefault = true\n";
    write(folder.path(), "pyproject.toml", text);
    let config = Config::load(&from);
    let url = |text: &str| text.parse::<Url>().unwrap();
    let others: Vec<&str> = config.others().map(Url::as_str).collect();
    assert_eq!(others, ["https://a.example.org/simple", "https://b.example.org/simple"]);
    assert!(config.is_explicit(&url("https://a.example.org/simple/")));
    assert!(!config.is_explicit(&url("https://b.example.org/simple")));
    assert_eq!(index(&from), "https://c.example.org/simple/");
}
