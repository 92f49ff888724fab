"""Runs commands beside a server that speaks MongoDB's protocol (mongo-java-server), and ends it with them.

    stand_in.py COMMAND... [--then COMMAND...]

CADASTRE_TEST_MONGODB_URI tells each command where the server is. When it is set already, that server is used and none is
started. With --then the server is ended between the commands and started again on the same file, as after a restart of the
machine; this needs a stand-in, so a server that was given is not used for it.
"""

import contextlib
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
JARS = HERE.parent.parent / "build" / "fetched" / "mongo-stand-in-1.47.0"
MAVEN_PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies"


def checksums() -> dict[str, str]:
    lines = (HERE / "checksums.txt").read_text().splitlines()
    return {name: digest for digest, name in (line.split() for line in lines)}


def amiss(folder: pathlib.Path) -> str:
    """Why the jars of a folder are not those that were reviewed; "" when they are."""
    expected = checksums()
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.glob("*.jar")}
    for name in sorted(expected.keys() | found.keys()):
        if expected.get(name) != found.get(name):
            return f"{name} has the SHA-256 {found.get(name)}, and checksums.txt says {expected.get(name)}"
    return ""


def fetch() -> None:
    if JARS.is_dir() and not amiss(JARS):
        return
    for tool in ("mvn", "java"):
        if not shutil.which(tool):
            sys.exit(f"stand_in.py: there is no {tool}; install the Debian packages maven and openjdk-17-jdk-headless")
    JARS.parent.mkdir(parents=True, exist_ok=True)
    # Beside the target and renamed, so that a run that is interrupted leaves nothing half done.
    with tempfile.TemporaryDirectory(dir=JARS.parent) as scratch:
        folder = pathlib.Path(scratch) / "jars"
        command = ["mvn", "-q", "-B", "-f", str(HERE / "pom.xml"), MAVEN_PLUGIN, f"-DoutputDirectory={folder}"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"stand_in.py: Maven could not fetch the stand-in:\n{done.stdout.strip()}\n{done.stderr.strip()}")
        if why := amiss(folder):
            sys.exit(f"stand_in.py: {why}; it is not used")
        shutil.rmtree(JARS, ignore_errors=True)
        shutil.move(folder, JARS)


@contextlib.contextmanager
def server(file: str | None):
    """A running stand-in; gives its URL."""
    fetch()
    quiet = ["-Xshare:auto", "-XX:TieredStopAtLevel=1", "-Xmx1g"]
    command = ["java", *quiet, "-cp", f"{JARS}/*", str(HERE / "StandIn.java"), *([file] if file else [])]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        port = process.stdout.readline().strip()
        if not port.isdigit():
            sys.exit("stand_in.py: the stand-in did not start; is another JDK than 17 in PATH?")
        # It has no sessions, and so no writes that a client may send twice.
        yield f"mongodb://127.0.0.1:{port}/?retryWrites=false"
    finally:
        process.stdin.close()  # it ends by itself
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def main() -> int:
    commands: list[list[str]] = [[]]
    for argument in sys.argv[1:]:
        if argument == "--then":
            commands.append([])
        else:
            commands[-1].append(argument)
    if not all(commands):
        sys.exit(__doc__)
    given = os.environ.get("CADASTRE_TEST_MONGODB_URI")
    with tempfile.TemporaryDirectory() as folder:
        file = str(pathlib.Path(folder) / "data") if len(commands) > 1 else None
        for command in commands:
            with contextlib.nullcontext(given) if given and not file else server(file) as url:
                code = subprocess.run(command, env=os.environ | {"CADASTRE_TEST_MONGODB_URI": url}).returncode
            if code != 0:
                return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
