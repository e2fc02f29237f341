"""An application as Headwater and Nix make it: converted, built, tried, tested."""

import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import time
from collections import Counter

import control
import ground
import npm
import standin
import trial

import reason  # of ../hundred

OVER_STAND_IN = ["--impure", "--override-input", "nixpkgs", f"path:{standin.FOLDER}", "--no-write-lock-file"]


def policy(application):
    """All that is written by hand, or None."""
    if not application.prefer_wheels:
        return application.policy
    return f"[python]\nprefer-wheels = {json.dumps(list(application.prefer_wheels))}\n"


def watched(command, log, seconds, cwd, environment):
    """Runs a command whose standard error is a terminal: the exit code, standard output, and for how many seconds the
    terminal was silent at most."""
    ours, theirs = pty.openpty()
    with open(log + ".out", "w+", encoding="utf-8") as output, open(log, "ab") as file:
        started = subprocess.Popen(
            ["nice", *command], cwd=cwd, env=environment | {"TERM": "xterm", "COLUMNS": "120"},
            stdin=subprocess.DEVNULL, stdout=output, stderr=theirs, start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        began = spoken = time.monotonic()
        silent, code = 0.0, None
        while code is None:
            ready, _, _ = select.select([ours], [], [], 0.2)
            now = time.monotonic()
            silent = max(silent, now - spoken)
            if ready:
                spoken = now
                try:
                    said = os.read(ours, 65536)
                except OSError:  # Nobody holds the other end.
                    said = b""
                file.write(said)
                if not said:
                    code = started.wait()
            elif now - began > seconds:
                code = ground.TIMEOUT
            else:
                code = started.poll()
        ground.end(started)
        os.close(ours)
        output.seek(0)
        return code, output.read(), silent


def to_track(summary):
    """The command by which the summary has the files tracked; None where it names none."""
    found = re.search(r"^\s*(git add .*?)(?:\s+#.*)?$", summary, re.MULTILINE)
    return found and found.group(1)


def routes(pins):
    """How many packages are made in which way, as the text of headwater.lock says."""
    count = Counter(pin["route"] for pin in json.loads(pins)["packages"].values())
    return ", ".join(f"{route} {number}" for route, number in sorted(count.items())) or "-"


def convert(application, headwater, project, seconds, variables, cache):
    """Converts: the columns that it fills, and what to do with git."""
    log = ground.folder(application.name, "convert.log")
    variables = variables | {"HEADWATER_CACHE_DIR": cache}
    command = [headwater, "convert", "--nixpkgs", standin.FOLDER, application.lockfile]
    open(log, "w", encoding="utf-8").close()
    began = time.monotonic()
    code, summary, silent = watched(command, log, seconds, project, variables)
    row = {"convert_seconds": f"{time.monotonic() - began:.1f}", "silent_seconds": f"{silent:.1f}"}
    if code == ground.TIMEOUT:
        return row | {"convert": "timeout", "reason": "the conversion took too long"}, None
    if code not in (0, 3):
        with open(log, encoding="utf-8", errors="replace") as file:
            return row | {"convert": str(code), "reason": "convert: " + error(file.read())}, None
    with open(os.path.join(project, "headwater.lock"), encoding="utf-8") as file:
        row["routes"] = routes(file.read())
    return row | {"convert": "ok" if code == 0 else "incomplete"}, to_track(summary)


def error(said):
    """What a failed conversion says first: `error[CODE]: ...`."""
    lines = [reason.COLOUR.sub("", line).strip() for line in re.split(r"[\r\n]+", said)]
    first = next((line for line in lines if line.startswith("error")), None)
    last = next((line for line in reversed(lines) if line), "no output")
    return reason.short((first or last).removeprefix("error").removeprefix(": "))


def nix(application, step, arguments, seconds, project, variables):
    """Runs `nix`: the exit code and the log."""
    log = ground.folder(application.name, f"{step}.log")
    if os.path.exists(log):
        os.remove(log)
    return ground.run(["nix", *arguments], log, seconds, project, variables), log


def built_files(application, result, project):
    """The folder with the project's files: of the installed copy, or, of a Python package, the working copy."""
    if application.ecosystem == "npm":
        return npm.installed(result, project)
    share = os.path.join(result, "share")
    for name in sorted(os.listdir(share)) if os.path.isdir(share) else []:
        if os.path.exists(os.path.join(share, name, application.lockfile)):
            return os.path.join(share, name)
    return project


def build(application, project, seconds, variables):
    """Builds the project (of Python, with its environment), and tries it: the columns that this fills."""
    began = time.monotonic()
    links = {"result": "."} | ({"env": ".#default.env"} if application.ecosystem == "Python" else {})
    for link, attribute in links.items():
        path = ground.folder(application.name, link)
        arguments = ["build", *OVER_STAND_IN, "--out-link", path, "--print-build-logs", attribute]
        code, log = nix(application, f"build-{link}", arguments, seconds, project, variables)
        row = {"build_seconds": f"{time.monotonic() - began:.0f}"}
        if code == ground.TIMEOUT:
            return row | {"build": "timeout", "reason": reason.slow(log, seconds)}
        if code != 0:
            return row | {"build": "failed", "reason": reason.build(log)}
    row["build"] = "ok"
    files = built_files(application, ground.folder(application.name, "result"), project)
    folders = [os.path.join(ground.folder(application.name, link), "bin") for link in links]
    why = trial.all_of(application, ground.folder(application.name, "checks.log"), folders, files)
    return row | ({"works": "yes"} if why is None else {"works": "no", "reason": why})


def tests(application, project, seconds, variables):
    """What the project's tests say in `nix develop`."""
    arguments = ["develop", *OVER_STAND_IN, "--command", "bash", "-euo", "pipefail", "-c", application.tests]
    code, log = nix(application, "tests", arguments, seconds, project, variables)
    if code == 0:
        return {"tests": "ok"}
    said = "the clock" if code == ground.TIMEOUT else trial.told(reason.end(log))
    return {"tests": f"failed: {reason.short(said)}"}


class Unready(Exception):
    """There is nothing to convert; the text says why."""


def ready(application, mirrors):
    """A project to convert: its folder, and what commands run with."""
    try:
        project = ground.clone(application, "project", mirrors)
    except RuntimeError as failure:
        raise Unready(str(failure)) from failure
    standin.write(mirrors, application.git)
    there = [path for one in application.git if (path := ground.mirror(mirrors, one))]
    variables = os.environ | ground.git_variables(application, mirrors) | standin.environment(there)
    variables.pop("PYTHONPATH", None)
    log = ground.folder(application.name, "pin.log")
    if control.pin(application, project, log, mirrors) != 0:
        raise Unready(control.reason(log))
    if (by_hand := policy(application)) is not None:
        with open(os.path.join(project, "headwater.toml"), "w", encoding="utf-8") as file:
            file.write(by_hand)
    return project, variables


def cold(application, headwater, seconds, mirrors):
    """How long the conversion takes with nothing in Headwater's cache. What Nix built to ask backends stays there."""
    cache = ground.folder(application.name, "cache")
    shutil.rmtree(cache, ignore_errors=True)
    try:
        project, variables = ready(application, mirrors)
    except Unready as failure:
        return {"reason": str(failure)}
    row, _ = convert(application, headwater, project, seconds, variables, cache)
    shutil.rmtree(cache, ignore_errors=True)
    done = row["convert"] in ("ok", "incomplete")
    return {"cold_seconds": row["convert_seconds"] if done else row["convert"]}


def run(application, headwater, seconds, mirrors):
    """The columns from the conversion on."""
    log = ground.folder(application.name, "track.log")
    try:
        project, variables = ready(application, mirrors)
    except Unready as failure:
        return {"convert": "not ready", "reason": str(failure)}
    cache = os.path.join(ground.WORK, "cache")
    row, track = convert(application, headwater, project, seconds, variables, cache)
    if row["convert"] not in ("ok", "incomplete"):
        return row
    if track is None or ground.run(track, log, 60, project) != 0:
        return row | {"build": "not tracked", "reason": "the summary's git add failed"}
    # A lockfile that was made for this is tracked, too.
    ground.run(["git", "add", application.lockfile], log, 60, project)
    row |= build(application, project, seconds, variables)
    if row["build"] == "ok" and application.tests is not None:
        row |= tests(application, project, seconds, variables)
    return row


def stopped(*_):
    """A stop stops what was started, too: `finally` runs."""
    raise KeyboardInterrupt


signal.signal(signal.SIGTERM, stopped)
