"""
Checks that an environment has all that its packages ask for, in versions that
they take, as `pip check` does; extras are asked for by nobody here.
"""

import os

import merge
from common import Failure, config, first, main
from requirement import unmet


def run():
    settings = config()
    packages = list(merge.installed(settings["environment"], settings["sitePackages"]))
    have = {name: first(fields, "version") for name, fields in packages}
    broken = []
    for name, fields in packages:
        for field, value in fields:
            sentence = unmet(value, have) if field == "requires-dist" else None
            if sentence:
                broken.append(f"{name}: {sentence}")
    if broken:
        raise Failure("the environment is not consistent:\n  " + "\n  ".join(broken))
    with open(os.environ["out"], "w", encoding="utf-8") as file:
        file.write("".join(f"{name} {version}\n" for name, version in sorted(have.items())))


if __name__ == "__main__":
    main(os.environ.get("title", "the environment"), run)
