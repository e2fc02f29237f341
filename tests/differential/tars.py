"""Tar archives that are odd in every way that an unpacker might care for, from a seed."""

import gzip
import random
import tarfile
import zlib

ROOTS = ["package", "package", "package", "other", "a-1.0", "."]
NAMES = ["index.js", "lib/a.js", "lib/b.js", "docs/z.js", "README.md", "bin/run", "PKG-INFO", "setup.py", "d/e/f/g.js", "é.js", "123"]
KINDS = b"0000000\x0057125xgLKDVNASXM346\xff!"


def header(name, size, kind=b"0", mode=0o644, link=b"", prefix=b"", magic=b"ustar\x0000", changes=()):
    """One header block by its bytes; `changes` are (offset, bytes) before the checksum is computed."""
    block = bytearray(512)
    block[0 : len(name[:100])] = name[:100]
    block[100:108] = b"%07o\0" % mode
    block[108:116] = block[116:124] = b"0000000\0"
    block[124:136] = b"%011o\0" % size
    block[136:148] = b"00000000000\0"
    block[156:157] = kind
    block[157 : 157 + len(link[:100])] = link[:100]
    block[257:265] = magic
    block[345 : 345 + len(prefix[:155])] = prefix[:155]
    for at, text in changes:
        block[at : at + len(text)] = text
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def body(data):
    return data + bytes(-len(data) % 512)


def entry(name, data=b"", kind=b"0", **more):
    return header(name, more.pop("size", len(data)), kind, **more) + body(data)


def record(key, value):
    length = len(key) + len(value) + 3
    while len(b"%d" % length) + len(key) + len(value) + 3 != length:
        length = len(b"%d" % length) + len(key) + len(value) + 3
    return b"%d %s=%s\n" % (length, key, value)


class Tar:
    """One archive: entries, with extended headers before some, and what is odd about them."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.root = self.random.choice(ROOTS)
        self.blocks = []

    def pick(self, things):
        return self.random.choice(things)

    def chance(self, of):
        return self.random.random() < of

    def path(self):
        """A path that is, mostly, like any other."""
        name = self.pick(NAMES)
        root = self.root if not self.chance(0.03) else self.pick(ROOTS)
        path = f"{root}/{name}"
        if self.chance(0.12):
            path = self.pick(
                [
                    lambda: path.replace("/", "//", 1),
                    lambda: path.replace("/", "/./", 1),
                    lambda: "./" + path,
                    lambda: path + "/",
                    lambda: path + "/.",
                    lambda: path + ".",
                    lambda: path + " ",
                    lambda: " " + path,
                    lambda: path.upper(),
                    lambda: f"{root}/{name.upper()}",
                    lambda: path.replace("é", "e\u0301"),
                    lambda: path.replace("/", "\\"),
                    lambda: f"{root}/{name}".replace("lib/", "lib\\"),
                    lambda: f"{root}/x/../{name}",
                    lambda: "/" + path,
                    lambda: name,
                    lambda: root,
                    lambda: root + "/",
                    lambda: f"{root}/{'long/' * 30}{name}",
                    lambda: f"{root}/{'l' * 120}",
                    lambda: f"{root}/{name}\n",
                    lambda: "C:/" + path,
                    lambda: f"{root}/{name}:x",
                ]
            )()
        return path.encode()

    def number(self, width):
        """A field that holds a number, or does not quite."""
        value = self.pick([0, 1, 4, 5, 8, 0o644, 0o755, 512, 513])
        digits = b"%o" % value
        forms = [
            digits.rjust(width - 1, b"0") + b"\0",
            digits.rjust(width - 2, b"0") + b" \0",
            digits.rjust(width - 1, b" ") + b" ",
            digits.rjust(width, b"0"),
            digits + b"\0" * (width - len(digits)),
            digits + b" " * (width - len(digits)),
            b"\0" + digits.rjust(width - 1, b"0"),
            b" " * width,
            b"\0" * width,
            b"-1".ljust(width, b"\0"),
            b"0x10".ljust(width, b"\0"),
            b"0o5".ljust(width, b"\0"),
            b"1_0".ljust(width, b"\0"),
            (digits + b" 7").ljust(width, b"\0"),
            (digits + b"\x007").ljust(width, b"7"),
            (digits + b"9").ljust(width, b"\0"),
            b"+5".ljust(width, b"\0"),
            b"\t5".ljust(width, b"\0"),
            b"\x80" + value.to_bytes(width - 1, "big"),
            b"\xff" + b"\xff" * (width - 1),
            b"\xc0" + value.to_bytes(width - 1, "big"),
            b"\x80" + b"\1" + value.to_bytes(width - 2, "big"),
        ]
        return self.pick(forms)[:width]

    def changes(self):
        """What is changed in a header."""
        found = []
        if self.chance(0.12):
            at, width = self.pick([(100, 8), (108, 8), (116, 8), (124, 12), (136, 12), (329, 8), (337, 8)])
            found.append((at, self.number(width)))
        if self.chance(0.03):
            found.append((157, self.pick([b"package/index.js", b"x", b"\0x"])))
        if self.chance(0.04):
            found.append((257, self.pick([b"ustar  \0", bytes(8), b"ustar\0\0\0", b"ustar\x001\0", b"ustar 00", b"USTAR\x0000", b"ustar\x0000"])))
        if self.chance(0.04):
            found.append((345, self.pick([b"package", b"pre/fix", b"\0x", b"p" * 131, b"p" * 155, b"12345670123\x0012345670123"])))
        if self.chance(0.02):
            found.append((475, self.pick([b"x", b"\0"])))
        if self.chance(0.02):
            found.append((self.random.randrange(512), bytes([self.random.randrange(256)])))
        if self.chance(0.01):
            found.append((500, b"tar\0"))
        return found

    def records(self):
        """The body of an extended header."""
        keys = [b"path", b"path", b"path", b"linkpath", b"size", b"mtime", b"atime", b"uid", b"gid", b"uname", b"comment", b"type", b"mode",
                b"charset", b"hdrcharset", b"SCHILY.dev", b"SCHILY.realsize", b"SCHILY.filetype", b"SCHILY.xattr.user.x", b"LIBARCHIVE.x",
                b"GNU.sparse.major", b"GNU.sparse.name", b"GNU.sparse.realsize", b"", b"pa th", b"Path", b"path\0", b"GNU.volume.label", b"x"]  # fmt: skip
        parts = []
        for _ in range(self.pick([1, 1, 1, 2, 3])):
            key = self.pick(keys)
            value = self.path() if key.strip(b"\0").lower() in (b"path", b"linkpath") else self.pick([b"1", b"0", b"4", b"5", b"1.5", b"", b"x", b"a=b", b"512"])
            if self.chance(0.05):
                value = self.pick([value + b"\n", value + b"\0x", b"", record(b"x", b"y") + record(b"path", self.path()), b"x\n" + record(b"path", self.path())])
            one = record(key, value)
            if self.chance(0.05):
                one = self.pick([one[:-1], one + b"\n", b"0" + one, b"+" + one, b" " + one, one + b"\0\0", one.replace(b" ", b"\t", 1), b"7" + one, one.replace(b"=", b"", 1)])
            parts.append(one)
        if self.chance(0.05):
            parts.append(self.pick([parts[0], b"\0" * 7, b"\n", b"junk"]))
        return b"".join(parts)

    def extended(self):
        """Headers that describe the next entry."""
        kind = self.pick([b"x"] * 6 + [b"g"] * 2 + [b"L"] * 4 + [b"K", b"X"])
        if kind == b"g" and self.chance(0.5):
            return entry(b"pax_global_header", record(b"comment", b"0" * 40), b"g")
        if kind in (b"x", b"g", b"X"):
            return entry(b"PaxHeader", self.records(), kind, changes=self.changes() if self.chance(0.1) else ())
        name = self.path() + self.pick([b"\0", b"\0", b"\0", b"", b"\0\0", b"\0x", b"\0\nx"])
        return entry(b"././@LongLink", name if not self.chance(0.03) else b"", kind)

    def member(self):
        """An entry with what comes before it."""
        before = []
        while self.chance(0.15):
            before.append(self.extended())
        kind = self.pick([bytes([kind]) for kind in KINDS]) if self.chance(0.15) else b"0"
        data = b"x" * self.pick([0, 1, 4, 5, 511, 512, 513]) if self.chance(0.3) else b"%d" % self.random.randrange(4)
        link = b""
        if kind in b"12":
            data = b"" if self.chance(0.9) else data
            link = self.pick([b"index.js", b"package/index.js", b"../../x", b"/etc/passwd", b"", b"lib"])
        elif kind == b"5" and self.chance(0.9):
            data = b""
        if self.chance(0.03):
            # A body that is itself a header.
            data = header(self.path(), 0)
        mode = self.pick([0o644, 0o644, 0o755, 0o600, 0, 0o777, 0o100])
        more = {"changes": self.changes(), "mode": mode, "link": link}
        if self.chance(0.02):
            more["size"] = self.pick([0, 1, 511, 512, 1024])
        return b"".join([*before, entry(self.path(), data, kind, **more)])

    def bytes(self):
        plain = [entry(f"{self.root}/{name}".encode(), b"{}") for name in ("package.json", "PKG-INFO")]
        members = plain + [self.member() for _ in range(self.pick([1, 2, 3, 4, 6]))]
        if self.chance(0.1):
            members.append(self.extended())
        if self.chance(0.05):
            members.insert(self.random.randrange(len(members)), bytes(512 * self.pick([1, 1, 2])))
        end = bytes(512 * self.pick([2, 2, 2, 2, 0, 1, 3, 20]))
        if self.chance(0.05):
            end += self.pick([b"x" * 512, self.member(), b"x", bytes(100), bytes(512) + b"x" * 512])
        whole = b"".join(members) + end
        if self.chance(0.03):
            whole = whole[: self.random.randrange(len(whole))]
        return self.packed(whole)

    def packed(self, whole):
        """gzip, mostly."""
        if self.chance(0.1):
            return whole
        one = gzip.compress(whole, self.pick([1, 9, 0]), mtime=0)
        if self.chance(0.12):
            half = self.random.randrange(len(whole) + 1)
            flags = [1, 2, 4, 8, 16, 32, 0x80]
            more = {2: b"\0\0", 4: b"\2\0ab", 8: b"name\0", 16: b"comment\0"}
            flag = self.pick(flags)
            one = self.pick(
                [
                    lambda: gzip.compress(whole[:half], mtime=0) + gzip.compress(whole[half:], mtime=0),
                    lambda: one + gzip.compress(self.member() + bytes(1024), mtime=0),
                    lambda: one + b"trailing",
                    lambda: one + bytes(20),
                    lambda: one[:3] + bytes([flag]) + one[4:10] + more.get(flag, b"") + one[10:],
                    lambda: one[: self.random.randrange(len(one))],
                    lambda: one[:-8] + bytes(8),
                    lambda: gzip.compress(one, mtime=0),
                    lambda: zlib.compress(whole),
                    lambda: gzip.compress(b"", mtime=0) + one,
                ]
            )()
        return one


def archive(seed):
    """The archive of a seed; some are as Python's own library writes them."""
    made = Tar(seed)
    if not made.chance(0.05):
        return made.bytes()
    import io

    out = io.BytesIO()
    form = made.pick([tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT])
    with tarfile.open(fileobj=out, mode="w", format=form) as tar:
        for name in NAMES[: made.pick([2, 5, 9])]:
            path = f"{made.root}/{name}" if not made.chance(0.2) else f"{made.root}/{'long/' * 25}{name}"
            member = tarfile.TarInfo(path)
            member.size, member.mtime = len(name), made.pick([0, 1.5, 1e9])
            try:
                tar.addfile(member, io.BytesIO(name.encode()[: member.size].ljust(member.size)))
            except ValueError:
                continue
    return made.packed(out.getvalue())
