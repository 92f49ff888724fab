// scripted_aws: the scripted AWS as a program of its own.
#include <getopt.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>

#include "base/file.h"
#include "base/text.h"
#include "scripted_aws/scripted_aws.h"

namespace {

using namespace cadastre;
using namespace cadastre::scripted;

constexpr const char* kHelp = R"(scripted_aws: an AWS of made-up accounts on 127.0.0.1, which breaks on request

  --accounts N        accounts (2)
  --regions N         regions of each (2)
  --resources N       about so many resources in all (1000)
  --mix K=W,…         only these kinds or services, with weights: ec2=1 or aws.ec2.instance=3,aws.rds.instance=1
  --seed N            the same seed makes the same world (1)
  --latency-ms N      every answer takes that long (0)
  --page-size N       no page of a list is larger (AWS's own limits)
  --port N            (a free one)
  --port-file FILE    the port is written there once it listens
  --warm              render every list before listening, so that the first reader is not slowed down
  --config-out FILE   a cadastre.yaml for this world…
  --access WAY        …with keys, roles or organization (keys)
  --rate R            …with that share of AWS's rates; 0: no pacing
  --only-our-kinds    …of the kinds that the world has
  --store URL         …with that store (sqlite:./cadastre.db)

It runs until SIGTERM or SIGINT. Driving it: GET /_truth, /_counts, /_faults; POST /_faults, /_mutate, /_world; tests/scripted_aws/README.md
)";

enum Option {
  kAccounts = 256,
  kRegions,
  kResources,
  kMix,
  kSeed,
  kLatency,
  kPageSize,
  kPort,
  kPortFile,
  kWarm,
  kConfigOut,
  kAccess,
  kRate,
  kOurKinds,
  kStore,
  kShowHelp
};

constexpr option kOptions[] = {{"accounts", required_argument, nullptr, kAccounts},
                               {"regions", required_argument, nullptr, kRegions},
                               {"resources", required_argument, nullptr, kResources},
                               {"mix", required_argument, nullptr, kMix},
                               {"seed", required_argument, nullptr, kSeed},
                               {"latency-ms", required_argument, nullptr, kLatency},
                               {"page-size", required_argument, nullptr, kPageSize},
                               {"port", required_argument, nullptr, kPort},
                               {"port-file", required_argument, nullptr, kPortFile},
                               {"warm", no_argument, nullptr, kWarm},
                               {"config-out", required_argument, nullptr, kConfigOut},
                               {"access", required_argument, nullptr, kAccess},
                               {"rate", required_argument, nullptr, kRate},
                               {"only-our-kinds", no_argument, nullptr, kOurKinds},
                               {"store", required_argument, nullptr, kStore},
                               {"help", no_argument, nullptr, kShowHelp},
                               {nullptr, 0, nullptr, 0}};

struct Arguments {
  ScriptedAwsOptions server;
  ConfigOptions config;
  std::string port_file, config_out;
  bool warm = false, help = false;
};

bool parse(int argc, char** argv, Arguments& arguments) {
  for (int option; (option = ::getopt_long(argc, argv, "", kOptions, nullptr)) != -1;) {
    std::string value = optarg ? optarg : "";
    switch (option) {
      case kAccounts:
        arguments.server.world.accounts = std::max(1, std::atoi(optarg));
        break;
      case kRegions:
        arguments.server.world.regions = std::max(1, std::atoi(optarg));
        break;
      case kResources:
        arguments.server.world.resources = std::strtoull(optarg, nullptr, 10);
        break;
      case kMix:
        for (auto part : split(value, ',')) {
          auto equals = part.find('=');
          double weight = equals == part.npos ? 1 : std::strtod(std::string(part.substr(equals + 1)).c_str(), nullptr);
          arguments.server.world.mix[std::string(part.substr(0, equals))] = weight;
        }
        break;
      case kSeed:
        arguments.server.world.seed = std::strtoull(optarg, nullptr, 10);
        break;
      case kLatency:
        arguments.server.latency = Millis(std::atoi(optarg));
        break;
      case kPageSize:
        arguments.server.largest_page = static_cast<uint32_t>(std::max(1, std::atoi(optarg)));
        break;
      case kPort:
        arguments.server.port = static_cast<uint16_t>(std::atoi(optarg));
        break;
      case kPortFile:
        arguments.port_file = value;
        break;
      case kWarm:
        arguments.warm = true;
        break;
      case kConfigOut:
        arguments.config_out = value;
        break;
      case kAccess:
        if (value == "keys")
          arguments.config.access = ConfigOptions::Access::keys;
        else if (value == "roles")
          arguments.config.access = ConfigOptions::Access::roles;
        else if (value == "organization")
          arguments.config.access = ConfigOptions::Access::organization;
        else
          return false;
        break;
      case kRate:
        arguments.config.rate = std::strtod(optarg, nullptr);
        break;
      case kOurKinds:
        arguments.config.only_our_kinds = true;
        break;
      case kStore:
        arguments.config.store = value;
        break;
      case kShowHelp:
        arguments.help = true;
        break;
      default:
        return false;
    }
  }
  return optind == argc;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  if (!parse(argc, argv, arguments)) {
    std::fputs(kHelp, stderr);
    return 2;
  }
  if (arguments.help) {
    std::fputs(kHelp, stdout);
    return 0;
  }
  // Blocked before the server's thread starts, so that this one gets them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  aws::Models models;
  ScriptedAws aws(models, arguments.server);
  if (aws.port() == 0) return 1;
  if (arguments.warm) aws.render_all();
  if (!arguments.config_out.empty()) {
    if (auto written = write_file(arguments.config_out, aws.config_yaml(arguments.config)); !written) {
      std::fputs(fmt::format("{}\n", written.error().message).c_str(), stderr);
      return 1;
    }
  }
  if (!arguments.port_file.empty()) {
    if (auto written = write_file(arguments.port_file, std::to_string(aws.port())); !written) {
      std::fputs(fmt::format("{}\n", written.error().message).c_str(), stderr);
      return 1;
    }
  }
  auto size = aws.with_world([](World& world) { return world.size(); });
  std::fputs(
      fmt::format("{} resources; export AWS_ENDPOINT_URL={} AWS_ACCESS_KEY_ID={} AWS_SECRET_ACCESS_KEY=scripted\n",
                  size, aws.url(), aws.management_key_id())
          .c_str(),
      stdout);
  std::fflush(stdout);
  int caught = 0;
  sigwait(&signals, &caught);
  return 0;
}
