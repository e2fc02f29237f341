//! Requirements files: every form that pip has.

use super::{Files, listing, name, problems, read_of, read_text, shown};
use crate::graph::python::BuildOption;

const HASH: &str = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
const COMMIT: &str = "096c8d42545d3b68ea21a4f890fb2b2d8979c0bd";

#[test]
fn every_form() {
    let main = format!(
        "\u{feff}# comment\n-i https://index.example/simple --extra-index-url=https://more.example/simple\r\n\
        --find-links ./wheels\n-f https://files.example/all.html # and this\n--no-binary=:all: --only-binary a,B_c\n\
        --prefer-binary\n--pre\n--trusted-host index.example\n--use-feature=fast-deps\n-r sub/more.txt\n-c constraints.txt\n\
        Flask[async, Dotenv] == 3.0 ; python_version >= '3.8' and \\\n  os_name == 'posix' # why\n\
        pinned==${{SET}}\nconstrained[x]\nthree===1.0.post1 --config-settings \"--build-option=a b\" -Ck=v --global-option=-q\n\
        git+https://github.com/o/egg.git@{COMMIT}#egg=Egg[x]&subdirectory=src/egg\n\
        -e git+ssh://git@github.com/o/edit@{COMMIT}#egg=edit\n\
        named @ git+https://github.com/o/named@{COMMIT}#subdirectory=py ; os_name != 'nt'\n\
        direct@https://files.example/direct-1.0.tar.gz#{}\n\
        https://files.example/wheel_of-2.0-py3-none-any.whl\n./dist/local-1.0.tar.gz\n\
        -e ./lib[fast] ; python_version > '3'\nother @ file:lib\n-e .\n",
        HASH.replace(':', "=")
    );
    let files = Files::from([
        ("requirements.txt", main.as_str()),
        ("sub/more.txt", "-r ../deep.txt\nsame==1.0\n"),
        ("deep.txt", "deep==1.0\nsame == 1.0"),
        ("constraints.txt", "constrained==4.0\nunused==1\nflask>=2"),
        ("pyproject.toml", "[project]\nname = 'Top'"),
        ("lib/pyproject.toml", "[tool.poetry]\nname = 'lib'"),
    ]);
    let graph = read_of("requirements.txt", &files).unwrap_err();
    // One has a hash, so all must.
    assert!(graph.iter().all(|one| one.code() == "HW156"), "{graph:#?}");
    let main = main.replace(&format!("#{}", HASH.replace(':', "=")), "");
    let files = Files::from_iter(
        files.iter().map(|(k, v)| (*k, if *k == "requirements.txt" { main.as_str() } else { *v })),
    );
    let graph = read_of("requirements.txt", &files).unwrap_or_else(|problems| panic!("{problems:#?}"));
    insta::assert_snapshot!(listing::of(&graph));
    let settings = &graph.settings;
    assert_eq!(settings.find_links, ["wheels", "https://files.example/all.html"]);
    assert!(settings.prefer_binary && settings.prereleases && !settings.no_index);
    assert!(settings.no_binary.applies(&name("x")) && settings.only_binary.applies(&name("b-c")));
    let config =
        |key: &str, value: &str| BuildOption::Config { key: key.to_owned(), value: value.to_owned() };
    let build = [config("--build-option", "a b"), config("k", "v"), BuildOption::Global("-q".to_owned())];
    assert_eq!(settings.build[&name("three")], build);
}

#[test]
fn pins_with_hashes() {
    let both = format!("a==1 --hash={HASH} --hash=md5:{}\nb==2 --hash {HASH}\n", "0".repeat(32));
    assert!(read_text("requirements.txt", &both).is_ok());
    let text = format!("a==1 --hash={HASH}\nb==2\nc @ git+https://github.com/o/c@{COMMIT}\n");
    let missing = "it has no hash, but other requirements have one; pip refuses such a file";
    assert_eq!(problems("r.txt", &text), [format!("error[HW156]: r.txt:2: b: {missing}")]);
    assert_eq!(problems("r.txt", "--require-hashes\nb==2"), [format!("error[HW156]: r.txt:2: b: {missing}")]);
    let weak = format!("a==1 --hash=md5:{}", "0".repeat(32));
    assert!(problems("r.txt", &weak)[0].contains("[HW154]"));
    for bad in ["sha256:abc", "blake9:00", "x"] {
        assert!(
            problems("r.txt", &format!("a==1 --hash={bad}"))[0].contains("error[HW155]: r.txt:1"),
            "{bad}"
        );
    }
}

#[test]
fn what_is_not_pinned() {
    for line in
        ["flask", "flask>=2", "flask==2.*", "flask~=2.0", "flask!=1", "flask[async] ; os_name == 'posix'"]
    {
        let text = format!("\n{line}\n");
        let read = read_text("dev/requirements.txt", &text).unwrap_err();
        let [one] = &read[..] else { panic!("{read:?}") };
        assert_eq!(
            (one.code(), one.place.as_ref().map(ToString::to_string).as_deref(), one.package.as_deref()),
            ("HW150", Some("dev/requirements.txt:2"), Some("flask"))
        );
        assert!(one.hint.contains("uv pip compile --generate-hashes dev/requirements.txt"), "{}", one.hint);
    }
    let branch = "a @ git+https://github.com/o/a@main\nb @ git+https://github.com/o/b\n";
    let read = problems("r.txt", branch);
    assert_eq!(read.len(), 2);
    assert!(read.iter().all(|one| one.starts_with("error[HW120]: r.txt:")), "{read:?}");
}

#[test]
fn options_that_do_not_belong() {
    for (line, code) in [
        ("--frobnicate", "HW151"),
        ("-x", "HW151"),
        ("a==1 --pre", "HW151"),
        ("--hash=sha256:0", "HW151"),
        ("-r", "HW151"),
        ("-e", "HW151"),
        ("-e --hash=x", "HW151"),
        ("--pre=1", "HW151"),
        ("a==1 --hash='x", "HW151"),
        ("-r a.txt --pre", "HW151"),
        ("a==1 --config-settings x", "HW151"),
        ("a==1 --install-option=x", "HW151"),
        ("a=1", "HW152"),
        ("a==1 b", "HW152"),
        ("a @", "HW152"),
        ("-a==1", "HW151"),
        ("https://h.example/", "HW152"),
        ("git+https://github.com/o/r@096c8d42545d3b68ea21a4f890fb2b2d8979c0bd", "HW152"),
        ("a==1; os_name = 'nt'", "HW153"),
        ("a==1; unknown == 'x'", "HW153"),
        ("a==latest", "HW152"),
        ("a==${UNSET}", "HW164"),
        ("hg+https://h.example/r@1#egg=a", "HW167"),
        ("-r https://h.example/r.txt", "HW158"),
        ("-r gone.txt", "HW158"),
        ("-r ../out.txt", "HW158"),
        ("-r /etc/passwd", "HW158"),
        ("-r r.txt", "HW158"),
        ("-e ../lib", "HW126"),
        ("./a/../../b-1.0.tar.gz", "HW126"),
        ("a @ file:///etc/a.tar.gz", "HW126"),
        ("a @ https://user:secret@h.example/a-1.tar.gz", "HW124"),
        ("a @ https://127.0.0.1/a-1.tar.gz", "HW123"),
        ("a @ ftp://h.example/a-1.tar.gz", "HW122"),
        ("-i https://u:secret@h.example/simple", "HW124"),
        ("a @ git+https://u:secret@h.example/a@096c8d42545d3b68ea21a4f890fb2b2d8979c0bd", "HW124"),
        ("a @ git+file:///srv/a@096c8d42545d3b68ea21a4f890fb2b2d8979c0bd", "HW121"),
    ] {
        let read = problems("r.txt", line);
        assert!(read[0].starts_with(&format!("error[{code}]: r.txt:1: ")), "{line}: {read:?}");
        assert!(!read.concat().contains("secret"), "{read:?}");
    }
}

#[test]
fn pins_that_contradict_each_other() {
    assert!(
        problems("r.txt", "a==1\na==2")[0]
            .contains("error[HW157]: r.txt:2: a: it is asked for twice: a@1 and a@2")
    );
    assert!(
        read_text("r.txt", "a==1 ; os_name == 'nt'\na==2 ; os_name != 'nt'\nA==2 ; os_name != 'nt'").is_ok()
    );
    let files = Files::from([("r.txt", "-c c.txt\na==1"), ("c.txt", "a<1")]);
    let read = shown(read_of("r.txt", &files));
    assert_eq!(
        read,
        ["error[HW157]: r.txt:2: a: it is pinned to 1, which the constraint at c.txt:1 (<1) forbids"]
    );
}

/// As pip has it: a file must have a hash that every line allows.
#[test]
fn lines_with_other_hashes() {
    let hash = |digit: &str| format!("--hash=sha256:{}", digit.repeat(64));
    let [a, b, c] = ["a", "b", "c"].map(hash);
    let common = |text: &str, constraints: &str| {
        let files = Files::from([("r.txt", text), ("c.txt", constraints)]);
        let graph = read_of("r.txt", &files).map_err(|problems| problems[0].to_string())?;
        let all = graph.packages.into_values().map(|mut package| {
            let hashes = package.source.hashes_mut().unwrap();
            hashes.iter().map(|hash| hash.hex()[..1].to_owned()).collect::<String>()
        });
        Ok::<_, String>(all.collect::<Vec<_>>())
    };
    for (text, expected) in [
        (format!("x==1 {a} {b}\nx==1 {b} {c}"), "b"),
        (format!("x==1 {a} {b}\nx[y]==1 ; os_name == 'posix' {b} {c}\nX==1.0 {b}"), "b"),
        (format!("x==1 {a} {b}\nx==1 {b} {a}"), "ab"),
        (format!("x==1 {a} {b}\nx==1 ; python_version > '3'"), "ab"),
        (format!("x==1 ; python_version > '3'\nx==1 {a}"), "a"),
        // What holds on Windows alone has no say.
        (format!("x==1 {a} {b}\nx==1 ; sys_platform == 'win32' {c}"), "ab"),
        (format!("x==1 ; sys_platform == 'win32' {c}\nx==1 {a}"), "a"),
        (format!("x==1 ; sys_platform == 'win32' {c}\nx==1 ; os_name == 'nt' {c} {a}"), "c"),
    ] {
        assert_eq!(common(&text, "").unwrap(), [expected], "{text}");
    }
    let none = common(&format!("x==1 ; sys_platform == 'win32' {a}\nx==1"), "").unwrap_err();
    assert!(none.starts_with("error[HW156]: r.txt:2: x: "), "{none}");
    let constrained = |line: &str, constraint: &str| common(&format!("-c c.txt\n{line}"), constraint);
    assert_eq!(constrained(&format!("x==1 {a} {b}"), &format!("x==1 {b}")).unwrap(), ["b"]);
    assert_eq!(constrained(&format!("x==1 {a}"), "x==1").unwrap(), ["a"]);
    assert_eq!(constrained("x", &format!("x==1 {a}")).unwrap(), ["a"]);
    let none = common(&format!("y==1 {a}\nx==1 {a}\n\nx==1 {b}"), "").unwrap_err();
    assert!(
        none.starts_with(
            "error[HW157]: r.txt:4: x: it has no hash in common with r.txt:2, which asks for the same"
        ),
        "{none}"
    );
    let none = constrained(&format!("x==1 {a}"), &format!("\nx==1 {b}")).unwrap_err();
    assert!(
        none.starts_with("error[HW157]: r.txt:2: x: it has no hash in common with the constraint at c.txt:2"),
        "{none}"
    );
}

#[test]
fn files_that_include_each_other() {
    let files = Files::from([("r.txt", "-r sub/a.txt"), ("sub/a.txt", "b==1\n-r ../r.txt")]);
    let read = shown(read_of("r.txt", &files));
    assert_eq!(
        read,
        ["error[HW158]: sub/a.txt:2: the file \"../r.txt\" that it includes includes this one in turn"]
    );
    // A file that is included twice as often at each level.
    let texts: Vec<(String, String)> =
        (0..30).map(|at| (format!("f{at}.txt"), format!("-r f{0}.txt\n-r f{0}.txt\n", at + 1))).collect();
    let mut files: Files<'_> = texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    files.insert("f30.txt", "a==1");
    let read = shown(read_of("f0.txt", &files));
    assert!(read[0].contains("is one too many"), "{read:?}");
}
