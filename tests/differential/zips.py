"""Zip files that are odd in every way that an unpacker might care for, from a seed."""

import random
import struct
import zlib

NAMES = ["a/__init__.py", "a/b.py", "a/c.py", "a-1.0.dist-info/METADATA", "a-1.0.dist-info/RECORD", "a/data.txt", "a/é.py", "a/run.sh"]
FIELDS = ("name", "flags", "method", "crc", "packed", "size", "extra")


def local(of):
    fields = struct.pack("<HHHHHIIIHH", 20, of["flags"], of["method"], 0, 0x21, of["crc"], of["packed"], of["size"], len(of["name"]), len(of["extra"]))
    return b"PK\x03\x04" + fields + of["name"] + of["extra"]


def central(of, offset, comment=b""):
    fields = struct.pack(
        "<HHHHHHIIIHHHHHII", of["system"] << 8 | 20, 20, of["flags"], of["method"], 0, 0x21, of["crc"], of["packed"], of["size"],
        len(of["name"]), len(of["extra"]), len(comment), of.get("disk", 0), 0, of["attributes"], offset)  # fmt: skip
    return b"PK\x01\x02" + fields + of["name"] + of["extra"] + comment


def end(count, size, start, comment=b"", disks=(0, 0), here=None):
    return b"PK\x05\x06" + struct.pack("<HHHHIIH", *disks, count if here is None else here, count, size, start, len(comment)) + comment


class Zip:
    """One file: what is said in front of each member, and what at the end."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def pick(self, things):
        return self.random.choice(things)

    def chance(self, of):
        return self.random.random() < of

    def name(self):
        name = self.pick(NAMES)
        if self.chance(0.1):
            name = self.pick(
                [
                    name.upper(), name + "/", "./" + name, name.replace("/", "//"), name.replace("/", "\\"), "/" + name, "x/../" + name,
                    name + "\0x", name + ".", name + " ", name.replace("é", "e\u0301"), "", "C:" + name, "a", "a/", "../" + name,
                ]  # fmt: skip
            )
        return name.encode() if not self.chance(0.02) else name.encode("latin-1", "replace")

    def extra(self, of):
        def field(kind, data):
            return struct.pack("<HH", kind, len(data)) + data

        other = self.name()
        return self.pick(
            [
                lambda: field(1, struct.pack("<QQ", of["size"], of["packed"])),
                lambda: field(1, struct.pack("<QQQ", 1, 1, 0)),
                lambda: field(0x7075, b"\1" + struct.pack("<I", zlib.crc32(of["name"])) + other),
                lambda: field(0x5455, b"\1\0\0\0\0"),
                lambda: field(0x7875, b"\1\4\0\0\0\0\4\0\0\0\0"),
                lambda: field(0x9901, b"\2\0AE\3\0\0"),
                lambda: field(0x6375, b"comment"),
                lambda: field(0xD935, bytes(2)),
                lambda: b"\0\0\0",
                lambda: b"\x55\x54\xff\xff",
                lambda: field(0x5455, b"") + field(1, b""),
            ]
        )()

    def member(self):
        data = b"%d" % self.random.randrange(4) * self.pick([0, 1, 1, 40])
        name = self.name()
        if name.endswith(b"/") and self.chance(0.8):
            data = b""
        method = self.pick([8, 8, 0])
        if self.chance(0.02):
            method = self.pick([1, 6, 9, 12, 14, 93, 99])
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        packed = data if method == 0 else packer.compress(data) + packer.flush()
        if self.chance(0.02):
            packed += self.pick([b"x", b"PK\x03\x04", bytes(4)])
        of = {"name": name, "flags": 0x800 if self.chance(0.6) else 0, "method": method, "crc": zlib.crc32(data), "packed": len(packed), "size": len(data),
              "extra": b"", "system": self.pick([3, 3, 3, 0, 19]), "attributes": self.pick([0o100644, 0o100755, 0o644, 0, 0o100600]) << 16}  # fmt: skip
        if self.chance(0.06):
            of["attributes"] = self.pick([0o120777 << 16, 0o040755 << 16, 0o040755 << 16 | 0x10, 0x10, 0o020644 << 16, 0xFFFFFFFF, 0x20])
        if self.chance(0.04):
            of["flags"] ^= self.pick([1, 2, 4, 8, 0x10, 0x20, 0x40, 0x2000, 0x8000])
        if self.chance(0.08):
            of["extra"] = self.extra(of)
        front, behind = dict(of), b""
        if self.chance(0.1):
            of["flags"] |= 8
            front = dict(of) if self.chance(0.3) else {**of, "crc": 0, "packed": 0, "size": 0}
            behind = struct.pack("<III", of["crc"], of["packed"], of["size"])
            if self.chance(0.6):
                behind = b"PK\x07\x08" + behind
            if self.chance(0.1):
                behind = self.pick([b"", behind[:-4], behind + bytes(8), b"PK\x07\x08" + struct.pack("<IQQ", of["crc"], of["packed"], of["size"]), bytes(12)])
        if self.chance(0.08):
            field = self.pick(FIELDS)
            other = {"name": self.name, "extra": lambda: self.extra(of)}.get(field, lambda: self.pick([0, 1, 8, 0x800, 5, 0xFFFFFFFF]))()
            side = self.pick([of, front])
            side[field] = other & 0xFFFF if field in ("flags", "method") else other
        return of, front, packed + behind

    def bytes(self):
        out, directory, count = b"", [], 0
        if self.chance(0.03):
            out = self.pick([b"#!/bin/sh\n", b"PK\x03\x04" + bytes(26), bytes(4)])
        members = [self.member() for _ in range(self.pick([1, 2, 3, 5]))]
        if self.chance(0.05):
            members.append(self.pick(members))
        for of, front, data in members:
            offset = len(out)
            if self.chance(0.01):
                offset = self.random.randrange(len(out) + 1)
            out += local(front) + data
            if self.chance(0.01):
                out += self.pick([b"gap", local(front) + data, b"PK\x05\x06"])
            if not self.chance(0.02):
                directory.append(central(of, offset, b"comment" if self.chance(0.02) else b""))
                count += 1
        if self.chance(0.05):
            self.random.shuffle(directory)
        start = len(out)
        directory = b"".join(directory)
        last = end(count, len(directory), start)
        if self.chance(0.12):
            size = len(directory)
            comment = self.pick([b"comment", end(count, size, start), end(0, 0, start), b"PK\x05\x06", b"x" * 70000][:5])[:65535]
            zip64 = b"PK\x06\x06" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, count, count, size, start)
            locator = b"PK\x06\x07" + struct.pack("<IQI", 0, start + size, 1)
            last = self.pick(
                [
                    lambda: end(count, size, start, comment),
                    lambda: end(count + 1, size, start),
                    lambda: end(max(count - 1, 0), size, start),
                    lambda: end(count, size, start, disks=(1, 1)),
                    lambda: end(count, size, start, here=0),
                    lambda: end(count, size, start + 1),
                    lambda: end(count, size + 1, start),
                    lambda: end(count, size, 0xFFFFFFFF),
                    lambda: zip64 + locator + end(0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF),
                    lambda: zip64 + locator + end(count, size, start),
                    lambda: last + b"trailing",
                    lambda: last + last,
                    lambda: end(0, 0, 0) + last,
                    lambda: last[:-1],
                    lambda: last + bytes(3),
                ]
            )()
        return out + directory + last


def archive(seed):
    """The zip file of a seed."""
    return Zip(seed).bytes()
