"""Why a package failed, in one short sentence. A first proposal: results.tsv may be edited by hand."""

import re

# What is looked for in a log's end, the most telling first.
SIGNS = (
    (r"this machine has no \S+: apt-get install (.+)", "the machine lacks Debian's {0}"),
    (r"this machine has no (\S+?);? ", "the machine lacks {0}"),
    (r"Could not resolve host|Temporary failure in name resolution", "its build wants the network"),
    (r"headwater: (?:\S+ \d\S*: )?((?!.*failed \(above\)).+)", "{0}"),
    (r"fatal error: (\S+): No such file", "the header {0} is not there"),
    (r"cannot find -l([^\s:]+)", "the library {0} is not there"),
    (r"Dependency \"?(\S+?)\"? not found", "the library {0} is not there"),
    (r"ModuleNotFoundError: No module named '([^']+)'", "its build imports {0}, which it did not ask for"),
    (r"error\[E\d+\]: (.+)", "Rust: {0}"),
    (r"^error: (?!builder|build of|\d+ dependenc)(.+)", "{0}"),
    (r"^(\w*(?:Error|Exception): .+)", "{0}"),
)
FAILED = re.compile(r"builder for '/nix/store/\w+-(?:headwater-wheel-|headwater-)?(.+)\.drv' failed")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def end(log, lines=200):
    """The last lines of a log."""
    with open(log, encoding="utf-8", errors="replace") as file:
        return [COLOUR.sub("", line).strip() for line in file][-lines:]


def short(text):
    """One line that fits a table."""
    text = " ".join(text.split())
    return text if len(text) <= 160 else text[:159] + "…"


def build(log):
    """Of a failed build: the package that failed, and why."""
    lines = end(log)
    failed = next((found.group(1) for line in lines if (found := FAILED.search(line))), None)
    prefix = f"{failed}: " if failed else ""
    for sign, sentence in SIGNS:
        for at, line in reversed(list(enumerate(lines))):
            if found := re.search(sign, line):
                # What ends with a colon goes on.
                more = f" {lines[at + 1]}" if line.endswith(":") else ""
                return short(prefix + sentence.format(*found.groups()) + more)
    return short(prefix + (lines[-1] if lines else "no output"))


def slow(log, seconds):
    """Of a build that was stopped: what it was at."""
    at = [found.group(1) for line in end(log) if (found := re.match(r"building '/nix/store/\w+-(.+)\.drv'", line))]
    return short(f"not done after {seconds / 60:g} minutes" + (f", at {at[-1]}" if at else ""))


def conversion(said, stderr):
    """Of a failed conversion: its own error."""
    lines = stderr.strip().splitlines()
    problems = said.get("problems") or []
    if problems:
        first = problems[0]
        return short(f"{first.get('package') or first.get('file') or '?'}: {first['message']}")
    return short(str(said.get("error") or (lines[-1] if lines else "no output")))


def missing(found):
    """Of packages that a conversion could not make."""
    name, why = sorted(found.items())[0]
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return short(f"{name}: {why}{more}")
