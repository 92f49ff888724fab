#include "config/config.h"

#include <doctest/doctest.h>

#include "base/text.h"

namespace cadastre {
namespace {

// Variables and files that the tests know of.
ConfigEnvironment environment() {
  return {[](const char* name) -> const char* {
            static const std::map<std::string, const char*> kVariables = {
                {"OLD_KEY", "AKIAOLD"}, {"EMPTY", ""}, {"PART", "part"}};
            auto found = kVariables.find(name);
            return found == kVariables.end() ? nullptr : found->second;
          },
          [](const std::string& path) -> Result<std::string> {
            if (path == "/run/secrets/old" || path == "/etc/cadastre/old") return "from-the-file\n";
            if (path == "/run/secrets/blank") return " \n";
            if (path == "/run/secrets/locked")
              return fail(ErrorCode::io, "cannot read " + path + ": Permission denied");
            return fail(ErrorCode::not_found, "cannot read " + path + ": No such file or directory");
          }};
}

Config read(std::string_view text) {
  auto config = parse_config(text, "/etc/cadastre/cadastre.yaml", environment());
  REQUIRE_MESSAGE(config, (config ? "" : config.error().message));
  return std::move(*config);
}

std::string refusal(std::string_view text) {
  auto config = parse_config(text, "c.yaml", environment());
  REQUIRE_FALSE_MESSAGE(config, std::string(text));
  CHECK(config.error().code == ErrorCode::invalid);
  return config.error().message;
}

// One account with these lines, which begin on line 3, column 5.
std::string account_refusal(std::string_view lines) {
  return refusal(fmt::format("accounts:\n  - id: \"111111111111\"\n    {}\n", lines));
}

bool has(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

TEST_CASE("a file with every form of credentials") {
  auto config = read(R"(
store: sqlite:./data/cadastre.db
listen: 0.0.0.0:9090
regions: [us-east-1, eu-west-1, us-gov-west-1, ap-southeast-4]
accounts:
  - {id: "111111111111", name: prod, role: "arn:aws:iam::111111111111:role/team/cadastre-read", external_id: "x-1"}
  - {id: "222222222222", name: legacy, profile: legacy, regions: enabled}
  - id: "333333333333"
    access_key_id: "${OLD_KEY}"
    secret_access_key: "${file:/run/secrets/old}"
    session_token: "a-${PART}-b"
    groups: {client: acme, unit: "7"}
  - {id: "012345678901", name: both, role: "arn:aws-cn:iam::012345678901:role/r", profile: jump, regions: [eu-west-1]}
  - id: 444444444444
organization: {role_name: cadastre-read, external_id: org, exclude: ["555555555555"], role: "arn:aws:iam::999999999999:role/asker"}
schedule: {default: 15m, aws.ec2.instance: 5m}
kinds: ["ec2.*", s3]
exclude_kinds: ec2.image
catalog: [mine.yaml, /opt/more.yaml]
rate: 0.25
concurrency: 8
cell_timeout: 5m
)");
  CHECK(config.store == "sqlite:/etc/cadastre/data/cadastre.db");
  CHECK(config.listen == "0.0.0.0:9090");
  CHECK(config.regions.size() == 4);
  REQUIRE(config.accounts.size() == 5);
  const auto& prod = config.accounts[0];
  CHECK(prod.name == "prod");
  CHECK(prod.role == "arn:aws:iam::111111111111:role/team/cadastre-read");
  CHECK(prod.external_id == "x-1");
  CHECK(prod.line == 6);
  CHECK(config.accounts[1].profile == "legacy");
  CHECK(config.accounts[1].regions == std::vector<std::string>{"enabled"});
  const auto& keys = config.accounts[2];
  CHECK(keys.name == "333333333333");
  CHECK(keys.access_key_id == "AKIAOLD");
  CHECK(keys.secret_access_key == "from-the-file");
  CHECK(keys.session_token == "a-part-b");
  CHECK(keys.groups == std::map<std::string, std::string>{{"client", "acme"}, {"unit", "7"}});
  CHECK(config.accounts[3].id == "012345678901");
  CHECK(config.accounts[3].profile == "jump");
  CHECK(config.accounts[4].id == "444444444444");  // twelve digits need no quotes
  REQUIRE(config.organization);
  CHECK(config.organization->role_name == "cadastre-read");
  CHECK(config.organization->exclude == std::vector<std::string>{"555555555555"});
  CHECK(config.schedule.at("aws.ec2.instance") == std::chrono::minutes(5));
  CHECK(config.kinds == std::vector<std::string>{"ec2.*", "s3"});
  CHECK(config.exclude_kinds == std::vector<std::string>{"ec2.image"});
  CHECK(config.catalog == std::vector<std::string>{"/etc/cadastre/mine.yaml", "/opt/more.yaml"});
  CHECK(config.rate == 0.25);
  CHECK(config.concurrency == 8);
  CHECK(config.cell_timeout == std::chrono::minutes(5));
  CHECK(config.warnings.empty());
  CHECK_FALSE(config.all_enabled_regions());
}

TEST_CASE("the smallest file, and what it leaves to the defaults") {
  auto config = read("regions: enabled\naccounts: [{id: \"111111111111\"}]\n");
  CHECK(config.all_enabled_regions());
  CHECK(config.store == "sqlite:/etc/cadastre/cadastre.db");
  CHECK(config.rate == 0.5);
  CHECK_FALSE(config.organization);
  CHECK(read("organization: {role_name: r}\n").accounts.empty());
}

TEST_CASE("paths are relative to the file's folder") {
  auto store = [](std::string_view value) {
    return read(fmt::format("store: {}\naccounts: [{{id: \"111111111111\"}}]\n", value)).store;
  };
  CHECK(store("data.db") == "sqlite:/etc/cadastre/data.db");
  CHECK(store("sqlite:../data.db") == "sqlite:/etc/data.db");
  CHECK(store("/var/lib/c.db") == "sqlite:/var/lib/c.db");
  CHECK(store("mongodb://h1,h2/cadastre") == "mongodb://h1,h2/cadastre");
  CHECK(store("${PART}.db") == "sqlite:/etc/cadastre/part.db");
  auto config =
      parse_config("accounts: [{id: \"111111111111\"}]\ncatalog: mine.yaml\n", "cadastre.yaml", environment());
  REQUIRE(config);
  CHECK(config->store == "sqlite:cadastre.db");
  CHECK(config->catalog == std::vector<std::string>{"mine.yaml"});
  CHECK(read("accounts: [{id: \"111111111111\", access_key_id: k, secret_access_key: '${file:old}'}]")
            .accounts[0]
            .secret_access_key == "from-the-file");
}

TEST_CASE("a secret that is written in the file works, with a warning that does not repeat it") {
  auto config = read(R"(
accounts:
  - {id: "111111111111", access_key_id: AKIALITERAL, secret_access_key: "MARKER/secret", session_token: MARKER-token}
organization: {role_name: r, access_key_id: AKIAORG, secret_access_key: MARKER-org}
)");
  CHECK(config.accounts[0].secret_access_key == "MARKER/secret");
  REQUIRE(config.warnings.size() == 3);
  CHECK(config.warnings[0] ==
        "/etc/cadastre/cadastre.yaml:3:73: 'secret_access_key' is written in the file; prefer ${NAME} or ${file:PATH}");
  for (const auto& warning : config.warnings) CHECK_FALSE(has(warning, "MARKER"));
}

TEST_CASE("no complaint repeats a secret") {
  for (std::string_view lines :
       {"secret_access_key: MARKER", "{access_key_id: k, secret_access_key: [MARKER]}", "secret_access_key: 'MARKER${'",
        "session_token: MARKER", "access_key_id: ''\n    secret_access_key: MARKER"}) {
    auto message = account_refusal(lines.starts_with("{") ? "x: " + std::string(lines) : std::string(lines));
    CHECK_MESSAGE(!has(message, "MARKER"), message);
  }
}

TEST_CASE("unknown keys, at every level") {
  CHECK(has(refusal("acounts: []\n"),
            "c.yaml:1:1: unknown key 'acounts' in the configuration (did you mean 'accounts'?)"));
  CHECK(account_refusal("externalid: x") ==
        "c.yaml:3:5: unknown key 'externalid' in account (did you mean 'external_id'?)");
  CHECK(refusal("organization:\n  role_name: r\n  excluded: []\n") ==
        "c.yaml:3:3: unknown key 'excluded' in organization (did you mean 'exclude'?)");
}

TEST_CASE("wrong types") {
  CHECK(has(refusal("accounts: prod\n"),
            "c.yaml:1:11: 'accounts' of the configuration must be a list, not a single value"));
  CHECK(has(refusal("accounts: [prod]\n"), "c.yaml:1:12: account must be a map of 'key: value', not a single value"));
  CHECK(account_refusal("role: [x]") == "c.yaml:3:11: 'role' of account must be a single text, not a list");
  CHECK(account_refusal("groups: acme") ==
        "c.yaml:3:13: 'groups' of account must be a map of 'key: value', not a single value");
  CHECK(
      has(refusal("organization: cadastre-read\n"), "c.yaml:1:15: 'organization' of the configuration must be a map"));
  CHECK(has(refusal("- a\n"), "c.yaml:1:1: the configuration must be a map of 'key: value', not a list"));
  CHECK(has(refusal(""), "c.yaml:1:1: the configuration must be a map of 'key: value', not nothing"));
  auto one = [](std::string_view line) {
    return refusal(fmt::format("accounts: [{{id: \"111111111111\"}}]\n{}\n", line));
  };
  CHECK(one("rate: fast") == "c.yaml:2:7: 'rate' of the configuration must be a number from 0 to 1, not 'fast'");
  CHECK(one("rate: 1.5") == "c.yaml:2:7: 'rate' of the configuration must be a number from 0 to 1, not '1.5'");
  CHECK(one("concurrency: 0") ==
        "c.yaml:2:14: 'concurrency' of the configuration must be a whole number from 1 to 512, not '0'");
  CHECK(has(one("cell_timeout: 15"), "c.yaml:2:15: 'cell_timeout' of the configuration: '15' is not a duration"));
  CHECK(has(one("cell_timeout: 0s"), "c.yaml:2:15: with a cell_timeout of less than 1s nothing could be read"));
  CHECK(has(one("schedule: {default: 1s}"), "c.yaml:2:21: an interval of less than 10s"));
  CHECK(has(one("schedule: 15m"), "c.yaml:2:11: 'schedule' of the configuration must be a map"));
  CHECK(has(one("kinds: {ec2: yes}"), "c.yaml:2:8: 'kinds' of the configuration must be a list of texts, not a map"));
}

TEST_CASE("account ids") {
  // YAML would read 012345678901 as a number; spreadsheets lose the zero before it gets here.
  CHECK(refusal("accounts:\n  - id: 12345678901\n") ==
        "c.yaml:2:9: '12345678901' is not an account id: it has 12 digits; quote it to keep leading zeros: "
        "\"012345678901\"");
  CHECK(has(refusal("accounts:\n  - id: 1234-5678-9012\n"), "c.yaml:2:9: '1234-5678-9012' is not an account id"));
  CHECK(refusal("accounts:\n  - name: x\n") == "c.yaml:2:5: account lacks 'id'");
  CHECK(has(refusal("organization:\n  role_name: r\n  exclude: [5]\n"),
            "c.yaml:3:12: '5' is not an account id: it has 12 digits"));
}

TEST_CASE("accounts and names that are given twice") {
  CHECK(refusal("accounts:\n  - {id: \"111111111111\", name: a}\n  - {id: \"111111111111\", name: b}\n") ==
        "c.yaml:3:5: the account 111111111111 is given twice, first on line 2; keep one");
  CHECK(refusal("accounts:\n  - {id: \"111111111111\", name: a}\n  - {id: \"222222222222\", name: a}\n") ==
        "c.yaml:3:5: the name 'a' is given twice, first on line 2; names tell accounts apart");
  CHECK(refusal("accounts:\n  - id: \"111111111111\"\n    name: a\n    name: b\n") ==
        "c.yaml:4:5: the key 'name' is given twice; keep one");
}

TEST_CASE("roles") {
  for (std::string_view arn : {"cadastre-read", "arn:aws:iam::111111111111:user/x", "arn:aws:iam::1111:role/x",
                               "arn:aws:sts::111111111111:role/x", "arn:aws:iam::111111111111:role/",
                               "arn:aws:iam:us-east-1:111111111111:role/x"}) {
    CHECK(account_refusal(fmt::format("role: '{}'", arn)) ==
          fmt::format("c.yaml:3:11: '{}' is not the ARN of a role; write arn:aws:iam::111111111111:role/NAME", arn));
  }
  CHECK(account_refusal("role: arn:aws:iam::222222222222:role/x") ==
        "c.yaml:3:11: the role is in account 222222222222, but the entry is for 111111111111; one of them is mistaken");
  CHECK(account_refusal("external_id: x") ==
        "c.yaml:3:18: external_id is for assuming a role, and the account has no 'role'");
  CHECK(has(refusal("organization:\n  role_name: arn:aws:iam::111111111111:role/x\n"),
            "c.yaml:2:14: role_name is the role's name in every account"));
  CHECK(has(refusal("organization:\n  role_name: r\n  role: r\n"), "c.yaml:3:9: 'r' is not the ARN of a role"));
  CHECK(refusal("organization: {}\n") == "c.yaml:1:15: organization lacks 'role_name'");
  CHECK(role_account("arn:aws-us-gov:iam::111111111111:role/a/b") == "111111111111");
}

TEST_CASE("keys come in pairs, and not beside a profile") {
  CHECK(has(account_refusal("access_key_id: k"),
            "c.yaml:2:5: access_key_id and secret_access_key go together; one is missing"));
  CHECK(has(account_refusal("secret_access_key: k"),
            "c.yaml:2:5: access_key_id and secret_access_key go together; one is missing"));
  CHECK(has(account_refusal("session_token: t"), "c.yaml:3:20: session_token belongs to an access_key_id"));
  CHECK(account_refusal("profile: p\n    access_key_id: k\n    secret_access_key: s") ==
        "c.yaml:2:5: give either a profile or access keys, not both");
  CHECK(refusal("organization:\n  role_name: r\n  access_key_id: k\n") ==
        "c.yaml:2:3: access_key_id and secret_access_key go together; one is missing");
  CHECK(refusal("organization:\n  role_name: r\n  profile: p\n  access_key_id: k\n  secret_access_key: s\n") ==
        "c.yaml:2:3: give either a profile or access keys, not both");
}

TEST_CASE("references that lead nowhere are complained of once, where they stand") {
  CHECK(account_refusal("access_key_id: ${NO_SUCH}\n    secret_access_key: ${OLD_KEY}") ==
        "c.yaml:3:20: the environment variable NO_SUCH is not set; set it, or write ${file:PATH}");
  CHECK(account_refusal("access_key_id: k\n    secret_access_key: ${file:/run/secrets/none}") ==
        "c.yaml:4:24: cannot read /run/secrets/none: No such file or directory; correct the path of "
        "'secret_access_key', or who may read the file");
  CHECK(has(account_refusal("access_key_id: k\n    secret_access_key: ${file:/run/secrets/locked}"),
            "c.yaml:4:24: cannot read /run/secrets/locked: Permission denied"));
  CHECK(account_refusal("role: ${OLD_KEY") == "c.yaml:3:11: 'role' has a '${' without its '}'");
  // An empty value would silently mean the default credentials.
  CHECK(account_refusal("access_key_id: ${EMPTY}\n    secret_access_key: ${EMPTY}") ==
        "c.yaml:3:20: 'access_key_id' is empty; give it a value, or leave it out\n"
        "c.yaml:4:24: 'secret_access_key' is empty; give it a value, or leave it out");
  CHECK(has(account_refusal("access_key_id: k\n    secret_access_key: ${file:/run/secrets/blank}"),
            "c.yaml:4:24: 'secret_access_key' is empty"));
  CHECK(account_refusal("role: ''") == "c.yaml:3:11: 'role' is empty; give it a value, or leave it out");
}

TEST_CASE("regions") {
  auto with = [](std::string_view regions) {
    return refusal(fmt::format("accounts: [{{id: \"111111111111\"}}]\nregions: {}\n", regions));
  };
  for (std::string_view name : {"us-east", "useast1", "us_east_1", "us-east-1a", "eu--1", "1-2-3", "US EAST"}) {
    CHECK(with(fmt::format("['{}']", name)) ==
          fmt::format("c.yaml:2:11: '{}' is not a region; write for example eu-west-1, or: regions: enabled", name));
  }
  CHECK(with("[eu-west-1, [x], us-east]").find("c.yaml:2:27: 'us-east' is not a region") != std::string::npos);
  CHECK(with("[eu-west-1, eu-west-1]") == "c.yaml:2:22: the region eu-west-1 is given twice; keep one");
  CHECK(with("[eu-west-1, enabled]") ==
        "c.yaml:2:22: 'enabled' stands alone: it means every region that an account has enabled");
  CHECK(has(with("everywhere"), "c.yaml:2:10: 'everywhere' is not a region"));
  CHECK(account_refusal("regions: [nowhere]") ==
        "c.yaml:3:15: 'nowhere' is not a region; write for example eu-west-1, or: regions: enabled");
}

TEST_CASE("everything that is wrong is said at once, in the order of the file") {
  auto message = refusal("regions: [x]\naccounts:\n  - id: 1\n    role: r\n  - {name: n}\nrate: 7\nunknown: 1\n");
  std::vector<std::string> places;
  for (auto line : split(message, '\n')) places.emplace_back(line.substr(0, line.find(": ")));
  CHECK(places ==
        std::vector<std::string>{"c.yaml:1:11", "c.yaml:3:9", "c.yaml:4:11", "c.yaml:5:5", "c.yaml:6:7", "c.yaml:7:1"});
}

TEST_CASE("without accounts nothing could be collected") {
  CHECK(refusal("regions: enabled\n") ==
        "c.yaml:1:1: no accounts: list them under 'accounts', or let 'organization: {role_name: …}' find them");
}

TEST_CASE("a missing file says how to make one, an unreadable one why") {
  auto missing = load_config("/nowhere/cadastre.yaml", environment());
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == ErrorCode::not_found);
  CHECK(has(missing.error().message, "there is no configuration /nowhere/cadastre.yaml; write one"));
  auto locked = load_config("/run/secrets/locked", environment());
  REQUIRE_FALSE(locked);
  CHECK(has(locked.error().message, "Permission denied"));
}

}  // namespace
}  // namespace cadastre
