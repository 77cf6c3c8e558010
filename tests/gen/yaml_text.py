"""YAML as Helm charts have it: block style, two spaces, lists at their key's column, literal blocks."""
import json
import re

PLAIN = re.compile(r"[A-Za-z/_][A-Za-z0-9_./@=-]*(?:[ :][A-Za-z0-9_./@=-]+)*\Z")
# What YAML 1.1 reads as something else than a string.
OTHER = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}


def scalar(value):
    if isinstance(value, str) and PLAIN.match(value) and value.lower() not in OTHER:
        return value
    return json.dumps(value)


def lines_of(value, indent):
    pad = " " * indent
    if isinstance(value, dict):
        for key, inner in value.items():
            head = f"{pad}{scalar(key)}:"
            if isinstance(inner, dict) and inner:
                yield head
                yield from lines_of(inner, indent + 2)
            elif isinstance(inner, list) and inner:
                yield head
                yield from lines_of(inner, indent)
            elif isinstance(inner, str) and "\n" in inner:
                yield head + " |"
                yield from (f"{pad}  {line}" for line in inner.rstrip("\n").split("\n"))
            else:
                yield f"{head} {scalar(inner)}"
    else:
        for item in value:
            if isinstance(item, (dict, list)) and item:
                first, *rest = lines_of(item, indent + 2)
                yield f"{pad}- {first[indent + 2:]}"
                yield from rest
            else:
                yield f"{pad}- {scalar(item)}"


def text(value):
    return "\n".join(lines_of(value, 0)) + "\n"
