"""./dev demo: an emulated organisation, collected, and what to try with it. See ./dev help for its options."""

import argparse
import os
import sys
from pathlib import Path

# The user's own AWS settings have no say here: everything is named explicitly, and a broken profile must not break the demo.
for name in [name for name in os.environ if name.startswith("AWS_")]:
    del os.environ[name]
os.environ |= {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}

import check  # noqa: E402
import dropbox  # noqa: E402
import emulator as emulators  # noqa: E402
import service as services  # noqa: E402
import settings  # noqa: E402
from program import Program  # noqa: E402
from world.plan import DOMAIN  # noqa: E402

INVITATION = """
The dashboard is at {url}  sign in as {user} with the password {password}

The organisation is in {store}. On the command line, try:

  {cadastre} find 'kind:aws.ec2.instance account:legacy'
  {cadastre} find {address}                      a piece of a private address
  {cadastre} find 'kind:aws.ec2.volume detached'
  {cadastre} show {subnet}
  {cadastre} history {instance}
  {cadastre} changes --since -1h
  {cadastre} report k8s                     three clusters, and what is wrong in them
  {cadastre} find {host}     a DNS name, and all that is behind it

and over HTTP, with a token of one's own (cadastre token add):

  export TOKEN={token}
  curl -sG -H "Authorization: Bearer $TOKEN" --data-urlencode 'q={address}' {url}/api/v1/resources
  CADASTRE_TOKEN=$TOKEN {binary} find --server {url} {address}

The server collects the emulated organisation on its schedule; {url}/api describes the API.
./dev demo --stop ends both."""


def demo(binary: Path, directory: Path) -> int:
    print("==> starting the emulated organisation (seven accounts, three regions)", flush=True)
    emulator, new = emulators.start(directory)
    if new:
        # Another emulator's resources: what is in the store no longer exists anywhere.
        services.stop(directory)
        for old in directory.glob("cadastre.db*"):
            old.unlink()
    config = settings.write(emulator, directory, dropbox.fill(emulator))
    program = Program(binary, config, emulator.endpoint)
    print("==> collecting it: cadastre collect", flush=True)
    code = program.show("collect")
    if code not in (0, 3):
        return code
    print("==> cadastre status", flush=True)
    program.show("status")
    # A subnet with one address left: worth a look.
    _, subnets, _ = program.run("find", "kind:aws.ec2.subnet", "appliances", "-o", "ids")
    _, instances = program.json("find", "kind:aws.ec2.instance", "state:running")
    instance = next(row for row in instances if row["data"].get("PrivateIpAddress"))
    print("==> serving it: cadastre serve", flush=True)
    services.stop(directory)  # of an earlier demo: the program may be a newer one now
    password = services.password(program)
    service = services.start(program, directory)
    print(
        INVITATION.format(
            url=service.url,
            user=services.USER,
            password=password,
            token=services.token(program),
            store=_short(directory / "cadastre.db"),
            cadastre=f"{_short(binary)} -c {_short(config)}",
            binary=_short(binary),
            subnet=(subnets.split() or ["ID"])[0],
            instance=instance["id"].rsplit("/", 1)[1],
            address=instance["data"]["PrivateIpAddress"].split(".", 1)[1],
            host=f"api.use1.prod.{DOMAIN}",
        )
    )
    return 0


def _short(path: Path) -> str:
    """As it would be typed from where the user is."""
    relative = os.path.relpath(path)
    return relative if len(relative) < len(str(path)) else str(path)


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev demo")
    parser.add_argument("--binary", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--directory", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--check", action="store_true", help="hold the collection against boto3, then stop everything")
    parser.add_argument("--stop", action="store_true", help="stop what a demo left running")
    given = parser.parse_args()
    given.binary, given.directory = given.binary.resolve(), given.directory.resolve()
    if given.stop:
        stopped = [name for name, part in (("server", services), ("emulator", emulators)) if part.stop(given.directory)]
        print("stopped the " + " and the ".join(stopped) if stopped else "no demo is running")
        return 0
    if given.check:
        return check.run(given.binary, given.directory.with_name(given.directory.name + "-check"))
    return demo(given.binary, given.directory)


if __name__ == "__main__":
    sys.exit(main())
