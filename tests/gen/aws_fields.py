"""Writes `shared/policy/src/schema/aws.txt`: the properties of AWS resources, as CloudFormation's resource schemas give
them. The schemas are those that cfn-lint ships (`tests/infra/requirements.txt`).

    python tests/gen/aws_fields.py [--check]
"""

import json
import pathlib
import re
import sys

import cfnlint.data.schemas as schemas

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUT = ROOT / "shared/policy/src/schema/aws.txt"
KINDS = ROOT / "shared/model/src/aws.rs"
HEAD = """\
# The properties of AWS resources as CloudFormation's resource schemas give them, an object a line, in the notation of
# fields.txt; `tests/gen/aws_fields.py` writes it from the schemas that cfn-lint ships.
"""
BASE = "apiVersion:string kind:string metadata:AwsMetadata Use:[string]"
SCALARS = {"string": "string", "integer": "int", "number": "double", "boolean": "bool"}


def main():
    names = re.findall(r'"(AWS::\w+::\w+)"', KINDS.read_text())
    folder = pathlib.Path(schemas.__file__).parent
    region = json.loads((folder / "providers/us-east-1.json").read_text())
    lines = []
    for name in sorted(set(names)):
        schema = json.loads((folder / "resources" / f"{region[name]}.json").read_text())
        lines += Fields(name, schema).lines()
    text = HEAD + "".join(f"{line}\n" for line in lines)
    if "--check" in sys.argv:
        sys.exit(0 if OUT.read_text() == text else f"{OUT} is not what the schemas give: run {sys.argv[0]}")
    OUT.write_text(text)


class Fields:
    """The objects of one resource."""

    def __init__(self, name, schema):
        self.name, self.schema, self.made = name, schema, {}

    def lines(self):
        properties = self.object(f"{self.name}.Properties", self.schema)
        yield f"{self.name} {BASE} Properties:{properties}"
        yield from (f"{name} {fields}" for name, fields in sorted(self.made.items()))

    def object(self, name, schema):
        """The name of an object that was made of a schema with properties."""
        if name not in self.made:
            self.made[name] = ""
            fields = sorted(schema["properties"].items())
            self.made[name] = " ".join(f"{field}:{self.holds(f'{name}.{field}', of)}" for field, of in fields)
        return name

    def holds(self, name, schema):
        """What a field holds; anything, where schemas disagree or say nothing."""
        if "$ref" in schema:
            end = schema["$ref"].removeprefix("#/")
            of = self.schema
            for step in end.split("/"):
                of = of[step]
            return self.holds(f"{self.name}.{end.split('/')[-1]}", of)
        kind = schema.get("type")
        if isinstance(kind, list):
            kind = kind[0] if len(kind) == 1 else None
        if kind is None and "properties" in schema:
            kind = "object"
        if kind == "array":
            return f"[{self.holds(name, schema.get('items', {}))}]"
        if kind == "object" and "properties" in schema:
            return self.object(name, schema)
        if kind == "object" and len(schema.get("patternProperties", {})) == 1:
            (value,) = schema["patternProperties"].values()
            return "{%s}" % self.holds(f"{name}.of", value)
        return SCALARS.get(kind, "any")


if __name__ == "__main__":
    main()
