"""applications.toml and applications-npm.toml: what is tried, and what "works" means."""

import os
import re
import tomllib
from dataclasses import dataclass, field

FILES = ("applications.toml", "applications-npm.toml")
MANAGERS = ("uv", "uv pip", "poetry", "pdm", "pipenv", "pip", "npm")
# The ecosystems, each with the fields that only it has.
OF_ONE = {
    "Python": {"pin", "package", "not_isolated", "prefer_wheels"},
    "npm": {"build", "environment", "policy", "policy_reason"},
}


class Wrong(Exception):
    """The list cannot be used; the text says why."""


@dataclass(frozen=True)
class Check:
    """A command and what it prints, or a server and what it answers."""

    command: str
    expected: re.Pattern
    # None for a command; else the path that is asked for.
    path: str | None = None
    # Headers of a POST; None for a GET.
    post: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Application:
    """One application; the fields are those that the two files describe."""

    name: str
    repository: str
    commit: str
    lockfile: str
    manager: str
    folder: str = "."
    pin: str | None = None
    package: bool = False
    not_isolated: bool = False
    prefer_wheels: tuple[str, ...] = ()
    build: str | None = None
    environment: dict[str, str] = field(default_factory=dict)
    policy: str | None = None
    policy_reason: str | None = None
    git: tuple[str, ...] = ()
    works: tuple[Check, ...] = field(default=())
    tests: str | None = None
    not_tried: str | None = None

    @property
    def ecosystem(self):
        """Whose table it is in."""
        return "npm" if self.manager == "npm" else "Python"

    @property
    def kind(self):
        """The lockfile's name, and that of a requirements file's maker where it is ours."""
        return os.path.basename(self.lockfile) + (" (made for this)" if self.pin else "")


def check(table):
    """One entry of `works`."""
    known = {"run", "prints"} if "run" in table else {"serve", "path", "post", "answers"}
    if unknown := set(table) - known:
        raise Wrong(f"unknown: {', '.join(sorted(unknown))}")
    if "run" in table:
        return Check(table["run"], re.compile(table["prints"], re.MULTILINE))
    post = tuple(table["post"]) if "post" in table else None
    return Check(table["serve"], re.compile(table["answers"], re.MULTILINE), table.get("path", "/"), post)


def application(table):
    """One entry of the file."""
    fields = {key.replace("-", "_"): tuple(value) if isinstance(value, list) else value for key, value in table.items()}
    if unknown := set(fields) - set(Application.__dataclass_fields__):
        raise Wrong(f"unknown: {', '.join(sorted(unknown))}")
    fields["works"] = tuple(map(check, table.get("works", [])))
    made = Application(**fields)
    if made.manager not in MANAGERS:
        raise Wrong(f"manager {made.manager} is none of {', '.join(MANAGERS)}")
    others = set().union(*(names for ecosystem, names in OF_ONE.items() if ecosystem != made.ecosystem))
    if foreign := others & set(fields):
        raise Wrong(f"not for {made.manager}: {', '.join(sorted(foreign))}")
    if (made.policy is None) != (made.policy_reason is None):
        raise Wrong("`policy` and `policy-reason` go together")
    if not re.fullmatch(r"[0-9a-f]{40}", made.commit):
        raise Wrong(f"commit {made.commit} has not 40 digits")
    if bool(made.works) == bool(made.not_tried):
        raise Wrong("either `works` says how it is tried, or `not-tried` why not")
    return made


def read(text):
    """The applications by name, in the file's order."""
    found = {}
    for table in tomllib.loads(text)["application"]:
        name = table.get("name", "?")
        if name in found:
            raise Wrong(f"{name}: twice")
        try:
            found[name] = application(table)
        except (Wrong, KeyError, TypeError, re.error) as error:
            raise Wrong(f"{name}: {error}") from error
    return found


def all_of_them():
    """What the files have."""
    texts = []
    for name in FILES:
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name), encoding="utf-8") as file:
            texts.append(file.read())
    return read("\n".join(texts))
