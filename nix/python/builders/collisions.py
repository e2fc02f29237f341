# SPDX-License-Identifier: MIT OR Apache-2.0
"""
Files that two wheels of one environment both have: which are no matter, as
Python neither imports nor runs them, and which are a conflict.
"""

import ast
import filecmp
import fnmatch
import os
import re
import sys

from common import Failure

# Documents that packages lay where they do not belong (`LICENSE.txt`, `README-de.md`), in lower case.
DOCUMENT = re.compile(
    r"((un)?licen[cs]es?|copying|copyright|notices?|authors|contributors|contributing|thanks|credits|readme"
    r"|changes|changelog|history|news|release[-_]?notes|todo|security|code[-_]of[-_]conduct)([-_.].*)?",
)
# What a project has beside its package, and nobody means to install. `tests.py` is a module like others.
BESIDE = {"test", "tests", "example", "examples", "doc", "docs", "benchmark", "benchmarks"}
# What begins a name of data at the top of the environment that no program reads to work.
DATA = ("share/doc/", "share/man/", "share/info/", "share/licenses/", "man/", "doc/", "docs/", "examples/")
# What Python itself imports or reads, by its end.
CODE = (".py", ".pyc", ".so", ".pyd", ".pth")


class Collisions:
    """Judges what two wheels both have, and says once for each two of them what counted."""

    def __init__(self, site_packages, allowed):
        self.site_packages = site_packages
        self.allowed = allowed
        self.said = set()

    def is_allowed(self, path):
        """Whether a setting of the user's names a path."""
        return any(fnmatch.fnmatch(path, pattern) for pattern in self.allowed)

    def check(self, path, one, other):
        """
        Two wheels, each a title and a folder, have one path, not both as
        folders: a Failure, or the first counts.
        """
        # Compiled from one source, they differ in where they are.
        if path.endswith(".pyc") or self.is_allowed(path):
            return
        files = [os.path.join(root, path) for _, root in (one, other)]
        if all(os.path.isfile(file) for file in files) and (filecmp.cmp(*files, shallow=False) or both_namespaces(*files)):
            return
        idle = self.idle(path)
        if idle is None:
            raise Failure(f"{one[0]} and {other[0]} both have {path}, and not the same{self.remedy(path)}")
        what = (idle, one[0], other[0])
        if what not in self.said:
            self.said.add(what)
            print(f"headwater: {one[0]} and {other[0]} both have {idle}: that of {one[0]} counts", file=sys.stderr)

    def check_program(self, name, owner, title):
        """Two wheels, by their titles, have one program: a Failure, or the first counts."""
        if not self.is_allowed(f"bin/{name}"):
            raise Failure(f"{owner} and {title} both have the program {name}{self.remedy(f'bin/{name}')}")

    def idle(self, path):
        """
        Of a path that Python neither imports nor runs, the part to name; None
        for any other.
        """
        inner = path.removeprefix(self.site_packages + "/")
        top, _, rest = inner.partition("/")
        if inner == path:
            return path if path.startswith(DATA) or is_document(top, rest) else None
        if top in BESIDE:
            return f"{self.site_packages}/{top}"
        if is_document(top, rest) or inner.endswith(".pyi") or os.path.basename(inner) == "py.typed":
            return path
        return None

    def remedy(self, path):
        """The setting by which the first of two counts."""
        pattern = re.sub(r"^lib/python3\.\d+/", "lib/python3.*/", path)
        return f'; if the first will do, say so in headwater.toml: [python] collisions = ["{pattern}"]'


def is_document(name, rest):
    """
    Whether a name at the top is a document's, and no module's; `rest` is the
    path in it. A folder of such a name could be a package, except of licences.
    """
    if rest and not name.lower().startswith(("licens", "licenc")):
        return False
    return bool(DOCUMENT.fullmatch(name.lower())) and not (rest or name).endswith(CODE)


def both_namespaces(*files):
    """Whether each is the `__init__.py` of a namespace package and nothing else."""
    return all(os.path.basename(file) == "__init__.py" and is_namespace(file) for file in files)


def is_namespace(file):
    """
    Whether an `__init__.py` does no more than declare a namespace package, as
    pkgutil or pkg_resources does it, or nothing at all: one is as good as the
    other where all parts lie in one folder.
    """
    try:
        with open(file, encoding="utf-8") as source:
            tree = ast.parse(source.read())
    except (SyntaxError, ValueError):
        return False
    return all(declares(statement) for statement in tree.body)


NAMES = {"__path__", "__name__", "__import__", "pkgutil", "pkg_resources", "extend_path", "declare_namespace"}


def declares(statement):
    """Whether a statement is part of such a declaration, or a comment."""
    if isinstance(statement, ast.Try):
        handlers = [one for handler in statement.handlers for one in handler.body]
        return all(declares(one) for one in statement.body + handlers + statement.orelse + statement.finalbody)
    if isinstance(statement, (ast.Pass, ast.Import, ast.ImportFrom)):
        names = {alias.name for alias in getattr(statement, "names", [])} | {getattr(statement, "module", None) or "pkgutil"}
        return isinstance(statement, ast.Pass) or names <= NAMES
    if isinstance(statement, ast.Assign) and [ast.unparse(target) for target in statement.targets] != ["__path__"]:
        return False
    if not isinstance(statement, (ast.Assign, ast.Expr)):
        return False
    if isinstance(statement.value, ast.Constant):
        return isinstance(statement, ast.Expr)
    # A call of the two functions, over nothing but what they take.
    used = {node.id for node in ast.walk(statement.value) if isinstance(node, ast.Name)}
    used |= {node.attr for node in ast.walk(statement.value) if isinstance(node, ast.Attribute)}
    return isinstance(statement.value, ast.Call) and used <= NAMES and bool(used & {"extend_path", "declare_namespace"})
