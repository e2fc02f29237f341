"""The arguments of ./hundred, and its order of work."""

import argparse
import os
import sys

import build
import place
import release
import results
import table


def arguments():
    """What was asked."""
    parser = argparse.ArgumentParser(prog="hundred")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="convert, build and import what results.tsv has not")
    run.add_argument("names", nargs="*", metavar="NAME", help="only these")
    run.add_argument("--again", action="append", default=[], metavar="NAME", help="this one although it is there")
    default = os.path.join(place.ROOT, "target/release/headwater")
    run.add_argument("--headwater", default=default, metavar="FILE", help="the binary")
    run.add_argument("--minutes", type=float, default=15, metavar="N", help="for each conversion and each build")
    commands.add_parser("table", help="write docs/results/python-hundred.md")
    return parser.parse_args()


def one(rank, name, headwater, seconds):
    """The row of one package."""
    row = dict.fromkeys(results.COLUMNS, "-") | {"rank": str(rank), "name": name, "overrides": "none"}
    project = place.project(name)
    try:
        row["version"] = release.newest(name)
        release.pin(name, row["version"], project)
    except release.Unpinned as error:
        return row | {"convert": "unpinned", "reason": str(error)}
    row |= build.convert(headwater, name, project, seconds)
    if row["convert"] in ("ok", "incomplete"):
        row |= build.build(name, project, seconds)
    return row


def run(given):
    """Works through the ranking, each row kept as soon as it is known."""
    place.need_tools()
    names = results.names()
    wanted = given.names or (given.again if given.again else names)
    for name in {*wanted, *given.again} - set(names):
        sys.exit(f"hundred: names.txt has no {name}")
    headwater = os.path.abspath(given.headwater)
    if not os.access(headwater, os.X_OK):
        sys.exit(f"hundred: there is no {headwater}: build it, or name another with --headwater")
    for name in sorted({*wanted, *given.again}, key=names.index):
        if name in results.read() and name not in given.again:
            continue
        print(f"{names.index(name) + 1:3} {name} ...", file=sys.stderr, flush=True)
        row = one(names.index(name) + 1, name, headwater, given.minutes * 60)
        results.keep(row)
        said = ", ".join(f"{column} {row[column]}" for column in ("convert", "build", "imports"))
        print(f"    {row['version']}: {said}; {row['reason']}", file=sys.stderr)


def main():
    given = arguments()
    if given.command == "table":
        table.write()
    else:
        run(given)


main()
