"""docs/results/applications.md."""

import os

import rows
from ground import place

FILE = os.path.join(place.ROOT, "docs/results/applications.md")
ABOUT = """\
# Real applications

Do applications of other people work after a conversion? Each is taken at one commit, with the lockfile of its repository.
"Made for this" means that the repository has no lockfile that Headwater can take as it is.

What "works" means was decided before Headwater built anything: a program prints its version and does one thing, a server
answers a request, a bundle exists and is served. The control runs corrected some of these commands.

1. **Control.** The application's own package manager installs what the lockfile has, and the application is tried. If that
   does not work, it says nothing about Headwater, and the application is not counted.
2. **Convert.** Headwater converts a clone, on a network without git hosts. Packages therefore come from the index's source
   archives or the registry's tarballs. "s / silent" is the time in seconds, and the longest time without output on the
   terminal. The cache is shared: a package that an earlier application had is not fetched again. "Cold" is the time with an
   empty cache, if it was measured.
3. **Build.** Nix builds it in the sandbox without network, over the stand-in for nixpkgs. The application is tried with the
   same commands. The store is shared too: the seconds count only what was missing.
4. **Tests.** If an application has tests that need no network, `nix develop` runs a selection that the control run passes.
   "Not finished" means that the shell was still being built when the run was stopped.

`benches/applications/applications` makes this page, and continues where it stopped.
"""
SECTIONS = {
    "Python": """\
## Python

{count} applications, from `applications.toml`. The control run is `uv sync`, `poetry install`, `pdm sync`, `pipenv sync`
or `pip install`, with Python 3.11, without developers' groups. `headwater.toml` has at most `prefer-wheels`: for giants such
as numpy, and for source archives that lack files or need newer libraries than Debian's. The stand-in has Python 3.11, so
applications that need a newer one cannot be tried here.
""",
    "npm": """\
## npm

{count} applications, from `applications-npm.toml`. The control run is `npm ci`, the project's build and `npm prune
--omit=dev`, with Node {node}: applications that insist on a newer one cannot be tried here. Programs are tried from `bin/`,
everything else in the folder that Nix installed.

These applications need a `headwater.toml`, mostly for a build that is not called `build`:

{policies}
""",
}
# The Node of the control runs, and of the stand-in.
NODE = "20"
CONVERTED = ("ok", "incomplete")


def cell(text):
    """Text of a table; nothing for what is not known."""
    return "" if text == "-" else text.replace("|", "\\|").replace("<", "&lt;")


def counts(table):
    """What the rows come to: pairs of a name and a number."""
    worked = [row for row in table if row["control"] == "works"]
    fine = [row for row in worked if row["works"] == "yes"]
    share = f" ({100 * len(fine) // len(worked)} %)" if worked else ""
    tried = [row for row in table if row["control"] not in ("-", "not tried")]
    return [
        ("tried", str(len(tried))),
        ("the control run works", str(len(worked))),
        ("of these: converted", str(sum(row["convert"] in CONVERTED for row in worked))),
        ("built", str(sum(row["build"] == "ok" for row in worked))),
        ("**built, and works**", f"{len(fine)}{share}"),
        ("`nix develop` runs the tests", str(sum(row["tests"] == "ok" for row in fine))),
    ]


def line(row, application):
    """One application's line."""
    control = row["control"] if row["control_seconds"] == "-" else f"{row['control']}, {row['control_seconds']} s"
    times = "-" if row["convert_seconds"] == "-" else f"{row['convert_seconds']} / {row['silent_seconds']}"
    tests = row["tests"] if row["control_tests"] in ("-", "ok") else f"{row['tests']} (control: {row['control_tests']})"
    name = f"[{row['name']}]({application.repository}/tree/{application.commit[:12]})"
    told = [row["lockfile"], row["packages"], control, row["convert"], times, row["cold_seconds"], row["routes"]]
    told += [row["build"], row["build_seconds"], row["works"], tests, row["reason"]]
    return "| " + " | ".join([name, *map(cell, told)]) + " |"


def policies(applications):
    """What was written by hand, and why."""
    said = [f"- {one.name}: {one.policy_reason}" for one in applications if one.policy]
    return "\n".join(said) or "- none"


def section(ecosystem, table, applications):
    """An ecosystem's part of the page."""
    text = SECTIONS[ecosystem].format(count=len(applications), node=NODE, policies=policies(applications.values()))
    lines = [text, "| | |", "|---|---|"]
    lines += [f"| {name} | {number} |" for name, number in counts(table)]
    heading = ["application", "lockfile", "packages", "control", "convert", "s / silent", "cold", "routes", "build"]
    heading += ["s", "works", "tests", "why not"]
    lines += ["", f"| {' | '.join(heading)} |", "|---" * len(heading) + "|"]
    lines += [line(row, applications[row["name"]]) for row in table if row["control"] != "not tried"]
    left = [row for row in table if row["control"] == "not tried"]
    lines += ["", "Not tried: " + "; ".join(f"{row['name']} ({row['reason']})" for row in left) + "."] if left else []
    return "\n".join(lines) + "\n"


def render(table, applications):
    """The page."""
    parts = [ABOUT]
    for ecosystem in SECTIONS:
        of_it = {name: one for name, one in applications.items() if one.ecosystem == ecosystem}
        parts.append(section(ecosystem, [row for row in table if row["name"] in of_it], of_it))
    return "\n".join(parts)


def write(applications):
    """Writes the page from the results."""
    table = [row for ecosystem in SECTIONS for row in rows.read(ecosystem).values()]
    with open(FILE, "w", encoding="utf-8") as file:
        file.write(render(table, applications))
