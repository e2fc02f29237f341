# SPDX-License-Identifier: MIT OR Apache-2.0
"""
Writes TOML (https://toml.io/en/v1.0.0), which Python's own library only reads:
what tomllib makes of the text is the value again.
"""

import datetime
import json
import math
import re

BARE = re.compile(r"[A-Za-z0-9_-]+")


def dumps(table):
    """The text of a document: of values as tomllib has them."""
    lines = []
    write(table, (), lines)
    return "".join(f"{line}\n" for line in lines).lstrip("\n")


def write(table, path, lines):
    """Adds one table: its own values, then the tables in it, which a header begins."""
    inner = {name: value for name, value in table.items() if is_tables(value)}
    lines += [f"{key(name)} = {inline(value)}" for name, value in table.items() if name not in inner]
    for name, value in inner.items():
        below = (*path, name)
        dotted = ".".join(map(key, below))
        if isinstance(value, dict):
            # The headers of what is in it say that it is there.
            if not value or not all(map(is_tables, value.values())):
                lines += ["", f"[{dotted}]"]
            write(value, below, lines)
        else:
            for one in value:
                lines += ["", f"[[{dotted}]]"]
                write(one, below, lines)


def is_tables(value):
    """Whether headers begin it: a table, or a list of nothing but tables."""
    if isinstance(value, dict):
        return True
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def key(name):
    return name if BARE.fullmatch(name) else text(name)


def text(value):
    """A basic string: JSON's, but for DEL, which TOML does not take as it is."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def inline(value):
    """A value on one line."""
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return text(value)
        case int():
            return str(value)
        case float() if math.isnan(value):
            return "nan"
        case float():
            return repr(value)
        case datetime.datetime() | datetime.date() | datetime.time():
            return value.isoformat()
        case list():
            return "[" + ", ".join(map(inline, value)) + "]"
        case dict():
            return "{" + ", ".join(f"{key(name)} = {inline(one)}" for name, one in value.items()) + "}"
    raise TypeError(f"TOML has no {type(value).__name__}")
