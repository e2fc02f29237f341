#!/usr/bin/env python3
"""Compares the Python packages that `headwater package` writes with what nixpkgs has, field by field.

    score_python.py TABLE ANSWERS [HEADWATER]

TABLE is tab-separated with a header: attr, pname, version, fetcher, owner, repo_or_pypi_name, ref_kind, ref, hash,
build_system, dependencies, license, description, pythonImportsCheck, other; more columns are ignored. ANSWERS keeps one
JSON line for each row: what is there is not asked again. A row is asked for by its release in the index, and where the
index does not have it, by its tag.
"""
import json
import re
import subprocess

from scoring import score, tag_url

LISTS = {"build_system": "build-system", "dependencies": "dependencies", "pythonImportsCheck": "pythonImportsCheck"}
TEXTS = {
    "hash": r"\n    hash = \"(sha256-[^\"]+)\"",
    "license": r"license = (?:with )?lib\.licenses[.;] ?([^;]+);",
    "description": r'description = "((?:[^"\\]|\\.)+)"',
}


def binding(text, name):
    """The names in a list, with those of what is added to it."""
    found = re.search(rf"\n  {name} =(.*?);\n(?=\n|  [a-z#}}])", text, re.S)
    if not found:
        return set()
    value = re.sub(r"#.*", "", found[1])
    words = re.findall(r'"([^"]+)"|([A-Za-z_][\w.\'-]*)', re.sub(r"lib\.optionals \([^)]*\)|lib\.optionals \S+", "", value))
    names = {plain or quoted for quoted, plain in words}
    return {name.removeprefix("python3Packages.") for name in names if "optional-dependencies" not in name}


def wanted_list(text):
    """The same of the table: what is in brackets and behind ++ is told apart there."""
    text = re.sub(r"\([^)]*\)", "", text or "")
    return {word for word in text.split() if not word.startswith("++") and word != "..."}


def asks(row):
    yield f"pkg:pypi/{row['pname']}@{row['version']}"
    if row["fetcher"] == "fetchFromGitHub":
        yield tag_url(row, "repo_or_pypi_name")


def answer(row, headwater):
    said = {}
    for asked in asks(row):
        command = [headwater, "package", asked, "--as", "library", "--print", "--json", "--name", row["attr"].replace("_", "-")]
        run = subprocess.run(command, capture_output=True, text=True, timeout=900)
        said = {"attr": row["attr"], "asked": asked, "code": run.returncode}
        said |= json.loads(run.stdout) if run.stdout else {"error": run.stderr[-400:]}
        if "text" in said:
            return said
    return said


def compared(row, said):
    text = said.get("text", "")
    is_same_source = ("fetchPypi {" in text) == (row["fetcher"] == "fetchPypi")
    for field, pattern in TEXTS.items():
        wanted = row[field] or ""
        if wanted in ("", "?") or wanted.startswith("(") or field == "hash" and not is_same_source:
            continue
        found = re.search(pattern, text)
        found = found[1] if found else ""
        if field == "license":
            found, wanted = set(re.findall(r"[\w-]+", found)), set(wanted.split())
        yield field, wanted, found
    for field, name in LISTS.items():
        if (row[field] or "") in ("?",) or field != "dependencies" and not row[field]:
            continue
        wanted = wanted_list(row[field]) if not row[field].startswith("(") else None
        if wanted is not None:
            yield field, wanted, binding(text, name)


if __name__ == "__main__":
    score([*TEXTS, *LISTS], lambda _: True, answer, compared)
