"""results.tsv and results-npm.tsv: one row an application, in the order of the list."""

import csv
import os
import re

import ground

import reason  # of ../hundred

CONTROL = ("control", "control_seconds", "packages", "control_tests")
HEADWATER = (
    "convert", "convert_seconds", "silent_seconds", "cold_seconds", "routes",
    "build", "build_seconds", "works", "tests",
)  # fmt: skip
COLUMNS = ("name", "lockfile", *CONTROL, *HEADWATER, "reason")
FOLDER = ground.HERE
FILES = {"Python": "results.tsv", "npm": "results-npm.tsv"}
# Whose index it was is no part of a result.
ADDRESS = re.compile(r"https?://(?!github\.com/)[^\s'\")]+")


def empty(application):
    """The row of an application that nothing was done with."""
    row = dict.fromkeys(COLUMNS, "-") | {"name": application.name, "lockfile": application.kind}
    return row | ({"control": "not tried", "reason": application.not_tried} if application.not_tried else {})


def cell(value):
    """A value on one line, without the addresses in it."""
    return reason.short(ADDRESS.sub("(an address)", str(value))) or "-"


def read(ecosystem):
    """An ecosystem's rows by name; none without the file."""
    path = os.path.join(FOLDER, FILES[ecosystem])
    if not os.path.exists(path):
        return {}
    with open(path, encoding="utf-8", newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file, dialect="excel-tab", quoting=csv.QUOTE_NONE)}


def keep(row, order):
    """Adds or replaces a row; rows of names that are not in the order go. The file is whole at any time."""
    ecosystem = order[row["name"]].ecosystem
    rows = read(ecosystem) | {row["name"]: {key: cell(value) for key, value in row.items()}}
    path = os.path.join(FOLDER, FILES[ecosystem])
    with open(path + ".new", "w", encoding="utf-8", newline="") as file:
        print("\t".join(COLUMNS), file=file)
        for name in order:
            if name in rows:
                print("\t".join(rows[name].get(column) or "-" for column in COLUMNS), file=file)
    os.replace(path + ".new", path)
