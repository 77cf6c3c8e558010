"""Writes the table by which AWS calls are made and their answers read, from the service models that botocore ships.

Run by hand with a Python that has botocore (see `tests/README.md`):

    python3 tests/gen/aws_replies.py          # writes the table and the expected endpoints
    python3 tests/gen/aws_replies.py --check  # fails if they differ from what would be written

What is called and what is read of it stands in `aws_operations.py`. The form of a line is told in
`shared/inventory/src/aws/wire/README.md`.
"""

import pathlib
import re
import sys
import textwrap

import botocore
import botocore.session
from botocore.endpoint_provider import EndpointProvider

from aws_operations import ABSENT, ACTIONS, NOT_SUBSCRIBED, OPERATIONS, PAGING, ROOTS

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLE = ROOT / "shared/inventory/src/aws/wire/replies.txt"
ENDPOINTS = ROOT / "shared/inventory/tests/aws_replies/endpoints.tsv"
LETTERS = {
    "string": "s", "character": "s", "integer": "i", "long": "i", "short": "i", "float": "f", "double": "f",
    "boolean": "b", "timestamp": "t", "blob": "x",
}
PROTOCOLS = ["ec2", "query", "json", "rest-json", "rest-xml"]
# By what a region's name begins with; checked below against botocore's partitions.
PARTITIONS = {
    "cn-": "aws-cn", "eusc-": "aws-eusc", "us-iso-": "aws-iso", "us-isob-": "aws-iso-b", "eu-isoe-": "aws-iso-e",
    "us-isof-": "aws-iso-f", "us-gov-": "aws-us-gov", "": "aws",
}

SESSION = botocore.session.get_session()
LOADER = SESSION.get_component("data_loader")


def tree(text):
    """`A{B C} D` as `{"A": {"B": None, "C": None}, "D": None}`."""
    tokens = re.findall(r"[{}]|[^\s{}]+", text)

    def members(at):
        found, last = {}, None
        while at < len(tokens):
            token = tokens[at]
            if token == "}":
                return found, at + 1
            if token == "{":
                found[last], at = members(at + 1)
                continue
            found[token], last, at = None, token, at + 1
        return found, at

    return members(0)[0]


def read_operations():
    """Service, operation, inputs that are set, members that are read."""
    service = None
    for line in OPERATIONS.splitlines():
        if not line.strip():
            continue
        if not line.startswith(" "):
            service = line.strip()
            continue
        name, inputs, outputs = re.match(r"\s+(\w+)\(([^)]*)\) ?(.*)$", line).groups()
        yield service, name, tree(inputs), tree(outputs)


class Writer:
    """The types of one service's shapes as text."""

    def __init__(self, protocol):
        self.protocol = protocol
        self.xml = protocol in ("ec2", "query", "rest-xml")

    def out(self, shape, kept, seen=()):
        """What is read of a shape; `kept` is None for all of it."""
        kind = shape.type_name
        if kind in LETTERS:
            assert kept is None, f"{shape.name} has no members"
            return ":" + LETTERS[kind]
        if shape.name in seen:
            raise ValueError(f"{shape.name} holds itself: say which members are read")
        seen = (*seen, shape.name)
        if kind == "list":
            inner = self.out(shape.member, kept, seen)
            return "[" + self.list_marks(shape) + inner.lstrip(":") + "]"
        if kind == "map":
            inner = self.out(shape.value, kept, seen)
            return "<" + self.map_marks(shape) + inner.lstrip(":") + ">"
        assert not getattr(shape, "is_document_type", False), f"{shape.name} is any document"
        unknown = set(kept or {}) - set(shape.members)
        assert not unknown, f"{shape.name} has no {unknown}"
        names = [n for n in shape.members if kept is None or n in kept]
        # In the order of the model, so that the table moves only with what it says.
        return "{" + " ".join(self.out_member(shape, n, kept and kept[n], seen) for n in names) + "}"

    def out_member(self, parent, name, kept, seen):
        shape = parent.members[name]
        marks = shape.serialization
        assert marks.get("location") is None, f"{parent.name}.{name} is no part of the body"
        assert not marks.get("jsonvalue"), name
        wire = marks.get("name", name)
        if self.xml and shape.type_name == "list" and marks.get("flattened"):
            wire = shape.member.serialization.get("name", wire)
        text = name + (f"={wire}" if wire != name else "")
        if marks.get("xmlAttribute"):
            text += "@attribute"
        return text + self.out(shape, kept, seen)

    def list_marks(self, shape):
        # The children of a list that is not flattened are its items, whatever they are called.
        return "*" if self.xml and shape.serialization.get("flattened") else ""

    def map_marks(self, shape):
        if not self.xml:
            return ""
        key = shape.key.serialization.get("name", "key")
        value = shape.value.serialization.get("name", "value")
        flat = "*" if shape.serialization.get("flattened") else ""
        return flat + ("" if (key, value) == ("key", "value") else f"({key},{value})")

    def into(self, shape, kept, seen=()):
        """How an input is written."""
        kind = shape.type_name
        if kind in LETTERS:
            assert kept is None and kind not in ("timestamp", "blob"), f"{shape.name} as an input"
            return ":" + LETTERS[kind]
        if shape.name in seen:
            raise ValueError(f"{shape.name} holds itself")
        seen = (*seen, shape.name)
        if kind == "list":
            flat = self.protocol == "ec2" or (self.protocol == "query" and shape.serialization.get("flattened"))
            if self.protocol == "query" and not flat:
                assert shape.member.serialization.get("name", "member") == "member", shape.name
            return "[" + ("*" if flat else "") + self.into(shape.member, kept, seen).lstrip(":") + "]"
        if kind == "map":
            assert not self.xml, f"a map in the input {shape.name}"
            return "<" + self.into(shape.value, kept, seen).lstrip(":") + ">"
        unknown = set(kept or {}) - set(shape.members)
        assert not unknown, f"{shape.name} has no {unknown}"
        names = [n for n in shape.members if kept is None or n in kept]
        return "{" + " ".join(self.in_member(shape, n, kept and kept[n], seen) for n in names) + "}"

    def in_member(self, parent, name, kept, seen=()):
        shape = parent.members[name]
        marks = shape.serialization
        if self.protocol == "ec2":
            wire = marks.get("queryName") or marks.get("name", name)
            wire = wire if marks.get("queryName") else wire[0].upper() + wire[1:]
        else:
            wire = marks.get("name", name)
        if self.protocol == "query" and shape.type_name == "list" and shape.serialization.get("flattened"):
            wire = shape.member.serialization.get("name", wire)
        place = {"uri": "@uri", "querystring": "@query", "header": "@header", None: ""}[marks.get("location")]
        return name + (f"={wire}" if wire != name else "") + place + self.into(shape, kept, seen)


def paging(service, name, shapes):
    """Input token, output token, member and number of a page's size, members that hold items; or None."""
    own = PAGING.get(f"{service}.{name}", {})
    if own.get("none"):
        return None
    try:
        pager = LOADER.load_service_model(service, "paginators-1")["pagination"].get(name, {})
    except botocore.exceptions.UnknownServiceError:
        pager = {}
    first = lambda value: value[0] if isinstance(value, list) else value
    results = own.get("results", pager.get("result_key"))
    if results is None:
        return None
    results = results if isinstance(results, list) else [results]
    # Some pagers name further members that are summed up, no lists.
    token_in = first(own.get("input", pager.get("input_token")))
    token_out = first(own.get("output", pager.get("output_token")))
    key = own.get("key", pager.get("limit_key"))
    limit = None
    if key:
        declared = shapes.input_shape.members[key].metadata
        limit = own.get("limit", declared.get("max"))
        assert limit, f"{service}.{name}: no largest page is known"
        assert not declared.get("max") or limit <= declared["max"], f"{service}.{name}: {limit} > {declared['max']}"
    if token_in:
        assert token_in in shapes.input_shape.members, (service, name, token_in)
    return token_in, token_out, key, limit, results


def wrapped(line):
    """A long line goes on in lines indented by six."""
    return textwrap.wrap(line, 118, subsequent_indent=" " * 6, break_long_words=False, break_on_hyphens=False)


def operation(service, model, name, inputs, kept, writer):
    shapes = model.operation_model(name)
    http = shapes.http
    target = f"{service}.{name}"
    uri = http.get("requestUri", "/")
    lines = [f"{name} {http.get('method', 'POST')} {uri}"]
    pages = paging(service, name, shapes)
    if pages:
        inputs = inputs | {given: None for given in (pages[0], pages[2]) if given}
        for result in pages[4]:
            assert result in kept, f"{target}: {result} is not read"
    if pages and pages[1]:
        # The token of the next page is read, but is no answer.
        kept = {**kept, pages[1]: None}
    shape = shapes.input_shape
    needed = set(shape.required_members) - set(inputs) if shape else set()
    assert not needed, f"{target} needs {needed}"
    if inputs:
        lines += wrapped("  in " + writer.into(shape, inputs))
    if shapes.endpoint:
        lines.append(f"  host {shapes.endpoint['hostPrefix']}")
    result = shapes.output_shape
    if kept:
        wrapper = result.serialization.get("resultWrapper")
        if wrapper:
            assert wrapper == f"{name}Result", target
        payload = result.serialization.get("payload")
        if payload:
            assert list(kept) == [payload], target
            # The body is this member, without a name of its own.
            lines.append(f"  payload {payload}")
        if writer.protocol == "rest-xml":
            lines.append(f"  root {ROOTS[target]}")
        lines += wrapped("  out " + writer.out(result, kept))
    if pages:
        token_in, token_out, key, limit, results = pages
        way = f"{token_in}<{token_out}" if token_in else "-"
        size = f"{key}:{limit}" if key else "-"
        lines.append(f"  page {way} {size} {' '.join(results)}")
    for word, table in (("absent", ABSENT), ("unsubscribed", NOT_SUBSCRIBED)):
        if target in table:
            lines.append(f"  {word} {' '.join(table[target])}")
    if target in ACTIONS:
        lines.append(f"  action {ACTIONS[target]}")
    return lines


def regions():
    """Partition, name and suffix of every region."""
    for partition in LOADER.load_data("partitions")["partitions"]:
        for region in partition["regions"]:
            if re.match(partition["regionRegex"], region):
                begins = max((b for b in PARTITIONS if region.startswith(b)), key=len)
                assert PARTITIONS[begins] == partition["id"], region
                yield partition["id"], region, partition["outputs"]["dnsSuffix"]


def resolve(service, model, region):
    """The URL and signing region that botocore takes."""
    rules = EndpointProvider(
        LOADER.load_service_model(service, "endpoint-rule-set-1"), LOADER.load_data("partitions")
    )
    given = {"Region": region, "UseFIPS": False, "UseDualStack": False}
    if service == "s3":
        given["ForcePathStyle"] = True
    if service == "s3control":
        given |= {"RequiresAccountId": False}
    if "ServiceType" in rules.ruleset.parameters:
        given["ServiceType"] = "standard"
    found = rules.resolve_endpoint(**given)
    schemes = [s for s in found.properties.get("authSchemes", []) if s["name"] == "sigv4"]
    scheme = schemes[0] if schemes else {}
    assert scheme.get("signingName", model.signing_name) == model.signing_name, service
    return found.url, scheme.get("signingRegion", region)


def endpoints(service, model):
    """Lines for what is not `prefix.region.suffix`, and the sample for the tests."""
    odd, sample, seen = {}, [], set()
    for partition, region, suffix in regions():
        url, signing = resolve(service, model, region)
        sample.append(f"{service}\t{region}\t{url}\t{signing}")
        if (url, signing) != (f"https://{model.endpoint_prefix}.{region}.{suffix}", region):
            odd.setdefault((partition, url, signing), []).append(region)
        seen.add((partition, region))
    lines = []
    for (partition, url, signing), places in odd.items():
        whole = {r for p, r in seen if p == partition} <= set(places) | {signing}
        assert whole, f"{service} differs in a part of {partition}: {places}"
        lines.append(f"  endpoint {partition} {url.removeprefix('https://')} {signing}")
    return lines, sample


def generate():
    lines = [
        "# Written by tests/gen/aws_replies.py from the service models of botocore; README.md tells the form.",
        f"# botocore {botocore.__version__}",
    ]
    suffixes = {partition: suffix for partition, _, suffix in regions()}
    lines += [f"partition {name} {begins or '*'} {suffixes[name]}" for begins, name in PARTITIONS.items()]
    sample, current, model, writer = [], None, None, None
    for service, name, inputs, kept in read_operations():
        if service != current:
            current = service
            model = SESSION.get_service_model(service)
            protocol = next(p for p in PROTOCOLS if p in model.metadata.get("protocols", [model.metadata["protocol"]]))
            writer = Writer(protocol)
            words = [
                "service", service, protocol, model.metadata["apiVersion"], model.endpoint_prefix, model.signing_name,
                str(model.service_id).replace(" ", "_"),
            ]
            if protocol == "json":
                words += [model.metadata["jsonVersion"], model.metadata["targetPrefix"]]
            lines += ["", " ".join(words)]
            odd, more = endpoints(service, model)
            lines += odd
            sample += more
        lines += operation(service, model, name, inputs, kept, writer)
    return "\n".join(lines) + "\n", "\n".join(sample) + "\n"


def main():
    table, sample = generate()
    for path, text in ((TABLE, table), (ENDPOINTS, sample)):
        if "--check" in sys.argv:
            if path.read_text() != text:
                sys.exit(f"{path} is not what the generator writes")
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    operations = sum(1 for _ in read_operations())
    print(f"{operations} operations, {len(table)} bytes; {sample.count(chr(10))} endpoints")


if __name__ == "__main__":
    main()
