"""Writes the cadastre.yaml with which the emulated organisation is collected."""

from pathlib import Path

from emulator import Emulator
from world.plan import EXTERNAL_ID, READ_ROLE, REGIONS

TEMPLATE = """\
# Written by ./dev demo. A real one differs in its ids only.
store: "sqlite:{directory}/cadastre.db"
regions: [{regions}]

# Every active account of the organisation, through the role that reads it.
organization:
  role_name: {role}
  external_id: {external_id}
  access_key_id: {management.access_key_id}
  secret_access_key: "${{file:{directory}/secrets/management}}"

# An account of before the organisation's roles, with keys of its own.
accounts:
  - id: "{legacy_id}"
    name: legacy
    access_key_id: {legacy.access_key_id}
    secret_access_key: "${{file:{directory}/secrets/legacy}}"
    groups: {{unit: before-2020}}

# An emulator on this machine has no limits to respect.
rate: 0
"""


class _Keys:
    def __init__(self, keys):
        self.access_key_id = keys["access_key_id"]
        self.secret_access_key = keys["secret_access_key"]


def write(emulator: Emulator, directory: Path) -> Path:
    secrets = directory / "secrets"
    secrets.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys = {name: _Keys(value) for name, value in emulator.keys.items()}
    for name, pair in keys.items():
        (secrets / name).touch(mode=0o600)
        (secrets / name).write_text(pair.secret_access_key + "\n")
    path = directory / "cadastre.yaml"
    path.write_text(
        TEMPLATE.format(
            directory=directory,
            regions=", ".join(REGIONS),
            role=READ_ROLE,
            external_id=EXTERNAL_ID,
            management=keys["management"],
            legacy=keys["legacy"],
            legacy_id=next(account["id"] for account in emulator.accounts if account["name"] == "legacy"),
        )
    )
    return path
