"""Holds catalog/aws/operations.txt to its rules: run with the pinned botocore; prints every complaint, exit status 1 if any.

The list is what makes Cadastre read-only, so what must never stand in it is spelled out here once more, apart from the
list: a slip of a reviewer is caught by a machine, and to lift a rule takes a change in two files.
"""

import re
import sys

import botocore.loaders

import operations

# Every listed name begins with one of these. All other verbs write, run something, or return what is stored.
READING = ("List", "Describe", "Get", "BatchGet", "BatchDescribe", "Search", "Lookup", "Head")

# Names that begin like a read and are none, or that return data, secrets, credentials, signed URLs, or the way in.
NEVER = set(
    """
    BatchGetBuilds BatchGetItem BatchGetRecord BatchGetSecretValue Decrypt DescribeChapCredentials DescribeIdentityProvider
    DescribeInstanceAttribute DescribeStackEvents FilterLogEvents GetAccessToken GetApiKey GetApiKeys
    GetArtifactUrl GetAuthorizationToken GetBlob GetBucketAccessKeys GetCertificateAuthorityCsr GetChallengePassword
    GetClusterCredentials GetClusterCredentialsWithIAM GetClusterSessionCredentials GetCommandInvocation
    GetComputeAccess GetComputeAuthToken GetConnection GetConnections GetConsoleOutput GetConsoleScreenshot GetCredentialReport
    GetCredentials GetCredentialsForIdentity GetDashboardEmbedUrl GetDataAccess GetDataKey GetDecryptedAPIKey GetDocument
    GetDownloadUrlForLayer GetExport GetFederationToken GetFile GetFunction GetGameSessionLogUrl GetGraphqlApiEnvironmentVariables
    GetIdentityCenterAuthToken GetInstanceAccess GetInstanceAccessDetails GetInstanceUefiData GetItem GetJobManifest
    GetJobOutput GetJobUnlockCode GetLaunchTemplateData GetLayerVersion GetLogEvents GetLogObject GetLogRecord GetMedia
    GetObject GetObjectAttributes GetObjectTorrent GetOpenIdToken GetOpenIdTokenForDeveloperIdentity GetParameter
    GetParameterHistory GetParameters GetParametersByPath GetParametersForImport GetPasswordData GetPipelineDefinition
    GetQueryResults GetRandomPassword GetRawMessageContent GetRecord GetRecords GetRelationalDatabaseMasterUserPassword
    GetResource GetResourceApiKey GetResourceConfigHistory GetResourceOauth2Token GetRoleCredentials GetSecretValue
    GetSessionEmbedUrl GetSessionToken GetSnapshotBlock GetStatementResult GetStatementResultV2
    GetTemporaryDataLocationCredentials GetTemporaryGluePartitionCredentials GetTemporaryGlueTableCredentials
    GetUsagePlanKey GetUsagePlanKeys GetUsage GetVpnConnectionDeviceSampleConfiguration GetWebIdentityToken
    GetWorkUnitResults GetWorkloadAccessToken ListApiKeys ListObjects ListObjectsV2 ListSnapshotBlocks
    ListUserPoolClientSecrets Query ReceiveMessage Scan
    """.split()
)
# The same for one service only, where the name is harmless in others.
NEVER_IN = {
    "cloudcontrol": {"GetResource", "ListResources"},  # reads any type, values of SSM parameters included
    "codepipeline": {"ListWebhooks"},
    "amplify": {"ListWebhooks"},
    "location": {"DescribeKey", "ListKeys"},
    "devicefarm": {"ListArtifacts", "ListUploads"},
    "wafv2": {"ListAPIKeys"},
}
HARMLESS_IN = {
    # These names are metadata in the services named here.
    "GetResource": {"apigateway"},
    "GetConnection": {"codeconnections", "codestar-connections"},
    "GetConnections": {"networkmanager"},
    "DescribeInstanceAttribute": {"connect"},
    "GetExport": {"bcm-data-exports", "simpledbv2"},
    "GetFunction": {"appsync"},
}
# Members that carry a credential. An output that reaches one must withhold it.
CREDENTIAL = re.compile(
    r"(?i)(token|secret|passphrase|base32stringseed|secretaccesskey|.*(password|passwd|privatekey|presharedkey|presignedurl|downloadurl)"
    r"|.*(client|shared|app)secret|.*(access|refresh|session|security|bearer|oauth|hec|callback|grafana)token|.*(activation|unlock)code)$"
)


def reachable(model, name, seen):
    if name in seen:
        return
    seen.add(name)
    shape = model["shapes"][name]
    for use in [*shape.get("members", {}).values(), *(shape[k] for k in ("member", "key", "value") if k in shape)]:
        reachable(model, use["shape"], seen)


def credentials(model, operation, withheld):
    """Names of members of the operation's output that look like a credential and are not withheld."""
    if "output" not in operation:
        return set()
    seen = set()
    reachable(model, operation["output"]["shape"], seen)
    return {
        member
        for name in seen
        for member, use in model["shapes"][name].get("members", {}).items()
        if CREDENTIAL.match(member)
        and not {member, f"{name}.{member}"} & withheld
        and model["shapes"][use["shape"]]["type"] in ("string", "blob")
        and "enum" not in model["shapes"][use["shape"]]
    }


def uses(model, operation):
    """Every member of the operation's output, as 'member' and as 'Shape.member'."""
    seen = set()
    if "output" in operation:
        reachable(model, operation["output"]["shape"], seen)
    for name in seen:
        for member in model["shapes"][name].get("members", {}):
            yield member
            yield f"{name}.{member}"


def check(withheld, services, loader):
    known = set(loader.list_available_services("service-2"))
    unused = set(withheld)
    if list(services) != sorted(services):
        yield "the services are not sorted"
    for service, names in services.items():
        if names != sorted(set(names)):
            yield f"{service}: its operations are not sorted, or one stands twice"
        if service not in known:
            yield f"{service}: botocore has no such service"
            continue
        model = loader.load_service_model(service, "service-2")
        for name in names:
            where = f"{service}: {name}"
            if name not in model["operations"]:
                yield f"{where}: botocore has no such operation"
                continue
            if not re.match(f"({'|'.join(READING)})([A-Z0-9]|$)", name):
                yield f"{where}: begins with none of {', '.join(READING)}"
            banned = name in NEVER and service not in HARMLESS_IN.get(name, ())
            if banned or name in NEVER_IN.get(service, ()):
                yield f"{where}: returns data, secrets or access, and must never be listed"
            unused.difference_update(uses(model, model["operations"][name]))
            for member in sorted(credentials(model, model["operations"][name], withheld)):
                yield f"{where}: its output has '{member}'; withhold that member or leave the operation out"
    for member in sorted(unused):
        yield f"withheld: no listed operation returns a member '{member}'"


def main():
    try:
        complaints = list(check(*operations.read(), botocore.loaders.Loader()))
    except operations.ListError as error:
        complaints = [str(error)]
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
