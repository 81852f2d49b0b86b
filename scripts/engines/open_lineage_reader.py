"""Reads OpenLineage events, one a line, with the classes of OpenLineage's own client, and prints them as that client would write them.

The classes are generated from the published schemas. They take any value, so this reader holds them to their types: an unknown name, a
missing one or a value of another type ends it.
"""

import json
import sys
import types
import typing
from enum import Enum

import attr
from openlineage.client.generated import base, column_lineage_dataset, schema_dataset
from openlineage.client.serde import Serde

FACETS = {
    "columnLineage": column_lineage_dataset.ColumnLineageDatasetFacet,
    "schema": schema_dataset.SchemaDatasetFacet,
}


def read(kind, value, path):
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        (kind,) = [one for one in typing.get_args(kind) if one is not type(None)]
        return read(kind, value, path)
    if origin is list:
        expect(isinstance(value, list), path, kind)
        return [read(typing.get_args(kind)[0], one, f"{path}[{at}]") for at, one in enumerate(value)]
    if origin is dict:
        expect(isinstance(value, dict), path, kind)
        inner = typing.get_args(kind)[1]
        return {key: read(FACETS[key] if inner is base.DatasetFacet else inner, one, f"{path}.{key}") for key, one in value.items()}
    if attr.has(kind):
        return read_class(kind, value, path)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(value)
    expect(type(value) is kind, path, kind)
    return value


def read_class(kind, value, path):
    expect(isinstance(value, dict), path, kind)
    hints = typing.get_type_hints(kind)
    arguments = {}
    left = dict(value)
    for field in attr.fields(kind):
        if field.name not in left:
            continue
        given = left.pop(field.name)
        if field.name in ("_schemaURL", "schemaURL"):
            expect(given == kind._get_schema(), path, f"{kind._get_schema()}, got {given}")
        else:
            arguments[field.alias] = read(hints[field.name], given, f"{path}.{field.name}")
    expect(not left, path, f"known names only, got {sorted(left)}")
    return kind(**arguments)


def expect(holds, path, what):
    if not holds:
        raise ValueError(f"{path} must be {what}")


for line in sys.stdin:
    event = json.loads(line)
    kind = base.RunEvent if event["schemaURL"].endswith("/RunEvent") else base.JobEvent
    print(json.dumps(Serde.to_dict(read_class(kind, event, "event"))), flush=True)
