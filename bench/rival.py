"""What a team writes when it needs an inventory this week: boto3, threads, SQLite. Written to be fast, so that beating it means something.

One botocore session (models are loaded once) with a client for each account, region and service; 32 threads over all
(account, region, kind) cells; boto3's own paginators with the largest pages; a hash for each document; what is unchanged is
not written; upserts in batches into a WAL database; what a completed list no longer shows is deleted.
"""

import argparse
import datetime
import gc
import hashlib
import json
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import boto3
import botocore.config
import botocore.session
import botocore.utils
import yaml

from kinds import KINDS

THREADS = 32
BATCH = 500

SCHEMA = """
PRAGMA journal_mode=WAL;
PRAGMA synchronous=NORMAL;
CREATE TABLE IF NOT EXISTS resource (
  account TEXT, region TEXT, kind TEXT, id TEXT, hash BLOB, document TEXT,
  PRIMARY KEY (account, region, kind, id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cell (
  account TEXT, region TEXT, kind TEXT, verified TEXT, PRIMARY KEY (account, region, kind)) WITHOUT ROWID;
"""


class Inventory:
    def __init__(self, path: Path):
        self.lock = threading.Lock()
        self.database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self.database.executescript(SCHEMA)
        self.written = 0

    def hashes(self, cell):
        with self.lock:
            query = "SELECT id, hash FROM resource WHERE account = ? AND region = ? AND kind = ?"
            return dict(self.database.execute(query, cell))

    def put(self, rows):
        with self.lock:
            self.database.execute("BEGIN")
            self.database.executemany("INSERT OR REPLACE INTO resource VALUES (?, ?, ?, ?, ?, ?)", rows)
            self.database.execute("COMMIT")
            self.written += len(rows)

    def finish(self, cell, gone):
        with self.lock:
            self.database.execute("BEGIN")
            query = "DELETE FROM resource WHERE account = ? AND region = ? AND kind = ? AND id = ?"
            self.database.executemany(query, [(*cell, native) for native in gone])
            self.database.execute("INSERT OR REPLACE INTO cell VALUES (?, ?, ?, datetime('now'))", cell)
            self.database.execute("COMMIT")


def parse_time(value):
    """botocore's own way, by dateutil, takes some 200 µs each, as much as all the rest of a document."""
    if isinstance(value, str) and value[:4].isdigit() and "-" in value:
        return datetime.datetime.fromisoformat(value)
    return botocore.utils.parse_timestamp(value)


class Clients:
    """A client for each account, region and service, made once; making one is not thread-safe."""

    def __init__(self):
        session = botocore.session.Session()
        session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=parse_time)
        self.session = boto3.Session(botocore_session=session)
        self.config = botocore.config.Config(max_pool_connections=THREADS, parameter_validation=False)
        self.lock = threading.Lock()
        self.known = {}

    def get(self, account, region, service):
        key = (account["id"], region, service)
        with self.lock:
            if key not in self.known:
                self.known[key] = self.session.client(
                    service,
                    region_name=region,
                    config=self.config,
                    aws_access_key_id=account["access_key_id"],
                    aws_secret_access_key=account["secret_access_key"],
                )
            return self.known[key]


def collect(inventory, clients, account, region, kind):
    cell = (account["id"], region, kind.name)
    known = inventory.hashes(cell)
    seen = set()
    rows = []
    for item in kind.items(clients.get(account, region, kind.service)):
        native = "/".join(item[name] for name in kind.id)
        seen.add(native)
        document = json.dumps(item, default=str)
        digest = hashlib.blake2b(document.encode(), digest_size=16).digest()
        if known.get(native) == digest:
            continue
        rows.append((*cell, native, digest, document))
        if len(rows) >= BATCH:
            inventory.put(rows)
            rows = []
    if rows:
        inventory.put(rows)
    inventory.finish(cell, known.keys() - seen)
    return len(seen)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("config", type=Path, help="a cadastre.yaml with static keys")
    parser.add_argument("database", type=Path)
    options = parser.parse_args()
    config = yaml.safe_load(options.config.read_text())
    gc.set_threshold(200_000, 50, 50)  # pages are large and free of cycles: looking for some costs a tenth of the run
    inventory = Inventory(options.database)
    clients = Clients()
    cells = []
    for kind in KINDS:
        regions = config["regions"][:1] if kind.everywhere else config["regions"]
        cells += [(account, region, kind) for account in config["accounts"] for region in regions]
    with ThreadPoolExecutor(THREADS) as pool:
        counts = list(pool.map(lambda cell: collect(inventory, clients, *cell), cells))
    print(json.dumps({"resources": sum(counts), "cells": len(cells), "written": inventory.written}))


if __name__ == "__main__":
    main()
