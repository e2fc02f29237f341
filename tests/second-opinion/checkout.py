"""What `git checkout` leaves of a commit, by git itself."""

import configparser
import os
import tempfile
import urllib.parse

import nar


def checkout(repositories, repository, commit, with_submodules=False):
    """The folder, without `.git`."""
    with tempfile.TemporaryDirectory() as scratch:
        place = os.path.join(scratch, "tree")
        os.mkdir(place)
        environment = {"GIT_INDEX_FILE": os.path.join(scratch, "index"), "GIT_WORK_TREE": place}
        for command in (["read-tree", commit], ["checkout-index", "--all", "--force", "--quiet"]):
            if repository.git(*command, environment=environment) is None:
                raise ValueError(f"git cannot check {commit} out")
        found = read(os.fsencode(place))
    modules = {path: one for path, (mode, one) in repository.tree(commit).items() if mode == "160000"}
    addresses = _addresses(repository, commit) if with_submodules and modules else {}
    for path, inner in modules.items():
        *above, name = os.fsencode(path).split(b"/")
        at = found
        for part in above:
            at = at.setdefault(part, nar.Folder())
        if with_submodules:
            module = repositories.at(_absolute(repository.address, addresses[path]))
            at[name] = checkout(repositories, module, inner, True)
        else:
            at.setdefault(name, nar.Folder())
    return found


def _addresses(repository, commit):
    text = "\n".join(line.strip() for line in (repository.text(commit, ".gitmodules") or "").splitlines())
    modules = configparser.RawConfigParser(strict=False)
    modules.read_string(text)
    return {modules[one]["path"]: modules[one]["url"] for one in modules.sections()}


def _absolute(base, address):
    if not address.startswith(("./", "../")):
        return address.removesuffix(".git")
    return urllib.parse.urljoin(base + "/", address).removesuffix(".git").removesuffix("/")


def read(path):
    """A folder of the disk."""
    found = nar.Folder()
    for entry in os.scandir(path):
        if entry.is_symlink():
            found[entry.name] = nar.Link(os.readlink(entry.path))
        elif entry.is_dir():
            found[entry.name] = read(entry.path)
        else:
            with open(entry.path, "rb") as file:
                found[entry.name] = nar.File(file.read(), bool(entry.stat().st_mode & 0o100))
    return found
