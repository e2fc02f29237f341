# SPDX-License-Identifier: MIT OR Apache-2.0
"""
Checks that an environment has all that its packages ask for, in versions that
they take, as `pip check` does; and beyond that what they ask for with the
extras that the roots, or they themselves, want of each other.
"""

import os

import merge
from common import Failure, config, first, main
from requirement import extras_of, holds, name_of, unmet


def faults(packages, extras, overridden):
    """
    One sentence for each requirement that is not met. `packages` are pairs of
    names and fields of metadata, `extras` what is asked for from outside (a
    table of names); what `overridden` names need not be as packages want it.
    """
    metadata = dict(packages)
    have = {name: first(fields, "version") for name, fields in packages}
    # A package with an extra, or, with none, by itself.
    todo = [(name, "") for name in have] + [(name, extra) for name, list in sorted(extras.items()) for extra in list]
    seen, broken = set(), []
    while todo:
        name, extra = asked = todo.pop(0)
        if asked in seen or name not in metadata:
            continue
        seen.add(asked)
        for requirement in (value for field, value in metadata[name] if field == "requires-dist"):
            # What holds without the extra was looked at without it.
            if not holds(requirement, extra) or (extra and holds(requirement, "")):
                continue
            other = name_of(requirement)
            if other not in overridden:
                sentence = unmet(requirement, have, extra)
                broken += [f"{name}{f'[{extra}]' if extra else ''}: {sentence}"] if sentence else []
            todo += [(other, wanted) for wanted in extras_of(requirement)]
    return broken


def run():
    settings = config()
    packages = list(merge.installed(settings["environment"], settings["sitePackages"]))
    broken = faults(packages, settings["extras"], settings["overridden"])
    if broken:
        raise Failure("the environment is not consistent:\n  " + "\n  ".join(broken))
    with open(os.environ["out"], "w", encoding="utf-8") as file:
        file.write("".join(f"{name} {first(fields, 'version')}\n" for name, fields in packages))


if __name__ == "__main__":
    main(os.environ.get("title", "the environment"), run)
