"""Reads catalog/aws/operations.txt, the reviewed list of the AWS operations that Cadastre may call.

    # comments and blank lines are skipped
    withheld:            names of response members that are left out of the models, wherever they stand
      Password           a member of any shape; Shape.member of that shape only
    ec2:                 a service, by botocore's folder name
      DescribeAddresses  one operation a line

Headings stand in the first column, names are indented by two spaces, and both are sorted, so that a change to the list is a
change of single lines in a diff.
"""

import pathlib
import re

PATH = pathlib.Path(__file__).resolve().parent.parent / "catalog" / "aws" / "operations.txt"
WITHHELD = "withheld"


class ListError(Exception):
    """A line of the list is wrong; the message names file and line."""


def read(path=PATH):
    """Returns (set of withheld member names, {service: [operation, ...]})."""
    sections = {}
    current = None
    for number, line in enumerate(path.read_text().splitlines(), 1):
        where = f"{path.name}:{number}"
        if not line.strip() or line.startswith("#"):
            continue
        if heading := re.fullmatch(r"([a-z0-9-]+):", line):
            current = heading[1]
            if current in sections:
                raise ListError(f"{where}: the heading '{current}' stands twice; put its names under one")
            sections[current] = []
        elif name := re.fullmatch(r"  ([A-Za-z0-9_.]+)", line):
            if current is None:
                raise ListError(f"{where}: '{name[1]}' stands under no heading")
            sections[current].append(name[1])
        else:
            raise ListError(f"{where}: expected 'service:' or a name indented by two spaces, found {line!r}")
    return set(sections.pop(WITHHELD, [])), sections
