"""Looks for planted secrets, and for the keys of the demo itself, in everything that Cadastre wrote."""

import sqlite3
from pathlib import Path

import zstandard

from world.plan import planted


def everything_in(store: Path):
    """Every text and every byte of an SQLite store; documents are opened with the dictionaries kept beside them."""
    with sqlite3.connect(f"file:{store}?mode=ro", uri=True) as database:
        openers = {0: zstandard.ZstdDecompressor()}
        for number, content in database.execute("SELECT id, content FROM dictionary"):
            given = zstandard.ZstdCompressionDict(content, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
            openers[number] = zstandard.ZstdDecompressor(dict_data=given)
        documents = "SELECT document, dictionary FROM version WHERE document IS NOT NULL"
        for document, dictionary in database.execute(documents):
            yield "version", openers[dictionary].decompress(document, max_output_size=1 << 26)
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            for row in database.execute(f'SELECT * FROM "{table}"'):
                yield from ((table, str(value).encode() if not isinstance(value, bytes) else value) for value in row)


def find(directory: Path, outputs: dict[str, str], keys: dict) -> tuple[list[str], int]:
    """What leaked, a sentence each, and how many documents of the store were opened."""
    secrets = {"a planted secret": planted("").encode(), "the redshift marker": planted("").replace("-", "_").encode()}
    secrets |= {f"the secret key of {name}": pair["secret_access_key"].encode() for name, pair in keys.items()}
    leaks, documents = [], 0

    def look(where: str, content: bytes):
        for what, secret in secrets.items():
            at = content.find(secret)
            if at >= 0:
                shown = content[max(0, at - 80) : at + 60].decode(errors="replace")
                leaks.append(f"{what} stands in {where}: …{shown}…")

    for table, content in everything_in(directory / "cadastre.db"):
        documents += table == "version" and content.startswith(b"{")
        look(f"the store's table {table}", content)
    for path in directory.iterdir():
        if path.is_file() and path.name not in ("emulator.json", "emulator.log"):
            look(str(path), path.read_bytes())
    for name, text in outputs.items():
        look(f"the output of {name}", text.encode())
    return leaks, documents
