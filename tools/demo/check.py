"""./dev demo --check: collects a fresh emulator into a fresh store and holds the result against other witnesses."""

import shutil
from pathlib import Path

import dropbox
import emulator as emulators
import leaks
import served
import service
import settings
import witness
from program import Program

ALL = ("--limit", "0")


class Tally:
    def __init__(self):
        self.passed = 0
        self.failures = []

    def expect(self, holds: bool, sentence: str):
        if holds:
            self.passed += 1
        else:
            self.failures.append(sentence)

    def report(self) -> int:
        for sentence in self.failures:
            print(f"FAILED: {sentence}")
        print(f"{self.passed} passed, {len(self.failures)} failed")
        return 1 if self.failures else 0


def run(binary: Path, directory: Path) -> int:
    shutil.rmtree(directory, ignore_errors=True)
    tally = Tally()
    try:
        print("==> starting and seeding an emulated organisation", flush=True)
        emulator, _ = emulators.start(directory)
        config = settings.write(emulator, directory, dropbox.fill(emulator))
        # What is collected here is collected on request.
        config.write_text(config.read_text() + "schedule: {default: 24h}\n")
        program = Program(binary, config, emulator.endpoint)
        log = directory / "cadastre.log"
        print("==> collecting it", flush=True)
        code, first = program.json("--verbose", "collect", log=log)
        print("==> asking boto3 for the same", flush=True)
        heard = witness.listen(emulator)
        cells = {(cell["account"], cell["region"], cell["kind"]): cell for cell in first["cells"]}
        _outcomes(tally, code, cells, heard)
        rows = _rows(tally, program, cells, heard)
        print("==> collecting it again", flush=True)
        _second_time(tally, program, rows, log)
        print("==> serving it", flush=True)
        served.check(tally, program, directory, emulator, rows)
        _secrets(tally, program, directory, emulator, rows)
    finally:
        service.stop(directory)
        emulators.stop(directory)
    return tally.report()


def _outcomes(tally, code, cells, heard):
    """Everything complete but what the emulator lacks; that is shown failed, with a sentence, and makes exit code 3."""
    tally.expect(code == 3, f"collect ended with {code}, not 3, although the emulator lacks {sorted(witness.LACKING)}")
    for cell in sorted(heard.ids.keys() | heard.silent.keys() | cells.keys()):
        where = " ".join(cell)
        found = cells.get(cell)
        if found is None:
            tally.expect(False, f"{where}: boto3 lists it, the collection does not know the cell")
        elif cell[2] in witness.LACKING:
            tally.expect(
                found["outcome"] not in ("complete", "gaps") and found["message"],
                f"{where}: the emulator lacks it, yet the outcome is {found['outcome']!r}",
            )
        elif cell in heard.silent:
            tally.expect(False, f"{where}: boto3 could not list it: {heard.silent[cell]}")
        elif cell not in heard.ids:
            tally.expect(False, f"{where}: collected, but tools/demo/listing.py does not list it")
        else:
            fits = ("complete", "gaps") if cell[2] in witness.LACKING_IN_PART else ("complete",)
            tally.expect(found["outcome"] in fits, f"{where}: {found['outcome']} {found['code']}: {found['message']}")


def _rows(tally, program, cells, heard):
    """Every cell holds the ids that boto3 lists. Returns all rows, by id."""
    rows = {}
    kept = {}
    for kind in sorted({kind for _, _, kind in cells}):
        _, found = program.json("find", f"kind:{kind}", *ALL)
        for row in found:
            rows[row["id"]] = row
            _, account, region, native = row["id"].split("/", 3)
            kept.setdefault((account, region, kind), set()).add(native)
    for cell in sorted(heard.ids.keys() | kept.keys()):
        ours, theirs = kept.get(cell, set()), heard.ids.get(cell, set())
        tally.expect(
            ours == theirs,
            f"{' '.join(cell)}: {len(ours)} resources, boto3 lists {len(theirs)}; "
            f"only here: {sorted(ours - theirs)[:3]}, only there: {sorted(theirs - ours)[:3]}",
        )
    print(f"    {len(rows)} resources in {len(heard.ids)} cells")
    return rows


def _second_time(tally, program, rows, log):
    """Nothing changed, so nothing may be written, and every answer stays as it was."""
    _, second = program.json("collect", log=log)
    for figure in ("versions_written", "opened", "changed", "closed"):
        tally.expect(second[figure] == 0, f"the second collection has {figure} {second[figure]}")
    again = {}
    for kind in sorted({row["kind"] for row in rows.values()}):
        again |= {row["id"]: row for row in program.json("find", f"kind:{kind}", *ALL)[1]}
    moved = [key for key in rows if _lasting(rows[key]) != _lasting(again.get(key, {}))]
    tally.expect(not moved and len(again) == len(rows), f"after the second collection {moved[:3]} are not what they were")


def _lasting(row):
    return {key: value for key, value in row.items() if key != "verified_at"}


def _secrets(tally, program, directory, emulator, rows):
    """Planted secrets are in the emulator for anybody to list, and nowhere in what Cadastre keeps or says."""
    planted = witness.planted_environment(emulator)
    tally.expect(planted > 0, "boto3 finds no planted secret in any function's environment, so looking for leaks proves nothing")
    functions = [row for row in rows.values() if row["kind"] == "aws.lambda.function"]
    tally.expect(
        functions and all(row["data"]["Environment"]["Variables"].get("API_TOKEN") for row in functions),
        "that a function has an API_TOKEN should be kept; only its value should not",
    )
    outputs = {}
    for words in (("status",), ("accounts",), ("kinds",), ("collect", "--dry-run"), ("find", "PLANTED")):
        code, output, errors = program.run(*words)
        outputs[" ".join(words)] = output + errors
        tally.expect(code in (0, 3), f"cadastre {' '.join(words)} ended with {code}: {errors.strip()}")
    found, documents = leaks.find(directory, outputs, emulator.keys)
    tally.expect(documents >= len(rows), f"only {documents} documents of the store could be opened")
    for leak in found[:10]:
        tally.expect(False, leak)
    tally.expect(not found, f"{len(found)} leaks")
