"""The arguments of ./applications, and its order of work."""

import argparse
import os
import sys

import control
import listing
import rows
from ground import place


def arguments():
    """What was asked."""
    parser = argparse.ArgumentParser(prog="applications")
    commands = parser.add_subparsers(dest="command", required=True)
    for command, says in (
        ("control", "the control run of what has none yet"),
        ("run", "convert, build and try what was not yet, of those whose control run works"),
        ("cold", "only convert, with an empty cache, what has no such time yet"),
    ):
        added = commands.add_parser(command, help=says)
        added.add_argument("names", nargs="*", metavar="NAME", help="only these")
        added.add_argument("--only", action="append", default=[], metavar="NAME", help="the same")
        added.add_argument("--again", action="append", default=[], metavar="NAME", help="this one although it is there")
        added.add_argument("--mirrors", metavar="FOLDER", help="has OWNER+NAME/repo, OWNER/NAME or OWNER/NAME.git")
        added.add_argument("--minutes", type=float, default=20, metavar="N", help="for each step")
    default = os.path.join(place.ROOT, "target/release/headwater")
    for command in ("run", "cold"):
        commands.choices[command].add_argument("--headwater", default=default, metavar="FILE", help="the binary")
    commands.add_parser("table", help="write docs/results/applications.md")
    return parser.parse_args()


def chosen(given, applications):
    """The names to work at, in the file's order."""
    only = {*given.names, *given.only}
    if unknown := {*only, *given.again} - set(applications):
        sys.exit(f"applications: the list has no {', '.join(sorted(unknown))}")
    only = only | set(given.again) or set(applications)
    return [name for name in applications if name in only]


def begun(given, name, done, application):
    """The row to fill; None where the column says that it is filled."""
    row = rows.read(application.ecosystem).get(name) or rows.empty(application)
    if application.not_tried or (row[done] != "-" and name not in given.again):
        return None
    print(f"{name} ...", file=sys.stderr, flush=True)
    return row


def shown(row, columns):
    """A row's columns, for the one who waits."""
    return ", ".join(f"{column} {row[column]}" for column in columns if row[column] != "-") + f"; {row['reason']}"


def run_controls(given, applications):
    """The control runs, each kept as soon as it is known. A new one makes what was built stale."""
    for name in chosen(given, applications):
        application = applications[name]
        if application.not_tried:
            rows.keep(rows.empty(application), applications)
        if begun(given, name, "control", application) is None:
            continue
        row = rows.empty(application) | control.run(application, given.minutes * 60, given.mirrors)
        rows.keep(row, applications)
        print(f"    {shown(row, rows.CONTROL)}", file=sys.stderr)


def run_builds(given, applications):
    """What Headwater and Nix make of those that their own managers get to work."""
    import conversion

    is_cold = given.command == "cold"
    headwater = os.path.abspath(given.headwater)
    if not os.access(headwater, os.X_OK):
        sys.exit(f"applications: there is no {headwater}: build it, or name another with --headwater")
    for name in chosen(given, applications):
        row = begun(given, name, "cold_seconds" if is_cold else "convert", applications[name])
        if row is None:
            continue
        if row["control"] != "works":
            print(f"    its control run: {row['control']}", file=sys.stderr)
            continue
        if not is_cold:
            row = row | dict.fromkeys((*rows.HEADWATER, "reason"), "-") | {"cold_seconds": row["cold_seconds"]}
        work = conversion.cold if is_cold else conversion.run
        row |= work(applications[name], headwater, given.minutes * 60, given.mirrors)
        rows.keep(row, applications)
        print(f"    {shown(row, rows.HEADWATER)}", file=sys.stderr)


def main():
    given = arguments()
    try:
        applications = listing.all_of_them()
    except listing.Wrong as error:
        sys.exit(f"applications: {error}")
    if given.command == "table":
        import page

        page.write(applications)
    elif given.command == "control":
        run_controls(given, applications)
    else:
        run_builds(given, applications)


main()
