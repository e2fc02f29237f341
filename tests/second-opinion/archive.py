"""What an archive holds, by Python's own readers, and whether other readers could see something else in it."""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile

BLOCK = 512


class Ambiguous(Exception):
    """What an archive holds depends on who unpacks it, or cannot be read at all."""


class Contents:
    """The files of an archive, below the folder that holds everything."""

    def __init__(self, is_rooted):
        self.is_rooted = is_rooted
        self.files = {}
        self.links = set()
        self.roots = set()

    def path(self, name):
        """The path below the root, if there is anything left."""
        parts = [part for part in name.split("/") if part not in ("", ".")]
        if name.startswith("/") or ".." in parts or "\\" in name:
            raise Ambiguous(f"{name!r} leads out of the folder")
        if self.is_rooted and parts:
            self.roots.add(parts.pop(0))
        return "/".join(parts)

    def add(self, name, data, executable):
        """A file."""
        path = self.path(name)
        if path in self.files or path in self.links:
            raise Ambiguous(f"{path!r} is there twice")
        if path:
            self.files[path] = (data, executable)


def read(data, kind):
    """The contents of an npm tarball (`npm`), a source archive (`sdist`) or a wheel (`wheel`)."""
    try:
        if kind == "wheel" or kind == "sdist" and data.startswith(b"PK"):
            return _zip(data, Contents(kind != "wheel"))
        contents = _tar(_unpacked(data), Contents(True))
    except (tarfile.TarError, zipfile.BadZipFile, EOFError, OSError, lzma.LZMAError, ValueError) as error:
        raise Ambiguous(f"cannot be read: {error}") from error
    if kind == "sdist" and len(contents.roots) != 1:
        raise Ambiguous("has more than one folder at its top")
    return contents


def _unpacked(data):
    if data.startswith(b"\x1f\x8b"):
        return gzip.decompress(data)
    if data.startswith(b"BZh"):
        return bz2.decompress(data)
    if data.startswith(b"\xfd7zXZ"):
        return lzma.decompress(data)
    return data


def _tar(data, contents):
    _plain(data)
    with tarfile.open(fileobj=io.BytesIO(data), mode="r:") as archive:
        for member in archive:
            if member.isreg() and not member.name.endswith("/"):
                if member.sparse is not None:
                    raise Ambiguous(f"{member.name!r} is a sparse file")
                contents.add(member.name, archive.extractfile(member).read(), bool(member.mode & 0o100))
            elif member.issym() or member.islnk():
                contents.links.add(contents.path(member.name))
            elif not member.isdir() and not member.isreg():
                raise Ambiguous(f"{member.name!r} is of the kind {member.type!r}")
    return contents


def _plain(data):
    """Refuses headers that readers understand in different ways, and anything after the end."""
    at, before = 0, []
    while at + BLOCK <= len(data):
        header = data[at : at + BLOCK]
        if not any(header):
            if any(data[at:]):
                raise Ambiguous("has entries after its end")
            return
        kind, size = header[156:157], tarfile.nti(header[124:136])
        body = data[at + BLOCK : at + BLOCK + size]
        if kind in (b"x", b"g"):
            keys = _keys(body)
            if kind == b"g" and set(keys) - {"comment"}:
                raise Ambiguous(f"has a header for all entries: {', '.join(keys)}")
            if len(keys) != len(set(keys)) or any(key.startswith("GNU.sparse") or key == "size" for key in keys):
                raise Ambiguous(f"has a header that readers differ on: {', '.join(keys)}")
        if kind in (b"x", b"L", b"K"):
            if kind in before or before and b"x" in (kind, *before):
                raise Ambiguous("has a long name in two ways")
            before.append(kind)
        elif kind != b"g":
            before = []
        at += BLOCK + -(-size // BLOCK) * BLOCK


def _keys(body):
    keys = []
    while body:
        length, _, _ = body.partition(b" ")
        if not length.isdigit() or not 0 < int(length) <= len(body):
            raise Ambiguous("has a damaged header")
        record = body[len(length) + 1 : int(length)]
        keys.append(record.partition(b"=")[0].decode(errors="replace"))
        body = body[int(length) :]
    return keys


def _zip(data, contents):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if min((one.header_offset for one in archive.infolist()), default=0) != 0:
            raise Ambiguous("has something before its first entry")
        for member in archive.infolist():
            mode = member.external_attr >> 16
            if mode & 0o170000 == 0o120000:
                contents.links.add(contents.path(member.filename))
            elif not member.is_dir():
                contents.add(member.filename, archive.read(member), bool(mode & 0o100))
    return contents
