"""Python files that hold data alone, by Python's own parser: what a tool writes into a source archive at release."""

import ast
import re

WORDS = set(
    "all base branch build checking commit date describe dev dirty distance full git hash hg id info is json last local "
    "long major micro minor node number patch post pre py rc release released revision scm serial sha short string tag "
    "tuple type vcs version".split()
)
# Names that mean something to Python itself.
MEANT = "__path__ __class__ __loader__ __spec__ __builtins__ __file__ __getattr__ __dir__".split()
# Arguments of setup() that do more than describe.
DOING = (
    "cmdclass distclass ext_modules ext_package setup_requires script_name script_args options command_options "
    "command_packages dependency_links libraries use_2to3"
).split()
DATA = (
    ast.Constant, ast.Tuple, ast.List, ast.Set, ast.Dict, ast.Name, ast.Load, ast.Subscript, ast.Slice, ast.UnaryOp,
    ast.USub, ast.BinOp, ast.BitOr,
)  # fmt: skip


def is_version_module(text, version):
    """Whether a module does nothing but say versions, and this one where it says `__version__`."""
    return _does_nothing(text, lambda name: set(name.lower().split("_")) - {""} <= WORDS) and _says(text, version)


def is_version_text(text, version):
    """Whether a text is a few words, of which one is the version."""
    words = text.split()
    plain = all(re.fullmatch(r"[\w.+:/'\"=-]+", word, re.ASCII) for word in words)
    return len(text) < 200 and plain and any(same_version(word.strip("'\""), version) for word in words)


def is_setup_of_literals(text, modules):
    """Whether setup.py is what Poetry, Flit and PDM write for old tools: literals, and a call with them."""
    tree = _parsed(text)
    calls = [one for one in tree.body if _is_call(one)] if tree else []
    return bool(calls) and all(
        _is_known(one) or _is_call(one) or _is_build(one, modules) or _assigns(one, _any) for one in tree.body
    )


def same_version(left, right):
    """Whether two versions mean the same (PEP 440)."""
    return left == right or None is not _version(left) == _version(right)


def _any(_name):
    return True


def _parsed(text):
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _does_nothing(text, may):
    tree = _parsed(text)
    return tree is not None and all(_is_known(one) or _assigns(one, may) for one in tree.body)


def _says(text, version):
    said = re.search(
        r"^\s*(?:__version__|version|VERSION)\s*(?::\s*\w+\s*)?=\s*['\"]([^'\"\n]+)['\"]", text, re.MULTILINE
    )
    return said is None or same_version(said[1], version)


def _is_known(node):
    """Statements that are no assignments, and do nothing."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Import):
        return all(one.name in ("json", "sys") and not one.asname for one in node.names)
    if isinstance(node, ast.ImportFrom):
        return node.module in ("__future__", "typing") or ast.unparse(node) in (
            "from setuptools import setup",
            "from distutils.core import setup",
        )
    if isinstance(node, ast.If):
        rest = [*node.body, *node.orelse]
        return ast.unparse(node.test) == "TYPE_CHECKING" and all(_is_known(one) or _assigns(one, _any) for one in rest)
    return ast.unparse(node) == "def get_versions():\n    return json.loads(version_json)"


def _assigns(node, may):
    if isinstance(node, ast.AnnAssign):
        targets, values = [node.target], [node.annotation, node.value]
    elif isinstance(node, ast.Assign):
        targets, values = node.targets, [node.value]
    else:
        return False
    # What only types are called is no version's name: VERSION_TUPLE = Tuple[Union[int, str], ...]
    named = all(isinstance(one, ast.Name) and may(one.id) and one.id not in MEANT for one in targets)
    typing = ast.unparse(node) == "TYPE_CHECKING = False"
    return typing or named and all(value is None or _is_data(value) for value in values)


def _is_data(node):
    return all(isinstance(one, DATA) for one in ast.walk(node)) and not any(
        isinstance(one, ast.Constant) and one.value in DOING
        for one in ast.walk(node)
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    )


def _is_call(node):
    """`setup(**setup_kwargs)`, or `setup` with data."""
    if not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)):
        return False
    call = node.value
    whole = [(one.arg, ast.unparse(one.value)) for one in call.keywords] == [(None, "setup_kwargs")]
    plain = all(one.arg and one.arg not in DOING and _is_data(one.value) for one in call.keywords)
    return ast.unparse(call.func) == "setup" and not call.args and (whole or plain)


def _is_build(node, modules):
    """Poetry's own build script, which the archive holds."""
    if isinstance(node, ast.ImportFrom):
        return [one.name for one in node.names] == ["*"] and f"{node.module}.py" in modules
    return ast.unparse(node) == "build(setup_kwargs)"


def _version(text):
    found = re.fullmatch(
        r"v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(a|b|c|rc|alpha|beta|pre|preview)[-_.]?(\d*))?"
        r"(?:(-\d+)|[-_.]?(?:post|rev|r)[-_.]?(\d*))?(?:[-_.]?(dev)[-_.]?(\d*))?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?",
        text.strip().lower(),
    )
    if not found:
        return None
    epoch, release, pre, pre_number, minus, post, dev, dev_number, local = found.groups()
    release = re.sub(r"(\.0)+$", "", ".".join(str(int(part)) for part in release.split(".")))
    pre = {"alpha": "a", "beta": "b", "c": "rc", "pre": "rc", "preview": "rc"}.get(pre, pre)
    posts = None if minus is None and post is None else int((minus or post or "0").lstrip("-") or 0)
    local = re.split(r"[-_.]", local) if local else None
    return int(epoch or 0), release, pre, int(pre_number or 0), posts, dev, int(dev_number or 0), local
