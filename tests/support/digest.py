"""What a document says, whatever the order of members and elements: the same text and digest as the scripted AWS makes of its truth."""

import hashlib
import json


def content_text(value):
    if isinstance(value, dict):
        return "{" + ",".join(sorted(f'"{key}":{content_text(member)}' for key, member in value.items() if member is not None)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(sorted(content_text(element) for element in value)) + "]"
    if isinstance(value, str) and value.startswith("hmac:"):
        return '"hmac:"'
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def content_digest(document):
    return hashlib.sha256(content_text(document).encode()).hexdigest()[:16]
