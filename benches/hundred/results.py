"""results.tsv: one row a package."""

import csv
import os

import place

COLUMNS = (
    "rank", "name", "version", "convert", "convert_seconds", "build", "build_seconds", "routes", "imports",
    "overrides", "reason",
)  # fmt: skip
FILE = os.path.join(place.HERE, "results.tsv")


def heading():
    """What names.txt says of itself."""
    with open(os.path.join(place.HERE, "names.txt"), encoding="utf-8") as file:
        return " ".join(line[1:].strip() for line in file if line.startswith("#"))


def names():
    """The ranking."""
    with open(os.path.join(place.HERE, "names.txt"), encoding="utf-8") as file:
        return [line.strip() for line in file if line.strip() and not line.startswith("#")]


def read():
    """The rows by name; none without the file."""
    if not os.path.exists(FILE):
        return {}
    with open(FILE, encoding="utf-8", newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file, dialect="excel-tab", quoting=csv.QUOTE_NONE)}


def keep(row):
    """Adds or replaces a row. The file is whole at any time."""
    rows = read() | {row["name"]: {key: " ".join(str(value).split()) for key, value in row.items()}}
    with open(FILE + ".new", "w", encoding="utf-8", newline="") as file:
        print("\t".join(COLUMNS), file=file)
        for one in sorted(rows.values(), key=lambda one: int(one["rank"])):
            print("\t".join(one[column] for column in COLUMNS), file=file)
    os.replace(FILE + ".new", FILE)
