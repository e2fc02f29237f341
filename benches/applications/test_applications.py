"""The parts of ./applications that ask nobody: python3 -m unittest discover -s benches/applications"""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import tomllib
import unittest
from http.server import BaseHTTPRequestHandler, HTTPServer

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import ground  # first: it finds what is shared with ../hundred

import control
import conversion
import listing
import npm
import page
import rows
import standin
import trial

ENTRY = """\
[[application]]
name = "{name}"
repository = "https://github.com/o/{name}"
commit = "{commit}"
lockfile = "{lockfile}"
manager = "uv"
{more}
"""


def entry(name="app", commit="0" * 40, lockfile="uv.lock", more="works = [{ run = 'app', prints = '^1$' }]"):
    return ENTRY.format(name=name, commit=commit, lockfile=lockfile, more=more)


def npm_entry(more):
    return entry(lockfile="package-lock.json", more=more).replace('"uv"', '"npm"')


def application(**given):
    return listing.read(entry(**given))["app"]


class InFolder(unittest.TestCase):
    """Each test has an empty folder for its work."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.addCleanup(setattr, ground, "WORK", ground.WORK)
        self.addCleanup(setattr, rows, "FOLDER", rows.FOLDER)
        ground.WORK = os.path.join(folder.name, "work")
        rows.FOLDER = folder.name


class TheList(unittest.TestCase):
    def test_what_is_committed(self):
        found = listing.all_of_them()
        self.assertGreaterEqual(sum(one.not_tried is None for one in found.values()), 30)
        kinds = {os.path.basename(one.lockfile) for one in found.values() if one.not_tried is None}
        kept = {"uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "pylock.toml", "requirements.txt"}
        self.assertEqual(kinds, kept | {"package-lock.json", "npm-shrinkwrap.json"})
        self.assertGreaterEqual(sum(one.ecosystem == "npm" for one in found.values()), 30)
        for one in found.values():
            tomllib.loads(one.policy or "")

    def test_an_entry(self):
        works = "works = [{ serve = 's', answers = '^200', post = ['A: b'] }]"
        made = application(more=f"{works}\nprefer-wheels = ['numpy']")
        self.assertEqual(made.prefer_wheels, ("numpy",))
        self.assertEqual((made.works[0].path, made.works[0].post), ("/", ("A: b",)))
        self.assertIsNone(application().works[0].path)

    def test_what_is_wrong_is_named(self):
        for text, said in (
            (entry(commit="abc"), "app: commit abc has not 40 digits"),
            (entry(more=""), "app: either `works` says how it is tried, or `not-tried` why not"),
            (entry(more="not-tried = 'x'\nworks = [{ run = 'a', prints = '' }]"), "app: either"),
            (entry(more="works = [{ run = 'a', answers = '' }]"), "app: unknown: answers"),
            (entry(more="works = [{ run = 'a' }]"), "app: 'prints'"),
            (entry(more="works = [{ run = 'a', prints = '(' }]"), "app: missing )"),
            (entry(more="not-tried = 'x'\ncolour = 1"), "app: unknown: colour"),
            (entry().replace('"uv"', '"conda"'), "app: manager conda is none of"),
            (entry() * 2, "app: twice"),
            (entry(more="not-tried = 'x'\nbuild = 'make'"), "app: not for uv: build"),
            (npm_entry("not-tried = 'x'\npin = 'a'"), "app: not for npm: pin"),
            (npm_entry("not-tried = 'x'\npolicy = ''"), "app: `policy` and `policy-reason` go together"),
        ):
            with self.assertRaises(listing.Wrong) as caught:
                listing.read(text)
            self.assertTrue(str(caught.exception).startswith(said), caught.exception)


class Rows(InFolder):
    def test_kept_in_order_and_replaced(self):
        order = listing.read(entry("a") + entry("b", more="not-tried = 'wants Python 3.14'") + entry("c"))
        self.assertEqual(rows.read("Python"), {})
        for name in ("c", "b", "a"):
            rows.keep(rows.empty(order[name]), order)
        rows.keep(rows.empty(order["a"]) | {"control": "works", "reason": 'said "no\n\tand more'}, order)
        self.assertEqual(list(rows.read("Python")), ["a", "b", "c"])
        kept = rows.read("Python")
        self.assertEqual(kept["a"]["reason"], 'said "no and more')
        self.assertEqual((kept["b"]["control"], kept["b"]["reason"]), ("not tried", "wants Python 3.14"))
        rows.keep(rows.empty(order["a"]) | {"reason": "no 'https://a.example/x' of https://github.com/o/a"}, order)
        self.assertEqual(rows.read("Python")["a"]["reason"], "no '(an address)' of https://github.com/o/a")
        rows.keep(rows.empty(order["a"]), {"a": order["a"]})
        self.assertEqual(list(rows.read("Python")), ["a"])

    def test_each_ecosystem_has_its_file(self):
        order = listing.read(entry("a") + npm_entry("not-tried = '-'"))
        for name in order:
            rows.keep(rows.empty(order[name]), order)
        self.assertEqual([list(rows.read(ecosystem)) for ecosystem in ("Python", "npm")], [["a"], ["app"]])


class Trials(InFolder):
    def says(self, command, prints="^1$"):
        made = listing.check({"run": command, "prints": prints})
        return trial.one(made, os.path.join(self.folder, "log"), [], "/p")

    def test_commands(self):
        self.assertIsNone(self.says("echo 0; echo 1"))
        self.assertIsNone(self.says("pwd > where; [ $(cat where) = $HOME ] && [ $PROJECT = /p ] && ls -A", "^where$"))
        self.assertEqual(self.says("echo 2; echo three"), "unexpected: three")
        self.assertEqual(self.says("echo 1; echo why >&2; exit 3"), "exit 3: why")
        node = "printf 'x:1\\nError [E]: no a\\n    at b\\n\\nNode.js v20.1.0\\n'; exit 1"
        self.assertEqual(self.says(node), "exit 1: Error [E]: no a")
        # What is looked for must not be found in the command itself.
        self.assertEqual(self.says("true  # 1", "1"), "unexpected: no output")

    def test_nothing_of_the_caller_is_seen(self):
        os.environ["HEADWATER_TEST"] = "1"
        self.addCleanup(os.environ.pop, "HEADWATER_TEST")
        self.assertEqual(self.says("echo ${HEADWATER_TEST-none}"), "unexpected: none")

    def test_a_server(self):
        serving = "exec python3 -m http.server --bind 127.0.0.1 $PORT"
        self.assertIsNone(self.server({"serve": f"echo hello > a; {serving}", "path": "/a", "answers": "^200\nhello"}))
        self.assertEqual(self.server({"serve": serving, "path": "/a", "answers": "^200"})[:11], "unexpected:")
        self.assertEqual(self.server({"serve": "echo no >&2; exit 4", "answers": ""}), "the server ended with 4: no")

    def server(self, table):
        return trial.one(listing.check(table), os.path.join(self.folder, "log"), [], "/p")

    def test_a_post_has_its_headers(self):
        seen = {}

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                seen.update(self.headers)
                self.send_response(202)
                self.end_headers()
                self.wfile.write(b"taken")

            def log_message(self, *_):
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        self.addCleanup(server.server_close)
        threading.Thread(target=server.handle_request, daemon=True).start()
        table = {"serve": "", "answers": "", "post": ["X-Event: ping: 1"]}
        self.assertEqual(trial.ask(server.server_port, listing.check(table)), "202\ntaken")
        self.assertEqual(seen["X-Event"], "ping: 1")


class Running(InFolder):
    def test_the_clock_ends_the_whole_group(self):
        log = os.path.join(self.folder, "log")
        self.assertEqual(ground.run("sleep 100 & echo $! > pid; wait", log, 0.5, cwd=self.folder), ground.TIMEOUT)
        with open(os.path.join(self.folder, "pid"), encoding="utf-8") as file:
            pid = int(file.read())
        state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
        self.assertIn(state.stdout.strip()[:1], ("", "Z"))
        self.assertEqual(ground.run("false | true", log, 5), 1)

    def test_a_stop_stops_what_was_started(self):
        with self.assertRaises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)

    def test_mirrors(self):
        for path in ("o+a/repo", "o/b.git", "o/c"):
            os.makedirs(os.path.join(self.folder, path))
        found = [ground.mirror(self.folder, f"o/{name}") for name in "abcd"]
        self.assertEqual([path and os.path.relpath(path, self.folder) for path in found],
                         ["o+a/repo", "o/b.git", "o/c", None])  # fmt: skip
        self.assertIsNone(ground.mirror(None, "o/a"))
        text = ground.git_config(self.folder, ["o/b", "o/d"])
        self.assertIn(f'[url "file://{self.folder}/o/b.git"]\n\tinsteadOf = https://github.com/o/b.git\n', text)
        self.assertNotIn("o/d", text)

    def test_a_clone_is_at_its_commit(self):
        source = os.path.join(self.folder, "o/app")
        git = ["git", "-C", source, "-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
        os.makedirs(os.path.join(source, "cli"))
        subprocess.run([*git, "init", "--quiet"], check=True)
        for text in ("first", "second"):
            with open(os.path.join(source, "cli/file"), "w", encoding="utf-8") as file:
                file.write(text)
            subprocess.run([*git, "add", "."], check=True)
            subprocess.run([*git, "commit", "--quiet", "--message", text], check=True)
        first = subprocess.run([*git, "rev-parse", "HEAD~"], capture_output=True, text=True, check=True).stdout.strip()
        made = application(commit=first, more="folder = 'cli'\nnot-tried = '-'")
        project = ground.clone(made, "project", self.folder)
        with open(os.path.join(project, "file"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "first")
        origin = subprocess.run(["git", "-C", project, "remote", "get-url", "origin"], capture_output=True, text=True)
        self.assertEqual(origin.stdout.strip(), "https://github.com/o/app")


class Controls(InFolder):
    def test_the_commands(self):
        install, develop = control.commands(application())
        self.assertTrue(install.endswith("uv sync --frozen --no-dev --no-editable"))
        self.assertTrue(develop.endswith("uv sync --frozen"))
        text = entry(lockfile="a b.txt", more="package = true\nnot-tried = '-'").replace('"uv"', '"pip"')
        install, develop = control.commands(listing.read(text)["app"])
        self.assertIn(".venv/bin/pip install --quiet -r 'a b.txt'\n", install)
        self.assertTrue(install.endswith("--no-deps ."))
        self.assertIsNone(develop)

    def test_why_an_installer_failed(self):
        log = os.path.join(self.folder, "log")
        for text, said in (("One\n  | × Failed to build x\n  more\n", "Failed to build x"), ("a\nlast\n", "last")):
            with open(log, "w", encoding="utf-8") as file:
                file.write(text)
            self.assertEqual(control.reason(log), said)

    def test_why_npm_failed(self):
        log = os.path.join(self.folder, "log")
        for said, text in (
            ("EBADENGINE: notsup Not compatible with your version", "code EBADENGINE\nengine Unsupported engine\n"
             "notsup Not compatible with your version\nA complete log of this run is in x"),
            ("ReferenceError: a is not defined", "code 1\ncommand failed\nfs.js:4\nReferenceError: a is not defined"),
            ("error TS1: no", "code 1\npath /x\ncommand failed\nA complete log of this run is in x"),
        ):  # fmt: skip
            with open(log, "w", encoding="utf-8") as file:
                print("error TS1: no", *(f"npm error {line}" for line in text.splitlines()), sep="\n", file=file)
            self.assertEqual(control.reason(log), said)


class Npm(InFolder):
    def project(self, files):
        for path, text in files.items():
            os.makedirs(os.path.dirname(os.path.join(self.folder, path)), exist_ok=True)
            with open(os.path.join(self.folder, path), "w", encoding="utf-8") as file:
                file.write(text)
        return self.folder

    def test_the_commands(self):
        made = listing.read(npm_entry("not-tried = '-'"))["app"]
        install, develop = control.commands(made)
        self.assertEqual(install, "npm ci\nnpm run build --if-present\nnpm prune --omit=dev --no-save --ignore-scripts")
        self.assertEqual(develop, "npm ci")
        made = listing.read(npm_entry("not-tried = '-'\nbuild = 'make'\nenvironment = { SKIP = '1' }"))["app"]
        self.assertIn("\nmake\n", control.commands(made)[0])
        self.assertEqual(control.environment(made, "/p", None)["SKIP"], "1")

    def test_packages(self):
        text = '{"packages": {"node_modules/a": {}, "a": {}, "node_modules/b": {"link": true}, "x/node_modules/c": {}}}'
        self.assertEqual(npm.packages(self.project({"node_modules/.package-lock.json": text})), 2)

    def test_programs(self):
        bins = '{"name": "@s/app", "bin": {"a": "./bin/a.js", "built-later": "dist/b.js"}}'
        project = self.project({"package.json": bins, "bin/a.js": "#!/bin/sh\necho a\n"})
        folder = npm.programs(project, os.path.join(project, "programs"))
        self.assertEqual(os.listdir(folder), ["a"])
        self.assertEqual(subprocess.run([f"{folder}/a"], capture_output=True, check=True).stdout, b"a\n")
        self.assertEqual(npm.bins({"name": "@s/app", "bin": "a.js"}), {"app": "a.js"})
        self.assertEqual(npm.bins({}), {})
        self.assertEqual(npm.installed("/out", project), "/out/lib/node_modules/@s/app")


class Conversions(InFolder):
    def test_what_is_written_by_hand(self):
        self.assertIsNone(conversion.policy(application()))
        made = application(more="prefer-wheels = ['numpy', 'scipy']\nnot-tried = '-'")
        self.assertEqual(conversion.policy(made), '[python]\nprefer-wheels = ["numpy", "scipy"]\n')
        more = "policy = 'tier = \"B\"'\npolicy-reason = '-'\nnot-tried = '-'"
        self.assertEqual(conversion.policy(listing.read(npm_entry(more))["app"]), 'tier = "B"')

    def test_what_is_tracked(self):
        summary = "Next:\n  git add headwater.lock 'nix/head water'    # only tracked files\n  nix build  # it\n"
        self.assertEqual(conversion.to_track(summary), "git add headwater.lock 'nix/head water'")
        self.assertEqual(conversion.to_track("  git add -f a b\n"), "git add -f a b")
        self.assertIsNone(conversion.to_track("Next:\n  nix build\n"))

    def test_routes(self):
        pins = '{"packages": {"a": {"route": "sdist"}, "b": {"route": "artifact"}, "c": {"route": "sdist"}}}'
        self.assertEqual(conversion.routes(pins), "artifact 1, sdist 2")
        self.assertEqual(conversion.routes('{"packages": {}}'), "-")

    def test_errors(self):
        said = "hashing: 1/2\r\nbar\rerror[HW112]: x: it is\r\n --> uv.lock\r\nerror: more\r\n"
        self.assertEqual(conversion.error(said), "[HW112]: x: it is")
        self.assertEqual(conversion.error("one\ntwo\n\n"), "two")

    def test_silence_on_the_terminal(self):
        log = os.path.join(self.folder, "log")
        script = "test -t 2 && echo out; echo a >&2; sleep 1.2; echo b >&2; exit 3"
        code, output, silent = conversion.watched(["bash", "-c", script], log, 20, self.folder, os.environ)
        self.assertEqual((code, output), (3, "out\n"))
        self.assertGreater(silent, 1.1)
        with open(log, encoding="utf-8") as file:
            self.assertEqual(file.read().split(), ["a", "b"])
        code, _, _ = conversion.watched(["sleep", "100"], log, 0.5, self.folder, os.environ)
        self.assertEqual(code, ground.TIMEOUT)

    def test_where_the_files_are(self):
        share = os.path.join(self.folder, "share")
        self.assertEqual(conversion.built_files(application(), self.folder, "/clone"), "/clone")
        for path in ("man/man1", "app"):
            os.makedirs(os.path.join(share, path))
        self.assertEqual(conversion.built_files(application(), self.folder, "/clone"), "/clone")
        open(os.path.join(share, "app/uv.lock"), "w", encoding="utf-8").close()
        self.assertEqual(conversion.built_files(application(), self.folder, "/clone"), os.path.join(share, "app"))


class TheStandIn(unittest.TestCase):
    def test_settings(self):
        options = ["--extra-experimental-features", "nix-command flakes", "--option", "substituters", "",
                   "--option", "sandbox-paths", "/usr /bin"]  # fmt: skip
        text = standin.settings(options, ["/rust"])
        self.assertEqual(
            text, "extra-experimental-features = nix-command flakes\nsubstituters = \nsandbox-paths = /usr /bin /rust\n"
        )

    def test_configuration(self):
        self.assertIn('"rust": "/opt/rust"', standin.config("/opt/rust", None))
        self.assertNotIn("rust", standin.config(None, None))
        self.assertIn('"gitConfig": "[url', standin.config(None, "[url\n"))


class ThePage(unittest.TestCase):
    def test_it(self):
        listed = listing.read(entry("a") + entry("b") + entry("c", more="not-tried = 'wants Python 3.14'") + entry("d"))
        table = [rows.empty(one) for one in listed.values()]
        table[0] |= {"control": "works", "control_seconds": "3", "packages": "9", "convert": "ok", "works": "yes",
                     "convert_seconds": "5.0", "silent_seconds": "1.0", "routes": "sdist 9", "build": "ok",
                     "build_seconds": "7", "tests": "ok", "control_tests": "ok"}  # fmt: skip
        table[1] |= {"control": "works", "convert": "2", "reason": "x | y"}
        table[3] |= {"control": "not installed", "reason": "control: no"}
        more = "not-tried = '-'\npolicy = 'x = 1'\npolicy-reason = 'a reason'"
        listed["app"] = other = listing.read(npm_entry(more))["app"]
        text = page.render([*table, rows.empty(other)], listed)
        self.assertEqual(dict(page.counts(table))["**built, and works**"], "1 (50 %)")
        self.assertIn("| tried | 3 |\n", text)
        self.assertIn("| uv.lock | 9 | works, 3 s | ok | 5.0 / 1.0 |  | sdist 9 | ok | 7 | yes | ok |  |\n", text)
        self.assertIn("| x \\| y |", text)
        self.assertIn("\nNot tried: c (wants Python 3.14).\n\n## npm\n\n1 applications", text)
        self.assertIn("\n\n- app: a reason\n\n| | |\n", text)


if __name__ == "__main__":
    unittest.main()
