"""NAR, the archive form that Nix hashes, written from its description in the Nix manual."""

import base64
import hashlib


class Folder(dict):
    """Name to File, Link or Folder."""


class File:
    """A regular file."""

    def __init__(self, data, executable=False):
        self.data, self.executable = data, executable


class Link:
    """A symbolic link."""

    def __init__(self, target):
        self.target = target


def folder(files):
    """The folder that holds files by path: bytes, and whether they are executable."""
    root = Folder()
    for path, (data, executable) in files.items():
        *above, name = path.encode().split(b"/")
        at = root
        for part in above:
            at = at.setdefault(part, Folder())
        at[name] = File(data, executable)
    return root


def hashed(node):
    """The SRI hash of a node's NAR."""
    digest = hashlib.sha256()

    def text(value):
        value = value if isinstance(value, bytes) else value.encode()
        digest.update(len(value).to_bytes(8, "little") + value + b"\0" * (-len(value) % 8))

    def write(node):
        text("(")
        text("type")
        if isinstance(node, Link):
            text("symlink")
            text("target")
            text(node.target)
        elif isinstance(node, File):
            text("regular")
            if node.executable:
                text("executable")
                text("")
            text("contents")
            text(node.data)
        else:
            text("directory")
            for name in sorted(node):
                for word in ("entry", "(", "name"):
                    text(word)
                text(name)
                text("node")
                write(node[name])
                text(")")
        text(")")

    text("nix-archive-1")
    write(node)
    return "sha256-" + base64.b64encode(digest.digest()).decode()
