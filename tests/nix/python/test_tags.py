"""Which tags of wheels fit, of those that were just built and of those that others built."""

import sys
import sysconfig
import unittest
from unittest import mock

import support  # noqa: F401

import tags

MAJOR, MINOR = sys.version_info[:2]
OWN = f"cp{MAJOR}{MINOR}"
GLIBC, MUSL = ("glibc", 2, 28), ("musl", 1, 2)


def fits(text, c_library=None):
    return tags.supported(*(part.split(".") for part in text.split("-")), c_library)


class Tags(unittest.TestCase):
    def table(self, platform, rows):
        """Rows: tags, the C library (None: just built), whether they fit."""
        with mock.patch.object(tags, "this_platform", lambda: platform):
            for text, c_library, wanted in rows:
                self.assertIs(fits(text, c_library), wanted, (platform, text, c_library))

    def test_just_built(self):
        here = "linux_x86_64"
        self.table(
            here,
            [
                (f"{OWN}-{OWN}-{here}", None, True),
                (f"cp32-abi3-{here}", None, True),
                ("py2.py3-none-any", None, True),
                (f"{OWN}-{OWN}-manylinux_2_17_x86_64", None, False),
                (f"{OWN}-{OWN}-linux_aarch64", None, False),
                (f"cp{MAJOR}{MINOR + 1}-abi3-{here}", None, False),
                (f"{OWN}-{OWN}-win32", None, False),
                ("py2-none-any", None, False),
            ],
        )

    def test_of_others(self):
        self.table(
            "linux_x86_64",
            [
                (f"{OWN}-{OWN}-manylinux_2_17_x86_64.manylinux2014_x86_64", GLIBC, True),
                (f"{OWN}-{OWN}-manylinux_2_28_x86_64", GLIBC, True),
                (f"{OWN}-{OWN}-manylinux_2_29_x86_64", GLIBC, False),
                (f"{OWN}-{OWN}-manylinux_2_29_x86_64.manylinux_2_28_x86_64", GLIBC, True),
                (f"{OWN}-{OWN}-manylinux_3_1_x86_64", GLIBC, False),
                ("py3-none-manylinux1_x86_64", GLIBC, True),
                ("py3-none-manylinux2014_x86_64", ("glibc", 2, 16), False),
                ("py3-none-manylinux2010_x86_64", ("glibc", 2, 16), True),
                ("py3-none-manylinux2014_aarch64", GLIBC, False),
                ("py3-none-manylinux2014_x86_64", MUSL, False),
                ("py3-none-musllinux_1_1_x86_64", MUSL, True),
                ("py3-none-musllinux_1_2_x86_64", MUSL, True),
                ("py3-none-musllinux_1_3_x86_64", MUSL, False),
                ("py3-none-musllinux_1_1_x86_64", GLIBC, False),
                ("py3-none-manylinux1_x86_64", ("", 0, 0), False),
                ("py3-none-linux_x86_64", GLIBC, True),
                (f"{OWN}-none-linux_x86_64", MUSL, True),
                ("cp38-abi3-manylinux_2_28_x86_64", GLIBC, True),
                ("cp3-none-any", GLIBC, True),
                ("py2-none-manylinux1_x86_64", GLIBC, False),
                (f"{OWN}-{OWN}t-manylinux1_x86_64", GLIBC, False),
                (f"cp{MAJOR}{MINOR - 1}-cp{MAJOR}{MINOR - 1}-manylinux1_x86_64", GLIBC, False),
                (f"cp{MAJOR}{MINOR - 1}-none-manylinux1_x86_64", GLIBC, False),
            ],
        )

    def test_machines(self):
        for machine in ("aarch64", "i686", "armv7l", "ppc64le", "s390x", "riscv64"):
            rows = [(f"py3-none-manylinux_2_17_{machine}", GLIBC, True), ("py3-none-manylinux_2_17_x86_64", GLIBC, False)]
            self.table(f"linux_{machine}", rows)

    def test_mac(self):
        self.table(
            "macosx_14_0_arm64",
            [
                (f"{OWN}-{OWN}-macosx_11_0_arm64", None, True),
                (f"{OWN}-{OWN}-macosx_10_9_universal2", ("", 0, 0), True),
                (f"{OWN}-{OWN}-macosx_10_9_x86_64", ("", 0, 0), False),
                (f"{OWN}-{OWN}-linux_arm64", ("", 0, 0), False),
            ],
        )

    def test_without_the_global_lock(self):
        variables = {"Py_GIL_DISABLED": 1}
        with mock.patch.object(sysconfig, "get_config_var", variables.get):
            rows = [
                (f"{OWN}-{OWN}t-linux_x86_64", GLIBC, True),
                ("py3-none-any", GLIBC, True),
                (f"{OWN}-{OWN}-linux_x86_64", GLIBC, False),
                ("cp38-abi3-linux_x86_64", GLIBC, False),
            ]
            self.table("linux_x86_64", rows)

    def test_narrow(self):
        """A 32-bit interpreter under a 64-bit kernel."""
        with mock.patch.object(sys, "maxsize", 2**31 - 1):
            for told, wanted in (("linux-x86_64", "linux_i686"), ("linux-aarch64", "linux_armv7l"), ("linux-armv7l", "linux_armv7l")):
                with mock.patch.object(sysconfig, "get_platform", lambda told=told: told):
                    self.assertEqual(tags.this_platform(), wanted)

    def test_libc(self):
        with mock.patch.object(tags, "this_platform", lambda: "linux_x86_64"):
            with mock.patch.object(sysconfig, "get_config_var", {"HOST_GNU_TYPE": "x86_64-unknown-linux-musl"}.get):
                self.assertEqual(tags.libc(5), ("musl", 1, 5))
            with mock.patch.object(sysconfig, "get_config_var", {}.get):
                for told, wanted in (("glibc 2.36", ("glibc", 2, 36)), (None, ("", 0, 0)), ("odd", ("", 0, 0))):
                    with mock.patch("os.confstr", lambda _, told=told: told):
                        self.assertEqual(tags.libc(), wanted)


if __name__ == "__main__":
    unittest.main()
