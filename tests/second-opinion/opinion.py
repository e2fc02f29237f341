"""What both ecosystems have in common: the artifact, the commit, the tag, the hash of a checkout."""

import re

import archive
import checkout
import nar
import npm
import pypi
from artifacts import fits

# A lockfile that says everything wrong need not be listed to its end.
MOST = 10


def reasons(claim, repositories, artifacts):
    """Why a claim cannot be confirmed; empty where it is."""
    found = []
    try:
        for reason in _check(claim, repositories, artifacts):
            found.append(reason)
            if len(found) == MOST:
                break
    except Exception as error:  # whatever keeps it from an answer keeps the claim from being confirmed
        found.append(f"{type(error).__name__}: {error}")
    return found


def _check(claim, repositories, artifacts):
    ecosystem = {"npm": npm, "pypi": pypi}.get(claim.ecosystem)
    if ecosystem is None:
        yield f"{claim.ecosystem} is not known here"
        return
    data = artifacts.get(claim)
    if not fits(data, claim.artifact["integrity"]):
        yield f"the artifact's integrity is not {claim.artifact['integrity']}"
    repository = repositories.at(claim.source["repository"])
    if not re.fullmatch(r"[0-9a-f]{40}", claim.commit) or not repository.has(claim.commit):
        yield f"{claim.source['repository']} has no commit {claim.commit}"
        return
    if not repository.is_reachable(claim.commit):
        yield f"no branch or tag leads to {claim.commit}"
    tags = {claim.tag, *(fact["name"] for fact in claim.evidence("tag"))} - {None}
    reached = [fact["how"] for fact in claim.evidence("reachable")]
    tags |= {how["tag"] for how in reached if isinstance(how, dict) and "tag" in how}
    for tag in sorted(tags):
        if repository.tag(tag) != claim.commit:
            yield f"tag {tag} is {repository.tag(tag) or 'not there'}"
    contents = archive.read(data, "npm" if claim.ecosystem == "npm" else pypi.kind(claim))
    yield from ecosystem.check(claim, contents, repository, repository.tree(claim.commit))
    # The package's own folder has the name `nar` of npm, the checkout that of Python.
    key = "checkout" if claim.ecosystem == "npm" else "nar"
    if key in claim.pin:
        whole = checkout.checkout(repositories, repository, claim.commit, claim.pin.get("submodules", False))
        if nar.hashed(whole) != claim.pin[key]:
            yield "the hash of the commit's checkout is another"
