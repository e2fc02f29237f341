"""docs/results/rebuilt.md: what came of each package, and the counts."""

SAME = ["integrity", "tar", "files", "equivalent"]

HEAD = """# npm packages that are built again

What `headwater verify` made of real packages, each in a project of its own, with no line in `headwater.toml`.
[Packages that are built again](../explanation/rebuilds.md) explains the classes. `benches/rebuild` writes this page.
"""


def write(listed, rows, path):
    """The whole page."""
    parts = [HEAD]
    for group in dict.fromkeys(listed.values()):
        packages = [package for package, of in listed.items() if of == group and package in rows]
        parts.append(section(group, [rows[package] for package in packages]))
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(parts))


def section(group, rows):
    """One group: its counts, then its table."""
    count = lambda classes: sum(row["class"] in classes for row in rows)
    counts = f"{len(rows)} packages: {count(SAME)} the same, {count(SAME[:2])} of them exactly the file that is installed."
    head = "| package | class | files | tools | from | rule | what differs, or why not |\n|---|---|---|---|---|---|---|"
    escape = lambda text: text.replace("|", "\\|").replace("<", "\\<")
    lines = [
        "| " + " | ".join(escape(row[key]) for key in ("package", "class", "files", "tools", "from", "rule", "reason")) + " |"
        for row in rows
    ]
    return f"## {group}\n\n{counts}\n\n{head}\n" + "\n".join(lines) + "\n"
