"""Tables of results: tab-separated, a row for each package, in the order in which they were done."""

import os

HERE = os.path.dirname(os.path.abspath(__file__))
# Packages that are projects of their own.
PACKAGES = os.path.join(HERE, "results.tsv")
COLUMNS = ["package", "class", "files", "tools", "level", "from", "rule", "seconds", "reason"]
# Projects of which all packages are looked at: a folder each, with package.json and what came of it.
CLOSURES = os.path.join(HERE, "closures")
CLOSURE = "closure.tsv"
CLOSURE_COLUMNS = ["package", "tier", "class", "files", "tools", "from", "reason"]


def read(path, columns):
    """The rows, by package."""
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines][1:]
    return {row[0]: dict(zip(columns, row, strict=True)) for row in rows}


def write(path, columns, rows):
    """Writes all rows, in the place of earlier ones. The file is whole at any time."""
    clean = lambda text: " ".join(text.split())
    lines = ["\t".join(columns), *("\t".join(clean(row[key]) for key in columns) for row in rows)]
    beside = path + ".new"
    with open(beside, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    os.replace(beside, path)


def keep(row):
    """Writes one row of a package that is a project of its own, in the place of an earlier one of the package."""
    write(PACKAGES, COLUMNS, (read(PACKAGES, COLUMNS) | {row["package"]: row}).values())
