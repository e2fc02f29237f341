"""Crates of git repositories, laid out for cargo as cargo itself does it."""

import json
import os
import shutil
import subprocess
import tempfile
import tomllib
import unittest

import support  # noqa: F401

import cargo
import gitcrates
import manifest
from common import Failure

ROOT = """
[workspace]
members = ["crates/*"]
[workspace.package]
version = "0.3.1"
edition = "2021"
readme = "README.md"
authors = ["A \\" B"]
[workspace.dependencies]
two = { path = "crates/two", version = "0.3", default-features = false }
[workspace.lints.rust]
unsafe_code = "forbid"
[workspace.lints.clippy]
all = { level = "warn", priority = -1 }
"""

ONE = """
[package]
name = "one"
version.workspace = true
edition.workspace = true
authors = { workspace = true }
readme.workspace = true
[dependencies]
two = { workspace = true, features = ["loud"] }
[dev-dependencies]
two.path = "../two"
[lints]
workspace = true
"""

TWO = """
[package]
name = "two"
version = { workspace = true }
edition = "2021"
[features]
default = ["broken"]
broken = []
loud = []
"""

WORKSPACE = {
    "Cargo.toml": ROOT,
    "README.md": "hello",
    "crates/one/Cargo.toml": ONE,
    "crates/one/src/lib.rs": 'pub fn said() -> String { format!("{} {}", two::said(), env!("CARGO_PKG_VERSION")) }\n',
    "crates/two/Cargo.toml": TWO,
    "crates/two/src/lib.rs": (
        '#[cfg(feature = "broken")]\ncompile_error!("with its default features");\n'
        'pub fn said() -> &\'static str { if cfg!(feature = "loud") { "TWO" } else { "two" } }\n'
    ),
    # Neither is what is wanted, nor what it seems.
    "examples/template/Cargo.toml": '[package]\nname = "{{ name }}"\nversion = {{ version }}\n',
    "a/copy/of/one/Cargo.toml": '[package]\nname = "one"\nversion = "0.3.1"\n',
    "crates/one/old/Cargo.toml": '[package]\nname = "one"\nversion = "0.3.0"\n',
}

APP = """
[package]
name = "app"
version = "0.1.0"
edition = "2021"
[dependencies]
one = {{ git = "{url}", {reference} }}
"""


def git(folder, *arguments):
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@b.example", "-c", "safe.directory=*", *arguments]
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null"}
    return subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, text=True).stdout.strip()


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.top = os.path.realpath(folder.name)

    def write(self, folder, files):
        for path, text in files.items():
            at = os.path.join(self.top, folder, path)
            os.makedirs(os.path.dirname(at), exist_ok=True)
            with open(at, "w", encoding="utf-8") as file:
                file.write(text)
        return os.path.join(self.top, folder)

    def toml(self, path):
        with open(os.path.join(self.top, path), "rb") as file:
            return tomllib.load(file)


@unittest.skipUnless(shutil.which("cargo"), "no cargo")
class AsCargoDoesIt(Case):
    def cargo(self, folder, *arguments, **environment):
        environment = {**os.environ, "CARGO_HOME": os.path.join(self.top, "home"), **environment}
        done = subprocess.run(["cargo", *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_against_cargo_vendor(self):
        repository = self.write("repository", WORKSPACE)
        git(repository, "init", "-q", "-b", "a/main")
        git(repository, "add", "-A")
        git(repository, "commit", "-q", "-m", "x")
        git(repository, "tag", "v1+x")
        commit = git(repository, "rev-parse", "HEAD")
        url = f"file://{repository}"
        for number, (kind, value) in enumerate({"tag": "v1+x", "branch": "a/main", "rev": commit}.items()):
            with self.subTest(kind):
                top = os.path.join(self.top, str(number))
                app = self.write(f"{number}/app", {"Cargo.toml": APP.format(url=url, reference=f'{kind} = "{value}"')})
                self.write(f"{number}/app", {"src/main.rs": 'fn main() { println!("{}", one::said()); }\n'})
                config = tomllib.loads(self.cargo(app, "vendor", os.path.join(top, "theirs")))
                lock = self.toml(f"{number}/app/Cargo.lock")
                source = lock["package"][1]["source"].removesuffix(f"#{commit}")
                # Spelled in another way than in the lock file.
                (theirs,) = [one for name, one in config["source"].items() if name.startswith("git+")]
                files = os.path.join(top, "files")
                os.makedirs(files)
                crates = {"files": files, "folder": ".", "lock": None, "git": [{"source": source, "files": repository}]}
                variables = cargo.prepare(app, top, crates)
                ours = self.toml(f"{number}/cargo/config.toml")["source"]
                self.assertEqual(ours[source], {**theirs, "replace-with": "git-0"})
                self.compare(number)
                # Neither the repository nor a copy of it is at hand.
                hidden = repository + "-hidden"
                os.rename(repository, hidden)
                try:
                    said = self.cargo(app, "run", "--quiet", "--locked", **variables)
                finally:
                    os.rename(hidden, repository)
                self.assertEqual(said, "TWO 0.3.1\n")

    def compare(self, number):
        """What cargo writes into its manifests, ours say as well."""
        for name in ("one", "two"):
            theirs = self.toml(f"{number}/theirs/{name}/Cargo.toml")
            ours = self.toml(f"{number}/git-0/{name}-0.3.1/Cargo.toml")
            for table in ("lints", "features"):
                self.assertEqual(ours.get(table), theirs.get(table))
            for key in ("name", "version", "edition", "authors"):
                self.assertEqual(ours["package"].get(key), theirs["package"].get(key))
            if name == "one":
                self.assertEqual(ours["package"]["readme"], theirs["package"]["readme"])
            for table in ("dependencies", "dev-dependencies"):
                # Paths say no more than that there is one.
                strip = lambda found: {name: {**one, "path": ""} for name, one in found.get(table, {}).items()}
                self.assertEqual(strip(ours), strip(theirs))
            with open(os.path.join(self.top, f"{number}/git-0/{name}-0.3.1/.cargo-checksum.json"), encoding="utf-8") as file:
                self.assertEqual(json.load(file), {"files": {}, "package": None})


class Sources(Case):
    def test_references(self):
        for source, said in {
            "git+https://h.example/o/r": {"git": "https://h.example/o/r"},
            "git+https://h.example/o/r.git?rev=01ab": {"git": "https://h.example/o/r.git", "rev": "01ab"},
            "git+https://h.example/r?branch=a%2Fb%2Bc": {"git": "https://h.example/r", "branch": "a/b+c"},
            "git+https://h.example/r?branch=a/b": {"git": "https://h.example/r", "branch": "a/b"},
            "git+ssh://git@h.example/r?tag=v1": {"git": "ssh://git@h.example/r", "tag": "v1"},
            "git+https://h.example/r?ref=x": {"git": "https://h.example/r", "branch": "x"},
        }.items():
            self.assertEqual(gitcrates.replacement(source, "git-3"), {**said, "replace-with": "git-3"})

    def test_crates_that_a_lock_wants(self):
        one = {"name": "one", "version": "1.0.0", "source": "git+u?rev=a#0"}
        lock = {"package": [one, {**one, "source": "git+u#0"}, {"name": "own", "version": "1"}]}
        self.assertEqual(gitcrates.wanted(lock, "git+u?rev=a"), [("one", "1.0.0")])
        unused = {**one, "name": "unused"}
        self.assertEqual(len(gitcrates.wanted({**lock, "patch": {"unused": [unused]}}, "git+u?rev=a")), 2)

    def test_a_crate_that_is_not_there(self):
        checkout = self.write("checkout", WORKSPACE)
        lock = {"package": [{"name": "one", "version": "0.3.2", "source": "git+u#0"}]}
        with self.assertRaisesRegex(Failure, "wants one 0.3.2 of git\\+u"):
            gitcrates.lay_out(checkout, lock, "git+u", os.path.join(self.top, "vendor"))

    def test_links(self):
        checkout = self.write("checkout", {"LICENSE": "mine", "one/Cargo.toml": '[package]\nname = "one"\n', "shared/x.rs": "x"})
        outside = self.write("outside", {"secret": "s"})
        links = {"LICENSE": "../LICENSE", "src": "../shared", "again": "..", "out": outside, "file": f"{outside}/secret", "gone": "none"}
        for name, target in links.items():
            os.symlink(target, os.path.join(checkout, "one", name))
        lock = {"package": [{"name": "one", "version": "0.0.0", "source": "git+u#0"}]}
        vendor = os.path.join(self.top, "vendor")
        gitcrates.lay_out(checkout, lock, "git+u", vendor)
        at = os.path.join(vendor, "one-0.0.0")
        self.assertEqual(sorted(set(os.listdir(at)) - {"again"}), [".cargo-checksum.json", "Cargo.toml", "LICENSE", "src"])
        with open(os.path.join(at, "LICENSE"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "mine")
        self.assertFalse(os.path.islink(os.path.join(at, "src")))
        self.assertFalse(os.path.exists(os.path.join(at, "again/one")), "a circle")


class Manifests(Case):
    def alone(self, root, member, folder="m"):
        top = self.write("w", {"Cargo.toml": root, f"{folder}/Cargo.toml": member})
        at = os.path.join(top, folder)
        return manifest.alone(top, at, manifest.read(at))

    def test_dependencies(self):
        root = (
            "[workspace.dependencies]\na = '1'\nb = { version = '2', default-features = false, features = ['x'] }\n"
            "c = { path = 'c' }\nd = { git = 'u', rev = 'r' }\n"
        )
        for said, expected in {
            "a.workspace = true": {"version": "1"},
            "a = { workspace = true, optional = true }": {"version": "1", "optional": True},
            "a = { workspace = true, default-features = false }": {"version": "1"},
            "b.workspace = true": {"version": "2", "default-features": False, "features": ["x"]},
            "b = { workspace = true, features = ['y', 'x'] }": {"version": "2", "default-features": False, "features": ["x", "y"]},
            "b = { workspace = true, default-features = true }": {"version": "2", "default-features": True, "features": ["x"]},
            "b = { workspace = true, default_features = true }": {"version": "2", "default-features": True, "features": ["x"]},
            "c.workspace = true": {"path": "../c"},
            "d.workspace = true": {"git": "u", "rev": "r"},
            "e = '5'": "5",
            "e = { version = '5', path = '../e' }": {"version": "5", "path": "../e"},
        }.items():
            for kind in ("dependencies", "build-dependencies", "dev_dependencies", "target.'cfg(unix)'.dependencies"):
                with self.subTest(said, kind=kind):
                    found = self.alone(root, f"[package]\nname = 'm'\n[{kind}]\n{said}\n")
                    *way, last = ["target", "cfg(unix)", "dependencies"] if kind.startswith("target") else [kind]
                    for name in way:
                        found = found[name]
                    self.assertEqual(list(found[last].values()), [expected])

    def test_what_needs_no_workspace_stays(self):
        member = "[package]\nname = 'm'\nversion = '1.0.0'\n[dependencies]\na = '1'\n[lints.rust]\nx = 'allow'\n"
        self.assertEqual(self.alone("[workspace]\n", member), tomllib.loads(member))

    def test_a_root_that_is_a_package(self):
        text = (
            "[package]\nname = 'm'\nversion.workspace = true\n[workspace]\npackage.version = '1.2.3'\n"
            "[patch.crates-io]\na = { path = 'a' }\n"
        )
        top = self.write("w", {"Cargo.toml": text})
        found = manifest.alone(top, top, manifest.read(top))
        self.assertEqual(found, {"package": {"name": "m", "version": "1.2.3"}})

    def test_the_nearest_root_or_the_one_that_is_named(self):
        inner = "[workspace.package]\nversion = '2.0.0'\n"
        member = "[package]\nname = 'm'\nversion.workspace = true\n"
        top = self.write("w", {"Cargo.toml": inner.replace("2", "1"), "a/Cargo.toml": inner, "a/b/m/Cargo.toml": member})
        at = os.path.join(top, "a/b/m")
        self.assertEqual(manifest.version(top, at, manifest.read(at)), "2.0.0")
        self.write("w", {"a/b/m/Cargo.toml": member.replace("name", "workspace = '../../..'\nname")})
        said = manifest.read(at)
        self.assertEqual(manifest.version(top, at, said), "1.0.0")
        self.assertEqual(manifest.alone(top, at, said), {"package": {"name": "m", "version": "1.0.0"}})

    def test_what_the_workspace_does_not_have(self):
        for member in ("edition.workspace = true", "[dependencies]\na.workspace = true", "[lints]\nworkspace = true"):
            with self.assertRaisesRegex(Failure, "the workspace's, which has none"):
                self.alone("[workspace]\n", f"[package]\nname = 'm'\n{member}\n")


if __name__ == "__main__":
    unittest.main()
