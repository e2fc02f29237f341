"""docs/results/python-hundred.md."""

import os
from collections import Counter

import place
import results

FILE = os.path.join(place.ROOT, "docs/results/python-hundred.md")
ABOUT = """\
# The {count} most downloaded Python packages

{heading}

Each package is tried alone. Its latest release with an sdist, and everything that it needs at run time, are pinned
(`uv pip compile --generate-hashes`) and converted. Nix builds them from their sdists over the stand-in for nixpkgs, in the
sandbox without network, in at most 15 minutes. Then the package's modules are imported, and its requirements are checked as
`pip check` does. No package has settings of its own. All packages share one store, also for second attempts: the seconds
count only what was missing.

`benches/hundred/hundred` makes this page.
"""


def cell(text):
    """Text of a table."""
    return text.replace("|", "\\|")


def kind(reason):
    """A reason without the package that it was said of."""
    package, colon, rest = reason.partition(": ")
    return rest if colon and " " not in package else reason


def render(rows, heading, count):
    """The page."""
    rows = sorted(rows, key=lambda row: int(row["rank"]))
    converted = sum(row["convert"] in ("ok", "incomplete") for row in rows)
    builds = Counter(row["build"] for row in rows)
    imports = sum(row["imports"] == "ok" for row in rows)
    lines = [ABOUT.format(count=count, heading=heading), "| | |", "|---|---|"]
    lines += [f"| tried | {len(rows)} of {count} |", f"| converted | {converted} |", f"| built | {builds['ok']} |"]
    lines += [f"| imported, requirements met | {imports} |", f"| stopped by the clock | {builds['timeout']} |"]
    failures = Counter(kind(row["reason"]) for row in rows if row["imports"] != "ok")
    if failures:
        lines += ["", "| failures | why |", "|---|---|"]
        ordered = sorted(failures.items(), key=lambda one: (-one[1], one[0]))
        lines += [f"| {number} | {cell(why)} |" for why, number in ordered]
    lines += ["", "| | package | convert | s | build | s | routes | imports | why not |", "|---" * 9 + "|"]
    for row in rows:
        shown = ["convert", "convert_seconds", "build", "build_seconds", "routes", "imports"]
        cells = [row["rank"], f"{row['name']} {row['version']}", *(row[key] for key in shown)]
        cells.append("" if row["reason"] == "-" else row["reason"])
        lines.append("| " + " | ".join(map(cell, cells)) + " |")
    return "\n".join(lines) + "\n"


def write():
    """Writes the page from results.tsv."""
    text = render(results.read().values(), results.heading(), len(results.names()))
    with open(FILE, "w", encoding="utf-8") as file:
        file.write(text)
