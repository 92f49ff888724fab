// What is done to a store as a whole.
#include "base/text.h"
#include "cli/app.h"
#include "cli/serve.h"
#include "cli/signals.h"

namespace cadastre::cli {
namespace {

std::string megabytes(uint64_t bytes) { return fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6); }

json::object stats_json(const store::StoreStats& stats) {
  json::array kinds;
  for (const auto& kind : stats.kinds) {
    kinds.push_back(json::object{{"kind", kind.name},
                                 {"live", kind.live},
                                 {"versions", kind.versions},
                                 {"document_bytes", kind.document_bytes}});
  }
  return {{"bytes", stats.bytes},     {"free_bytes", stats.free_bytes}, {"resources", stats.resources},
          {"closed", stats.closed},   {"versions", stats.versions},     {"cells", stats.cells},
          {"kinds", std::move(kinds)}};
}

}  // namespace

int run_backup(const GlobalOptions& global, const std::string& file) {
  auto app = App::open(global);
  if (!app) return report_error(app.error(), global.verbose);
  StopOnSignal signals;
  if (auto done = (*app)->store->backup(file, signals.token()); !done)
    return report_error(done.error(), global.verbose);
  print(fmt::format("{} is a copy of {}; it holds the users and the history too: keep it safe\n", file,
                    (*app)->config.store));
  return kOk;
}

int run_restore(const GlobalOptions& global, const std::string& file, bool replace) {
  auto config = load_config(config_path(global), process_environment());
  if (!config) return report_error(config.error(), global.verbose);
  if (auto done = store::restore_store(file, config->store, replace); !done)
    return report_error(done.error(), global.verbose);
  print(fmt::format("{} is what {} was\n", config->store, file));
  return kOk;
}

int run_store_check(const GlobalOptions& global, const OutputOptions& output) {
  auto app = App::open(global);
  if (!app) return report_error(app.error(), global.verbose);
  StopOnSignal signals;
  auto amiss = (*app)->store->check(signals.token());
  if (!amiss) return report_error(amiss.error(), global.verbose);
  if (output.format == "json") {
    json::array sentences;
    for (const auto& sentence : *amiss) sentences.emplace_back(sentence);
    print(to_pretty_json(json::object{{"sound", amiss->empty()}, {"amiss", std::move(sentences)}}) + "\n");
  } else {
    for (const auto& sentence : *amiss) print(printable(sentence) + "\n");
    if (amiss->empty()) print(fmt::format("{} is sound\n", (*app)->config.store));
  }
  return amiss->empty() ? kOk : kFailed;
}

int run_store_compact(const GlobalOptions& global, const OutputOptions& output) {
  auto app = App::open(global);
  if (!app) return report_error(app.error(), global.verbose);
  StopOnSignal signals;
  auto& store = *(*app)->store;
  auto before = store.stats();
  if (!before) return report_error(before.error(), global.verbose);
  if (auto done = store.compact(signals.token()); !done) return report_error(done.error(), global.verbose);
  auto after = store.stats();
  if (!after) return report_error(after.error(), global.verbose);
  if (output.format == "json")
    print(to_pretty_json(json::object{{"bytes_before", before->bytes}, {"bytes_after", after->bytes}}) + "\n");
  else
    print(fmt::format("{}: {} before, {} now\n", (*app)->config.store, megabytes(before->bytes),
                      megabytes(after->bytes)));
  return kOk;
}

int run_store_stats(const GlobalOptions& global, const OutputOptions& output) {
  auto app = App::open(global);
  if (!app) return report_error(app.error(), global.verbose);
  auto stats = (*app)->store->stats();
  if (!stats) return report_error(stats.error(), global.verbose);
  if (output.format == "json") {
    print(to_pretty_json(stats_json(*stats)) + "\n");
    return kOk;
  }
  Table table({"kind", "live", "versions", "documents"});
  for (size_t i = 1; i < 4; ++i) table.align_right(i);
  for (const auto& kind : stats->kinds)
    table.add({kind.name, thousands(kind.live), thousands(kind.versions), megabytes(kind.document_bytes)});
  table.print();
  print(fmt::format("\n{} live resources, {} gone, {} versions in {} cells; {} on disk, {} of it free.\n",
                    thousands(stats->resources), thousands(stats->closed), thousands(stats->versions),
                    thousands(stats->cells), megabytes(stats->bytes), megabytes(stats->free_bytes)));
  return kOk;
}

}  // namespace cadastre::cli
