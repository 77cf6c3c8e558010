"""The generator writes what it wrote before: benchmarks of two days are about the same manifests."""
import hashlib
import tempfile
import unittest
from pathlib import Path

import manifests
import yaml_text

# To be changed together with the generator, on purpose, and never alone.
FIRST_500 = (
    "275a4771b1bb9fb208f77c47305c7e3ddcc149aa6075ca8f2f8c77742d39a5c0")


def written(count, **options):
    given = {"seed": "1", "badness": 0.5, "documents_per_file": 20, **options}
    with tempfile.TemporaryDirectory() as folder:
        summary = manifests.write(folder, count, **given)
        content = b"".join(path.read_bytes() for path in sorted(Path(folder).iterdir()))
    assert summary["sha256"] == hashlib.sha256(content).hexdigest()
    return content, summary


class Manifests(unittest.TestCase):
    def test_the_same_bytes(self):
        _, summary = written(500)
        self.assertEqual(summary["sha256"], FIRST_500)
        self.assertEqual(summary["objects"], 500)
        self.assertEqual(summary["files"], 25)

    def test_a_larger_set_begins_with_the_smaller(self):
        small, _ = written(200)
        large, _ = written(300)
        self.assertTrue(large.startswith(small))

    def test_another_seed_gives_others(self):
        self.assertNotEqual(written(50)[0], written(50, seed="2")[0])

    def test_the_mix(self):
        _, summary = written(5000)
        for kind, share in (("Deployment", 0.11), ("ConfigMap", 0.19), ("Role", 0.05), ("CronJob", 0.03)):
            self.assertAlmostEqual(summary["kinds"][kind] / 5000, share, delta=0.02)

    def test_text_that_yaml_reads_otherwise_is_quoted(self):
        text = yaml_text.text({"a": "yes", "b": "1", "c": ["on", {"d": "x: y"}], "e": "two\nlines\n", "f": {}})
        self.assertEqual(text, 'a: "yes"\nb: "1"\nc:\n- "on"\n- d: "x: y"\ne: |\n  two\n  lines\nf: {}\n')


if __name__ == "__main__":
    unittest.main()
