"""Where things lie."""

import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.realpath(os.path.join(HERE, "../.."))
WORK = os.environ.get("HEADWATER_HUNDRED") or os.path.expanduser("~/.cache/headwater-hundred")
TOOLS = os.path.join(WORK, "tools/bin")
# The interpreter of the stand-in for nixpkgs.
PYTHON = "/usr/bin/python3"


def project(name):
    """An empty folder for a project."""
    folder = os.path.join(WORK, "projects", name)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    return folder


def log(name, step):
    """The file that a step's output goes to."""
    folder = os.path.join(WORK, "logs")
    os.makedirs(folder, exist_ok=True)
    return os.path.join(folder, f"{name}.{step}.log")


def need_tools():
    """Ends with what is missing."""
    missing = [tool for tool in ("uv", "maturin", "uv-build") if not os.access(os.path.join(TOOLS, tool), os.X_OK)]
    missing += [tool for tool in ("nix-build", "rustc", "cargo") if not shutil.which(tool)]
    if missing:
        sys.exit(f"hundred: no {', '.join(missing)}: run ./hundred setup")


def rust():
    """The folder of the Rust toolchain, where it is not that of /usr."""
    said = subprocess.run(["rustc", "--print", "sysroot"], capture_output=True, text=True, check=True)
    folder = os.path.realpath(said.stdout.strip())
    return None if folder.startswith("/usr/") or folder == "/usr" else folder
