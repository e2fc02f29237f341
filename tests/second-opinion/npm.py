"""npm: every file of the tarball is the commit's, and package.json is but for what releasing changes."""

import fnmatch
import json
import os
import posixpath
import re
import tempfile

import names
import nar
from repositories import git

# Folders whose packages are samples, or somebody else's.
ASIDE = set(
    (
        "test tests __test__ __tests__ spec specs fixture fixtures __fixtures__ third_party vendor node_modules example "
        "examples"
    ).split()
)
DEPENDENCIES = ("dependencies", "optionalDependencies", "peerDependencies", "devDependencies")
# What publishConfig may say in the place of the manifest's own.
OVERRIDES = (
    "bin type imports main module typings types exports browser esnext es2015 unpkg umd:main os cpu libc typesVersions "
    "engines"
).split()
# What decides what is installed or run: it may not be missing.
NEEDED = (
    "name version main module type exports imports browser bin directories dependencies optionalDependencies "
    "peerDependencies peerDependenciesMeta bundleDependencies bundledDependencies os cpu libc gypfile license"
).split()


def check(claim, contents, repository, tree):
    """Yields what cannot be confirmed."""
    mapping = claim.resolution.get("mapping") or {}
    elsewhere = mapping.get("elsewhere", {})
    if claim.resolution["class"] != "verbatim":
        yield f"is of the class {claim.resolution['class']}, which proves nothing"
    if "package.json" not in contents.files:
        yield "has no package.json"
        return
    manifest = _json(contents.files["package.json"][0])
    committed = repository.text(claim.commit, claim.place("package.json"))
    if committed is None:
        yield f"the commit has no {claim.place('package.json')}"
        return
    commit = _json(committed.encode())
    yield from _names(claim, manifest, commit)
    if _is_aside(claim.folder) and not _is_workspace(claim, repository, tree):
        yield f"{claim.folder} is a folder of samples, and no workspace of the repository"

    shift = (commit.get("publishConfig") or {}).get("directory", "")
    matched = 0
    places = {path: elsewhere.get(path, claim.place(path)) for path in contents.files}
    regular = {path: tree[at][1] for path, at in places.items() if tree.get(at, ("",))[0] in ("100644", "100755")}
    identical = repository.same({path: (blob, contents.files[path][0]) for path, blob in regular.items()})
    for path, (data, _) in contents.files.items():
        at, same = places[path], path in identical
        if path == "package.json":
            matched += same
            if not same:
                yield from _manifest(claim, mapping.get("manifest_diff"), repository, data, commit, manifest)
            continue
        matched += same
        if at not in tree:
            yield f"{path}: the commit has no {at}"
        elif not same:
            yield f"{path}: {at} of the commit is another file"
        if path in elsewhere and at != posixpath.normpath(claim.place(f"{shift}/{path}")):
            if not names.is_shared_document(path):
                yield f"{path} is looked for at {at}, which only documents may be"
            elif claim.place(path) in tree:
                yield f"{path} is looked for at {at}, although {claim.place(path)} is there"
    for path in set(elsewhere) - set(contents.files):
        yield f"{path} is said to be at {elsewhere[path]}, and is not in the tarball"
    for fact in claim.evidence("correspondence"):
        if (fact["matched"], fact["total"]) != (matched, len(contents.files)):
            found = f"{matched} of {len(contents.files)}"
            yield f"{fact['matched']} of {fact['total']} files are said to match; it is {found}"
    for fact in claim.evidence("git_head"):
        if fact["from"] == "manifest" and fact["commit"] != manifest.get("gitHead"):
            yield f"package.json of the tarball does not name {fact['commit']} as gitHead"
    if "nar" in claim.pin and nar.hashed(nar.folder(contents.files)) != claim.pin["nar"]:
        yield "the NAR hash of the package's folder is another"


def _json(data):
    try:
        value = json.loads(data.decode("utf-8-sig"))
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _clean(version):
    return str(version).strip().lstrip("=v ").split("+")[0]


def _names(claim, manifest, commit):
    if manifest.get("name") != claim.name or _clean(manifest.get("version")) != _clean(claim.version):
        yield f"package.json of the tarball is of {manifest.get('name')} {manifest.get('version')}"
    version = commit.get("version")
    placeholder = version is None or str(version).startswith("0.0.0") or "{" in str(version)
    if commit.get("name") != claim.name or not placeholder and _clean(version) != _clean(claim.version):
        yield f"{claim.place('package.json')} of the commit is of {commit.get('name')} {version}"


def _manifest(claim, diff, repository, data, commit, manifest):
    """Whether the tarball's package.json is the commit's with the recorded diff, and what that changes."""
    path = claim.place("package.json")
    if not diff:
        yield "package.json is not the commit's, and no diff says how they differ"
        return
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, path)
        os.makedirs(os.path.dirname(file), exist_ok=True)
        with open(file, "wb") as out:
            out.write(repository.git("cat-file", "blob", f"{claim.commit}:{path}"))
        # Given the folder's name, git takes it for the top of a repository, of which only this file may change.
        applied = git(
            "-C",
            folder,
            "apply",
            "--whitespace=nowarn",
            f"--include={path}",
            "-",
            data=diff.encode(),
            environment={"GIT_CEILING_DIRECTORIES": os.path.dirname(folder)},
        )
        with open(file, "rb") as result:
            if applied is None or result.read() != data:
                yield "package.json is not what the recorded diff makes of the commit's"
    yield from changes(commit, manifest)


def changes(commit, manifest):
    """What was changed that releasing does not change."""
    config = commit.get("publishConfig") or {}
    for key, new in manifest.items():
        old = commit.get(key)
        if key in ("version", "gitHead") or key in commit and old == new or key in OVERRIDES and config.get(key) == new:
            continue
        fewer = isinstance(old, dict) and isinstance(new, dict) and new.items() <= old.items()
        resolved = key in DEPENDENCIES and isinstance(old, dict) and isinstance(new, dict) and _is_resolved(old, new)
        if not (key in ("scripts", "publishConfig") and fewer or resolved):
            yield f"package.json: {key} is not the commit's"
    for key in NEEDED:
        if commit.get(key) not in (None, {}, []) and key not in manifest:
            yield f"package.json: {key} was removed"


def _is_resolved(old, new):
    def fits(name):
        was, now = old[name], new[name]
        # A range of versions, or an alias of one.
        plain = re.fullmatch(r"(npm:(@[\w.-]+/)?[\w.-]+@)?[\^~<>=*\w .|+-]+", str(now)) and "git" not in now
        return was == now or bool(plain) and str(was).startswith(("workspace:", "catalog:"))

    return set(old) == set(new) and all(fits(name) for name in old)


def _is_aside(folder):
    return bool(ASIDE & set(folder.lower().split("/")))


def _is_workspace(claim, repository, tree):
    """Whether the repository itself lists the folder as one of its packages."""
    patterns = []
    for file in ("package.json", "lerna.json", "rush.json"):
        found = _json((repository.text(claim.commit, file) or "{}").encode())
        listed = found.get("workspaces") or found.get("packages") or []
        listed = listed.get("packages", []) if isinstance(listed, dict) else listed
        patterns += [one for one in listed if isinstance(one, str)]
    yaml = repository.text(claim.commit, "pnpm-workspace.yaml") or ""
    patterns += re.findall(r"^\s*-\s*['\"]?([^'\"#\s]+)", yaml, re.MULTILINE)
    patterns = [one.removeprefix("./").rstrip("/") for one in patterns]
    fits = any(fnmatch.fnmatchcase(claim.folder, one) for one in patterns if not one.startswith("!"))
    return fits and not any(fnmatch.fnmatchcase(claim.folder, one[1:]) for one in patterns if one.startswith("!"))
