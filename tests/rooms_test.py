"""The rooms of src/ and who may enter which: holds every #include against the room(...) calls of src/CMakeLists.txt.

Also: no header includes itself in a circle, and heavy headers stay behind the few files that wrap them.
Run alone (`python3 tests/rooms_test.py`) or by ctest.
"""

import re
import sys
import tempfile
from fnmatch import fnmatch
from pathlib import Path

# A heavy header costs a second in each file that includes it, and its types spread. These files may; tests may as well.
WRAPPED = {
    "boost/beast": [],
    "boost/asio": ["net/http_connection*", "net/http_server.cc", "net/tls_context.*"],
    "CLI/": ["cli/main.cc", "cli/*options*.cc"],
    "spdlog/": ["base/log.cc"],
    "simdjson": ["aws/protocol/json_reader.cc", "aws/protocol/xml_reader.cc", "base/json.cc", "kubernetes/*.cc"],
    "yaml-cpp/": ["base/yaml.cc"],
    "pugixml": ["aws/protocol/xml_reader.cc", "aws/sts.cc"],
    "sqlite3.h": ["store/sqlite/*.cc"],
    "curl/": ["net/curl_*.h", "net/http_client.cc"],
    "regex": [],
}
INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)


def rooms_of(cmake: str) -> dict[str, set[str]]:
    """room(NAME DEPENDS a b LINKS …) → {NAME: {a, b}}"""
    rooms = {}
    for words in re.findall(r"^room\(([^)]*)\)", cmake, re.MULTILINE):
        name, *rest = words.split()
        depends = set()
        section = None
        for word in rest:
            if word in ("DEPENDS", "LINKS"):
                section = word
            elif section == "DEPENDS":
                depends.add(word)
        rooms[name] = depends
    return rooms


def check(root: Path) -> list[str]:
    source = root / "src"
    rooms = rooms_of((source / "CMakeLists.txt").read_text())
    problems = [
        f"src/CMakeLists.txt: room {room} depends on {other}, which comes later or is no room"
        for index, (room, depends) in enumerate(rooms.items())
        for other in depends
        if other not in list(rooms)[:index]
    ]
    problems += [
        f"src/{folder.name}: no room({folder.name} …) in src/CMakeLists.txt"
        for folder in sorted(source.iterdir())
        if folder.is_dir() and any(folder.rglob("*.cc")) and folder.name not in rooms
    ]
    graph = {}
    for path in sorted([*source.rglob("*.h"), *source.rglob("*.cc")]):
        name = path.relative_to(source).as_posix()
        includes = INCLUDE.findall(path.read_text())
        graph[name] = [ours for ours, _ in includes if ours]
        room = name.split("/")[0]
        for ours, theirs in includes:
            problems += _wrapping(name, ours or theirs)
            other = ours.split("/")[0]
            if other in rooms and other != room and other not in rooms.get(room, set()):
                problems.append(f'src/{name}: includes "{ours}", but room {room} may not enter {other}')
    return problems + _circles(graph)


def _wrapping(name: str, header: str) -> list[str]:
    if name.endswith("_test.cc"):
        return []
    return [
        f"src/{name}: includes {header}, which is for {', '.join(files) or 'nobody'}"
        for prefix, files in WRAPPED.items()
        if header.startswith(prefix) and not any(fnmatch(name, pattern) for pattern in files)
    ]


def _circles(graph: dict[str, list[str]]) -> list[str]:
    problems, done = [], set()

    def visit(name, path):
        if name in path:
            problems.append("src: includes in a circle: " + " → ".join([*path[path.index(name) :], name]))
        elif name not in done and name in graph:
            for other in graph[name]:
                visit(other, [*path, name])
            done.add(name)

    for name in graph:
        visit(name, [])
    return problems


def prove_that_it_sees() -> None:
    """A small tree with one fault of each sort; a check that overlooks one is worth nothing."""
    files = {
        "CMakeLists.txt": "room(base LINKS x)\nroom(net DEPENDS base)\n",
        "base/a.h": '#include "net/b.h"\n',  # against the road
        "net/b.h": '#include "base/a.h"\n',  # in a circle with base/a.h
        "net/c.cc": "#include <yaml-cpp/yaml.h>\n",  # not the file that wraps it
        "stray/d.cc": "",  # in no room
    }
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder, "src", name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        found = check(Path(folder))
    assert len(found) == 4, found


def main() -> int:
    prove_that_it_sees()
    problems = check(Path(__file__).resolve().parent.parent)
    print("\n".join(problems) or "rooms: every include is where it may be")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
