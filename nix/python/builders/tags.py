# SPDX-License-Identifier: MIT OR Apache-2.0
"""
Whether a wheel is for the interpreter that runs this, by the tags in its name
(PEP 425, 600, 656). Which of several is taken, tags.nix decides.
"""

import os
import re
import sys
import sysconfig

# glibc's minor version by the names that came before PEP 600.
ALIASES = {"1": 5, "2010": 12, "2014": 17}


def interpreter():
    """The interpreter in words: `cpython 3.11 linux_x86_64, glibc 2.36`."""
    words = f"{sys.implementation.name} {sys.version_info[0]}.{sys.version_info[1]} {this_platform()}"
    kind, major, minor = libc()
    return f"{words}, {kind} {major}.{minor}" if kind else words


def this_platform():
    """The platform of wheels that are built here."""
    name = re.sub(r"[-.]", "_", sysconfig.get_platform())
    # A 32-bit interpreter under a 64-bit kernel.
    narrow = {"linux_x86_64": "linux_i686", "linux_aarch64": "linux_armv7l", "linux_armv8l": "linux_armv7l"}
    return narrow.get(name, name) if sys.maxsize < 2**32 else name


def libc(musl=2):
    """
    The C library that the interpreter runs on: its name, empty if it is
    neither glibc nor musl, and its version. musl does not tell a running
    program its own: `musl` is the minor version.
    """
    if not this_platform().startswith("linux_"):
        return "", 0, 0
    if "musl" in (sysconfig.get_config_var("HOST_GNU_TYPE") or "") or "musl" in (sysconfig.get_config_var("SOABI") or ""):
        return "musl", 1, musl
    try:
        name, _, version = (os.confstr("CS_GNU_LIBC_VERSION") or "").partition(" ")
        major, minor = (int(part) for part in version.split(".")[:2])
    except (AttributeError, OSError, ValueError):
        return "", 0, 0
    return name, major, minor


def is_here(platform, c_library):
    """Whether a platform's tag, of a wheel that others built, fits this machine and C library."""
    here = this_platform()
    kind, major, minor = c_library
    machine = here.removeprefix("linux_")
    if found := re.fullmatch(r"manylinux_(\d+)_(\d+)_(.+)", platform):
        return kind == "glibc" and (int(found[1]), found[3]) == (major, machine) and int(found[2]) <= minor
    if found := re.fullmatch(r"manylinux(1|2010|2014)_(.+)", platform):
        return kind == "glibc" and found[2] == machine and (2, ALIASES[found[1]]) <= (major, minor)
    if found := re.fullmatch(r"musllinux_(\d+)_(\d+)_(.+)", platform):
        return kind == "musl" and (int(found[1]), found[3]) == (major, machine) and int(found[2]) <= minor
    return platform in ("any", here) or is_mac(platform)


def is_mac(platform):
    """On macOS the version in the tag is that of the oldest system it runs on, which is not asked."""
    here = this_platform()
    found = re.fullmatch(r"macosx_\d+_\d+_(.+)", platform)
    return here.startswith("macosx_") and bool(found) and (found[1] in ("universal2", "universal") or here.endswith(f"_{found[1]}"))


def supported(pythons, abis, platforms, c_library=None):
    """
    Whether tags fit the interpreter: of a wheel that others built, against a C
    library as `libc` gives it; without one, of a wheel that was just built,
    which is for this platform and no other.
    """
    major, minor = sys.version_info[:2]
    own = {"cpython": "cp", "pypy": "pp"}.get(sys.implementation.name, sys.implementation.name)
    version = f"{major}{minor}"
    threaded = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
    if c_library is None:
        here = any(one in ("any", this_platform()) or is_mac(one) for one in platforms)
    else:
        here = any(is_here(one, c_library) for one in platforms)

    def fits(python, abi):
        if abi == f"{own}{version}{'t' if threaded else ''}" or (own == "pp" and abi.startswith(f"pypy{version}_")):
            return python == own + version
        if abi == "abi3":
            return own == "cp" and not threaded and python in {f"cp{major}", *(f"cp{major}{older}" for older in range(2, minor + 1))}
        generic = {f"py{major}", f"{own}{major}", own + version, *(f"py{major}{older}" for older in range(minor + 1))}
        return abi == "none" and python in generic

    return here and any(fits(python, abi) for python in pythons for abi in abis)
