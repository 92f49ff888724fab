#include "faults/rig.h"

namespace cadastre::testing {
namespace {

catalog::Catalog load_catalog(const std::string& mine) {
  std::vector<catalog::Source> sources;
  if (!mine.empty()) sources.push_back({"mine.yaml", mine});
  auto loaded = catalog::Catalog::load(models(), catalog::embedded_sources(), std::move(sources));
  REQUIRE_MESSAGE(loaded.has_value(), (loaded ? "" : loaded.error().message));
  return std::move(*loaded);
}

Config load_config(Rig& rig, const RigOptions& options) {
  auto wanted = options.config;
  wanted.store = "sqlite:" + rig.store_path;
  if (wanted.kinds.empty()) wanted.kinds = kKinds;
  auto config = parse_config(rig.aws.config_yaml(wanted), "cadastre.yaml", process_environment());
  REQUIRE_MESSAGE(config.has_value(), (config ? "" : config.error().message));
  config->cell_timeout = options.cell_timeout;
  return std::move(*config);
}

}  // namespace

const aws::Models& models() {
  static const aws::Models kModels;
  return kModels;
}

Rig::Rig(RigOptions options)
    : aws(models(), options.aws),
      store_path((options.folder.empty() ? folder.path() : options.folder) + "/cadastre.db"),
      config(load_config(*this, options)),
      catalog(load_catalog(options.catalog)) {
  open_store();
  http = std::make_unique<HttpClient>();
  pacer = std::make_unique<aws::Pacer>(
      clock, [this](std::string_view service, std::string_view operation) { return catalog.rate(service, operation); },
      config.rate);
  auto client_options = options.client;
  client_options.endpoint_url = aws.url();
  client = std::make_unique<aws::Client>(*http, models().endpoints(), *pacer, clock, client_options);
  environment = {.variable = [](const char*) -> const char* { return nullptr; },
                 .http = http.get(),
                 .clock = &clock,
                 .sts_url = [this](std::string_view) { return aws.url(); },
                 .default_region = "us-east-1"};
}

void Rig::open_store() {
  store.reset();
  auto opened = store::open_store(store_path, clock);
  REQUIRE_MESSAGE(opened.has_value(), (opened ? "" : opened.error().message));
  store = std::move(*opened);
}

collect::Report Rig::run(bool full, std::stop_token stop) {
  collect::Collector collector{config, environment, *client, models(), catalog, *store, clock};
  collect::RunOptions options;
  options.full = full;
  auto report = collector.collect(options, progress, std::move(stop));
  REQUIRE_MESSAGE(report.has_value(), (report ? "" : report.error().message));
  return std::move(*report);
}

std::string Rig::account(size_t index) {
  return aws.with_world([&](scripted::World& world) { return world.accounts().at(index).id; });
}

std::string name_of(const store::CellKey& key) { return fmt::format("{}/{}/{}", key.account, key.region, key.kind); }

std::map<std::string, store::Resource> live(Rig& rig) {
  std::map<std::string, store::Resource> found;
  auto done = rig.store->inventory().scan({}, std::nullopt, [&](const store::Resource& resource) {
    found.emplace(resource.id(), resource);
    return true;
  });
  REQUIRE_MESSAGE(done.has_value(), (done ? "" : done.error().message));
  return found;
}

std::map<std::string, store::Cell> cells_by_name(Rig& rig) {
  auto cells = rig.store->cells().list();
  REQUIRE_MESSAGE(cells.has_value(), (cells ? "" : cells.error().message));
  std::map<std::string, store::Cell> found;
  for (auto& cell : *cells) found.emplace(name_of(cell.key), cell);
  return found;
}

std::map<std::string, True> truth(Rig& rig) {
  std::set<std::string> kinds(rig.config.kinds.begin(), rig.config.kinds.end());
  std::map<std::string, True> found;
  rig.aws.with_world([&](scripted::World& world) {
    for (auto& [key, cell] : world.cells()) {
      if (!cell.kind->in_truth || !kinds.contains(std::string(cell.kind->name))) continue;
      for (const auto& entry : cell.entries) {
        auto telling = world.tell(cell, entry);
        True row{{cell.account, cell.region, std::string(cell.kind->name)},
                 scripted::document_digest(*cell.kind, telling.document()),
                 scripted::content_digest(telling.item),
                 {}};
        for (const auto& member : telling.item) row.listed.emplace_back(member.key());
        found.emplace(fmt::format("{}/{}/{}/{}", cell.kind->name, cell.account, cell.region, entry.native),
                      std::move(row));
      }
    }
  });
  return found;
}

namespace {

std::string first_few(const std::vector<std::string>& wrong) {
  constexpr size_t kShown = 5;
  std::string text;
  for (size_t i = 0; i < wrong.size() && i < kShown; ++i) text += wrong[i] + "\n";
  if (wrong.size() > kShown) text += fmt::format("and {} more\n", wrong.size() - kShown);
  return text;
}

json::value document_of(const store::Resource& resource) {
  auto document = parse_json(resource.document, resource.id());
  REQUIRE(document.has_value());
  return std::move(*document);
}

std::string listed_digest(const json::value& document, const std::vector<std::string>& members) {
  json::object listed;
  for (const auto& member : members) {
    if (const auto* value = document.as_object().if_contains(member)) listed[member] = *value;
  }
  return scripted::content_digest(listed);
}

}  // namespace

std::string wrong_rows(Rig& rig, const CellKeys& except) {
  std::vector<std::string> wrong;
  auto rows = live(rig);
  auto expected = truth(rig);
  for (const auto& [id, row] : expected) {
    if (except.contains(row.cell)) continue;
    auto at = rows.find(id);
    if (at == rows.end())
      wrong.push_back(id + " exists and is not in the store");
    else if (scripted::document_digest(*scripted::find_kind(row.cell.kind), document_of(at->second)) != row.digest)
      wrong.push_back(id + " reads differently");
  }
  for (const auto& [id, resource] : rows) {
    if (!expected.contains(id) && !except.contains(resource.cell))
      wrong.push_back(id + " is in the store and does not exist");
  }
  return first_few(wrong);
}

std::string wrong_lists(Rig& rig, const CellKeys& cells) {
  std::vector<std::string> wrong;
  auto rows = live(rig);
  auto expected = truth(rig);
  for (const auto& [id, row] : expected) {
    if (!cells.contains(row.cell)) continue;
    auto at = rows.find(id);
    if (at == rows.end())
      wrong.push_back(id + " exists and is not in the store");
    else if (listed_digest(document_of(at->second), row.listed) != row.listed_digest)
      wrong.push_back(id + " is listed differently");
  }
  for (const auto& [id, resource] : rows) {
    if (cells.contains(resource.cell) && !expected.contains(id))
      wrong.push_back(id + " is in the store and does not exist");
  }
  return first_few(wrong);
}

}  // namespace cadastre::testing
