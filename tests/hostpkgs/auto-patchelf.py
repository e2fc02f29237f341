"""
Gives ELF files this machine's interpreter, and an RPATH of the folders that
have the libraries they link to: of the files themselves, or of --libs.

What is left to the loader are the C library's parts, and with
--host-libraries 1 all that this machine has under /usr.
"""

import argparse
import fnmatch
import glob
import os
import struct
import subprocess
import sys

C_LIBRARY = ("ld-linux*", "libc.so.6", "libm.so.6", "libdl.so.2", "libpthread.so.0", "librt.so.1", "libutil.so.1", "libresolv.so.2", "linux-vdso*")


def kind_of(path):
    """Class, order and machine of an ELF file that is dynamic; None for any other file."""
    if os.path.islink(path) or not os.path.isfile(path):
        return None
    with open(path, "rb") as file:
        start = file.read(20)
    if len(start) < 20 or start[:4] != b"\x7fELF":
        return None
    machine = struct.unpack("<H" if start[5] == 1 else ">H", start[18:20])[0]
    return start[4], start[5], machine


def patchelf(*arguments):
    """What patchelf prints; None where it fails, as it does for files without a dynamic section."""
    done = subprocess.run(["/usr/bin/patchelf", *arguments], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else None


def files_below(paths):
    """All files, in order."""
    for path in paths:
        for folder, folders, names in os.walk(path):
            folders.sort()
            yield from (os.path.join(folder, name) for name in sorted(names))


def run():
    parser = argparse.ArgumentParser()
    parser.add_argument("--host-libraries", type=int, required=True)
    parser.add_argument("--ignore-missing", nargs="*", default=[])
    parser.add_argument("--libs", nargs="*", default=[])
    parser.add_argument("--paths", nargs="+", required=True)
    settings = parser.parse_args()
    python = os.path.realpath("/usr/bin/python3")
    own, interpreter = kind_of(python), patchelf("--print-interpreter", python)

    found = {}
    for path in [*files_below(settings.paths), *(one for folder in settings.libs for one in sorted(glob.glob(f"{glob.escape(folder)}/*.so*")))]:
        if ".so" in os.path.basename(path) and kind_of(os.path.realpath(path)) == own:
            found.setdefault(os.path.basename(path), os.path.dirname(path))
    folders = [folder for pattern in ("/usr/lib/*-linux-gnu*", "/lib/*-linux-gnu*", "/usr/lib64", "/usr/lib") for folder in glob.glob(pattern)]

    def is_left(name):
        if any(fnmatch.fnmatch(name, pattern) for pattern in C_LIBRARY):
            return True
        return bool(settings.host_libraries) and any(os.path.exists(os.path.join(folder, name)) for folder in folders)

    failed = False
    for path in files_below(settings.paths):
        if kind_of(path) != own:
            continue
        needed = patchelf("--print-needed", path)
        if needed is None:
            continue
        if patchelf("--print-interpreter", path):
            subprocess.run(["/usr/bin/patchelf", "--set-interpreter", interpreter, path], check=True)
        rpath = []
        for name in needed.splitlines():
            if name in found:
                rpath.append(found[name])
            elif not is_left(name):
                ignored = any(fnmatch.fnmatch(name, pattern) for pattern in settings.ignore_missing)
                failed = failed or not ignored
                print(f"{'warn' if ignored else 'error'}: auto-patchelf could not satisfy dependency {name} wanted by {path}")
        if rpath:
            subprocess.run(["/usr/bin/patchelf", "--set-rpath", ":".join(dict.fromkeys(rpath)), path], check=True)
    if failed:
        sys.exit("auto-patchelf failed to find all the required dependencies.")


if __name__ == "__main__":
    run()
