"""Makes the models that are embedded in the binary: build_models.py --out FILE

From the pinned botocore: every service's newest service-2.json (with botocore's own corrections), cut down to the operations
of catalog/aws/operations.txt, the shapes they reach and the traits that src/aws/model.cc reads; paginators-1.json folded into
the operations; and the endpoint table of endpoint_table.py. The same input gives the same bytes.

The file, which src/aws/model_archive.cc reads (integers little-endian):

    "CADMODEL"  u32 size of the packed index  u32 its size unpacked  packed index  dictionary  packed texts …

Packed means one zstd frame. The index is JSON: {"botocore": version, "dictionary": size, "endpoints": text,
"services": {name: text}} where text is [offset after the dictionary, packed size, size]. The texts are packed with the
dictionary, so that one service unpacks without the others.
"""

import argparse
import json
import pathlib
import struct

import botocore
import botocore.exceptions
import botocore.loaders
import zstandard

import endpoint_table
import operations

DICTIONARY_SIZE = 96 * 1024
LEVEL = 19
# The first of these that a service speaks is the one we speak to it.
PROTOCOLS = ("json", "query", "rest-json", "ec2", "rest-xml", "smithy-rpc-v2-cbor")
METADATA = """apiVersion endpointPrefix jsonVersion targetPrefix serviceId signingName signatureVersion xmlNamespace
    awsQueryCompatible uid""".split()
OPERATION = """name http endpoint errors authtype httpChecksumRequired httpChecksum staticContextParams input output""".split()
# Traits of a shape, and of a use of one. "enum", "pattern", "min", "documentation" and the like decide nothing at run time.
SHAPE = """type members member key value required payload locationName flattened xmlNamespace timestampFormat streaming
    sensitive eventstream document union exception wrapper error""".split()
USE = """shape locationName queryName location flattened xmlNamespace xmlAttribute timestampFormat streaming hostLabel
    idempotencyToken jsonvalue sensitive eventpayload eventheader resultWrapper""".split()
PAGINATOR = "input_token output_token more_results limit_key result_key".split()
# A token in an answer, and the parameters that it may be given back in.
# In this order: an answer that has a NextMarker repeats the request's own as Marker.
TOKENS = {"NextToken": ("NextToken",), "nextToken": ("nextToken",), "NextMarker": ("NextMarker", "Marker"), "Marker": ("Marker",),
          "nextMarker": ("nextMarker", "marker"), "NextPageToken": ("NextPageToken", "PageToken"),
          "nextPageToken": ("nextPageToken", "pageToken"), "NextContinuationToken": ("ContinuationToken",)}
LIMITS = ("MaxResults", "maxResults", "MaxRecords", "MaxItems", "Limit", "limit", "PageSize", "pageSize")


def keep(source, names):
    return {name: source[name] for name in names if name in source}


def reach(name, shapes, found):
    """Adds `name` and all that it leads to."""
    pending = [name]
    while pending:
        name = pending.pop()
        if name in found:
            continue
        found.add(name)
        shape = shapes[name]
        uses = [*shape.get("members", {}).values(), *(shape[part] for part in ("member", "key", "value") if part in shape)]
        pending.extend(use["shape"] for use in uses)


def trim_shape(name, shape, withheld):
    trimmed = keep(shape, SHAPE)
    if "members" in trimmed:
        dropped = {m for m in trimmed["members"] if m in withheld or f"{name}.{m}" in withheld}
        trimmed["members"] = {m: keep(use, USE) for m, use in trimmed["members"].items() if m not in dropped}
        if dropped and "required" in trimmed:
            trimmed["required"] = [m for m in trimmed["required"] if m not in dropped]
    for part in ("member", "key", "value"):
        if part in trimmed:
            trimmed[part] = keep(trimmed[part], USE)
    return {key: value for key, value in trimmed.items() if value is not False}


def trim_operation(operation, paginator):
    trimmed = keep(operation, OPERATION)
    trimmed["http"] = keep(trimmed["http"], ("method", "requestUri"))
    for part in ("input", "output"):
        if part in trimmed:
            trimmed[part] = keep(trimmed[part], USE + ["payload"])
    trimmed["errors"] = [{"shape": error["shape"]} for error in trimmed.get("errors", [])]
    if paginator:
        trimmed["paginator"] = keep(paginator, PAGINATOR)
    return trimmed


def find_paginator(operation, shapes):
    """The paginator that botocore does not name: a token that comes out and can be given back (WAF's NextMarker)."""
    if "input" not in operation or "output" not in operation:
        return None
    given, answered = (shapes[operation[part]["shape"]].get("members", {}) for part in ("input", "output"))
    for token in (name for name in TOKENS if name in answered):
        back = next((name for name in TOKENS[token] if name in given), None)
        if back and shapes[answered[token]["shape"]]["type"] == "string" == shapes[given[back]["shape"]]["type"]:
            paginator = {"input_token": back, "output_token": token, "result_key": []}
            limit = next((name for name in LIMITS if name in given and shapes[given[name]["shape"]]["type"] == "integer"), None)
            return {**paginator, "limit_key": limit} if limit else paginator
    return None


def trim(model, names, paginators, withheld):
    """service-2 cut down to the operations `names`."""
    metadata = model["metadata"]
    spoken = metadata.get("protocols", [metadata["protocol"]])
    trimmed = {"metadata": keep(metadata, METADATA), "operations": {}, "shapes": {}}
    trimmed["metadata"]["protocol"] = min(spoken, key=PROTOCOLS.index)
    found = set()
    for name in names:
        described = model["operations"][name]
        operation = trim_operation(described, paginators.get(name) or find_paginator(described, model["shapes"]))
        trimmed["operations"][name] = operation
        for use in [*(operation[part] for part in ("input", "output") if part in operation), *operation["errors"]]:
            reach(use["shape"], model["shapes"], found)
    trimmed["shapes"] = {name: trim_shape(name, model["shapes"][name], withheld) for name in sorted(found)}
    for operation in trimmed["operations"].values():
        keep_page_limit(operation, model, trimmed["shapes"])
    return trimmed


def keep_page_limit(operation, model, shapes):
    """The largest page that the model allows is a trait of the limit parameter's shape."""
    limit = operation.get("paginator", {}).get("limit_key")
    use = model["shapes"][operation["input"]["shape"]]["members"].get(limit) if limit else None
    if use and "max" in model["shapes"][use["shape"]]:
        shapes[use["shape"]]["max"] = model["shapes"][use["shape"]]["max"]


def load_models(loader):
    return {name: loader.load_service_model(name, "service-2") for name in loader.list_available_services("service-2")}


def load_paginators(loader, name):
    try:
        return loader.load_service_model(name, "paginators-1")["pagination"]
    except botocore.exceptions.DataNotFoundError:
        return {}  # the service has none


def texts(loader):
    """(endpoint table, {service: model}) as JSON texts."""
    withheld, allowed = operations.read()
    models = load_models(loader)
    table = endpoint_table.build(loader, models, allowed)
    trimmed = {name: trim(models[name], names, load_paginators(loader, name), withheld) for name, names in allowed.items()}
    compact = {name: json.dumps(model, separators=(",", ":")).encode() for name, model in trimmed.items()}
    return json.dumps(table, separators=(",", ":")).encode(), compact


def pack(endpoints, services):
    samples = list(services.values())
    # Fixed parameters: the trainer does not search, so that it is fast and its answer is always the same.
    dictionary = zstandard.train_dictionary(DICTIONARY_SIZE, samples, k=1024, d=8, level=LEVEL)
    compressor = zstandard.ZstdCompressor(level=LEVEL, dict_data=dictionary)
    blob = bytearray()

    def add(text):
        frame = compressor.compress(text)
        blob.extend(frame)
        return [len(blob) - len(frame), len(frame), len(text)]

    index = {
        "botocore": botocore.__version__,
        "dictionary": len(dictionary.as_bytes()),
        "endpoints": add(endpoints),
        "services": {name: add(text) for name, text in services.items()},
    }
    plain = json.dumps(index, separators=(",", ":")).encode()
    packed = zstandard.ZstdCompressor(level=LEVEL).compress(plain)
    return b"CADMODEL" + struct.pack("<II", len(packed), len(plain)) + packed + dictionary.as_bytes() + bytes(blob)


def main():
    parser = argparse.ArgumentParser(description="Makes the embedded AWS models.")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="the file to write")
    arguments = parser.parse_args()
    endpoints, services = texts(botocore.loaders.Loader())
    blob = pack(endpoints, services)
    arguments.out.parent.mkdir(parents=True, exist_ok=True)
    arguments.out.write_bytes(blob)
    raw = sum(map(len, services.values()))
    count = sum(len(json.loads(text)["operations"]) for text in services.values())
    print(f"models: {len(services)} services, {count} operations, {raw} bytes packed into {len(blob)}")


if __name__ == "__main__":
    main()
