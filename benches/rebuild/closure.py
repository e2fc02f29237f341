"""All packages of one lockfile: which are verbatim, which are rebuilt, and why the others are neither."""

import datetime
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from urllib.parse import unquote

import results

# `class` of a package whose commit the copy of its repository cannot have: its last commit is older than the release.
NOT_AT_HAND = "not at hand"


def run(given, project):
    """Converts and verifies a copy of the folder, and writes its closure.tsv. A second run goes on where the first one
    stopped."""
    folder = project(os.path.basename(os.path.abspath(given.folder)), manifest(given.folder))
    lockfile = os.path.join(given.folder, "package-lock.json")
    if os.path.exists(lockfile):
        shutil.copy(lockfile, folder)
    converted = headwater(given, folder, "convert", "--json")
    nixpkgs = os.path.abspath(given.nixpkgs)
    verified = headwater(given, folder, "verify", "--keep-going", "--json", "--nixpkgs", nixpkgs)
    if converted is None or verified is None:
        sys.exit(1)
    with open(os.path.join(folder, "headwater.lock"), encoding="utf-8") as file:
        lock = json.load(file)
    written = rows(lock, verified, absent(lock["packages"]))
    results.write(os.path.join(given.folder, results.CLOSURE), results.CLOSURE_COLUMNS, written)


def manifest(folder):
    """What package.json says."""
    with open(os.path.join(folder, "package.json"), encoding="utf-8") as file:
        return json.load(file)


def headwater(given, folder, *words):
    """What a command answers; `None` if it failed. What it says is shown."""
    command = [os.path.abspath(given.headwater), *words]
    done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, text=True, check=False)
    return json.loads(done.stdout) if done.returncode in (0, 3) else None


def rows(lock, verified, missing):
    """A row for each package of headwater.lock. `verified` is the answer of `verify`; `missing` says of packages, by purl, why
    their commit cannot be at hand."""
    rebuilds = lock.get("rebuilds", {}).get("packages", {})
    found = []
    for purl, pin in sorted(lock["packages"].items()):
        one = row(purl, pin, verified, missing.get(purl))
        found.append(one | {"from": tools_from(rebuilds[purl])} if purl in rebuilds else one)
    return found


def tools_from(rebuild):
    """The lockfile that the tools of a build come from, or the day; "newest" if they are today's."""
    place = rebuild["toolsFrom"]
    return next(iter(place.values())) if isinstance(place, dict) else place


def row(purl, pin, verified, missing):
    """One package."""
    shown = unquote(purl.removeprefix("pkg:npm/"))
    found = dict.fromkeys(results.CLOSURE_COLUMNS, "-") | {"package": shown, "reason": pin.get("reason") or "-"}
    why = "; ".join(filter(None, [pin.get("reason"), verified["notBuilt"].get(shown)])) or "-"
    found["tier"] = (pin.get("resolution") or {}).get("tier", "-")
    if pin["route"] == "verbatim":
        return found | {"class": "verbatim", "reason": "-"}
    if shown in verified["packages"]:
        built = verified["packages"][shown]
        outcome = built["outcome"]
        notes = "; ".join([*built.get("log", []), *outcome.get("notes", [])][:3])[:300]
        return found | {
            "class": outcome["class"],
            "files": f"{outcome['identical']}/{outcome['files']}",
            "tools": str(built["tools"]),
            "reason": notes if outcome["class"] in ("different", "failed") and notes else "-",
        }
    if shown in {*verified.get("incomplete", []), *verified.get("untried", [])}:
        return found | {"class": "not tried", "reason": why}
    if missing:
        return found | {"class": NOT_AT_HAND, "reason": missing}
    return found | {"class": "not built", "reason": why}


def absent(packages):
    """Of packages, by purl, whose commit was not found: why the copy of the repository that git reaches cannot have it."""
    found = {}
    for purl, pin in packages.items():
        resolution = pin.get("resolution") or {}
        named = re.search(r"https://\S+", pin.get("reason") or "")
        if resolution.get("source") or resolution.get("tier") == "X" or not named:
            continue
        released, last = release_time(unquote(purl.removeprefix("pkg:npm/"))), last_commit(named[0])
        why = too_old(released, last)
        if why:
            found[purl] = why
    return found


def too_old(released, last):
    """Why a repository whose last commit has this time cannot have the release's; `None` if it can."""
    if last is None:
        return "no repository can be read"
    if released is None or last >= released:
        return None
    return f"released on {released:%Y-%m-%d}; the repository that is at hand ends on {last:%Y-%m-%d}"


def release_time(shown):
    """When the registry got a release, NAME@VERSION; `None` if it does not say."""
    name, _, version = shown.rpartition("@")
    said = subprocess.run(["npm", "view", name, "time", "--json"], capture_output=True, text=True, check=False)
    return time(json.loads(said.stdout or "{}").get(version))


def last_commit(address):
    """The time of the last commit that a branch, tag or pull request of a repository leads to; `None` if it cannot be read."""
    with tempfile.TemporaryDirectory() as folder:
        git = lambda *words: subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=False)
        git("init", "--bare", "--quiet")
        git("fetch", "--quiet", "--filter=tree:0", address, "+refs/*:refs/*")
        said = git("for-each-ref", "--format=%(committerdate:iso-strict)%(*committerdate:iso-strict)").stdout
    return max(filter(None, map(time, said.split())), default=None)


def time(text):
    """A time as ISO 8601 has it, in UTC; `None` of anything else."""
    try:
        return datetime.datetime.fromisoformat((text or "").replace("Z", "+00:00")).astimezone(datetime.timezone.utc)
    except ValueError:
        return None
