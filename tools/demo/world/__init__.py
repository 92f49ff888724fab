"""The emulated organisation: acme.example, seven accounts in three regions, seeded over HTTP like any user would.

What is in it is the same every time; only the ids that the emulator draws differ. Secrets are planted wherever real ones
turn up by mistake, each as PLANTED-SECRET-<where>, so that a test can look for them in everything Cadastre keeps or says.
"""

import concurrent.futures

from . import compute, containers, databases, dns, edge, identity, learning, messaging, network, storage, waste
from .organisation import Organisation
from .plan import REGIONS

# Each fills one account in one region, in this order: later ones use what earlier ones left on the site.
REGIONAL = [
    network.build,
    identity.roles,
    storage.parameters,
    compute.build,
    databases.build,
    containers.build,
    messaging.build,
    learning.build,
    edge.regional,
    waste.build,
]
# Each fills one account once, after all its regions.
GLOBAL = [identity.people, storage.buckets, edge.worldwide, dns.private_zones]


def seed(endpoint: str) -> Organisation:
    """Fills an empty emulator. Accounts are independent, so they are filled side by side."""
    organisation = Organisation(endpoint)
    organisation.create()

    def fill(account):
        sites = [organisation.site(account, region) for region in REGIONS]
        for site in sites:
            for step in REGIONAL:
                step(site)
        for step in GLOBAL:
            step(sites)
        return sites

    with concurrent.futures.ThreadPoolExecutor(max_workers=len(organisation.accounts)) as pool:
        filled = {account.name: sites for account, sites in zip(organisation.accounts, pool.map(fill, organisation.accounts))}
    network.connect(filled)
    dns.public_zones(filled)
    organisation.close_old_account()
    return organisation
