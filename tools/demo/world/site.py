"""One account in one region: the clients that fill it, its tags, and what the steps leave there for each other."""

from types import SimpleNamespace

from .plan import APPS, DOMAIN, REGIONS

SHORT = {"us-east-1": "use1", "eu-west-1": "euw1", "eu-central-1": "euc1"}


class Site:
    def __init__(self, account, region, connect):
        self.account = account
        self.region = region
        self.short = SHORT[region]
        self.environment = account.environment
        self.apps = {APPS[name]: count for name, count in account.apps.get(region, {}).items()}
        self.first = region == REGIONS[0]
        self.instances = []  # SimpleNamespace(id, name, app, private_ip)
        self.balancers = []  # SimpleNamespace(name, arn, dns_name, zone_id, app)
        self.databases = []  # SimpleNamespace(name, address, app)
        self.networks = SimpleNamespace()
        self.roles = {}
        self._connect = connect
        self._clients = {}

    def client(self, service):
        if service not in self._clients:
            self._clients[service] = self._connect(service, self.region)
        return self._clients[service]

    def name(self, app, suffix=""):
        """prod-web-use1, prod-web-use1-alb."""
        parts = [self.account.name, getattr(app, "name", app), self.short, suffix]
        return "-".join(part for part in parts if part)

    def tags(self, app=None, name=None, **more):
        tags = {"env": self.environment, "managed-by": "terraform"}
        if app is not None and not isinstance(app, str):
            tags |= {
                "app": app.name,
                "team": app.team,
                "owner": f"{app.owner}@{DOMAIN}",
                "cost-center": app.cost_center,
            }
        else:
            tags |= {"team": "platform", "owner": f"platform@{DOMAIN}", "cost-center": "CC-1000"}
        if name:
            tags["Name"] = name
        return tags | more

    def tag_list(self, app=None, name=None, **more):
        return pairs(self.tags(app, name, **more))

    def specification(self, *kinds, app=None, name=None, **more):
        """EC2's TagSpecifications: resources are born with their tags, which saves a call each."""
        return [{"ResourceType": kind, "Tags": self.tag_list(app, name, **more)} for kind in kinds]


def pairs(tags, key="Key", value="Value"):
    return [{key: name, value: text} for name, text in tags.items()]
