"""What no committed file may say: where its author's machine keeps things, notes to self, and unresolved merges."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Put together here, so that this file does not say them itself.
FORBIDDEN = {
    r"(?<![\w.*])/" + r"(?:work|root|Users)/": "a path of somebody's machine",
    r"(?<![\w.*])/" + r"home/(?!user\b|x\b|cadastre\b|nonroot\b)[a-z]": "a path of somebody's machine",
    r"\." + r"library\b": "a path of somebody's machine",
    r"\.\./" + r"shared\b": "a path of somebody's machine",
    r"\b(?:TO" + r"DO|FIX" + r"ME|X" + r"XX|HA" + r"CK)\b": "a note to self: do it, or write an issue",
    r"\b[Ll]orem " + r"ipsum\b": "text that says nothing",
    r"^(?:<{7}|>{7}) ": "an unresolved merge",
}
PATTERN = re.compile("|".join(f"(?P<f{i}>{text})" for i, text in enumerate(FORBIDDEN)), re.MULTILINE)
REASONS = list(FORBIDDEN.values())


def complaints(name: str, text: str) -> list[str]:
    found = []
    for match in PATTERN.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        found.append(f"{name}:{line}: {match.group()!r} is {REASONS[int(match.lastgroup[1:])]}")
    return found


def committed_files() -> list[str]:
    # The checkout may belong to another user, as in a container.
    command = ["git", "-c", f"safe.directory={ROOT}", "-C", str(ROOT), "ls-files", "-z"]
    listed = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    return [name for name in listed.split("\0") if name]


def main() -> int:
    # The patterns have to be able to find something.
    assert complaints("x", "see /" + "work/a\n// TO" + "DO: b\n") and not complaints("x", "networks/home/working todo\n")
    problems, read = [], 0
    for name in committed_files():
        path = ROOT / name
        if not path.is_file():
            continue  # removed, not yet committed
        try:
            problems += complaints(name, path.read_text(encoding="utf-8"))
        except UnicodeDecodeError:
            continue  # not text
        read += 1
    print("\n".join(problems) or f"text: {read} files say nothing they should not")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
