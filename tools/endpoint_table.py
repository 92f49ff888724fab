"""Resolves every service's endpoint in every region with botocore's own rules, and folds the answers into a small table.

Most services need one line a partition: a URL with {region} in it. It is found by asking for a region that does not exist
but has the partition's form; regions whose answer differs from that template are written out. FIPS and dual-stack endpoints
are not in the table. The C++ side is src/aws/endpoint.cc.

    {"partitions": [{"name", "prefixes": ["us", "eu"], "global_region", "regions": [...], "pseudo": ["aws-global"]}],
     "services": {"ec2": {"global": true?,
                          "partitions": {"aws": {"url", "signing_region"?, "signing_name"?, "listed"?, "except": {...}?}},
                          "other": {region of no partition: endpoint}?},
                  "s3.ListDirectoryBuckets": an operation whose endpoint is not its service's}}

An endpoint without "signing_region" is signed for the region asked. "listed" has a 0 or 1 for each of the partition's
regions: whether AWS lists the service there; it is absent when AWS publishes no list.
"""

import collections
import json
import re

from botocore.endpoint_provider import EndpointProvider
from botocore.exceptions import EndpointProviderError, EndpointResolutionError
from botocore.regions import EndpointResolver

# Control planes that stand in one region, which AWS's lists do not say.
# Source: https://docs.aws.amazon.com/general/latest/gr/global_accelerator.html
ONLY_IN = {"globalaccelerator": {"us-west-2"}}

# Words that a service takes in place of a region although its rules do not name them; AWS's endpoint cases do.
WORDS = {"quicksight": {"api"}, "dynamodbstreams": {"local"}}

MADE_UP = "cadastre-77"  # "us-cadastre-77": matches a partition's pattern, and no rule knows it


def prefixes(pattern):
    """'^(us|eu)\\-\\w+\\-\\d+$' → ['us', 'eu']. Fails on any other form, which the C++ matcher would not understand."""
    head = re.fullmatch(r"\^(.+)\\-\\w\+\\-\\d\+\$", pattern)
    parts = head and re.fullmatch(r"((?:[a-z]+\\-)*)(?:\(([a-z|]+)\)|([a-z]+))", head[1])
    if not parts:
        raise ValueError(f"a partition's region pattern has a new form: {pattern}; teach src/aws/endpoint.cc to match it")
    lead = parts[1].replace("\\-", "-")
    return [lead + last for last in (parts[2] or parts[3]).split("|")]


def named_regions(rules, found):
    """The regions that a rule set compares with, by name."""
    if isinstance(rules, dict):
        if rules.get("fn") == "stringEquals" and {"ref": "Region"} in rules["argv"]:
            found.update(value for value in rules["argv"] if isinstance(value, str))
        rules = list(rules.values())
    if isinstance(rules, list):
        for rule in rules:
            named_regions(rule, found)
    return found


class Table:
    def __init__(self, loader):
        self.loader = loader
        self.data = loader.load_data("partitions")
        self.legacy = EndpointResolver(loader.load_data("endpoints"))
        self.lists = {p["partition"]: p for p in loader.load_data("endpoints")["partitions"]}
        self.partitions = []
        for entry in self.data["partitions"]:
            implicit = entry["outputs"]["implicitGlobalRegion"]
            heads = prefixes(entry["regionRegex"])
            real = sorted(r for r in entry["regions"] if any(re.fullmatch(rf"{h}-\w+-\d+", r) for h in heads))
            pseudo = sorted(set(entry["regions"]) - set(real))
            self.partitions.append(
                {"name": entry["id"], "prefixes": heads, "global_region": implicit, "regions": real, "pseudo": pseudo}
            )

    def resolve(self, provider, region, context):
        """The endpoint as a dict, or None when the rules refuse."""
        try:
            found = provider.resolve_endpoint(Region=region, UseFIPS=False, UseDualStack=False, **context)
        except (EndpointProviderError, EndpointResolutionError):
            return None
        schemes = [s for s in found.properties.get("authSchemes", []) if s["name"] == "sigv4"]
        scheme = schemes[0] if schemes else {}
        answer = {"url": found.url.rstrip("/")}
        if scheme.get("signingRegion", region) != region:
            answer["signing_region"] = scheme["signingRegion"]
        if "signingName" in scheme:
            answer["signing_name"] = scheme["signingName"]
        return answer

    def partition_entry(self, provider, partition, context):
        made_up = f"{partition['prefixes'][0]}-{MADE_UP}"
        entry = self.resolve(provider, made_up, context)
        if entry:
            entry = {key: value.replace(made_up, "{region}") for key, value in entry.items()}
        exceptions = {}
        for region in partition["regions"] + partition["pseudo"]:
            answer = self.resolve(provider, region, context)
            if answer and region in partition["pseudo"]:
                # No request can be signed for a region that is none.
                answer.setdefault("signing_region", partition["global_region"])
            expected = entry and {key: value.replace("{region}", region) for key, value in entry.items()}
            if expected and expected.get("signing_region") == region:
                del expected["signing_region"]
            if answer != expected:
                exceptions[region] = answer
        entry = entry or {}
        if exceptions:
            entry["except"] = exceptions
        return entry

    def listed(self, prefix, partition):
        """'0110…' over the partition's regions, or None when AWS lists the service nowhere."""
        if not any(prefix in p["services"] for p in self.lists.values()):
            return None
        service = self.lists[partition["name"]]["services"].get(prefix, {"endpoints": {}})
        known = self.lists[partition["name"]]["regions"]
        # A region that is newer than AWS's list: nothing is known, so nothing is ruled out.
        here = ONLY_IN.get(prefix) or set(service["endpoints"]) | set(partition["regions"]).difference(known)
        return "".join("1" if region in here else "0" for region in partition["regions"])

    def is_global(self, prefix, entries):
        """One service for all regions: AWS says so, or the rules give every region of the first partition one URL."""
        main = self.lists["aws"]["services"].get(prefix, {})
        return main.get("isRegionalized") is False or "{region}" not in entries["aws"].get("url", "{region}")

    def contexts(self, model, names):
        """What the operations tell the rules besides the region: (the most common, {operation: its own})."""
        told = {}
        free = {}
        for name in names:
            operation = model["operations"][name]
            told[name] = {key: given["value"] for key, given in operation.get("staticContextParams", {}).items()}
            members = model["shapes"][operation["input"]["shape"]]["members"].values() if "input" in operation else []
            # An endpoint that depends on a bucket, an ARN or an account is the caller's business, who knows them.
            if told[name] and not any("contextParam" in member for member in members):
                free[name] = told[name]
        usual = collections.Counter(json.dumps(context, sort_keys=True) for context in told.values())
        return json.loads(usual.most_common(1)[0][0]) if usual else {}, free

    def entry(self, provider, context):
        """Where one rule set leads in each partition."""
        entries = {p["name"]: self.partition_entry(provider, p, context) for p in self.partitions}
        return {"partitions": {key: value for key, value in entries.items() if value}}

    def service(self, name, model, operations):
        """Yields (key of the table, entry) of the service and of its operations that live elsewhere."""
        rules = self.loader.load_service_model(name, "endpoint-rule-set-1")
        provider = EndpointProvider(rules, self.data)
        usual, special = self.contexts(model, operations)
        context, own = {}, self.entry(provider, {})
        if not own["partitions"]:  # these rules insist on being told
            context, own = usual, self.entry(provider, usual)
        apart = {json.dumps(told): self.entry(provider, told) for told in special.values() if told != context}
        for operation, told in special.items():
            entry = apart.get(json.dumps(told), own)
            if entry["partitions"] and entry != own:
                yield f"{name}.{operation}", entry
        own = dict(own)
        self.add_lists(own, model["metadata"]["endpointPrefix"])
        known = {region for p in self.partitions for region in p["regions"] + p["pseudo"]}
        words = named_regions(rules, set()) | WORDS.get(name, set())
        answers = {word: self.resolve(provider, word, context) for word in sorted(words - known)}
        if any(answers.values()):
            own["other"] = {word: answer for word, answer in answers.items() if answer}
        yield name, own

    def add_lists(self, own, prefix):
        if own["partitions"] and self.is_global(prefix, own["partitions"]):
            own["global"] = True  # and a list of regions would say nothing
            return
        for partition in self.partitions:
            listed = self.listed(prefix, partition)
            if listed is not None:
                own["partitions"].setdefault(partition["name"], {})["listed"] = listed


def build(loader, models, operations):
    """The table as a dict. models: {service: service-2}; operations: {service: allowed names}."""
    table = Table(loader)
    services = {}
    for name, model in models.items():
        services.update(table.service(name, model, operations.get(name, [])))
    return {"partitions": table.partitions, "services": dict(sorted(services.items()))}
