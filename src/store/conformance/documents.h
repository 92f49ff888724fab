// Documents come back byte for byte, and many threads may write and read at once.
#pragma once

#include <random>

#include "store/conformance/fixture.h"

namespace cadastre::store::conformance {

// Like a kind's documents: the same members, other values; now and then something quite different.
inline std::string random_document(std::mt19937_64& random) {
  if (random() % 20 == 0) return "";
  if (random() % 20 == 0) {
    std::string bytes(random() % 100'000, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    return bytes;
  }
  std::string text = R"({"InstanceType":"m5.large","Placement":{"AvailabilityZone":"eu-west-1a"},"Tags":[)";
  for (auto left = random() % 30; left > 0; --left)
    text += fmt::format(R"({{"Key":"k{}","Value":"é{:x}"}},)", random() % 9, random());
  return text + "]}";
}

inline void documents(const Makers& makers) {
  auto seed = std::random_device()();
  CAPTURE(seed);
  std::mt19937_64 random(seed);
  Fixture f(makers);
  auto cell = f.open();
  std::map<std::string, std::string> expected;
  std::map<std::string, int64_t> resources;
  // The first few are stored before there is anything to learn from, alone and together.
  for (size_t round = 0; round < 40; ++round) {
    std::vector<Put> puts;
    for (size_t i = 0; i < 1 + round % 8; ++i)
      puts.push_back(put_of(fmt::format("i-{}-{}", round, i), random_document(random)));
    auto results = must(f.inventory().put(cell.id, puts, at(static_cast<int64_t>(round))));
    for (size_t i = 0; i < puts.size(); ++i) {
      expected[puts[i].native] = puts[i].document;
      resources[puts[i].native] = results[i].resource;
    }
  }
  for (int reopened = 0; reopened < 2; ++reopened) {
    size_t seen = 0;
    for (const auto& row : f.scan({})) {
      REQUIRE(row.document == expected.at(row.native));
      ++seen;
    }
    CHECK(seen == expected.size());
    std::vector<int64_t> ids;
    std::vector<std::string> wanted;
    for (const auto& [native, resource] : resources) {
      ids.push_back(resource);
      wanted.push_back(expected[native]);
    }
    CHECK((must(f.inventory().documents(ids)) == wanted));
    f.reopen();
  }
}

// Four writers, each with its own cell, and four readers. Readers see whole documents, and sequences that only grow.
inline void threads(const Makers& makers) {
  constexpr int kRounds = 40, kResources = 10;
  Fixture f(makers);
  std::vector<Cell> cells;
  for (int writer = 0; writer < 4; ++writer) cells.push_back(f.open("aws.ec2.instance", fmt::format("{:012}", writer)));
  std::atomic<int> failures = 0, writing = 4;
  auto expect = [&](bool good) { failures += good ? 0 : 1; };
  auto document = [](int writer, int round) {
    return fmt::format(R"({{"w":{},"r":{},"pad":"{}"}})", writer, round, std::string(200, 'x'));
  };
  {
    std::vector<std::jthread> all;
    for (int writer = 0; writer < 4; ++writer) {
      all.emplace_back([&, writer] {
        const auto& cell = cells[static_cast<size_t>(writer)];
        for (int round = 0; round < kRounds; ++round) {
          std::vector<Put> puts;
          for (int i = 0; i < kResources; ++i) puts.push_back(put_of(fmt::format("i-{}", i), document(writer, round)));
          auto results = f.inventory().put(cell.id, puts, at(round));
          expect(results && results->size() == kResources);
          Finish finish;
          finish.cell = cell.id;
          expect(f.inventory().finish(finish, at(round)).has_value());
        }
        --writing;
      });
    }
    for (int reader = 0; reader < 4; ++reader) {
      all.emplace_back([&, reader] {
        int64_t since = 0;
        for (bool last = false; !last;) {
          last = writing == 0;
          if (reader % 2 == 0) {
            int seen = 0;
            auto read =
                f.inventory().changes({.after = since, .documents = true, .limit = 50}, [&](const Change& change) {
                  expect(change.version.sequence > since && change.version.document.starts_with("{\"w\":"));
                  since = change.version.sequence;
                  return ++seen > 0;
                });
            expect(read.has_value());
            if (!read) return;
            last = last && seen == 0;
          } else {
            std::map<std::string, std::set<std::string>> seen;
            expect(f.inventory()
                       .scan({}, {},
                             [&](const Resource& row) {
                               seen[row.cell.account].insert(row.document);
                               return true;
                             })
                       .has_value());
            // A batch is committed whole: all resources of a cell are of one round.
            for (const auto& [account, versions] : seen) expect(versions.size() == 1);
            expect(f.cells().list().has_value());
          }
        }
        if (reader % 2 == 0) expect(f.changes({.after = since}).empty());
      });
    }
  }
  CHECK(failures == 0);
  CHECK(f.changes({}).size() == size_t{4} * kRounds * kResources);
  for (int writer = 0; writer < 4; ++writer) {
    CHECK(f.listed(cells[static_cast<size_t>(writer)]).resources == kResources);
    CHECK(f.documents(fmt::format("aws.ec2.instance/{:012}/eu-west-1/i-3", writer)) ==
          Lines{document(writer, kRounds - 1)});
  }
}

}  // namespace cadastre::store::conformance
