#!/usr/bin/env python3
"""Reads the catalogue's YAML files once, when Cadastre is built, and joins them for embedding: for each file its name, the size of
its tree in bytes, and the tree as JSON. Reading the YAML took two thirds of a command's start.

A node is [LINE, COLUMN] (null), [LINE, COLUMN, "text"], [LINE, COLUMN, "text", 1] (quoted), [LINE, COLUMN, [NODE, ...]] (a list) or
[LINE, COLUMN, [KEY, VALUE, ...], 1] (a map). src/catalog/embedded.cc reads it back; a test holds it against the program's own reader.

Usage: bundle.py OUT ROOT FILE...     (names are relative to ROOT)
"""

import json
import os
import sys

import yaml


def tree(node: yaml.Node) -> list:
    place = [node.start_mark.line + 1, node.start_mark.column + 1]
    if isinstance(node, yaml.SequenceNode):
        return [*place, [tree(item) for item in node.value]]
    if isinstance(node, yaml.MappingNode):
        parts = []
        for key, value in node.value:
            parts += [tree(key), tree(value)]
            if value.tag == "tag:yaml.org,2002:null":
                parts[-1][:2] = parts[-2][:2]  # nothing has no place of its own
        return [*place, parts, 1]
    if node.style is not None:
        return [*place, node.value, 1]
    return place if node.tag == "tag:yaml.org,2002:null" else [*place, node.value]


def main() -> None:
    out, root, *files = sys.argv[1:]
    with open(out, "wb") as bundle:
        for path in sorted(files):
            with open(path, encoding="utf-8") as file:
                content = json.dumps(tree(yaml.compose(file)), ensure_ascii=False, separators=(",", ":")).encode()
            bundle.write(f"{os.path.relpath(path, root)}\n{len(content)}\n".encode() + content)


if __name__ == "__main__":
    main()
