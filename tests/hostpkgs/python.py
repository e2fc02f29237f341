"""
The phases of a Python package: `build` makes a wheel, `install` unpacks it, `import` and `test` look whether it works.
What nixpkgs' own hooks refuse is refused here: build requirements that are not met, run-time requirements that are not
there, a version that is another.
"""

import glob
import importlib
import importlib.metadata
import importlib.util
import inspect
import json
import os
import re
import subprocess
import sys
import tomllib
import unittest
import zipfile

# pip has it within itself, and nothing of the machine's own packages is to be seen later.
sys.path.insert(0, "/usr/lib/python3/dist-packages")
from pip._vendor.packaging.requirements import Requirement  # noqa: E402
from pip._vendor.packaging.version import Version  # noqa: E402

sys.path.remove("/usr/lib/python3/dist-packages")


def unmet(texts):
    """Those of the requirements that what is installed does not meet."""
    for text in texts:
        one = Requirement(text)
        if one.marker and not one.marker.evaluate({"extra": ""}):
            continue
        try:
            version = importlib.metadata.version(one.name)
        except importlib.metadata.PackageNotFoundError:
            yield text
            continue
        if not one.specifier.contains(version, prereleases=True):
            yield f"{text} (there is {version})"


def refuse(what, all_):
    all_ = list(all_)
    if all_:
        sys.exit(f"{what}: {', '.join(all_)}")


def build():
    table = {}
    if os.path.exists("pyproject.toml"):
        with open("pyproject.toml", "rb") as file:
            table = tomllib.load(file)
    system = table.get("build-system", {"requires": ["setuptools"]})
    refuse("ERROR Missing dependencies", unmet(system["requires"]))
    sys.path[0] = ""
    sys.path[:0] = [os.path.abspath(one) for one in system.get("backend-path", [])]
    name, _, attribute = system.get("build-backend", "setuptools.build_meta:__legacy__").partition(":")
    backend = importlib.import_module(name)
    for part in filter(None, attribute.split(".")):
        backend = getattr(backend, part)
    os.makedirs("dist", exist_ok=True)
    backend.build_wheel(os.path.abspath("dist"))


def relaxed(text, name, settings):
    """Metadata without the bounds, or the requirements, that the package drops."""
    lines = []
    for line in text.splitlines(keepends=True):
        found = re.match(r"Requires-Dist: ([\w.-]+)", line)
        if found and found[1] in settings["remove"]:
            continue
        if found and found[1] in settings["relax"]:
            marker = line.partition(";")[2].strip()
            line = f"Requires-Dist: {found[1]}" + (f" ; {marker}" if marker else "") + "\n"
        lines.append(line)
    return "".join(lines)


def install(out, site_packages, settings):
    settings = json.loads(settings)
    (wheel,) = glob.glob("dist/*.whl")
    site = os.path.join(out, site_packages)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    (info,) = glob.glob(f"{site}/*.dist-info")
    metadata = f"{info}/METADATA"
    with open(metadata) as file:
        text = relaxed(file.read(), info, settings)
    with open(metadata, "w") as file:
        file.write(text)
    sys.path.insert(0, site)
    (own,) = importlib.metadata.distributions(path=[site])
    if Version(own.version) != Version(settings["version"]):
        sys.exit(f"the wheel has version {own.version}, and the package {settings['version']}")
    refuse("not satisfied", unmet(own.requires or []))
    os.makedirs(f"{out}/bin", exist_ok=True)
    for point in own.entry_points.select(group="console_scripts"):
        with open(f"{out}/bin/{point.name}", "w") as file:
            file.write(f"#!{sys.executable}\nimport sys\nfrom {point.module} import {point.attr}\nsys.exit({point.attr}())\n")
        os.chmod(f"{out}/bin/{point.name}", 0o755)
    if not os.listdir(f"{out}/bin"):
        os.rmdir(f"{out}/bin")


def base(path):
    """The folder that pytest imports a test from: the first one upward that is no package."""
    folder = os.path.dirname(path)
    while os.path.exists(os.path.join(folder, "__init__.py")):
        folder = os.path.dirname(folder)
    return os.path.abspath(folder)


def section(path, name, error):
    """The exception of a test, as pytest shows it."""
    title = f" {name} ".center(80, "_")
    lines = f"{type(error).__name__}: {error}".splitlines()
    print(title, *(f"E   {line}" for line in lines), f"{path}:1: {type(error).__name__}", sep="\n")


def test(disabled):
    """Runs pytest, or, where there is none, functions by its names; what failed is told as pytest does."""
    disabled = json.loads(disabled)
    if importlib.util.find_spec("pytest"):
        chosen = ["-k", " and ".join(f"not {name}" for name in disabled["tests"])] if disabled["tests"] else []
        ignored = [f"--ignore={path}" for path in disabled["paths"]]
        sys.exit(subprocess.call([sys.executable, "-m", "pytest", *chosen, *ignored]))
    failed, ran = [], 0
    sys.path[0] = ""
    paths = [path for path in glob.glob("**/*.py", recursive=True) if re.search(r"(^|/)(test_\w+|\w+_test)\.py$", path)]
    for path in (path for path in paths if path not in disabled["paths"]):
        sys.path.insert(0, base(path))
        spec = importlib.util.spec_from_file_location(path[:-3].replace("/", "_"), path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if name.startswith("test") and name not in disabled["tests"]:
                ran += 1
                try:
                    function()
                except Exception as error:
                    section(path, name, error)
                    failed.append(f"{path}::{name} - {error}")
        cases = unittest.defaultTestLoader.loadTestsFromModule(module)
        result = unittest.TextTestRunner().run(cases)
        ran += result.testsRun
        failed += [f"{path}::{case.id().split('.', 1)[1].replace('.', '::')}" for case, _ in result.failures + result.errors]
    print(" short test summary info ".center(80, "="), *(f"FAILED {one}" for one in failed), f"{ran} tests ran", sep="\n")
    if failed or not ran:
        sys.exit("tests failed" if failed else "no tests ran")


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    if command == "import":
        for module in arguments:
            importlib.import_module(module)
    else:
        {"build": build, "install": install, "test": test}[command](*arguments)
