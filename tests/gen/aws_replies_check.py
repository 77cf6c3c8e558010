"""Reads the sample answers of `shared/inventory/tests/aws_replies` with botocore's own parsers, and keeps what comes of
them beside each, pruned to what the table names. The tests of `shared/inventory` hold our reading to it.

    python3 tests/gen/aws_replies_check.py          # writes the expected files
    python3 tests/gen/aws_replies_check.py --check  # fails if they differ from what botocore says

The answers of the example world are read in the same way: whatever stands in them, botocore must know it.
"""

import base64
import datetime
import json
import pathlib
import sys
from xml.etree import ElementTree

import botocore
import botocore.session
from botocore.parsers import create_parser

from aws_replies import PROTOCOLS, paging, read_operations

SAMPLES = pathlib.Path(__file__).resolve().parents[2] / "shared/inventory/tests/aws_replies"
FUNCTIONS = SAMPLES.parents[3] / "functions"
WORLD = [SAMPLES.parents[2] / "world/data/accounts", FUNCTIONS / "scan-account/tests/everything"]
SESSION = botocore.session.get_session()
KEPT = {(service, name): kept for service, name, _, kept in read_operations()}


def plain(value):
    """What botocore made, as JSON: moments as RFC 3339 text, bytes as Base64."""
    if isinstance(value, datetime.datetime):
        moment = value.astimezone(datetime.timezone.utc)
        text = moment.strftime("%Y-%m-%dT%H:%M:%S")
        return text + (f".{moment.microsecond:06}".rstrip("0") if moment.microsecond else "") + "Z"
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value


def prune(value, kept):
    """Only the members that are read. Keys of maps are no members: the operations name none of them."""
    if kept is None:
        return value
    if isinstance(value, list):
        return [prune(inner, kept) for inner in value]
    return {key: prune(value[key], kept[key]) for key in kept if key in value}


def parse(path, service, operation):
    """What botocore makes of a file, with the operation's shapes."""
    model = SESSION.get_service_model(service)
    shapes = model.operation_model(operation)
    protocol = next(p for p in PROTOCOLS if p in model.metadata.get("protocols", [model.metadata["protocol"]]))
    answer = {"status_code": 200, "headers": {}, "body": path.read_bytes()}
    return create_parser(protocol).parse(answer, shapes.output_shape), shapes


def texts(value):
    """How many values there are."""
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return 0 if value in ("", None) else 1
    return sum(map(texts, value))


def check_world():
    """Every value in an answer of the example world is one that botocore reads of it."""
    files = [path for folder in WORLD for path in sorted(folder.rglob("*")) if path.suffix in (".json", ".xml")]
    for path in files:
        parsed, _ = parse(path, path.parent.name, path.name.split(".")[0])
        if path.suffix == ".json":
            written = texts(json.loads(path.read_text()))
        else:
            elements = list(ElementTree.parse(path).iter())
            written = sum(1 for element in elements if (element.text or "").strip())
            # The keys of maps are no values.
            written -= sum(1 for element in elements if element.tag.endswith("}entry"))
        metadata = parsed.pop("ResponseMetadata", {})
        # S3 tells the request's id in a header, JSON services too; in others it is read beside the answer.
        if path.suffix == ".xml" and not path.parent.name.startswith("s3"):
            assert metadata.get("RequestId"), f"{path} has no id"
            written -= 1
        if texts(parsed) != written:
            sys.exit(f"{path} holds {written} values, of which botocore reads {texts(parsed)}")
    return len(files)


def expected(path):
    service, operation = path.name.split(".")[:2]
    parsed, shapes = parse(path, service, operation)
    kept = dict(KEPT[service, operation])
    pages = paging(service, operation, shapes)
    if pages and pages[1]:
        kept[pages[1]] = None
    pruned = prune(plain(parsed), kept)
    assert pruned, f"{path.name}: nothing of it is read"
    return json.dumps(pruned, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def main():
    samples = [p for p in sorted(SAMPLES.iterdir()) if p.suffix in (".xml", ".json") and ".expected." not in p.name]
    for path in samples:
        kept = path.with_name(path.name.removesuffix(path.suffix) + ".expected.json")
        text = expected(path)
        if "--check" in sys.argv:
            if not kept.exists() or kept.read_text() != text:
                sys.exit(f"{kept} is not what botocore says")
        else:
            kept.write_text(text)
    print(f"{len(samples)} answers, {check_world()} of the example world and its tests, botocore {botocore.__version__}")


if __name__ == "__main__":
    main()
