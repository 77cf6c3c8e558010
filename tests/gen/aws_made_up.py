"""Makes up one request and one answer for every operation that is called, and keeps what botocore makes of them: every
input, every member that is read, each list with two items, and members that nobody knows.

    python3 tests/gen/aws_made_up.py          # writes requests.jsonl and answers.jsonl
    python3 tests/gen/aws_made_up.py --check  # fails if they differ from what would be written
"""

import base64
import json
import sys
from xml.sax.saxutils import escape, quoteattr

from botocore.parsers import create_parser
from botocore.serialize import create_serializer

from aws_operations import ROOTS
from aws_replies import PROTOCOLS, paging, read_operations
from aws_replies_check import SAMPLES, SESSION, plain, prune

TEXT = "é&<+~ y/"
ANSWERED = "é&"
STRANGER = "uh"


def given(shape, kept, place=None):
    """An input with all its members."""
    kind = shape.type_name
    if kind == "structure":
        names = [n for n in shape.members if kept is None or n in kept]
        place = lambda n: shape.members[n].serialization.get("location")
        return {n: given(shape.members[n], kept and kept[n], place(n)) for n in names}
    if kind == "list":
        return [given(shape.member, kept), given(shape.member, kept)]
    if kind == "map":
        return {"a b": given(shape.value, kept), "c": given(shape.value, kept)}
    if kind == "string":
        return "text-1" if place == "header" else TEXT
    return {"boolean": True}.get(kind, 7)


def request(service, name, inputs, shapes, protocol):
    """A line of requests.jsonl."""
    value = given(shapes.input_shape, inputs) if shapes.input_shape else {}
    sent = create_serializer(protocol, include_validation=False).serialize_to_request(value, shapes)
    path, _, asked = sent["url_path"].partition("?")
    query = sent["query_string"] or {}
    query = list(query.items()) if isinstance(query, dict) else list(query)
    text = lambda v: str(v).lower() if isinstance(v, bool) else str(v)
    query = sorted([k, text(v)] for k, v in query) + ([[asked, ""]] if asked else [])
    body = sent["body"]
    if isinstance(body, dict):
        body = sorted([k, text(v)] for k, v in body.items())
    else:
        body = json.loads(body) if body else None
    headers = {k.lower(): v for k, v in sent["headers"].items() if k.lower().startswith("x-amz-")}
    return {
        "operation": f"{service}.{name}", "input": value, "method": sent["method"], "path": path, "query": query,
        "headers": headers, "body": body,
    }


def said(shape, kept, iso):
    """What an answer holds, by the names of the wire."""
    kind = shape.type_name
    if kind == "structure":
        names = [n for n in shape.members if kept is None or n in kept]
        found = {shape.members[n].serialization.get("name", n): said(shape.members[n], kept and kept[n], iso)
                 for n in names}
        # A union holds one member and nothing else.
        return found if getattr(shape, "is_tagged_union", False) else found | {STRANGER: [{"a": None}]}
    if kind == "list":
        return [said(shape.member, kept, iso), said(shape.member, kept, iso)]
    if kind == "map":
        return {"k é": said(shape.value, kept, iso), "l": said(shape.value, kept, iso)}
    return {
        "boolean": False, "float": 1.25, "double": 2.5, "string": ANSWERED,
        "timestamp": "2026-02-03T04:05:06.789Z" if iso else 1770091506.789,
        "blob": base64.b64encode(ANSWERED.encode()).decode(),
    }.get(kind, 42)


def xml(tag, shape, kept, protocol, attributes=""):
    """An element, with the names that the model gives its members."""
    kind = shape.type_name
    if kind == "structure":
        inner, names = "", [n for n in shape.members if kept is None or n in kept]
        for name in names:
            member = shape.members[name]
            marks = member.serialization
            wire = marks.get("name", name)
            if marks.get("xmlAttribute"):
                attributes += f' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" {wire}={quoteattr(ANSWERED)}'
            else:
                assert not marks.get("flattened"), name
                inner += xml(wire, member, kept and kept[name], protocol)
        inner += f"<{STRANGER}><{names[0]}>no</{names[0]}><!----></{STRANGER}>"
    elif kind == "list":
        item = shape.member.serialization.get("name", "member")
        inner = xml(item, shape.member, kept, protocol) * 2
    elif kind == "map":
        pair = lambda key: f"<entry><key>{key}</key>{xml('value', shape.value, kept, protocol)}</entry>"
        inner = pair("k é") + pair("l")
    else:
        value = said(shape, None, True)
        inner = escape(str(value).lower() if isinstance(value, bool) else str(value))
    return f"<{tag}{attributes}>{inner}</{tag}>"


def complete(shape, kept, value):
    """Whether botocore found everything: else the answer was made up wrongly."""
    kind = shape.type_name
    if kind == "structure":
        names = [n for n in shape.members if kept is None or n in kept]
        return all(n in value and complete(shape.members[n], kept and kept[n], value[n]) for n in names)
    if kind == "list":
        return len(value) == 2 and all(complete(shape.member, kept, item) for item in value)
    if kind == "map":
        return len(value) == 2 and all(complete(shape.value, kept, item) for item in value.values())
    return value is not None and value != ""


def answer(service, name, kept, shapes, protocol):
    """A line of answers.jsonl."""
    shape = shapes.output_shape
    kept = dict(kept)
    pages = paging(service, name, shapes)
    if pages and pages[1]:
        kept[pages[1]] = None
    payload = shape.serialization.get("payload")
    if protocol in ("json", "rest-json"):
        assert not payload
        body = json.dumps(said(shape, kept, False), ensure_ascii=False)
    elif payload:
        body = xml(ROOTS[f"{service}.{name}"], shape.members[payload], kept[payload], protocol)
    elif protocol == "query":
        inner = xml(f"{name}Result", shape, kept, protocol)
        body = f"<{name}Response>{inner}<ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></{name}Response>"
    else:
        body = xml(ROOTS.get(f"{service}.{name}", f"{name}Response"), shape, kept, protocol)
    parsed = create_parser(protocol).parse({"status_code": 200, "headers": {}, "body": body.encode()}, shape)
    expected = prune(plain(parsed), kept)
    assert complete(shape, kept, expected), f"{service}.{name}: {expected}"
    return {"operation": f"{service}.{name}", "body": body, "expected": expected}


def lines():
    requests, answers = [], []
    for service, name, inputs, kept in read_operations():
        model = SESSION.get_service_model(service)
        protocol = next(p for p in PROTOCOLS if p in model.metadata.get("protocols", [model.metadata["protocol"]]))
        shapes = model.operation_model(name)
        pages = paging(service, name, shapes)
        inputs = inputs | {member: None for member in (pages[0], pages[2]) if member} if pages else inputs
        requests.append(request(service, name, inputs, shapes, protocol))
        answers.append(answer(service, name, kept, shapes, protocol))
    text = lambda found: "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in found)
    return {"requests.jsonl": text(requests), "answers.jsonl": text(answers)}


def main():
    for name, text in lines().items():
        path = SAMPLES / name
        if "--check" in sys.argv:
            if not path.exists() or path.read_text() != text:
                sys.exit(f"{path} is not what would be written")
        else:
            path.write_text(text)
        print(f"{name}: {text.count(chr(10))} lines, {len(text)} bytes")


if __name__ == "__main__":
    main()
