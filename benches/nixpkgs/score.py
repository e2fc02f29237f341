#!/usr/bin/env python3
"""Compares what `headwater package` writes with what nixpkgs has, field by field.

    score.py TABLE ANSWERS [HEADWATER]

TABLE is tab-separated with a header: attr, version, owner, repo, ref_kind (tag or rev), ref, src_hash, npmDepsHash, license,
mainProgram, homepage, description, other (`sourceRoot=DIR` names the folder); more columns are ignored. Rows that are
no tag of GitHub are passed over. ANSWERS keeps one JSON line for each row: what is there is not asked again, so that
a run that was stopped goes on. Lines of rows that a host kept from being answered are asked again.
"""
import csv
import json
import re
import subprocess
import sys
from pathlib import Path

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


def asked(row):
    folder = re.search(r"sourceRoot=(\S+)", row["other"] or "")
    url = f"https://github.com/{row['owner']}/{row['repo']}"
    return f"{url}/tree/HEAD/{folder[1]}#{row['ref']}" if folder else f"{url}#{row['ref']}"


def answer(row, headwater):
    command = [headwater, "package", asked(row), "--print", "--json", "--name", row["attr"]]
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


def main():
    table, answers = Path(sys.argv[1]), Path(sys.argv[2])
    headwater = sys.argv[3] if len(sys.argv) > 3 else "headwater"
    known = {}
    if answers.exists():
        lines = (json.loads(line) for line in answers.read_text().splitlines())
        known = {line["attr"]: line for line in lines}
    rows = [row for row in csv.DictReader(table.open(), delimiter="\t") if is_tag(row)]
    right, all_, failed = {}, {}, []
    for row in rows:
        said = known.get(row["attr"])
        if said is None or said["code"] == 3 and "text" not in said:
            said = answer(row, headwater)
            with answers.open("a") as out:
                out.write(json.dumps(said) + "\n")
        if "text" not in said:
            failed.append((row["attr"], said.get("error") or str(said.get("problems"))))
            continue
        for field, wanted, found in compared(row, said):
            all_[field] = all_.get(field, 0) + 1
            right[field] = right.get(field, 0) + (wanted == found)
            if wanted != found:
                print(f"{row['attr']}\t{field}\tnixpkgs: {wanted}\theadwater: {found}")
    for attr, why in failed:
        print(f"{attr}\tno answer: {' '.join(why.split())[:160]}")
    for field in FIELDS:
        print(f"{field}: {right.get(field, 0)} of {all_.get(field, 0)} equal")


if __name__ == "__main__":
    main()
