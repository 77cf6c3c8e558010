"""Random choices that are the same on every machine and in every Python.

Each application has a generator of its own, made from the seed and its number, so that a larger set of
manifests begins with the smaller one. Only `random.Random.random()` is used: its results are fixed by
the language, those of the other methods are not.
"""
import random

HEX_DIGITS = "0123456789abcdef"


class Draw:
    """Choices for one application.

    Every application draws a posture: hardened, average or sloppy. Each setting is then drawn on its own
    with the posture's chance to be bad, so that good and bad settings mix as they do in real clusters.
    """

    def __init__(self, seed, number, badness):
        self._random = random.Random(f"{seed}/{number}").random
        self.number = number
        posture = self._random()
        # badness 0.5: a quarter hardened, three tenths sloppy, the rest average
        if posture < 0.5 - 0.5 * badness:
            self.bad_chance = 0.05
        elif posture >= 1 - 0.6 * badness:
            self.bad_chance = 0.85
        else:
            self.bad_chance = 0.40

    def bad(self, weight=1.0):
        """Whether a setting is bad; a weight below 1 makes it rarer."""
        return self._random() < self.bad_chance * weight

    def chance(self, probability):
        return self._random() < probability

    def one(self, choices):
        return choices[int(self._random() * len(choices))]

    def number_from(self, low, high):
        return low + int(self._random() * (high - low + 1))

    def hex(self, digits):
        return "".join(self.one(HEX_DIGITS) for _ in range(digits))

    def times(self, mean):
        """A count with this mean: its whole part, and one more as often as its fraction says."""
        whole = int(mean)
        return whole + self.chance(mean - whole)

    def share(self, shares):
        """A key of a table of shares."""
        at = self._random() * sum(shares.values())
        for key, share in shares.items():
            at -= share
            if at < 0:
                return key
        return key
