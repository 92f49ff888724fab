// The command line: options in, one function called. CLI11 stays in this file.
#include <sys/resource.h>

#include <CLI/CLI.hpp>

#include "base/log.h"
#include "cli/app.h"
#include "cli/kubernetes.h"
#include "cli/read.h"
#include "cli/release.h"
#include "cli/report.h"
#include "cli/serve.h"
#include "cli/user.h"

namespace {

using namespace cadastre;
using namespace cadastre::cli;

void add_output(CLI::App* command, OutputOptions& output, std::vector<std::string> formats = {"table", "json"}) {
  command->add_option("-o,--output", output.format, "how to print")
      ->check(CLI::IsMember(formats))
      ->capture_default_str();
}

// The commands and their options, for completion.
CommandLine command_line(const CLI::App& app) {
  auto options = [](const CLI::App& command) {
    std::vector<CommandLine::Option> found;
    for (const auto* option : command.get_options()) {
      if (option->get_lnames().empty()) continue;
      found.push_back(
          {"--" + option->get_lnames().front(), option->get_expected_max() > 0 && option->get_type_size() > 0});
    }
    return found;
  };
  CommandLine line;
  line.options = options(app);
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; }))
    line.commands.push_back({command->get_name(), options(*command)});
  return line;
}

}  // namespace

// How jemalloc, which the program is linked with, keeps memory; it reads this when it starts (its manual, TUNING). Many
// threads, few of them running: a heap for each would keep what its largest page took. What is free goes back soon.
extern "C" {
const char* malloc_conf = "narenas:4,dirty_decay_ms:2000,muzzy_decay_ms:0";
}

int main(int argc, char** argv) {
  // Credentials are in memory: a crash leaves no core file with them.
  rlimit no_core{0, 0};
  setrlimit(RLIMIT_CORE, &no_core);
  CLI::App app{
      "Cadastre: the land registry of a company's cloud. It reads every AWS account, keeps what it saw, and never "
      "writes to AWS.\n",
      "cadastre"};
  app.require_subcommand(1);
  app.set_help_all_flag("--help-all", "help of every command");
  app.fallthrough();
  app.footer(
      "Examples:\n"
      "  cadastre doctor                                   can every account be read?\n"
      "  cadastre collect                                  read everything\n"
      "  cadastre find kind:ec2.instance account:prod web  find by kind, account and words\n"
      "  cadastre show i-0123456789abcdef0                 everything about one resource\n"
      "Configuration: -c FILE, else $CADASTRE_CONFIG, else ./cadastre.yaml.");
  GlobalOptions global;
  app.add_option("-c,--config", global.config, "the configuration file");
  app.add_option("--server", global.server,
                 "find, show, history, diff, changes, report: ask this server instead of the store");
  app.add_flag("-v,--verbose", global.verbose, "say what is being done, and the inner causes of errors");

  int code = kOk;
  // Commands run after parsing, when the log's level is set.
  std::function<int()> chosen;
  auto on = [&](CLI::App* command, std::function<int()> run) {
    command->callback([&chosen, run = std::move(run)] { chosen = run; });
  };

  CollectOptions collect;
  auto* collect_command = app.add_subcommand("collect", "read accounts into the store");
  collect_command->add_option("-a,--account", collect.selection.accounts, "only these accounts (id or name)");
  collect_command->add_option("-r,--region", collect.selection.regions, "only these regions ('global' for IAM, S3, …)");
  collect_command->add_option("-k,--kind", collect.selection.kinds, "only these kinds (ec2.instance, ec2.*)");
  collect_command->add_option("-s,--service", collect.selection.kinds, "only these services (ec2, rds)");
  collect_command->add_flag("--dry-run", collect.dry_run, "print the plan: cells, calls expected, permissions needed");
  collect_command->add_flag("--full", collect.full, "make second calls whatever their cadence");
  collect_command->add_flag("-q,--quiet", collect.quiet, "no progress and no summary");
  add_output(collect_command, collect.output);
  collect_command->footer(
      "Exit code: 0 everything was read, 3 some was not (what was known of it stays), 1 nothing was.\n"
      "Examples:\n  cadastre collect --account prod --service ec2\n  cadastre collect --dry-run");
  on(collect_command, [&] { return run_collect(global, collect); });

  FindOptions find;
  auto* find_command = app.add_subcommand("find", "find resources");
  find_command->add_option("query", find.query, "words and key:value terms; see below");
  find_command->add_option("--at", find.at, "as it was then: 2026-11-21, 2026-11-21T09:00:00Z, -2h");
  find_command->add_option("--since", find.since, "all that was there at some moment from then …");
  find_command->add_option("--until", find.until, "… until then");
  find_command->add_flag("--deleted", find.deleted, "only what is gone; --since and --until say when it went");
  find_command->add_option("--sort", find.sort, "name, changed, …, or a column of the one kind; -name turns it around");
  find_command->add_option("--columns", find.columns, "headers, data.PATH or tag.NAME")->delimiter(',');
  find_command->add_option("--limit", find.limit, "at most so many; 0: all")->capture_default_str();
  add_output(find_command, find.output, {"table", "wide", "json", "ndjson", "csv", "ids"});
  find_command->footer(
      "Keys: kind service account group region name id state ip dns arn owner tag.NAME is links data.PATH age created "
      "changed size.\n"
      "Words are found in ids, names, ARNs, tags, addresses and DNS names. OR, -term, (…), \"quotes\", globs, ranges, "
      "ages, sizes.\n"
      "Examples:\n  cadastre find 10.32.16.7                         which instance, interface, subnet and VPC\n"
      "  cadastre find kind:rds.instance region:eu-west-1 -o csv\n"
      "  cadastre find 'kind:ec2.volume state:available age>90d size>=100GiB'\n"
      "  cadastre find 'tag.team:payments -state:running (web OR api)'\n"
      "  cadastre find is:deleted kind:ec2.volume         what is gone\n"
      "  cadastre find kind:ec2.instance --at -2h         as it was two hours ago\n"
      "  cadastre find kind:ec2.volume --sort=-Size --columns Type,data.Iops,tag.team\n"
      "A query that begins with '-' needs '--' before it. Exit code: 0 answered, 1 failed, 2 the query is wrong.");
  on(find_command, [&] { return run_find(global, find); });

  constexpr const char* kId = "KIND/ACCOUNT/REGION/ID, an ARN, or an id";
  ShowOptions show;
  auto* show_command = app.add_subcommand("show", "everything about one resource");
  show_command->add_option("id", show.id, kId)->required();
  show_command->add_option("--at", show.at, "as it was then");
  add_output(show_command, show.output);
  show_command->footer(
      "Exit code: 1 when there is no such resource.\n"
      "Examples:\n  cadastre show i-0123456789abcdef0\n  cadastre show vpc-1 --at 2026-11-01\n"
      "  cadastre show aws.ec2.instance/111111111111/eu-west-1/i-0123456789abcdef0 -o json");
  on(show_command, [&] { return run_show(global, show); });

  auto* history_command = app.add_subcommand("history", "the versions of one resource, and what changed in each");
  history_command->add_option("id", show.id, kId)->required();
  add_output(history_command, show.output);
  history_command->footer("Examples:\n  cadastre history sg-0123456789abcdef0");
  on(history_command, [&] { return run_history(global, show); });

  DiffOptions diff;
  auto* diff_command = app.add_subcommand("diff", "what differs between two times, in one resource or in many");
  diff_command->add_option("what", diff.what, "an id, or a query")->required();
  diff_command->add_option("--from", diff.from, "the earlier time: 2026-11-21, -1d")->required();
  diff_command->add_option("--to", diff.to, "the later time; now when it is not given");
  diff_command->add_flag("-u,--unified", diff.unified, "of the documents, as `diff -u` writes it");
  add_output(diff_command, diff.output);
  diff_command->footer(
      "Of a query, what changed between the times and matched after a change is compared.\n"
      "Examples:\n  cadastre diff sg-0123456789abcdef0 --from -7d\n"
      "  cadastre diff kind:ec2.security_group account:prod --from -1d --to -1h -u");
  on(diff_command, [&] { return run_diff(global, diff); });

  ChangesOptions changes;
  auto* changes_command = app.add_subcommand("changes", "what was opened, changed and closed, the newest first");
  changes_command->add_option("query", changes.query, "holds for the resource after the change (before it was closed)");
  changes_command->add_option("--since", changes.since, "from then …")->capture_default_str();
  changes_command->add_option("--until", changes.until, "… until then");
  changes_command->add_option("--limit", changes.limit, "at most so many; 0: all")->capture_default_str();
  changes_command->add_flag("--brief", changes.brief, "without what changed in each");
  add_output(changes_command, changes.output, {"table", "json", "ndjson", "ids"});
  changes_command->footer(
      "Examples:\n  cadastre changes --since -2h account:prod\n"
      "  cadastre changes kind:ec2.security_group --since 2026-11-20 --until 2026-11-21");
  on(changes_command, [&] { return run_changes(global, changes); });

  LoginOptions login;
  auto* login_command = app.add_subcommand("login", "keep an API token for a server");
  login_command->add_flag("--token-stdin", login.from_stdin, "the token comes on standard input");
  login_command->footer("Examples:\n  cadastre login --server https://cadastre.example.com");
  on(login_command, [&] { return run_login(global, login); });
  auto* logout_command = app.add_subcommand("logout", "forget the token of a server");
  on(logout_command, [&] { return run_logout(global); });

  std::string shell;
  auto* completion_command = app.add_subcommand("completion", "print a script that completes cadastre's words");
  completion_command->add_option("shell", shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  completion_command->footer(
      "Examples:\n  source <(cadastre completion bash)          # in ~/.bashrc\n"
      "  source <(cadastre completion zsh)           # in ~/.zshrc, after compinit\n"
      "  cadastre completion fish > ~/.config/fish/completions/cadastre.fish");
  on(completion_command, [&] { return run_completion(shell); });

  StatusOptions status;
  auto* status_command = app.add_subcommand("status", "how fresh everything is, what failed and why");
  status_command->add_option("-a,--account", status.accounts, "only these accounts (id or name)");
  status_command->add_flag("--kinds", status.kinds, "a row for each account and kind");
  status_command->add_flag("--cells", status.cells, "a row for each cell");
  add_output(status_command, status.output);
  on(status_command, [&] { return run_status(global, status); });

  OutputOptions accounts;
  auto* accounts_command = app.add_subcommand("accounts", "the accounts and their state");
  add_output(accounts_command, accounts);
  on(accounts_command, [&] { return run_accounts(global, accounts); });

  auto* account_command = app.add_subcommand("account", "change what is kept of an account");
  account_command->require_subcommand(1);
  std::string retired;
  auto* retire_command = account_command->add_subcommand("retire", "close the resources of an account that is gone");
  retire_command->add_option("account", retired, "id or name")->required();
  on(retire_command, [&] { return run_retire(global, retired); });

  KindsOptions kinds;
  auto* kinds_command = app.add_subcommand("kinds", "what can be collected");
  kinds_command->add_option("pattern", kinds.pattern, "ec2.*, *.instance");
  kinds_command->add_option("-o,--output", kinds.format, "how to print")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  kinds_command->add_option("--markdown", kinds.directory, "write a page for each kind into this folder");
  on(kinds_command, [&] { return run_kinds(global, kinds); });

  PolicyOptions policy;
  auto* policy_command = app.add_subcommand("iam-policy", "the least-privilege policy that the enabled kinds need");
  policy_command->add_option("-k,--kind,-s,--service", policy.kinds, "only for these kinds or services");
  policy_command->add_option("-o,--output", policy.format, "json, or cloudformation for the whole role")
      ->check(CLI::IsMember({"json", "cloudformation"}))
      ->capture_default_str();
  policy_command->add_option("--principal", policy.principal, "the ARN that Cadastre runs as (role template)");
  policy_command->add_option("--external-id", policy.external_id, "the external id (role template)");
  policy_command->add_flag("--dropbox", policy.dropbox, "instead: what the accounts need that read a drop-box");
  on(policy_command, [&] { return policy.dropbox ? run_dropbox_policy(global) : run_iam_policy(global, policy); });

  OutputOptions doctor;
  auto* doctor_command =
      app.add_subcommand("doctor", "credentials, missing permissions, regions off, clock, cost of a run");
  add_output(doctor_command, doctor);
  on(doctor_command, [&] { return run_doctor(global, doctor); });

  add_kubernetes_commands(app, global, on);
  add_report_commands(app, global, on);
  add_serve_commands(app, global, on);
  add_user_commands(app, global, on);

  auto* version_command = app.add_subcommand("version", "the release");
  on(version_command, [] {
    print(fmt::format("cadastre {}\n", kRelease));
    return kOk;
  });

  // What the completion scripts ask: words that are half written are nothing for a parser.
  if (argc > 1 && std::string_view(argv[1]) == "complete") {
    auto first = argc > 2 && std::string_view(argv[2]) == "--" ? 3 : 2;
    return run_complete({argv + std::min(first, argc), argv + argc}, command_line(app));
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    int parsed = app.exit(error);
    return parsed == 0 ? kOk : kUsage;
  }
  if (global.verbose) set_log_level(LogLevel::info);
  code = chosen();
  return code;
}
