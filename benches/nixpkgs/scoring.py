"""What both comparisons with nixpkgs do: ask once for each row, keep the answers, and count what is equal."""
import csv
import json
import re
import sys
from pathlib import Path


def folder_of(row):
    """The folder of the repository that the row's package lies in; None for its root."""
    found = re.search(r"sourceRoot=(\S+)", row["other"] or "")
    return found and found[1]


def tag_url(row, repository):
    """The tag of a repository of GitHub, as `headwater package` takes it."""
    url = f"https://github.com/{row['owner']}/{row[repository]}"
    folder = folder_of(row)
    return f"{url}/tree/HEAD/{folder}#{row['ref']}" if folder else f"{url}#{row['ref']}"


def shown(value):
    return " ".join(sorted(value)) if isinstance(value, set) else value


def score(fields, is_wanted, answer, compared):
    """Asks (`answer(row, headwater)`) for the rows of the table that are wanted, compares (`compared(row, answer)` gives
    field, wanted and found), and prints every difference and the sums. Answers that a host kept away are asked again."""
    table, answers = Path(sys.argv[1]), Path(sys.argv[2])
    headwater = sys.argv[3] if len(sys.argv) > 3 else "headwater"
    known = {}
    if answers.exists():
        known = {line["attr"]: line for line in map(json.loads, answers.read_text().splitlines())}
    right, counted, failed = {}, {}, []
    for row in filter(is_wanted, csv.DictReader(table.open(), delimiter="\t")):
        said = known.get(row["attr"])
        if said is None or said["code"] == 3 and "text" not in said:
            said = answer(row, headwater)
            with answers.open("a") as out:
                out.write(json.dumps(said) + "\n")
        if "text" not in said:
            failed.append((row["attr"], said.get("error") or str(said.get("problems"))))
            continue
        for field, wanted, found in compared(row, said):
            counted[field] = counted.get(field, 0) + 1
            right[field] = right.get(field, 0) + (wanted == found)
            if wanted != found:
                print(f"{row['attr']}\t{field}\tnixpkgs: {shown(wanted)}\theadwater: {shown(found)}")
    for attr, why in failed:
        print(f"{attr}\tno answer: {' '.join(why.split())[:200]}")
    for field in fields:
        print(f"{field}: {right.get(field, 0)} of {counted.get(field, 0)} equal")
