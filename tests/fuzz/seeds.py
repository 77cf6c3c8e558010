"""Writes what the fuzz targets begin with: seeds.py FOLDER. One file a seed, in a folder for each target.

The expressions are those of policies, of the engine's test data and of the laws of `src/texts.rs`; the documents are
the objects of the test data; the texts are what stands in quotes in all of them. The dictionary is the names of the
functions and every word that the expressions have more than once."""

import collections
import hashlib
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = ROOT / "shared/cel/testdata"


def blocks(text):
    """The values of a policy's fields; more than the expressions, which does no harm."""
    lines = text.split("\n")
    for number, line in enumerate(lines):
        match = re.match(r"^( *)(?:- )?(?:[a-z]+: |- )(.*)$", line)
        if not match:
            continue
        indent, value = len(match[1]), match[2].strip()
        if value in (">-", "|-", ">", "|"):
            block = []
            for below in lines[number + 1 :]:
                if below.strip() and len(below) - len(below.lstrip()) <= indent:
                    break
                block.append(below.strip())
            yield " ".join(block).strip()
        elif value[:1] in "'\"":
            yield value[1:-1].replace("''", "'")
        else:
            yield value


def expressions():
    for file in sorted(DATA.glob("expressions/*.txt")):
        yield from (line for line in file.read_text().splitlines() if line and line[0] != "#")
    for file in sorted(ROOT.glob("policies/*/*/policy.yaml")):
        yield from (text for text in blocks(file.read_text()) if re.search(r"[(=.]", text))


def write(folder, seeds):
    folder.mkdir(parents=True, exist_ok=True)
    for seed in seeds:
        data = seed if isinstance(seed, bytes) else seed.encode()
        (folder / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)


def main(folder):
    sources = sorted(set(expressions()))
    objects = [json.dumps(one) for one in json.loads((DATA / "objects.json").read_text())]
    write(folder / "parse", sources)
    write(folder / "evaluate", (f"{text}\0{objects[n % len(objects)]}" for n, text in enumerate(sources)))
    texts = {text for source in sources for text in re.findall(r"'([^'\\]*)'|\"([^\"\\]*)\"", source) for text in text}
    write(folder / "texts", sorted(texts))
    # Choices, not text: any bytes will do.
    write(folder / "check", (hashlib.shake_128(bytes([n])).digest(64 + n) for n in range(128)))
    words = collections.Counter(word for source in sources for word in re.findall(r"[.]?[A-Za-z_]+[(]?|[^\sA-Za-z0-9]{2}", source))
    common = [word for word, count in sorted(words.items()) if count > 3 and '"' not in word and "\\" not in word and word.isascii()]
    (folder / "words.dict").write_text("".join(f'"{word}"\n' for word in common))
    print(f"{len(sources)} expressions, {len(texts)} texts, {len(common)} words")


main(pathlib.Path(sys.argv[1]))
