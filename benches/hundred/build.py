"""One package's conversion, its build, and the trial of what was built."""

import json
import os
import subprocess
import time

import place
import reason

# In the environment of bash scripts/nix-options: TIMEOUT PROGRAM ARGUMENT...; $RUST is one more path of the sandbox.
NIX = """
. scripts/nix-options
for at in "${!NIX_OPTIONS[@]}"; do
  if [ "${NIX_OPTIONS[at]}" = sandbox-paths ]; then NIX_OPTIONS[at + 1]+=" $RUST"; fi
done
seconds=$1 program=$2
shift 2
exec timeout --kill-after=60 "$seconds" "$program" "${NIX_OPTIONS[@]}" "$@"
"""
TIMEOUT = 124


def convert(headwater, name, project, seconds):
    """Runs `headwater convert`: the columns that it fills."""
    began = time.monotonic()
    environment = os.environ | {"HEADWATER_CACHE_DIR": os.path.join(place.WORK, "cache")}
    command = ["timeout", "--kill-after=60", str(seconds), headwater, "convert", "--json", project]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    with open(place.log(name, "convert"), "w", encoding="utf-8") as file:
        file.write(done.stdout + done.stderr)
    row = {"convert_seconds": f"{time.monotonic() - began:.1f}"}
    try:
        said = json.loads(done.stdout)
    except ValueError:
        said = {}
    if done.returncode in (0, 3):
        routes = ", ".join(f"{route} {count}" for route, count in sorted(said.get("routes", {}).items()))
        row |= {"convert": "ok" if done.returncode == 0 else "incomplete", "routes": routes or "-"}
        if said.get("missing"):
            row["reason"] = reason.missing(said["missing"])
        elif not os.path.exists(os.path.join(project, "nix/headwater/default.nix")):
            row |= {"convert": "no output", "reason": "headwater wrote no nix/headwater/default.nix"}
        return row
    if done.returncode == TIMEOUT:
        return row | {"convert": "timeout", "reason": "the conversion took too long"}
    return row | {"convert": str(done.returncode), "reason": reason.conversion(said, done.stderr)}


def expression(project, attribute, rust):
    """The converted project over the stand-in for nixpkgs, as Nix."""
    programs = " ".join(f"{name} = {json.dumps(os.path.join(place.TOOLS, name))};" for name in ("maturin", "uv-build"))
    rust = f"rust = {json.dumps(rust)};" if rust else ""
    pkgs = f"import {place.ROOT}/tests/hostpkgs {{ config = {{ programs = {{ {programs} }}; {rust} }}; }}"
    return f"(({pkgs}).callPackage (/. + {json.dumps(project + '/nix/headwater')}) {{ }}).{attribute}"


def nix_build(name, project, attribute, seconds):
    """Builds an attribute of the project: the exit code and the result's path. The log is kept."""
    rust = place.rust()
    command = ["bash", "-c", NIX, "bash", str(seconds), "nix-build", "--no-out-link"]
    command += ["-E", expression(project, attribute, rust)]
    with open(place.log(name, attribute), "w", encoding="utf-8") as log:
        environment = os.environ | {"RUST": rust or ""}
        done = subprocess.run(
            command, cwd=place.ROOT, env=environment, stdout=subprocess.PIPE, stderr=log, text=True, check=False
        )
    return done.returncode, done.stdout.strip()


def build(name, project, seconds):
    """Builds the environment and tries it: the columns that it fills."""
    began = time.monotonic()
    code, environment = nix_build(name, project, "env", seconds)
    row = {"build_seconds": f"{time.monotonic() - began:.0f}"}
    if code == TIMEOUT:
        return row | {"build": "timeout", "reason": reason.slow(place.log(name, "env"), seconds)}
    if code != 0:
        return row | {"build": "failed", "reason": reason.build(place.log(name, "env"))}
    row["build"] = "ok"
    return row | trial(name, project, environment, seconds)


def trial(name, project, environment, seconds):
    """Imports the package's modules with nothing else around, and asks what `pip check` would say."""
    command = [f"{environment}/bin/python3", "-B", os.path.join(place.HERE, "modules.py"), name]
    done = subprocess.run(command, capture_output=True, text=True, env={"HOME": "/nonexistent"}, check=False)
    with open(place.log(name, "import"), "w", encoding="utf-8") as file:
        file.write(done.stdout + done.stderr)
    if done.returncode != 0:
        return {"imports": "failed", "reason": "import: " + (done.stderr.strip().splitlines() or ["?"])[-1]}
    code, _ = nix_build(name, project, "checks.requirements", seconds)
    if code != 0:
        return {"imports": "check failed", "reason": reason.build(place.log(name, "checks.requirements"))}
    return {"imports": "ok"}
