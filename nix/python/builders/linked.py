# SPDX-License-Identifier: MIT OR Apache-2.0
"""
After autoPatchelf: what it did not find is told by name, else RECORD is made
true again for the files that it changed.
"""

import os
import re

import wheelfile
from common import Failure, config, main


def missing(log, out):
    """The libraries that autoPatchelf's log says were not found: lines that name each and who links to it."""
    wanted = {}
    for library, file in re.findall(r"could not satisfy dependency (.+?) wanted by (.+)", log):
        wanted.setdefault(library, []).append(os.path.relpath(file.strip(), out))
    return [f"{library} (for {files[0]}{f' and {len(files) - 1} more' if files[1:] else ''})" for library, files in sorted(wanted.items())]


def run():
    settings = config()
    out = os.environ["out"]
    if os.environ["linked"]:
        wheelfile.renew_record(out, settings["sitePackages"])
        return
    with open(os.path.join(os.environ["TMPDIR"], "linking"), encoding="utf-8", errors="replace") as file:
        libraries = missing(file.read(), out)
    if not libraries:
        raise Failure("autoPatchelf failed (above)")
    raise Failure(
        "its wheel links to libraries that nobody has here:\n  " + "\n  ".join(libraries) + "\n"
        "name the packages of nixpkgs that have them in headwater.toml: "
        f"[packages.{settings['name']}] buildInputs = [...]\n"
        'what it does without, or finds when it runs: env = { autoPatchelfIgnoreMissingDeps = "..." }'
    )


if __name__ == "__main__":
    main(os.environ.get("title", "a package"), run)
