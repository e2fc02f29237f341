"""results.tsv: a row for each package, in the order in which they were done."""

import os

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "results.tsv")
COLUMNS = ["package", "class", "files", "tools", "level", "from", "rule", "seconds", "reason"]


def read():
    """The rows, by package."""
    if not os.path.exists(PATH):
        return {}
    with open(PATH, encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines][1:]
    return {row[0]: dict(zip(COLUMNS, row, strict=True)) for row in rows}


def keep(row):
    """Writes one row, in the place of an earlier one of the package."""
    rows = read() | {row["package"]: row}
    clean = lambda text: " ".join(text.split())
    lines = ["\t".join(COLUMNS), *("\t".join(clean(row[key]) for key in COLUMNS) for row in rows.values())]
    beside = PATH + ".new"
    with open(beside, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    os.replace(beside, PATH)
