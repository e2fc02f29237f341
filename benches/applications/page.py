"""docs/results/applications.md."""

import os

import rows
from ground import place

FILE = os.path.join(place.ROOT, "docs/results/applications.md")
ABOUT = """\
# Real applications

Applications of other people's, each at one commit, with the lockfile that its repository keeps ("made for this" where
it keeps none that can be taken as it is). What "works" means was written down before Headwater built anything: a
program prints its version and does one thing, a server answers a request, a bundle is there and is served. The control
runs corrected some of these commands.

1. **The control run**: its own package manager installs what the lockfile has; then it is tried. What does not work
   there says nothing of Headwater, and is left out of the count.
2. **Headwater**: a clone is converted on a network without git hosts, so that packages come from the index's source
   archives or the registry's tarballs. The first number is the seconds of the conversion, the second the longest time
   without a word on the terminal. Caches are shared: a package that an application before it had is not fetched again;
   "cold" is the time with an empty cache, where it was taken.
3. **Nix** builds it over the stand-in for nixpkgs, in the sandbox without network; it is tried by the same commands.
   The store is shared, too: the seconds are those of what was not there yet.
4. Where tests are named that need no network, `nix develop` runs them in the clone: a choice of those that the control
   run passes. "Not finished" means that the shell was still being built when the run was stopped.

`benches/applications/applications` makes this page, and goes on where it stopped.
"""
SECTIONS = {
    "Python": """\
## Python

{count} applications, of `applications.toml`. The control run is `uv sync`, `poetry install`, `pdm sync`, `pipenv sync`
or `pip install`, with Python 3.11, without developers' groups. By hand `headwater.toml` has at most `prefer-wheels`:
for giants such as numpy, and for source archives that lack files or want newer
libraries than Debian's. The stand-in has Python 3.11, so what asks for a
newer one cannot be tried here.
""",
    "npm": """\
## npm

{count} applications, of `applications-npm.toml`. The control run is `npm ci`, the project's build and `npm prune
--omit=dev`, with Node {node}: what insists on a newer one cannot be tried here. Programs are tried from `bin/`, the
rest in the folder that Nix installed.

A `headwater.toml` is written by hand for these, mostly for a build that is not called `build`:

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
