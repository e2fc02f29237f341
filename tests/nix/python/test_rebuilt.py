"""Whether a wheel comes out as it was recorded."""

import base64
import hashlib
import os
import tempfile
import unittest
import zipfile

import support  # noqa: F401

import rebuilt


def wheel(folder, members, name="a-1-py3-none-any.whl"):
    """A wheel of (path, mode, text)."""
    path = os.path.join(folder, name)
    with zipfile.ZipFile(path, "w") as archive:
        for member, mode, text in members:
            info = zipfile.ZipInfo(member)
            info.create_system = rebuilt.UNIX
            info.external_attr = mode << 16
            archive.writestr(info, text)
    return path


FILES = [("a/b.py", 0o100644, "x = 1\n"), ("a/", 0o040755, ""), ("a/run", 0o100755, ""), ("a.py", 0o644, "é\n")]


class Rebuilt(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def test_the_digest_is_of_files_with_their_modes(self):
        lines = [
            f"{hashlib.sha256(text.encode()).hexdigest()} {mode} {path}\n"
            for path, mode, text in [("a/b.py", 644, "x = 1\n"), ("a/run", 755, ""), ("a.py", 644, "é\n")]
        ]
        expected = hashlib.sha256("".join(sorted(lines)).encode()).hexdigest()
        self.assertEqual(rebuilt.digest_of(wheel(self.folder, FILES)), expected)
        # In any order.
        self.assertEqual(rebuilt.digest_of(wheel(self.folder, FILES[::-1])), expected)

    def test_what_is_not_as_it_was(self):
        path = wheel(self.folder, FILES)
        with open(path, "rb") as file:
            integrity = "sha256-" + base64.b64encode(hashlib.sha256(file.read()).digest()).decode()
        as_files = {"class": "files", "integrity": None, "digest": rebuilt.digest_of(path)}
        as_whole = {**as_files, "class": "integrity", "integrity": integrity}
        changed = [("a/b.py", 0o100644, "x = 2\n"), *FILES[1:]]
        mode = [("a/b.py", 0o100755, "x = 1\n"), *FILES[1:]]
        more = [*FILES, ("evil.py", 0o100644, "")]
        for members, of_files, of_whole in [
            (FILES, True, True),
            # Another order is another file with the same files in it, and is said.
            (FILES[::-1], True, True),
            (changed, False, False),
            (mode, False, False),
            (more, False, False),
            (FILES[:2], False, False),
        ]:
            path = wheel(self.folder, members)
            self.assertEqual(rebuilt.why_not(path, as_files) is None, of_files, members)
            self.assertEqual(rebuilt.why_not(path, as_whole) is None, of_whole, members)


if __name__ == "__main__":
    unittest.main()
