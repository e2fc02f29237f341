//! What somebody could hide in a release: none of it may pass for proved.

use headwater::source::{Evidence, FlagKind, Resolution, Tier};

use crate::fake::*;
use crate::pyfake::*;
use crate::python::assert_is;

const TREE: [(&str, &str); 4] = [
    ("pyproject.toml", DYNAMIC),
    ("a/__init__.py", "1"),
    ("tests/samples/evil.py", "evil"),
    ("docs/conf.py", "conf"),
];

async fn with(path: &str, text: &str) -> Resolution {
    let mut packed: Vec<_> = TREE.iter().filter(|(known, _)| *known != path).copied().collect();
    packed.push((path, text));
    sdist(&packed).ask(&tagged(&TREE)).await
}

#[tokio::test]
async fn nothing_that_runs_is_harmless() {
    for (path, text) in [
        ("a/_version.py", "__version__ = '1.0'\nimport evil\n"),
        ("a/__about__.py", "__version__ = open('x')\n"),
        ("a/version/__init__.py", "evil()"),
        ("docs/conf.py", "evil"),
        ("docs/run.py", "evil"),
        ("docs/_build/x.so", "\0"),
        ("docs/evil.sh", "rm"),
        ("a/docs/evil.js", "js"),
        ("a/x.pyc", "\0"),
        ("__pycache__/a.py", "evil"),
        ("a/__pycache__/other.cpython-313.pyc", "\0"),
        ("evil.pth", "import evil"),
        ("sitecustomize.py", "evil"),
        ("+bin/README", "#!/bin/sh"),
        ("README.pth", "import evil"),
        ("license.so", "\0"),
        ("security.cpython-313-x86_64-linux-gnu.so", "\0"),
        ("a/history.pyd", "\0"),
        ("a/notice.pyx", "evil"),
        ("a/changes.pyw", "evil"),
        ("a/evil", "program"),
        ("a/_version.so", "\0"),
        ("version.sh", "rm"),
        ("a/VERSION", "#!/bin/sh\nrm 1.0"),
        ("a/data.so.1", "\0"),
        ("a.egg-info/evil.py", "evil"),
        ("a/model.pkl", "data"),
        ("README", "\0binary"),
        ("LICENSE", "\u{7f}ELF"),
        ("setup.py", "from setuptools import setup\nimport evil\nsetup()\n"),
        ("setup.cfg", "[options]\nsetup_requires = evil\n"),
        ("MANIFEST.in", "include evil"),
        (">a/link.py", ""),
    ] {
        let got = with(path, text).await;
        assert_eq!(got.tier, Tier::C, "{path}: {got:#?}");
    }
}

#[tokio::test]
async fn what_does_not_run_is_harmless() {
    for (path, text) in [
        ("README.md", "hi"),
        ("a/LICENSE", "MIT"),
        ("ChangeLog", "pbr"),
        ("#a.py#", "evil"),
        ("a/x.py~", "old"),
        ("a/.x.py.swp", "\0"),
        ("a/__pycache__/__init__.cpython-313.pyc", "\0"),
        ("a/py.typed", ""),
        ("a/_version.py", "__version__ = '1.0'\n"),
        ("VERSION", "1.0\n"),
        ("docs/_build/index.html", "<p>"),
        ("a.egg-info/SOURCES.txt", "a"),
        ("setup.cfg", TAIL),
    ] {
        let got = with(path, text).await;
        assert_eq!(got.tier, Tier::B, "{path}: {got:#?}");
    }
}

#[tokio::test]
async fn a_phantom_module_is_a_red_flag() {
    let got = with("a/evil.py", "phantom").await;
    assert_is!(got, C, Built);
    assert_eq!(
        (got.flags[0].kind, &got.flags[0].paths[..]),
        (FlagKind::Phantom, &["a/evil.py".to_owned()][..])
    );
    for path in ["evil.pth", "a/x.so", "a/x.pyx"] {
        let got = with(path, "phantom").await;
        assert_eq!((got.flags[0].kind, got.files.phantom), (FlagKind::Phantom, 1), "{path}");
    }
}

#[tokio::test]
async fn code_is_not_matched_anywhere() {
    for path in ["a/evil.py", "evil.pth", "setup.py", "a/x.so"] {
        let got = with(path, "evil").await;
        assert_is!(got, C, Built);
        assert!(got.reasons.iter().any(|why| why.contains("in another place")), "{path}: {got:#?}");
    }
}

#[tokio::test]
async fn a_phantom_of_the_wheel_alone() {
    let good = [("a/__init__.py", "1")];
    assert_is!(sdist(&TREE).wheel(&good).ask(&tagged(&TREE)).await, B, Verbatim);
    for (path, text) in [
        ("a/evil.py", "phantom"),
        ("a/_version.py", "__version__ = '1.0'\nevil()\n"),
        ("a-nspkg.pth", "import evil"),
        ("._a.pth", "import evil"),
        ("a/x.so", "\0"),
        ("evil.py", "evil"),
        ("a/evil.py", "evil"),
        ("a/m_pb2.py", "phantom"),
        ("a/model.pkl", "phantom"),
        ("a/templates/page.html", "phantom"),
        ("a/__pycache__/__init__.cpython-313.pyc", "\0"),
        ("+a/bin/program", "#!/bin/sh"),
        ("a/program", "#!/bin/sh"),
        ("a-1.0.data/purelib/evil.py", "phantom"),
        ("a-1.0.data/platlib/evil.pth", "import evil"),
        ("a-1.0.data/scripts/run", "#!python\nevil()"),
        ("a-1.0.data/scripts/README", "#!/bin/sh"),
        ("a-1.0.data/data/bin/run", "#!/bin/sh"),
        ("a-1.0.data/data/lib/python3.13/site-packages/evil.pth", "import evil"),
        ("a-1.0.data/headers/a.h", "h"),
        ("b.data/data/etc/x.json", "phantom"),
        // In the source, and nothing says that it is installed.
        ("a-1.0.data/scripts/conf.py", "conf"),
        ("a-1.0.data/data/x/evil.py", "evil"),
        // Another project's metadata, which is found as well.
        ("b-1.0.dist-info/entry_points.txt", "[pytest11]\nb = evil\n"),
        ("b.egg-info/entry_points.txt", "[pytest11]\nb = evil\n"),
        ("a-1.0.dist-info/evil.py", "evil"),
    ] {
        let got = sdist(&TREE).wheel(&[&good[..], &[(path, text)]].concat()).ask(&tagged(&TREE)).await;
        assert_is!(got, C, Verbatim);
        let path = path.trim_start_matches('+');
        assert!(
            got.flags.iter().any(|flag| flag.kind == FlagKind::Phantom && flag.paths == [path]),
            "{path}: {got:#?}"
        );
        assert!(got.reasons[0].contains(path), "{path}: {got:#?}");
        // The wheel alone tells as much.
        let alone = sdist(&[]).without_sdist().wheel(&[&good[..], &[(path, text)]].concat());
        let got = alone.ask(&tagged(&TREE).blob(DYNAMIC)).await;
        assert_eq!(got.tier, Tier::C, "{path}: {got:#?}");
    }
}

#[tokio::test]
async fn a_wheel_for_one_platform_is_compared_too() {
    const ELF: &str = "\u{7f}ELF\u{2}\u{1}";
    let linux = "cp312-cp312-manylinux_2_17_x86_64";
    let base = [("a/__init__.py", "1"), ("a/_x.cpython-312-x86_64-linux-gnu.so", ELF)];
    let got = sdist(&TREE)
        .wheel_of(linux, &base)
        .others(&["a-mac.whl", "a-win.whl", "b.whl", "c.whl"])
        .ask(&tagged(&TREE))
        .await;
    assert_is!(got, B, Verbatim);
    let flag = &got.flags[0];
    assert_eq!((flag.kind, &flag.paths[..]), (FlagKind::Binary, &[base[1].0.to_owned()][..]));
    assert!(
        got.reasons.iter().any(|why| {
            why == "wheels of the release that were not compared: a-mac.whl, a-win.whl, b.whl and 1 more"
        }),
        "{got:#?}"
    );
    let file = format!("a-1.0-{linux}.whl");
    assert!(got.evidence.contains(&Evidence::Wheel { file, matched: 1, total: 2 }), "{got:#?}");
    let alone = sdist(&[]).without_sdist().wheel_of(linux, &base).others(&["a-mac.whl"]);
    let got = alone.ask(&tagged(&TREE).blob(DYNAMIC)).await;
    let expected = format!(
        "wheels of the release that were not compared: a-mac.whl; a-1.0-{linux}.whl was compared as a whole"
    );
    assert!(got.reasons.contains(&expected), "{got:#?}");
    for (path, text) in [
        ("a/evil.py", "phantom"),
        ("evil.pth", "import evil"),
        ("a/text.so", "import evil"),
        ("a-1.0.dist-info/entry_points.txt", "[pytest11]\na = evil\n"),
    ] {
        let py = || sdist(&TREE).wheel(&[("a/__init__.py", "1")]);
        let files = [&base[..], &[(path, text)]].concat();
        let got = py().wheel_of(linux, &files).ask(&tagged(&TREE)).await;
        assert_is!(got, C, Verbatim);
        assert!(got.reasons[0].contains(linux), "{path}: {got:#?}");
        // Another one for all platforms could be the one that is installed.
        let got = py().wheel_of("2-py3-none-any", &files).ask(&tagged(&TREE)).await;
        assert_is!(got, C, Verbatim);
        let got = py().without_sdist().wheel_of(linux, &files).ask(&tagged(&TREE).blob(DYNAMIC)).await;
        assert_is!(got, C, Verbatim);
    }
    // What Python reads as text, or loads at every start, is no compiled module, whatever it begins with.
    for (path, text) in [
        ("evil.pth", "\u{7f}ELF\nimport evil\n"),
        ("a/evil.py", "\u{7f}ELF\n"),
        ("evil.egg-link", "\u{7f}ELF\n"),
        ("sitecustomize.cpython-312-x86_64-linux-gnu.so", ELF),
        ("usercustomize.abi3.so", ELF),
        ("sitecustomize/__init__.abi3.so", ELF),
    ] {
        let py = sdist(&TREE).wheel(&[("a/__init__.py", "1")]);
        let got = py.wheel_of(linux, &[&base[..], &[(path, text)]].concat()).ask(&tagged(&TREE)).await;
        assert_is!(got, C, Verbatim);
        assert!(got.reasons[0].contains(path), "{path}: {got:#?}");
    }
    // What a compiler made is nothing that a wheel for all platforms has.
    assert_is!(sdist(&TREE).wheel(&base).ask(&tagged(&TREE)).await, C, Verbatim);
}

#[tokio::test]
async fn what_a_wheel_may_have_besides() {
    let setup = "from setuptools import setup\nsetup(name='a', scripts=['tools/run'], \
        data_files=[('etc', ['conf/a.ini'])])\n";
    let tree = [
        ("setup.py", setup),
        ("a/__init__.py", "1"),
        ("a/page.html", "<p>"),
        ("LICENSE", "MIT"),
        ("tools/run", "#!/usr/bin/env python3\nrun()\n"),
        ("tools/other", "#!/bin/sh\n"),
        ("conf/a.ini", "ini"),
    ];
    let fake = || tagged(&tree).blob(tree[4].1);
    let base = [("a/__init__.py", "1"), ("a/page.html", "<p>")];
    for (path, text) in [
        ("a/LICENSE", "MIT"),
        ("a/README.md", "any"),
        ("a/py.typed", ""),
        ("a-1.0.dist-info/licenses/x/NOTICE", "MIT"),
        ("a-1.0.dist-info/RECORD", "a"),
        ("a-1.0.dist-info/LEGAL", "MIT"),
        ("a-1.0.data/scripts/run", "#!python\nrun()\n"),
        ("a-1.0.data/data/etc/a.ini", "ini"),
        ("a-1.0.data/purelib/a/page.html", "<p>"),
    ] {
        let got = sdist(&tree).wheel(&[&base[..], &[(path, text)]].concat()).ask(&fake()).await;
        assert_is!(got, B, Verbatim);
    }
    for text in [
        "#!python\nevil()\n",
        // Not all installers write this line anew, or all of it.
        "#!/usr/bin/env -S sh -c 'evil' python\nrun()\n",
        "#!/tmp/python3\nrun()\n",
        "#!python -c evil\nrun()\n",
    ] {
        let wheel = [&base[..], &[("a-1.0.data/scripts/run", text)]].concat();
        assert_is!(sdist(&tree).wheel(&wheel).ask(&fake()).await, C, Verbatim);
    }
}

#[tokio::test]
async fn what_tools_wrote_in_the_wheel_alone_is_flagged() {
    let bundle = "/******/ \tfunction __webpack_require__(moduleId) {\n";
    let tree = [TREE[0], TREE[1], ("a/static/app.js", bundle), ("a/static/old.min.js", "1")];
    let packed = [tree[0], tree[1], tree[3]];
    let got = sdist(&packed).wheel(&tree[1..]).ask(&tagged(&tree)).await;
    assert_is!(got, B, Verbatim);
    let made: Vec<_> = got.flags.iter().filter(|flag| flag.kind == FlagKind::CommittedOutput).collect();
    let paths: Vec<_> = made.iter().flat_map(|flag| &flag.paths).collect();
    assert_eq!(paths, ["a/static/old.min.js", "a/static/app.js"], "{got:#?}");
}

#[tokio::test]
async fn a_plugin_that_nobody_wrote() {
    let toml =
        format!("{DYNAMIC}[project.scripts]\nrun = 'a:main'\n[project.entry-points.pytest11]\na = 'a.p'\n");
    let tree = [("pyproject.toml", toml.as_str()), ("a/__init__.py", "1")];
    let points = "a-1.0.dist-info/entry_points.txt";
    let own = "[console_scripts]\nrun = a:main\n\n[pytest11]\na = a.p\n";
    for (text, expected) in [
        (own.to_owned(), None),
        (own.replace("a = a.p", "a=a.p"), None),
        (format!("{own}b = a.evil\n"), Some("[pytest11] b = a.evil")),
        (own.replace("a:main", "a:evil"), Some("[console_scripts] run = a:evil")),
        (format!("{own}[gui_scripts]\nrun = a:main\n"), Some("[gui_scripts] run = a:main")),
        (format!("{own}[flake8.extension]\nX = evil\n"), Some("[flake8.extension] X = evil")),
        (format!("{own};b = evil\n"), Some("[pytest11] ;b = evil")),
        // Where Python ends a line, and with it a comment.
        (format!("{own}# c\u{b}b = a.evil\n"), Some("[pytest11] b = a.evil")),
        (format!("{own}# c\u{c}[x]\u{1c}b = a.evil\n"), Some("[x] b = a.evil")),
        (format!("{own}# c\u{85}b = a.evil\n"), Some("[pytest11] b = a.evil")),
        (format!("{own}# c\u{2028}b = a.evil\n"), Some("[pytest11] b = a.evil")),
        (format!("{own}# c\rb = a.evil\n"), Some("[pytest11] b = a.evil")),
        (format!("{own}{}", "# comment\n".repeat(10_000)), Some("too large")),
    ] {
        let wheel = [("a/__init__.py", "1"), (points, text.as_str())];
        for (py, fake) in
            [(sdist(&tree), tagged(&tree)), (sdist(&[]).without_sdist(), tagged(&tree).blob(&toml))]
        {
            let got = py.wheel(&wheel).ask(&fake).await;
            match expected {
                None => assert_is!(got, B, Verbatim),
                Some(what) => {
                    assert_is!(got, C, Verbatim);
                    assert!(got.reasons[0].contains(what), "{got:#?}");
                    assert_eq!(got.flags[0].kind, FlagKind::Phantom);
                }
            }
        }
    }
}

#[tokio::test]
async fn a_requirement_that_nobody_asked_for() {
    let toml = format!(
        "{DYNAMIC}dependencies = ['b>=1,<2', 'c; os_name == \"nt\"']\n[project.optional-dependencies]\nx = ['d']\n"
    );
    let tree = [("pyproject.toml", toml.as_str()), ("a/__init__.py", "1")];
    let honest =
        "Requires-Dist: B<2.0,>=1\nRequires-Dist: c; os_name=='nt'\nRequires-Dist: d; extra == 'x'\n";
    for (more, expected) in [
        ("", None),
        ("Requires-Dist: evil\n", Some("evil")),
        ("Requires-Dist: evil; extra == 'x'\n", Some("evil; extra == 'x'")),
        ("Requires-Dist: b==1.0\n", Some("b==1.0")),
        ("Requires-Dist: b[evil]>=1,<2\n", Some("b[evil]>=1,<2")),
        ("Requires-Dist: b @ https://example.org/b.zip\n", Some("b @ https://example.org/b.zip")),
        ("Requires-Dist: c\n", Some("c")),
        ("Requires-Dist: d\n", Some("d")),
        ("requires-dist: evil\n", Some("evil")),
        ("Summary: a\rRequires-Dist: evil\n", Some("only some installers read")),
    ] {
        let says = format!("{honest}{more}");
        let base = || sdist(&tree).wheel(&[("a/__init__.py", "1")]);
        let alone = base().without_sdist();
        for (py, fake, who) in [
            (base().wheel_says(&says), tagged(&tree), "the wheel requires"),
            (base().sdist_says(&says), tagged(&tree), "the sdist requires"),
            (alone.wheel_says(&says), tagged(&tree).blob(&toml), "the wheel requires"),
        ] {
            let got = py.ask(&fake).await;
            match expected {
                None => assert_is!(got, B, Verbatim),
                Some(what) => {
                    assert_is!(got, C, Verbatim);
                    let why = &got.reasons[0];
                    assert!(why.starts_with(who) && why.contains(what), "{more}: {got:#?}");
                    assert_eq!(got.flags[0].kind, FlagKind::Phantom);
                }
            }
        }
    }
}

/// Metadata that Headwater cannot read whole, and that installers follow all the same.
#[tokio::test]
async fn requirements_in_odd_metadata() {
    let tree = [("pyproject.toml", TOML), ("a/__init__.py", "1")];
    for text in [
        "Name: a\nVersion: 1.0\nRequires-Dist: evil\n",
        "Metadata-Version: 2.1\nName: a\nRequires-Dist: evil\n",
        "Metadata-Version: 2.1\nName: a\nVersion: 1.0\n: x\nRequires-Dist: evil\n",
        "Metadata-Version: 2.1\nName: a\nVersion: 1.0\nSummary: x\n \nRequires-Dist: evil\n",
        "Metadata-Version: 2.1\nName: a\nVersion: 1.0\nSummary: x\n\t\nREQUIRES-DIST:evil\n",
        "From x\nMetadata-Version: 2.1\nName: a\nVersion: 1.0\nRequires-Dist: evil\n",
        "Metadata-Version: 2.1\nName: a\nVersion: 1.0\nRequires-Dist:\n evil\n",
    ] {
        let wheel = [("a/__init__.py", "1"), ("a-1.0.dist-info/METADATA", text)];
        let got = sdist(&tree).wheel(&wheel).ask(&tagged(&tree)).await;
        assert_eq!(got.tier, Tier::C, "{text:?}: {got:#?}");
        assert!(got.reasons[0].starts_with("the wheel requires"), "{text:?}: {got:#?}");
    }
}

#[tokio::test]
async fn requirements_that_a_build_computes_are_looked_for_by_name() {
    let setup = "from setuptools import setup\nbase = 'b_c>=1'\nsetup(name='a', install_requires=[base, \
        f'd=={v}'] + open('reqs/base.txt').read().split())\n";
    let list = "E.F>=2 # as ever\n";
    let tree = [("setup.py", setup), ("a/__init__.py", "1"), ("reqs/base.txt", list)];
    let packed = &tree[..2];
    for (requirement, expected) in [
        ("b-c>=2", Tier::B),
        ("d==1", Tier::B),
        ("e-f", Tier::B),
        ("evil", Tier::C),
        ("evil; extra == 'x'", Tier::C),
        ("b", Tier::C),
    ] {
        let says = format!("Requires-Dist: {requirement}\n");
        let py = sdist(packed).wheel(&[("a/__init__.py", "1")]);
        let got = py.wheel_says(&says).ask(&tagged(&tree).blob(list)).await;
        assert_eq!(got.tier, expected, "{requirement}: {got:#?}");
        let note = "the build computes a requirement: the names were compared with the commit, the versions were not";
        assert!(got.reasons.iter().any(|why| why == note), "{requirement}: {got:#?}");
    }
}

#[tokio::test]
async fn what_an_sdist_says_for_certain_its_wheel_says_too() {
    let setup = "from setuptools import setup\nsetup(name='a', install_requires=['b', 'c'])\n";
    let tree = [("setup.py", setup), ("a/__init__.py", "1")];
    let modern = "Metadata-Version: 2.2\nName: a\nVersion: 1.0\nRequires-Dist: b>=1\n";
    for (info, requirement, expected) in [
        (modern.to_owned(), "b>=1", Tier::B),
        (modern.to_owned(), "b==0.1", Tier::C),
        (modern.to_owned(), "c", Tier::C),
        (format!("{modern}Dynamic: Requires-Dist\n"), "c", Tier::B),
        (modern.replace("2.2", "2.1"), "b==0.1", Tier::B),
    ] {
        let py = sdist_saying(&info, &tree).wheel(&[("a/__init__.py", "1")]);
        let got = py.wheel_says(&format!("Requires-Dist: {requirement}\n")).ask(&tagged(&tree)).await;
        assert_eq!(got.tier, expected, "{requirement}: {got:#?}");
    }
}

#[tokio::test]
async fn other_interpreters_than_the_commit_says_are_told() {
    let toml = format!("{DYNAMIC}requires-python = '>=3.9, <4'\n");
    let tree = [("pyproject.toml", toml.as_str()), ("a/__init__.py", "1")];
    for (range, is_told) in [("<4.0,>=3.9", false), (">=3.13", true)] {
        let py = sdist(&tree).wheel(&[("a/__init__.py", "1")]);
        let got = py.wheel_says(&format!("Requires-Python: {range}\n")).ask(&tagged(&tree)).await;
        assert_is!(got, B, Verbatim);
        let told = got.reasons.iter().any(|why| why.contains("other versions of Python"));
        assert_eq!(told, is_told, "{got:#?}");
    }
}

#[tokio::test]
async fn a_setup_file_that_only_looks_generated() {
    let toml = "[build-system]\nbuild-backend = 'poetry.core.masonry.api'\n[tool.poetry]\nname = 'a'\nversion = '1.0'\n";
    let tree = [("pyproject.toml", toml), ("a/__init__.py", "1")];
    for setup in [
        "from setuptools import setup\nimport os; os.system('x')\nsetup_kwargs = {}\nsetup(**setup_kwargs)\n",
        "#!/usr/bin/env python\n# setup.py generated by flit\nimport evil\nfrom distutils.core import setup\nsetup()\n",
        "from setuptools import setup\nsetup_kwargs = {'cmdclass': x}\nsetup(**setup_kwargs)\n",
        "from setuptools import setup\nfrom build import *\nsetup_kwargs = {}\nbuild(setup_kwargs)\nsetup(**setup_kwargs)\n",
    ] {
        let got = sdist(&[&tree[..], &[("setup.py", setup)]].concat()).ask(&tagged(&tree)).await;
        assert_is!(got, C, Built);
        assert_eq!(got.files.phantom, 1);
    }
}

#[tokio::test]
async fn settings_that_cannot_be_read_are_not_the_same() {
    let broken = "[metadata\nname = a\n";
    let tree = [("pyproject.toml", TOML), ("setup.cfg", broken), ("a.py", "1")];
    let packed = [("pyproject.toml", TOML), ("setup.cfg", "[options\nevil = 1\n"), ("a.py", "1")];
    assert_is!(sdist(&packed).ask(&tagged(&tree).blob(broken)).await, C, Built);
    assert_is!(sdist(&packed).ask(&tagged(&[tree[0], tree[2]])).await, C, Built);
}

#[tokio::test]
async fn nothing_in_common_proves_nothing() {
    // Only what says nothing: metadata, documents, empty files.
    let tree = [("pyproject.toml", DYNAMIC), ("README.md", "hi"), ("a.py", "1")];
    let got = sdist(&[("README.md", "hi"), ("a/__init__.py", "")]).ask(&tagged(&tree).blob(DYNAMIC)).await;
    assert_ne!(got.tier, Tier::B, "{got:#?}");
    let got = sdist(&[("setup.cfg", TAIL)]).ask(&tagged(&tree).blob(DYNAMIC)).await;
    assert_ne!(got.tier, Tier::B, "{got:#?}");
    let got = sdist(&[("x.py", "other")]).ask(&tagged(&tree).blob(DYNAMIC)).await;
    assert_eq!((got.tier, got.files.identical), (Tier::D, 0), "{got:#?}");
}

#[tokio::test]
async fn source_hidden_as_links() {
    let got = with(">a/evil.py", "").await;
    assert_eq!((got.tier, got.files.phantom), (Tier::C, 1), "{got:#?}");
    assert_eq!(got.flags[0].kind, FlagKind::Phantom);
    assert_eq!(got.source.unwrap().commit, commit(1));
}
