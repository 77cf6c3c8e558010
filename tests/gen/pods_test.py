"""Pods come in the same order and form whatever the pages."""
import unittest

from pods import pods


class Pods(unittest.TestCase):
    def test_pages_do_not_matter(self):
        whole = list(pods(0, 50))
        paged = [pod for first in range(0, 50, 7) for pod in pods(first, min(7, 50 - first))]
        self.assertEqual(whole, paged)
        self.assertEqual(len(whole), 50)

    def test_names_and_uids_differ(self):
        some = list(pods(0, 200))
        self.assertEqual(len({pod["metadata"]["uid"] for pod in some}), 200)
        self.assertEqual(len({(pod["metadata"]["namespace"], pod["metadata"]["name"]) for pod in some}), 200)


if __name__ == "__main__":
    unittest.main()
