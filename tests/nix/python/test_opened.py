"""Libraries that are opened by name: found in the folders of an environment, and where they were before."""

import os
import subprocess
import sys
import tempfile
import unittest

import support  # noqa: F401: puts the builders on the path
import opened

SITE = "lib/python3/site-packages"


class Opened(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.libraries = os.path.join(self.folder.name, "libraries")
        self.prefix = os.path.join(self.folder.name, "prefix")
        os.makedirs(self.libraries)
        os.makedirs(os.path.join(self.prefix, SITE))
        library = os.path.join(self.libraries, "libgreet.so.1")
        source = "int answer(void) { return 42; }\n"
        subprocess.run(["cc", "-shared", "-x", "c", "-o", library, "-"], input=source, text=True, check=True)
        opened.add_finder(self.prefix, SITE, [self.libraries])

    def says(self, code):
        """What Python prints with the environment's modules on its path."""
        site = os.path.join(self.prefix, SITE)
        with open(os.path.join(site, "_headwater_libraries.pth"), encoding="utf-8") as file:
            start = file.read()
        command = [sys.executable, "-S", "-c", f"import sys; sys.path.insert(0, {site!r})\n{start}\n{code}"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    def test_by_its_file_s_name(self):
        self.assertEqual(self.says("import ctypes; print(ctypes.CDLL('libgreet.so.1').answer())"), "42")

    def test_by_its_name(self):
        found = self.says("from ctypes.util import find_library; print(find_library('greet'))")
        self.assertEqual(found, os.path.join(self.libraries, "libgreet.so.1"))

    def test_what_the_system_has_is_still_found(self):
        self.assertIn("libc", self.says("import ctypes, ctypes.util; print(ctypes.util.find_library('c'))"))
        self.assertEqual(self.says("import ctypes; print(ctypes.CDLL(None).abs(-3))"), "3")
        self.assertEqual(self.says("import ctypes.util; print(ctypes.util.find_library('nosuch'))"), "None")

    def test_nothing_is_imported_before_it_is_wanted(self):
        self.assertEqual(self.says("import sys; print('ctypes' in sys.modules)"), "False")


if __name__ == "__main__":
    unittest.main()
