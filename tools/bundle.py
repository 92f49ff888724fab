#!/usr/bin/env python3
"""Joins files into one, for embedding: for each file its name, its size in bytes, and its content.

Usage: bundle.py OUT ROOT FILE...     (names are relative to ROOT)
"""
import os
import sys

out, root, *files = sys.argv[1:]
with open(out, "wb") as bundle:
    for path in sorted(files):
        with open(path, "rb") as file:
            content = file.read()
        bundle.write(f"{os.path.relpath(path, root)}\n{len(content)}\n".encode() + content)
