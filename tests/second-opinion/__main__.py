"""A second opinion on a `headwater.lock`: derives each claim of tier B again from the artifact and the repository, with
plain git and Python's own readers of archives. It shares no code with Headwater, and does not run it.

  python3 tests/second-opinion LOCKFILE...

Prints what cannot be confirmed, with the reasons; then the exit code is 1. git finds the repositories by their
addresses, so `url.<base>.insteadOf` may lead to local ones. Artifacts come from the registry that the lockfile names, or
from --registry: another registry, or a folder that is laid out like one. The wheel beside a source archive is not
checked: the lockfile does not pin it.
"""

import argparse
import os
import sys
import tempfile

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import claims
import opinion
from artifacts import Artifacts
from repositories import Repositories


def main():
    """Asks for all lockfiles."""
    parser = argparse.ArgumentParser(
        prog="second-opinion", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("lockfiles", nargs="+", metavar="LOCKFILE")
    parser.add_argument(
        "--registry", metavar="URL|FOLDER", help="where artifacts are, in the place of the lockfile's registry"
    )
    parser.add_argument(
        "--cache", metavar="FOLDER", help="keeps clones and downloads; absent, they are deleted at the end"
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        cache = given.cache or scratch
        repositories, artifacts = Repositories(cache), Artifacts(given.registry, given.cache)
        confirmed = refused = 0
        for lockfile in given.lockfiles:
            for claim in claims.read(lockfile):
                reasons = opinion.reasons(claim, repositories, artifacts)
                confirmed, refused = confirmed + (not reasons), refused + bool(reasons)
                for reason in reasons:
                    print(f"{lockfile}: {claim.purl}: {reason}", flush=True)
    print(f"{confirmed + refused} claims of tier B: {confirmed} confirmed, {refused} not")
    return 1 if refused else 0


sys.exit(main())
