"""docs/results/rebuilt.md: what came of each package, and the counts."""

import os
import textwrap
from collections import Counter

import closure
import results

SAME = ["integrity", "tar", "files", "equivalent"]

HEAD = """# npm packages that are built again

What `headwater verify` made of real packages, each in a project of its own, with no line in `headwater.toml`.
[Packages that are built again](../explanation/rebuilds.md) explains the classes. `benches/rebuild` writes this page.
"""

WHOLE = """\
Projects of which all packages are converted and verified together, with no line in `headwater.toml`. "At hand" are packages
whose commit git can reach. The copies of repositories that the machine had can be older than a release; of such packages
nothing is known, and they are listed last. A machine that reaches all repositories gives other figures.
"""


def write(listed, path):
    """The whole page."""
    rows = results.read(results.PACKAGES, results.COLUMNS)
    parts = [HEAD]
    for group in dict.fromkeys(listed.values()):
        packages = [package for package, of in listed.items() if of == group and package in rows]
        parts.append(section(group, [rows[package] for package in packages]))
    parts.append(f"## Whole lockfiles\n\n{WHOLE}")
    for name in sorted(os.listdir(results.CLOSURES)):
        folder = os.path.join(results.CLOSURES, name)
        found = results.read(os.path.join(folder, results.CLOSURE), results.CLOSURE_COLUMNS)
        parts.append(whole(list(found.values()), closure.manifest(folder)))
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(parts))


def cells(row, keys):
    """A line of a table."""
    escape = lambda text: text.replace("|", "\\|").replace("<", "\\<")
    return "| " + " | ".join(escape(row[key]) for key in keys) + " |"


def whole(rows, manifest):
    """One lockfile: its counts, then the packages that are neither verbatim nor rebuilt."""
    classes = Counter(row["class"] for row in rows)
    tiers = sorted({row["tier"] for row in rows if row["class"] == "verbatim"})
    rebuilt = sum(classes[name] for name in SAME)
    at_hand = len(rows) - classes[closure.NOT_AT_HAND]
    good = classes["verbatim"] + rebuilt
    share = lambda count, of: f"{count} ({100 * count / max(of, 1):.1f} %)"
    lines = [
        "| | packages |\n|---|---|",
        f"| in the lockfile | {len(rows)} |",
        f"| at hand | {at_hand} |",
        f"| verbatim from their commit (tier {', '.join(tiers)}) | {share(classes['verbatim'], at_hand)} |",
        f"| rebuilt | {share(rebuilt, at_hand)}: " + ", ".join(f"{classes[name]} `{name}`" for name in SAME) + " |",
        f"| **verbatim or rebuilt, of those at hand** | **{share(good, at_hand)}** |",
        f"| verbatim or rebuilt, of all | {share(good, len(rows))} |",
    ]
    lines += [f"| {name} | {classes[name]} |" for name in ("different", "failed", "not built", "not tried") if classes[name]]
    lines += ["\n| package | tier | class | files | from | what differs, or why not |\n|---|---|---|---|---|---|"]
    order = lambda row: (row["class"] == closure.NOT_AT_HAND, row["package"])
    neither = sorted((row for row in rows if row["class"] not in ("verbatim", *SAME)), key=order)
    lines += [cells(row, ("package", "tier", "class", "files", "from", "reason")) for row in neither]
    named = ", ".join(manifest["dependencies"])
    about = textwrap.fill(f"All packages that {named} bring.", 125)
    return f"### {manifest['description']}\n\n{about}\n\n" + "\n".join(lines) + "\n"


def section(group, rows):
    """One group: its counts, then its table."""
    count = lambda classes: sum(row["class"] in classes for row in rows)
    counts = f"{len(rows)} packages: {count(SAME)} the same, {count(SAME[:2])} of them exactly the file that is installed."
    head = "| package | class | files | tools | from | rule | what differs, or why not |\n|---|---|---|---|---|---|---|"
    lines = [cells(row, ("package", "class", "files", "tools", "from", "rule", "reason")) for row in rows]
    return f"## {group}\n\n{counts}\n\n{head}\n" + "\n".join(lines) + "\n"
