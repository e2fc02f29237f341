"""Git repositories, by plain git: those on this machine are read where they lie, others are cloned."""

import hashlib
import os
import subprocess
import urllib.parse


class NoRepository(Exception):
    """A repository cannot be had."""


def git(*arguments, folder=None, data=None, environment=None):
    """What git prints; None where it fails."""
    # What a repository, or somebody's settings, would have done to files.
    settings = ["core.autocrlf=false", "core.eol=lf", "core.attributesFile=/dev/null", "core.quotePath=false"]
    settings += ["filter.lfs.process=", "filter.lfs.smudge=", "filter.lfs.required=false"]
    command = ["git"] + [part for one in settings for part in ("-c", one)]
    command += ["--git-dir", folder] if folder else []
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C", **(environment or {})}
    done = subprocess.run([*command, *arguments], input=data, capture_output=True, env=environment, check=False)
    return done.stdout if done.returncode == 0 else None


def blob_id(data):
    """The id that git gives a blob."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


class Repositories:
    """Repositories by the addresses that claims name; git's own `insteadOf` says where these are."""

    def __init__(self, cache):
        self.cache, self.known = cache, {}

    def at(self, address):
        """The repository of an address."""
        if address not in self.known:
            self.known[address] = Repository(address, self._folder(address))
        return self.known[address]

    def _folder(self, address):
        if urllib.parse.urlsplit(address).scheme not in ("https", "http", "ssh", "git"):
            raise NoRepository(f"{address!r} is no address of a public repository")
        real = (git("ls-remote", "--get-url", address) or b"").decode().strip()
        local = real.removeprefix("file://")
        for folder in (local, local + ".git"):
            if local.startswith("/") and git("rev-parse", "--git-dir", folder=folder):
                return folder
        folder = os.path.join(self.cache, "repositories", hashlib.sha256(address.encode()).hexdigest())
        if not os.path.isdir(folder):
            os.makedirs(os.path.dirname(folder), exist_ok=True)
            if git("clone", "--quiet", "--bare", "--", address, folder + ".part") is None:
                raise NoRepository(f"{address} cannot be cloned")
            os.replace(folder + ".part", folder)
        return folder


class Repository:
    """One of them."""

    def __init__(self, address, folder):
        self.address, self.folder = address, folder

    def git(self, *arguments, **more):
        """What git prints; None where it fails."""
        return git(*arguments, folder=self.folder, **more)

    def has(self, commit):
        """Whether there is such a commit."""
        return (self.git("cat-file", "-t", commit) or b"").strip() == b"commit"

    def is_reachable(self, commit):
        """Whether a branch or a tag leads to a commit."""
        return bool(self.git("for-each-ref", "--count=1", f"--contains={commit}", "refs/heads", "refs/tags"))

    def tag(self, name):
        """The commit that a tag means."""
        found = self.git("rev-parse", "--verify", "--quiet", f"refs/tags/{name}^{{commit}}")
        return found and found.decode().strip()

    def tree(self, commit):
        """Path to mode and id of all that a commit holds."""
        listed = self.git("ls-tree", "-r", "-z", "--full-tree", commit) or b""
        entries = (entry.split(b"\t", 1) for entry in listed.split(b"\0") if entry)
        return {path.decode(errors="surrogateescape"): tuple(says.decode().split()[::2]) for says, path in entries}

    def blobs(self, ids):
        """The bytes of blobs by id."""
        ids = sorted(set(ids))
        data = self.git("cat-file", "--batch", data="".join(f"{one}\n" for one in ids).encode()) or b""
        found, at = {}, 0
        while at < len(data):
            end = data.index(b"\n", at)
            name, *says = data[at:end].decode().split()
            at = end + 1
            if len(says) == 2:
                found[name] = data[at : at + int(says[1])]
                at += int(says[1]) + 1
        return found

    def same(self, asked):
        """Those keys of `asked` (key to id and bytes) whose bytes are those of the blob. A snapshot of a repository can
        lack large blobs; of these the id must do."""
        there = self.blobs(blob for blob, _ in asked.values())
        return {
            key
            for key, (blob, data) in asked.items()
            if (there[blob] == data if blob in there else blob == blob_id(data))
        }

    def text(self, commit, path):
        """The text of a file, as git itself finds it; None where there is no such file."""
        data = self.git("cat-file", "blob", f"{commit}:{path}")
        return None if data is None else data.decode("utf-8-sig", errors="replace")

    def led(self, commit, path):
        """The bytes that a path means where symbolic links of the commit are followed; None where they lead out."""
        asked = f"{commit}:{path}\n".encode(errors="surrogateescape")
        data = self.git("cat-file", "--batch", "--follow-symlinks", data=asked) or b""
        head, _, rest = data.partition(b"\n")
        words = head.split()
        if "\n" in path or len(words) != 3 or words[1] != b"blob":
            return None
        return rest[: int(words[2])]
