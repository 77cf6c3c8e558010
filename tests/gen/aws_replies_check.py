"""Reads the sample answers of `shared/inventory/tests/aws_replies` with botocore's own parsers, and keeps what comes of
them beside each, pruned to what the table names. The tests of `shared/inventory` hold our reading to it.

    python3 tests/gen/aws_replies_check.py          # writes the expected files
    python3 tests/gen/aws_replies_check.py --check  # fails if they differ from what botocore says
"""

import base64
import datetime
import json
import pathlib
import sys

import botocore
import botocore.session
from botocore.parsers import create_parser

from aws_replies import PROTOCOLS, paging, read_operations

SAMPLES = pathlib.Path(__file__).resolve().parents[2] / "shared/inventory/tests/aws_replies"
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


def expected(path):
    service, operation = path.name.split(".")[:2]
    model = SESSION.get_service_model(service)
    shapes = model.operation_model(operation)
    kept = dict(KEPT[service, operation])
    pages = paging(service, operation, shapes)
    if pages and pages[1]:
        kept[pages[1]] = None
    protocol = next(p for p in PROTOCOLS if p in model.metadata.get("protocols", [model.metadata["protocol"]]))
    answer = {"status_code": 200, "headers": {}, "body": path.read_bytes()}
    parsed = create_parser(protocol).parse(answer, shapes.output_shape)
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
    print(f"{len(samples)} answers, botocore {botocore.__version__}")


if __name__ == "__main__":
    main()
