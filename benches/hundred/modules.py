"""Imports the modules that a distribution brings. Run by the interpreter of the environment: modules.py NAME"""

import importlib
import importlib.metadata
import sys

# Folders that some wheels bring beside what they are for.
BESIDE = {"benchmarks", "docs", "examples", "scripts", "test", "tests"}


def modules(paths):
    """The outermost packages and modules among files given as tuples of names; below namespaces, what they hold."""
    code = [(*path[:-1], path[-1].split(".")[0]) for path in paths if path[-1].endswith((".py", ".so"))]
    code = [path for path in code if all(part.isidentifier() for part in path)]
    packages = {path[:-1] for path in code if path[-1] == "__init__"}
    found = set()
    for path in code:
        outermost = (path[:end] for end in range(1, len(path)) if path[:end] in packages)
        # A file below a namespace stands for its folder: some modules of it may be for other systems.
        found.add(next(outermost, path[:1] if len(path) == 1 else path[:-1]))
    public = {path for path in found if not path[0].startswith("_") and path[0] not in BESIDE}
    return sorted(".".join(path) for path in public or found)


def main():
    files = importlib.metadata.files(sys.argv[1]) or []
    names = modules([file.parts for file in files if file.parts[0] != ".."])
    for name in names:
        importlib.import_module(name)
    print(f"imported {', '.join(names)}")
    if not names:
        sys.exit("it brings no modules")


if __name__ == "__main__":
    main()
