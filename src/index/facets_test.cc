// Facets over several segments, beside a plain count.
#include "index/facets.h"

#include <doctest/doctest.h>

#include <random>

namespace cadastre::index {
namespace {

using Counts = std::map<std::string, uint64_t>;

// Rows in segments of these sizes; each row's name is a tag, of a few or of very many. What is in `counts` is what the
// rows that `bits` names have.
struct Sample {
  std::vector<std::unique_ptr<Segment>> segments;
  std::vector<Bits> bits;
  Counts names, accounts, services;
};

Sample sample(std::mt19937_64& random, const std::vector<size_t>& sizes, size_t names, double share) {
  static const catalog::Catalog none;
  query::Estate estate{none, {}};
  Sample made;
  auto below = [&](size_t end) { return random() % end; };
  int64_t number = 0;
  for (auto size : sizes) {
    TableBuilder builder;
    std::map<int64_t, std::array<std::string, 3>> rows;
    for (size_t i = 0; i < size; ++i) {
      store::Resource row;
      row.resource = ++number;
      row.cell = {fmt::format("00000000000{}", below(5)), "eu-west-1", below(2) ? "aws.ec2.volume" : "aws.ec2.vpc"};
      row.native = fmt::format("vol-{}", number);
      // Upper and lower case have an order of their own without regard to case.
      auto name = fmt::format("{}{}", below(2) ? "web-" : "Web-", below(names));
      row.tags = fmt::format(R"({{"Name":"{}","other":"web-1"}})", name);
      rows[number] = {name, row.cell.account, "ec2"};
      builder.add(row, {}, estate);
    }
    auto table = builder.take();
    const auto& segment = *made.segments.emplace_back(std::make_unique<Segment>(table));
    auto& bits = made.bits.emplace_back(segment.rows());
    for (uint32_t row = 0; row < segment.rows(); ++row) {
      if (std::uniform_real_distribution(0.0, 1.0)(random) >= share) continue;
      bits.set(row);
      const auto& [name, account, service] = rows.at(segment.resource[row]);
      ++made.names[name], ++made.accounts[account], ++made.services[service];
    }
  }
  return made;
}

void check(const Sample& sample, FacetKey key, const std::string& name, const Counts& expected, size_t limit) {
  FacetCount count(key, name);
  for (size_t i = 0; i < sample.segments.size(); ++i) count.add(*sample.segments[i], sample.bits[i]);
  auto facet = count.take(limit);
  CHECK(facet.distinct == expected.size());
  std::vector<std::pair<std::string, uint64_t>> wanted(expected.begin(), expected.end()), found;
  std::ranges::stable_sort(wanted, std::ranges::greater(), &std::pair<std::string, uint64_t>::second);
  wanted.resize(std::min(limit, wanted.size()));
  for (const auto& value : facet.values) found.emplace_back(value.value, value.count);
  CHECK(found == wanted);
}

TEST_CASE("facets over several segments are what counting each row gives") {
  std::mt19937_64 random(20261121);
  for (size_t names : {2, 30, 400}) {
    for (double share : {0.0, 0.02, 0.5, 1.0}) {
      CAPTURE(names);
      CAPTURE(share);
      auto made = sample(random, {500, 200, 90, 3, 1}, names, share);
      for (size_t limit : {3, 100, 10'000}) {
        check(made, FacetKey::tag, "Name", made.names, limit);
        check(made, FacetKey::account, "", made.accounts, limit);
        check(made, FacetKey::service, "", made.services, limit);
      }
    }
  }
}

}  // namespace
}  // namespace cadastre::index
