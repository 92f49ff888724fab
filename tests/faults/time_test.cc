// What only shows from run to run: the brake, clocks that jump, and new ways to read old documents.
#include "base/file.h"
#include "base/text.h"
#include "faults/rig.h"

namespace cadastre::testing {
namespace {

using store::Outcome;

RigOptions one_cell(std::string kind, uint64_t resources) {
  RigOptions options;
  options.aws.world = {.accounts = 1, .regions = 1, .resources = resources, .mix = {{kind, 1}}};
  options.aws.largest_page = UINT32_MAX;
  options.config.kinds = {std::move(kind)};
  return options;
}

// The stanza of a kind as the repository has it, as a file of the user's own.
std::string stanza_of(const std::string& service, const std::string& kind) {
  auto text = read_file(fmt::format("{}/catalog/aws/{}.yaml", CADASTRE_SOURCE_DIR, service));
  REQUIRE(text.has_value());
  auto from = text->find(fmt::format("\n  {}:\n", kind));
  REQUIRE(from != std::string::npos);
  auto to = from + 1;
  do to = text->find("\n  ", to + 1);
  while (to != std::string::npos && (*text)[to + 3] == ' ');
  return fmt::format("service: {}\nkinds:{}\n", service, text->substr(from, to == std::string::npos ? to : to - from));
}

std::string with(std::string text, std::string_view from, std::string_view to) {
  REQUIRE_MESSAGE(text.contains(from), text);
  return replace_all(std::move(text), from, to);
}

}  // namespace

TEST_CASE("the brake: what vanishes in a mass is held until a second run agrees") {
  Rig rig(one_cell("aws.ec2.volume", 100));
  REQUIRE(rig.run().all_complete());
  store::CellKey key{rig.account(0), "us-east-1", "aws.ec2.volume"};
  std::vector<scripted::Entry> all;
  auto keep = [&](double share) {
    return rig.aws.with_world([&](scripted::World& world) {
      auto& cell = *world.cell(key.account, key.region, key.kind);
      if (all.empty()) all = cell.entries;
      cell.entries.assign(all.begin(),
                          all.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(all.size())));
      cell.index();
      return all.size() - cell.entries.size();
    });
  };
  auto size = live(rig).size();

  auto missing = keep(0.5);
  auto report = rig.run();
  REQUIRE(report.cells.size() == 1);
  CHECK(report.cells[0].closed == 0);
  CHECK(report.cells[0].held == missing);
  CHECK(report.cells[0].message.contains(fmt::format("{} of {}", missing, size)));
  CHECK(live(rig).size() == size);

  // They are back: nothing was lost.
  keep(1);
  report = rig.run();
  CHECK(report.cells[0].held == 0);
  CHECK(report.cells[0].closed == 0);
  CHECK(wrong_rows(rig) == "");

  // Gone again, a failure in between, and gone still: the failure is no second opinion.
  missing = keep(0.6);
  CHECK(rig.run().cells[0].held == missing);
  rig.aws.set_faults({{.kind = scripted::FaultKind::deny_iam, .operation = "DescribeVolumes"}});
  CHECK(rig.run().cells[0].closed == 0);
  CHECK(live(rig).size() == size);
  rig.aws.set_faults({});
  report = rig.run();
  CHECK(report.cells[0].closed == missing);
  CHECK(wrong_rows(rig) == "");

  // A fifth is no mass.
  all.clear();
  missing = keep(0.8);
  CHECK(rig.run().cells[0].closed == missing);
  CHECK(wrong_rows(rig) == "");
}

TEST_CASE("a clock that is set back an hour loses nothing") {
  Rig rig(RigOptions{});
  REQUIRE(rig.run().all_complete());
  std::map<int64_t, std::vector<store::Version>> history;
  auto remember = [&] {
    for (const auto& [id, resource] : live(rig))
      history[resource.resource] = *rig.store->inventory().versions(resource.resource);
  };
  remember();
  auto step = [&](uint64_t round, Millis by) {
    rig.clock.move(by);
    rig.aws.mutate(round, 0.3);
    CHECK(rig.run(true).all_complete());
    CHECK(wrong_rows(rig) == "");
    size_t longer = 0;
    for (const auto& [resource, before] : history) {
      auto after = *rig.store->inventory().versions(resource);
      REQUIRE(after.size() >= before.size());
      longer += after.size() > before.size();
      for (size_t i = 0; i < after.size(); ++i) {
        if (i < before.size()) {
          CHECK(after[i].sequence == before[i].sequence);
          CHECK(after[i].from == before[i].from);
          CHECK(after[i].document == before[i].document);
        }
        if (i + 1 < after.size()) {
          // Intervals touch, are not empty, and are in the order of their numbers.
          REQUIRE(after[i].to.has_value());
          CHECK(*after[i].to == after[i + 1].from);
          CHECK(after[i].from < after[i + 1].from);
          CHECK(after[i].sequence < after[i + 1].sequence);
        }
      }
    }
    CHECK(longer > 20);
    remember();
  };
  step(1, -std::chrono::hours(1));
  step(2, Millis(0));
  step(3, std::chrono::hours(2));
}

TEST_CASE("a new way to read 10,000 stored documents shows no change") {
  Folder folder;
  auto options = one_cell("aws.ec2.volume", 10'000);
  options.folder = folder.path();
  size_t size = 0;
  int64_t last = 0;
  {
    Rig rig(options);
    REQUIRE(rig.run().all_complete());
    size = live(rig).size();
    REQUIRE(size > 7'000);
    for (const auto& [id, resource] : live(rig)) last = std::max(last, resource.sequence);
  }
  // The next release: other sets, other volatile paths, another column. Meanwhile two volumes were really edited.
  auto stanza = stanza_of("ec2", "volume");
  stanza = with(stanza, "sets: [Tags, Attachments]", "sets: [Attachments]\n    volatile: [Iops, Operator]");
  stanza = with(stanza, "columns:", "columns:\n      Source: SourceVolumeId");
  options.catalog = stanza;
  Rig rig(options);
  REQUIRE(rig.catalog.find("aws.ec2.volume")->volatile_paths.size() == 2);
  rig.aws.with_world([&](scripted::World& world) {
    auto* cell = world.cell(world.accounts()[0].id, "us-east-1", "aws.ec2.volume");
    for (size_t i : {17, 4711}) ++cell->entries[i].revision;
  });
  auto report = rig.run();
  REQUIRE(report.cells.size() == 1);
  CHECK(report.cells[0].outcome == Outcome::complete);
  CHECK(report.cells[0].listed == size);
  CHECK(report.cells[0].changed == 2);
  CHECK(report.cells[0].opened == 0);
  CHECK(report.cells[0].closed == 0);
  int changes = 0;
  REQUIRE(rig.store->inventory().changes({.after = last}, [&](const store::Change& change) {
    changes += change.version.cause == store::Cause::changed;
    return true;
  }));
  CHECK(changes == 2);
  for (const auto& [id, resource] : live(rig)) {
    auto versions = *rig.store->inventory().versions(resource.resource);  // without those that are only our reading
    if (versions.size() != 1 && versions.size() != 2) FAIL(id);
  }
  CHECK(wrong_rows(rig) == "");

  // Once read the new way, nothing is written any more.
  report = rig.run();
  CHECK(report.cells[0].changed == 0);
  CHECK(report.writes.versions <= size);  // of the run before
  auto again = rig.run();
  CHECK(again.writes.versions == report.writes.versions);
}

TEST_CASE("a fragment that a new release no longer reads, and a new one, are no change") {
  Folder folder;
  auto options = one_cell("aws.iam.role", 300);
  options.folder = folder.path();
  {
    auto older = options;
    older.catalog = stanza_of("iam", "role");
    auto from = older.catalog.find("      inline_policies:"), to = older.catalog.find("    console:");
    REQUIRE(from < to);
    older.catalog.erase(from, to - from);
    older.catalog =
        with(older.catalog, "sets: [Tags, AttachedPolicies, PolicyNames]", "sets: [Tags, AttachedPolicies]");
    older.catalog = with(older.catalog, "      Inline policies: \"PolicyNames[]\"\n", "");
    Rig rig(older);
    REQUIRE(rig.run().all_complete());
    for (const auto& [id, resource] : live(rig)) REQUIRE(!resource.document.contains("inline-"));
  }
  Rig rig(options);
  auto report = rig.run(true);
  CHECK(report.all_complete());
  CHECK(report.cells[0].changed == 0);
  CHECK(report.cells[0].opened == 0);
  CHECK(wrong_rows(rig) == "");  // what is new is read all the same
}

}  // namespace cadastre::testing
