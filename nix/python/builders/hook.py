# SPDX-License-Identifier: MIT OR Apache-2.0
"""
Calls one hook of a build backend (PEP 517), in a process of its own in the
build environment: hook.py BACKEND PATHS NAME ARGUMENTS RESULT

PATHS and ARGUMENTS are JSON lists; what the hook answers is written to RESULT
as JSON, {"missing": true} where the backend lacks it.
"""

import importlib
import json
import os
import sys


def backend_of(reference, paths):
    """The backend's object; with paths it must come from one of them."""
    sys.path[:0] = paths
    module, _, attributes = reference.partition(":")
    found = importlib.import_module(module)
    file = os.path.realpath(getattr(found, "__file__", None) or "")
    if paths and not any(file.startswith(os.path.realpath(path) + os.sep) for path in paths):
        sys.exit(f"the backend {reference} was not found in its backend-path")
    for name in attributes.split(".") if attributes else []:
        found = getattr(found, name)
    return found


def run():
    reference, paths, name, arguments, result = sys.argv[1:]
    # The backend sees a program's name and no arguments of ours.
    del sys.argv[1:]
    hook = getattr(backend_of(reference, json.loads(paths)), name, None)
    answer = {"missing": True} if hook is None else {"answer": hook(*json.loads(arguments))}
    with open(result, "w", encoding="utf-8") as file:
        json.dump(answer, file)


if __name__ == "__main__":
    run()
