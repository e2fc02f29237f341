# SPDX-License-Identifier: MIT OR Apache-2.0
"""
Requirements, as far as a build needs them: is what a backend asks for there?

Names, specifiers (PEP 440) and markers (PEP 508). The same rules in Nix are
pep440.nix and pep508.nix; here the question is asked of a running interpreter.
"""

import os
import platform
import re
import sys

from common import normalize

VERSION = re.compile(
    r"v?(?:(\d+)!)?(\d+(?:\.\d+)*)"
    r"(?:[-_.]?(a|b|c|rc|alpha|beta|pre|preview)[-_.]?(\d*))?"
    r"(?:-(\d+)|[-_.]?(post|rev|r)[-_.]?(\d*))?"
    r"(?:[-_.]?(dev)[-_.]?(\d*))?"
    r"(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?",
    re.I,
)
PRE = {"a": "a", "alpha": "a", "b": "b", "beta": "b", "c": "rc", "rc": "rc", "pre": "rc", "preview": "rc"}


class Version:
    """A version of PEP 440, and the keys by which two are compared."""

    def __init__(self, text):
        found = VERSION.fullmatch(text.strip())
        if not found:
            raise ValueError(f"{text} is not a version")
        self.epoch = int(found[1] or 0)
        self.release = tuple(int(part) for part in found[2].split("."))
        self.pre = (PRE[found[3].lower()], int(found[4] or 0)) if found[3] else None
        self.post = int(found[5] or found[7] or 0) if found[5] or found[6] else None
        self.dev = int(found[9] or 0) if found[8] else None
        self.local = tuple(re.split(r"[-_.]", found[10].lower())) if found[10] else ()

    def public(self):
        """The key without the local part."""
        release = self.release
        while len(release) > 1 and release[-1] == 0:
            release = release[:-1]
        if self.pre:
            pre = self.pre
        else:
            pre = ("",) if self.dev is not None and self.post is None else ("z",)
        return (self.epoch, release, pre, -1 if self.post is None else self.post, float("inf") if self.dev is None else self.dev)

    def is_pre(self):
        """Whether it is a pre-release or a development release."""
        return self.pre is not None or self.dev is not None

    def base(self):
        """The epoch and the release, zeros at the end left out."""
        return self.public()[:2]

    def key(self):
        """The key of the whole version."""
        return (*self.public(), tuple((1, int(part), "") if part.isdigit() else (0, 0, part) for part in self.local))


def same(one, other):
    """Whether two versions' texts mean one version."""
    try:
        return Version(one).key() == Version(other).key()
    except ValueError:
        return one == other


def prefixed(version, release, epoch):
    """Whether a version's release begins so (`==1.2.*`)."""
    padded = version.release + (0,) * (len(release) - len(version.release))
    return version.epoch == epoch and padded[: len(release)] == release


def allows(specifier, version):
    """Whether one clause such as `>=1.2` allows a version; pre-releases are not refused."""
    operator, wanted = re.fullmatch(r"\s*(===|~=|==|!=|<=|>=|<|>)\s*(.*?)\s*", specifier, re.S).groups()
    if operator == "===":
        return version.lower() == wanted.lower()
    have = Version(version)
    if wanted.endswith(".*"):
        want = Version(wanted[:-2])
        return prefixed(have, want.release, want.epoch) == (operator == "==")
    want = Version(wanted)
    if operator == "~=":
        return have.public() >= want.public() and prefixed(have, want.release[:-1], want.epoch)
    if operator in ("==", "!="):
        equal = have.key() == want.key() if want.local else have.public() == want.public()
        return equal == (operator == "==")
    if operator == "<=":
        return have.public() <= want.public()
    if operator == ">=":
        return have.public() >= want.public()
    # A strict bound takes neither its own pre-releases nor its own post-releases.
    if operator == "<":
        if not want.is_pre():
            want.dev = 0
        return have.key() < want.key()
    own = want.post is None and want.dev is None and have.base() == want.base() and have.pre == want.pre
    return have.public() > want.public() and not own


def satisfies(specifier, version):
    """Whether a version is in all clauses of a specifier; what is not understood does not refuse it."""
    try:
        return all(allows(clause, version) for clause in specifier.split(",") if clause.strip())
    except (ValueError, AttributeError):
        return True


def lower_bounds(specifier):
    """Of a specifier the clauses that ask for a version or a newer one, each as `>=` or `>`."""
    kept = []
    for clause in specifier.split(","):
        found = re.fullmatch(r"\s*(===?|~=|>=|>)\s*(.*?)(\.\*)?\s*", clause, re.S)
        if found:
            kept.append((found[1] if found[1] == ">" else ">=") + found[2])
    return ",".join(kept)


VARIABLES = {
    "os_name": lambda: os.name,
    "sys_platform": lambda: sys.platform,
    "platform_machine": platform.machine,
    "platform_python_implementation": platform.python_implementation,
    "platform_release": platform.release,
    "platform_system": platform.system,
    "platform_version": platform.version,
    "python_version": lambda: ".".join(platform.python_version_tuple()[:2]),
    "python_full_version": platform.python_version,
    "implementation_name": lambda: sys.implementation.name,
    "implementation_version": platform.python_version,
}
VERSIONS = ("python_version", "python_full_version", "implementation_version", "platform_release")
TOKEN = re.compile(r"""\s*(?:(\()|(\))|('[^']*'|"[^"]*")|(===|~=|==|!=|<=|>=|<|>)|([A-Za-z_][A-Za-z0-9_.]*))""")


def marker_holds(text, extra=""):
    """Whether a marker holds for the interpreter that runs this; ValueError if it does not parse."""
    tokens, at = [], 0
    text = text.strip()
    while at < len(text):
        found = TOKEN.match(text, at)
        if not found:
            raise ValueError(f"the marker {text} does not parse")
        tokens.append(found.group().strip())
        at = found.end()
    tokens.append("")

    def take():
        # The end stays.
        return tokens.pop(0) if tokens[1:] else tokens[0]

    def disjunction():
        value = conjunction()
        while tokens[0] == "or":
            take()
            value = conjunction() or value
        return value

    def conjunction():
        value = atom()
        while tokens[0] == "and":
            take()
            value = atom() and value
        return value

    def atom():
        if tokens[0] == "(":
            take()
            value = disjunction()
            if take() != ")":
                raise ValueError(f"the marker {text} does not parse")
            return value
        left, operator, right = take(), take(), None
        if operator == "not":
            operator += " " + take()
        right = take()
        return compare(left, operator, right)

    def value_of(token):
        if token[:1] in ("'", '"'):
            return token[1:-1]
        if token == "extra":
            return extra
        if token.replace(".", "_") in VARIABLES:
            return VARIABLES[token.replace(".", "_")]()
        raise ValueError(f"the marker {text} has {token or 'an end'} where a value should be")

    def compare(left, operator, right):
        one, other = value_of(left), value_of(right)
        if "extra" in (left, right):
            one, other = normalize(one), normalize(other)
        if operator == "in":
            return one in other
        if operator == "not in":
            return one not in other
        if left in VERSIONS or right in VERSIONS:
            try:
                return allows(operator + other, one)
            except (ValueError, AttributeError):
                pass
        answers = {"==": one == other, "!=": one != other, "===": one == other}
        # Texts have no order: of two that differ none comes first.
        answers |= {"<": False, ">": False, "<=": one == other, ">=": one == other}
        if operator not in answers:
            raise ValueError(f"the marker {text} has {operator or 'an end'} where an operator should be")
        return answers[operator]

    value = disjunction()
    if tokens[0]:
        raise ValueError(f"the marker {text} does not parse")
    return value


REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^\]]*)\])?\s*(.*)", re.S)


def name_of(requirement):
    """The normalized name of the project that a requirement asks for."""
    found = REQUIREMENT.fullmatch(requirement)
    return normalize(found[1]) if found else requirement


def parts(requirement):
    """Its clauses and its marker; None for what is not a requirement. A URL promises no version."""
    found = REQUIREMENT.fullmatch(requirement)
    if not found:
        return None
    rest = found[3]
    if rest.startswith("@"):
        # White space ends a URL.
        _, _, marker = rest[1:].strip().partition(" ")
        return "", marker.strip().lstrip(";").strip()
    clauses, _, marker = rest.partition(";")
    return clauses.strip().strip("()"), marker.strip()


def extras_of(requirement):
    """The normalized extras that a requirement asks for."""
    found = REQUIREMENT.fullmatch(requirement)
    return [normalize(extra.strip()) for extra in (found[2] or "").split(",") if extra.strip()] if found else []


def holds(requirement, extra=""):
    """Whether its marker holds, for a package that is wanted with an extra; one that is not understood does."""
    found = parts(requirement)
    try:
        return not found or not found[1] or marker_holds(found[1], extra)
    except ValueError:
        return True


def unmet(requirement, have, extra=""):
    """
    What is missing for a requirement among the versions that are there (a
    table of normalized names): None, or a sentence.
    """
    found = parts(requirement)
    if not found:
        return f"{requirement} is not a requirement of PEP 508"
    name, (clauses, marker) = name_of(requirement), found
    try:
        if marker and not marker_holds(marker, extra):
            return None
        if name not in have:
            return f"{requirement.strip()} is not there"
        for clause in clauses.split(","):
            if clause.strip() and not allows(clause, have[name]):
                return f"{requirement.strip()} is asked for, {name} {have[name]} is there"
    except (ValueError, AttributeError):
        # Not understood is no proof that it is missing: the backend decides.
        return None if name in have else f"{requirement.strip()} is not there"
    return None
