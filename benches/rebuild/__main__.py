"""The arguments of ./rebuild, and its order of work: each package is a project of its own, converted and verified."""

import argparse
import json
import os
import subprocess
import sys
import time

import closure
import results
import table

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HERE = os.path.dirname(os.path.abspath(__file__))


def arguments():
    """What was asked."""
    parser = argparse.ArgumentParser(prog="rebuild")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="convert and verify what results.tsv has not")
    run.add_argument("packages", nargs="*", metavar="NAME@VERSION", help="only these")
    run.add_argument("--again", action="store_true", help="although they are there")
    run.add_argument("--failed", action="store_true", help="those that were not rebuilt, again")
    run.add_argument("--minutes", type=float, default=20, metavar="N", help="for each package")
    whole = commands.add_parser("closure", help="convert and verify a whole lockfile; write FOLDER/closure.tsv")
    whole.add_argument("folder", metavar="FOLDER", help="it has package.json; package-lock.json is made if need be")
    for command in (run, whole):
        default = os.path.join(ROOT, "target/release/headwater")
        command.add_argument("--headwater", default=default, metavar="FILE", help="the binary")
        command.add_argument("--nixpkgs", default=os.path.join(ROOT, "tests/hostpkgs"), metavar="PATH")
    commands.add_parser("table", help="write docs/results/rebuilt.md")
    return parser.parse_args()


def listed():
    """The packages of packages.txt, each with the group that it stands in."""
    group, found = "", {}
    with open(os.path.join(HERE, "packages.txt"), encoding="utf-8") as lines:
        for line in map(str.strip, lines):
            if line.startswith("#"):
                group = line.lstrip("# ")
            elif line:
                found[line] = group
    return found


def project(name, manifest):
    """The folder of a project with this package.json, and the lockfile that npm makes if there is none."""
    folder = os.path.join(ROOT, "target/rebuild", name)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "package.json"), "w", encoding="utf-8") as file:
        json.dump(manifest, file)
    if not os.path.exists(os.path.join(folder, "package-lock.json")):
        npm = ["npm", "install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        subprocess.run([*npm, "--legacy-peer-deps"], cwd=folder, check=True)
    return folder


def alone(package):
    """The folder of a project that depends on the package alone."""
    name, _, version = package.rpartition("@")
    manifest = {"name": "rebuild", "version": "1.0.0", "private": True, "dependencies": {name: version}}
    return project(package.replace("/", "+"), manifest)


def one(package, given):
    """The row of one package."""
    row = dict.fromkeys(results.COLUMNS, "-") | {"package": package}
    folder = alone(package)
    started = time.monotonic()

    def headwater(*words):
        command = [os.path.abspath(given.headwater), *words]
        limit = given.minutes * 60
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=limit, check=False)

    if not os.path.exists(os.path.join(folder, "headwater.lock")):
        converted = headwater("convert", "--json")
        if converted.returncode not in (0, 3):
            return row | {"class": "not converted", "reason": converted.stderr.strip().splitlines()[-1][:200]}
    try:
        run = headwater("verify", package, "--json", "--nixpkgs", os.path.abspath(given.nixpkgs))
    except subprocess.TimeoutExpired:
        return row | {"class": "failed", "reason": f"not done in {given.minutes:g} minutes"}
    row["seconds"] = f"{time.monotonic() - started:.0f}"
    if run.returncode not in (0, 3):
        said = [line for line in run.stderr.splitlines() if line.strip()]
        return row | {"class": "failed", "reason": (said or ["nothing was said"])[-1][:200]}
    report = json.loads(run.stdout)
    if package in report["notBuilt"]:
        return row | {"class": "not built", "reason": report["notBuilt"][package][:200]}
    verified = report["packages"][package]
    outcome = verified["outcome"]
    with open(os.path.join(folder, "headwater.lock"), encoding="utf-8") as file:
        rebuilt = next(iter(json.load(file)["rebuilds"]["packages"].values()))
    notes = [*verified.get("log", []), *outcome.get("notes", [])]
    return row | {
        "class": outcome["class"],
        "files": f"{outcome['identical']}/{outcome['files']}",
        "tools": str(verified["tools"]),
        "level": rebuilt["level"],
        "from": closure.tools_from(rebuilt),
        "rule": verified["rule"],
        "reason": "; ".join(notes[:3])[:300] if outcome["class"] in ("different", "failed") else "-",
    }


def run(given):
    """Works through the list, each row kept as soon as it is known."""
    known = results.read(results.PACKAGES, results.COLUMNS)
    for package in given.packages or listed():
        failed = known.get(package, {}).get("class") in ("different", "failed", "not built", "not converted")
        if package in known and not given.again and not (given.failed and failed):
            continue
        print(f"{package} ...", file=sys.stderr, flush=True)
        row = one(package, given)
        results.keep(row)
        print("    " + ", ".join(f"{key} {row[key]}" for key in results.COLUMNS[1:]), file=sys.stderr, flush=True)


def main():
    given = arguments()
    if given.command == "table":
        table.write(listed(), os.path.join(ROOT, "docs/results/rebuilt.md"))
    elif given.command == "closure":
        closure.run(given, project)
    else:
        run(given)


main()
