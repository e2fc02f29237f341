#!/usr/bin/env python3
"""Compares what `headwater package` writes with what nixpkgs has, field by field.

    score.py TABLE ANSWERS [HEADWATER]

TABLE is tab-separated with a header: attr, version, owner, repo, ref_kind (tag or rev), ref, src_hash, npmDepsHash, license,
mainProgram, homepage, description, other (`sourceRoot=DIR` names the folder); more columns are ignored. Rows that are
no tag of GitHub are passed over. ANSWERS keeps one JSON line for each row: what is there is not asked again, so that
a run that was stopped goes on. Lines of rows that a host kept from being answered are asked again.
"""
import json
import re
import subprocess

from scoring import score, tag_url

FIELDS = {
    "src_hash": r"\n    hash = \"(sha256-[^\"]+)\"",
    "npmDepsHash": r"npmDepsHash = \"?([^\";]+)\"?;",
    "license": r"license = (?:with )?lib\.licenses[.;] ?([^;]+);",
    "mainProgram": r'mainProgram = "([^"]+)"',
    "homepage": r'homepage = "([^"]+)"',
    "description": r'description = "((?:[^"\\]|\\.)+)"',
}


def is_tag(row):
    return row["ref_kind"] in ("tag", "rev") and not re.fullmatch(r"[0-9a-f]{40}", row["ref"])


def answer(row, headwater):
    command = [headwater, "package", tag_url(row, "repo"), "--print", "--json", "--name", row["attr"]]
    run = subprocess.run(command, capture_output=True, text=True, timeout=1800)
    said = json.loads(run.stdout) if run.stdout else {"error": run.stderr[-400:]}
    return {"attr": row["attr"], "code": run.returncode, **said}


def compared(row, said):
    for field, pattern in FIELDS.items():
        wanted = row[field] or ""
        if wanted in ("", "?") or wanted.startswith("("):
            continue
        found = re.search(pattern, said.get("text", ""))
        yield field, wanted, found[1] if found else ""


if __name__ == "__main__":
    score(FIELDS, is_tag, answer, compared)
