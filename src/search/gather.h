// A list over the store alone: one scan, in which every match is counted and the rows of one page are kept. Large scans
// are shared by a few threads, kind by kind.
#pragma once

#include "search/order.h"

namespace cadastre::search {

// Which rows of the store are looked at, and of when.
struct Span {
  store::Filter filter;
  std::optional<Time> at;                      // as it was then
  std::optional<Time> gone_since, gone_until;  // only what was deleted in [since, until)
  Time now{};                                  // what ages are measured to
  // What was live at some moment of it; nullopt: of now.
  std::optional<index::Alive> alive() const {
    if (at) return index::Alive::at(*at);
    if (!filter.since && !filter.until) return std::nullopt;
    return index::Alive{filter.since.value_or(Time::min()), filter.until.value_or(Time::max())};
  }
  // Rows are of the past: what is read off a document is read off the document of then.
  bool past() const { return at.has_value() || filter.since.has_value() || filter.until.has_value(); }
};

constexpr size_t kEverything = size_t{1} << 40;  // rows: no limit

struct Gathering {
  const Question& question;
  Span span;
  std::vector<index::Filter> filters;
  Order order;
  std::vector<std::pair<index::FacetKey, std::string>> facets;
  std::optional<Position> after;  // only rows beyond it are kept; all are counted
  size_t keep = 0;                // at most so many, the first in order; the rest is counted only
};

struct Gathered {
  std::vector<Position> page;                           // in order
  uint64_t total = 0, beyond = 0;                       // all matches; those after `after`
  std::vector<std::map<std::string, uint64_t>> counts;  // of each facet asked for
};

// Errors: the store's; cancelled; malformed, when a stored document is damaged.
Result<Gathered> gather(const Gathering& gathering, Facts& facts, std::stop_token stop);

// Name, state, tags and what else is read off a document, as they were in it.
void project(store::Resource& resource, const json::value& document, const Facts& facts);

// The values of a facet that a resource has: one, or none.
std::optional<std::string> facet_value(const query::Subject& subject, index::FacetKey key, const std::string& name);

}  // namespace cadastre::search
