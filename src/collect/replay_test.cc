// Every kind against its recorded response: tests/catalog/<kind>.yaml says what AWS answered and which rows that must
// become.
#include <doctest/doctest.h>
#include <unistd.h>

#include <filesystem>

#include "base/file.h"
#include "base/text.h"
#include "base/yaml.h"
#include "collect/cell_run.h"
#include "support/scripted_aws.h"

namespace cadastre::collect {
namespace {

struct Recording {
  YamlNode root;
  std::string kind, account, region;
};

Recording read_recording(const std::string& path) {
  auto text = read_file(path);
  REQUIRE_MESSAGE(text.has_value(), path);
  auto root = parse_yaml(*text, path);
  REQUIRE_MESSAGE(root.has_value(), (root ? "" : root.error().message));
  return {*root, root->find("kind")->scalar, root->find("account")->scalar, root->find("region")->scalar};
}

class ReplayServer {
 public:
  ReplayServer(const aws::Models& models, const YamlNode& calls)
      : reader_(models), calls_(calls), used_(calls.items.size()) {}

  Result<HttpResponse> answer(const HttpRequest& http) {
    auto request = reader_.read(http);
    std::lock_guard lock(mutex_);
    for (size_t i = 0; i < calls_.items.size(); ++i) {
      const auto& call = calls_.items[i];
      if (call.find("call")->scalar != request.operation) continue;
      auto* params = call.find("params");
      if (params && !testing::carries(request, yaml_to_json(*params).as_object())) continue;
      used_[i] = true;
      HttpResponse response;
      auto* status = call.find("status");
      response.status = status ? std::stoi(status->scalar) : 200;
      if (auto* headers = call.find("headers")) {
        for (const auto& [name, value] : headers->members) response.headers.push_back({name.scalar, value.scalar});
      }
      if (auto* body = call.find("body")) response.body = body->scalar;
      return response;
    }
    unanswered_ += fmt::format("{}:{} {}\n", request.service, request.operation, to_json(request.params));
    HttpResponse response;
    response.status = 400;
    response.body = R"({"__type": "NotRecorded", "message": "the recording has no answer"})";
    return response;
  }

  std::string unanswered() const { return unanswered_; }
  std::string unused() const {
    std::string text;
    for (size_t i = 0; i < used_.size(); ++i) {
      if (!used_[i]) text += fmt::format("line {}: {}\n", calls_.items[i].line, calls_.items[i].find("call")->scalar);
    }
    return text;
  }

 private:
  testing::AwsReader reader_;
  const YamlNode& calls_;
  std::mutex mutex_;
  std::vector<bool> used_;
  std::string unanswered_;
};

std::vector<std::string> texts(const YamlNode& list) {
  std::vector<std::string> found;
  for (const auto& item : list.items) found.push_back(item.scalar);
  std::ranges::sort(found);
  return found;
}

void check_row(const catalog::Kind& kind, const YamlNode& expected, const store::Resource& resource,
               const aws::Endpoints& endpoints) {
  auto document = parse_json(resource.document, "document");
  REQUIRE(document.has_value());
  catalog::Context context{resource.cell.account, resource.region, std::string(endpoints.partition(resource.region))};
  auto row = catalog::read_row(kind, *document, context);
  CAPTURE(resource.native);
  // A column that names the members it is made of is the same without the others.
  for (const auto& column : kind.columns) {
    Members members(std::in_place);
    if (!catalog::add_members(kind, column, *members)) continue;
    auto some = parse_json(resource.document, "document", {}, members);
    REQUIRE(some.has_value());
    CAPTURE(column.header);
    CHECK(some->get_object().size() <= members->size());
    CHECK(catalog::column_text(kind, column, *some, context) == catalog::column_text(kind, column, *document, context));
  }
  for (const auto& [key, value] : expected.members) {
    CAPTURE(key.scalar);
    if (key.scalar == "id")
      CHECK(resource.native == value.scalar);
    else if (key.scalar == "name")
      CHECK(resource.name == value.scalar);
    else if (key.scalar == "state")
      CHECK(resource.state == value.scalar);
    else if (key.scalar == "region")
      CHECK(resource.region == value.scalar);
    else if (key.scalar == "arn")
      CHECK(resource.arn == value.scalar);
    else if (key.scalar == "owner")
      CHECK(resource.owner == value.scalar);
    else if (key.scalar == "incarnation")
      CHECK(resource.incarnation == value.scalar);
    else if (key.scalar == "created")
      CHECK((resource.created ? format_time(*resource.created) : "") == value.scalar);
    else if (key.scalar == "tags") {
      std::vector<std::pair<std::string, std::string>> tags;
      for (const auto& [name, text] : value.members) tags.emplace_back(name.scalar, text.scalar);
      std::ranges::sort(tags);
      CHECK(row.tags == tags);
    } else if (key.scalar == "columns") {
      for (const auto& [header, text] : value.members) {
        auto column = std::ranges::find(kind.columns, header.scalar, &catalog::Column::header);
        CAPTURE(header.scalar);
        REQUIRE(column != kind.columns.end());
        // Arrays that are sets have no order to expect.
        auto parts = [](std::string_view list) {
          std::vector<std::string> found;
          for (auto part : split(list, ',')) found.emplace_back(trim(part));
          std::ranges::sort(found);
          return join(found, ", ");
        };
        CHECK(parts(catalog::column_text(kind, *column, *document, context)) == parts(text.scalar));
      }
    } else if (key.scalar == "links") {
      std::vector<std::string> links;
      for (const auto& [link, target] : catalog::links_of(kind, *document)) links.push_back(link->to + " " + target);
      std::ranges::sort(links);
      CHECK(links == texts(value));
    } else if (key.scalar == "search") {
      auto found = catalog::search_texts(kind, *document);
      std::ranges::sort(found);
      CHECK(found == texts(value));
    } else {
      FAIL_CHECK("unknown key of a row: " << key.scalar);
    }
  }
}

void replay(const std::string& path, const aws::Models& models, const catalog::Catalog& catalog) {
  auto recording = read_recording(path);
  INFO(path);
  auto* kind = catalog.find(recording.kind);
  REQUIRE_MESSAGE(kind, recording.kind);
  ReplayServer server(models, *recording.root.find("calls"));
  testing::FakeHttp http([&](const HttpRequest& request) { return server.answer(request); });
  testing::FakeClock clock;
  aws::Pacer pacer(
      clock, [](std::string_view, std::string_view) { return aws::Rate{}; }, 0);
  aws::ClientOptions options;
  options.max_attempts = 1;
  options.endpoint_url = "http://aws.test";
  aws::Client client(http, models.endpoints(), pacer, clock, options);

  auto folder = std::filesystem::temp_directory_path() / fmt::format("cadastre-replay-{}", ::getpid());
  std::filesystem::create_directories(folder);
  auto store = store::open_store("sqlite:" + (folder / (recording.kind + ".db")).string(), clock);
  REQUIRE(store.has_value());
  Aws aws{client, models, catalog};
  auto enricher = Enricher::make(aws, *kind);
  REQUIRE_MESSAGE(enricher.has_value(), (enricher ? "" : enricher.error().message));
  PreparedKind prepared{kind, Canonical(*kind, "key"), "{}", 1, std::move(*enricher)};
  auto cell = (*store)->cells().open({recording.account, recording.region, recording.kind});
  REQUIRE(cell.has_value());
  Place place;
  place.session = {recording.account, testing::account_credentials(recording.account)};
  place.account = recording.account;
  place.region = recording.region;
  place.call_region = recording.region == "global" ? "us-east-1" : recording.region;
  place.partition = "aws";
  place.deadline = clock.steady() + std::chrono::minutes(1);
  auto report = run_cell(aws, prepared, **store, *cell, place, {}, clock, {});
  REQUIRE_MESSAGE(report.has_value(), (report ? "" : report.error().message));
  CHECK_MESSAGE(store::proves_absence(report->outcome), report->message);
  CHECK_MESSAGE(server.unanswered().empty(), "the recording lacks answers to:\n" << server.unanswered());
  CHECK_MESSAGE(server.unused().empty(), "never asked for:\n" << server.unused());

  std::map<std::string, store::Resource> found;
  store::Filter filter;
  filter.kinds = {recording.kind};
  auto scanned = (*store)->inventory().scan(filter, std::nullopt, [&](const store::Resource& resource) {
    found[resource.native] = resource;
    return true;
  });
  REQUIRE(scanned.has_value());
  const auto& rows = *recording.root.find("rows");
  CHECK(found.size() == rows.items.size());
  for (const auto& row : rows.items) {
    auto at = found.find(row.find("id")->scalar);
    CHECK_MESSAGE(at != found.end(), "no row " << row.find("id")->scalar);
    if (at != found.end()) check_row(*kind, row, at->second, models.endpoints());
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
}

// The fenced block of CONTRIBUTING.md that is marked "worked-example: NAME".
std::string worked_example(const std::string& name) {
  auto text = read_file(std::string(CADASTRE_SOURCE_DIR) + "/CONTRIBUTING.md");
  REQUIRE(text.has_value());
  size_t start = text->find("```yaml worked-example: " + name);
  REQUIRE_MESSAGE(start != text->npos, name);
  start = text->find('\n', start) + 1;
  size_t end = text->find("```", start);
  REQUIRE(end != text->npos);
  // The block is indented as part of a numbered list.
  std::string block;
  for (auto line : split(std::string_view(*text).substr(start, end - start), '\n')) {
    block += std::string(line.substr(std::min<size_t>(line.size(), 3))) + "\n";
  }
  return block;
}

TEST_CASE("the worked example of CONTRIBUTING.md works as it is written") {
  aws::Models models;
  auto catalog =
      catalog::Catalog::load(models, catalog::embedded_sources(), {{"keypair.yaml", worked_example("keypair.yaml")}});
  REQUIRE_MESSAGE(catalog.has_value(), (catalog ? "" : catalog.error().message));
  auto path = std::filesystem::temp_directory_path() / fmt::format("cadastre-example-{}.yaml", ::getpid());
  REQUIRE(write_file(path.string(), worked_example("aws.ec2.key_pair.yaml")).has_value());
  replay(path.string(), models, *catalog);
  std::filesystem::remove(path);
}

TEST_CASE("every kind reads its recorded response as its expected rows") {
  aws::Models models;
  auto catalog = catalog::Catalog::load(models, catalog::embedded_sources(), {}, true);
  REQUIRE_MESSAGE(catalog.has_value(), (catalog ? "" : catalog.error().message));
  std::set<std::string> recorded;
  for (const auto& entry : std::filesystem::directory_iterator(std::string(CADASTRE_SOURCE_DIR) + "/tests/catalog")) {
    if (entry.path().extension() != ".yaml") continue;
    recorded.insert(entry.path().stem().string());
    replay(entry.path().string(), models, *catalog);
  }
  for (const auto& kind : catalog->kinds()) {
    if (kind.lists.empty()) continue;  // comes in dumps
    CHECK_MESSAGE(recorded.contains(kind.name), "no recorded response: tests/catalog/" << kind.name << ".yaml");
  }
}

}  // namespace
}  // namespace cadastre::collect
