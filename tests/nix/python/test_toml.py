"""TOML as it is written: what tomllib reads of it is the value again."""

import datetime
import math
import tomllib
import unittest

import support  # noqa: F401

import toml


class Toml(unittest.TestCase):
    def test_there_and_back(self):
        offset = datetime.timezone(datetime.timedelta(hours=-7))
        values = [
            {},
            {"text": "plain", "empty": "", "quotes": "a\"b'c\\d", "lines": "a\nb\r\tc", "control": "\x00\x1b\x7f\x85"},
            {"beyond": "ä😀\u2028", "äöü": 1, "": 2, "a.b": 3, 'q"q': 4, "a b": {"c.d": {"e": 1}}},
            {"yes": True, "no": False, "whole": -(2**63), "large": 10**15, "part": 1e300, "tiny": 1e-7, "one": 1.0},
            {"inf": math.inf, "less": -math.inf},
            {"at": datetime.datetime(2026, 1, 2, 3, 4, 5, 600, offset), "local": datetime.datetime(2026, 1, 2, 3, 4)},
            {"day": datetime.date(2026, 1, 2), "hour": datetime.time(3, 4, 5)},
            {"list": [], "mixed": [1, "a", {"b": [{}]}, []], "nested": [[{"a": 1}], [2]]},
            # A plain value after a table must not fall into it.
            {"table": {"a": 1}, "after": 2, "tables": [{"a": 1, "inner": {"b": {}}}, {}, {"more": [{"c": 1}]}], "last": 3},
            {"target": {'cfg(all(unix, target_os = "linux"))': {"dependencies": {"a": {"version": "1"}, "b": "2"}}}},
        ]
        for value in values:
            with self.subTest(value):
                self.assertEqual(tomllib.loads(toml.dumps(value)), value)
        self.assertTrue(math.isnan(tomllib.loads(toml.dumps({"nan": math.nan}))["nan"]))

    def test_headers(self):
        text = toml.dumps({"a": 1, "source": {"x+y": {"git": "u"}, "z": {}}, "bin": [{"name": "b"}]})
        self.assertEqual(text, 'a = 1\n\n[source."x+y"]\ngit = "u"\n\n[source.z]\n\n[[bin]]\nname = "b"\n')

    def test_what_it_has_no_word_for(self):
        with self.assertRaisesRegex(TypeError, "NoneType"):
            toml.dumps({"a": [None]})


if __name__ == "__main__":
    unittest.main()
