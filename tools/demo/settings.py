"""Writes the cadastre.yaml with which the emulated organisation is collected."""

from pathlib import Path

import dropbox
from emulator import Emulator
from world.clusters import CLUSTERS
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

KUBERNETES = """
# What the clusters push out: see dropbox/README.md. Theirs here never push again.
kubernetes:
  dropboxes:
    - {{bucket: {bucket}, region: {bucket_region}, account: "{home}", queue: "{queue}", prefix: {prefix}}}
  clusters:
{clusters}
"""

CLUSTER = '    - {{name: {name}, account: "{account}", region: {region}, eks: {name}, every: 30d}}'


class _Keys:
    def __init__(self, keys):
        self.access_key_id = keys["access_key_id"]
        self.secret_access_key = keys["secret_access_key"]


def write(emulator: Emulator, directory: Path, queue: str = "") -> Path:
    """`queue`: of the drop-box; without one, clusters are left out."""
    secrets = directory / "secrets"
    secrets.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys = {name: _Keys(value) for name, value in emulator.keys.items()}
    for name, pair in keys.items():
        (secrets / name).touch(mode=0o600)
        (secrets / name).write_text(pair.secret_access_key + "\n")
    ids = {account["name"]: account["id"] for account in emulator.accounts}
    text = TEMPLATE.format(
        directory=directory,
        regions=", ".join(REGIONS),
        role=READ_ROLE,
        external_id=EXTERNAL_ID,
        management=keys["management"],
        legacy=keys["legacy"],
        legacy_id=ids["legacy"],
    )
    if queue:
        clusters = [CLUSTER.format(name=one.name, account=ids[one.account], region=one.region) for one in CLUSTERS]
        text += KUBERNETES.format(
            bucket=dropbox.BUCKET,
            bucket_region=dropbox.REGION,
            prefix=dropbox.PREFIX,
            home=ids[dropbox.HOME],
            queue=queue,
            clusters="\n".join(clusters),
        )
    path = directory / "cadastre.yaml"
    path.write_text(text)
    return path
