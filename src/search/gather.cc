#include "search/gather.h"

#include "base/text.h"
#include "search/screen.h"

namespace cadastre::search {
namespace {

using index::FacetKey;

constexpr uint64_t kWorthThreads = 4'000;  // rows: below, a thread costs more than it saves
constexpr size_t kMostThreads = 4;

// One thread's share of a scan.
class Gatherer {
 public:
  Gatherer(const Gathering& asked, const Facts& facts)
      : asked_(asked),
        facts_(facts),
        before_{asked.order},
        screen_(asked.question.expression, asked.question.facts->estate) {
    found_.counts.resize(asked.facets.size());
    only_kind_ =
        asked.question.narrowed.kinds.size() == 1 ? facts.catalog.find(asked.question.narrowed.kinds[0]) : nullptr;
    if (only_kind_ && !asked.order.column.empty()) {
      for (const auto& column : only_kind_->columns) {
        if (iequals(column.header, asked.order.column)) column_ = &column;
      }
    }
  }

  bool needs_documents() const { return screen_.needs_documents() || asked_.span.past() || column_; }

  Result<bool> take(const store::Resource& row) {
    const auto& span = asked_.span;
    if (span.gone_since && (!row.deleted || *row.deleted < *span.gone_since)) return true;
    if (span.gone_until && (!row.deleted || *row.deleted >= *span.gone_until)) return true;
    bool stale = row.unverified_since && !row.deleted && (!span.at || *row.unverified_since <= *span.at);
    auto verdict = screen_.look(row, stale, span.now, span.past() ? facts_.catalog.find(row.cell.kind) : nullptr);
    if (verdict == Verdict::no) return true;
    const store::Resource* resource = &row;
    json::monotonic_resource memory(buffer_.data(), buffer_.size());
    json::value document(nullptr, &memory);
    if (!row.document.empty() && (verdict == Verdict::maybe || span.past() || column_)) {
      TRY_ASSIGN(document, parse_json(row.document, fmt::format("the stored document of {}", row.id()), &memory));
    }
    if (span.past()) {
      then_ = row;
      project(then_, document, facts_);
      resource = &then_;
    }
    // What no term reads need not be taken apart.
    static const json::value kNothing;
    auto subject = asked_.question.subject(*resource, screen_.needs_documents() ? document : kNothing, span.at);
    if (verdict == Verdict::maybe && !query::matches(asked_.question.expression, subject, span.now)) return true;
    if (!count(subject)) return true;
    keep(*resource, subject, document);
    return true;
  }

  // In order at the end.
  Gathered finish() {
    std::ranges::sort(found_.page, before_);
    if (found_.page.size() > asked_.keep) found_.page.resize(asked_.keep);
    return std::move(found_);
  }

 private:
  // Each facet counts what passes all filters but its own, of which there may be several.
  bool count(const query::Subject& subject) {
    const index::Filter* failed = nullptr;
    bool of_one_facet = true;
    for (const auto& filter : asked_.filters) {
      auto value = facet_value(subject, filter.key, filter.name);
      if (value && std::ranges::find(filter.values, *value) != filter.values.end()) continue;
      of_one_facet = of_one_facet && (!failed || (failed->key == filter.key && failed->name == filter.name));
      failed = &filter;
    }
    for (size_t i = 0; i < asked_.facets.size(); ++i) {
      const auto& [key, name] = asked_.facets[i];
      bool own = failed && of_one_facet && failed->key == key && failed->name == name;
      if (failed && !own) continue;
      if (auto value = facet_value(subject, key, name)) ++found_.counts[i][*value];
    }
    if (!failed) ++found_.total;
    return !failed;
  }

  void keep(const store::Resource& resource, const query::Subject& subject, const json::value& document) {
    std::string text;
    if (column_) text = catalog::column_text(*only_kind_, *column_, document, facts_.context_of(resource));
    auto position = position_of(asked_.order, resource, subject, asked_.question.expression, asked_.span.now, text);
    if (asked_.after && !before_(*asked_.after, position)) return;
    ++found_.beyond;
    // Twice as many as are wanted, then the worse half goes: cheaper than a heap of texts.
    found_.page.push_back(std::move(position));
    if (asked_.keep < kEverything && found_.page.size() >= 2 * asked_.keep + 64) {
      std::ranges::nth_element(found_.page, found_.page.begin() + static_cast<ptrdiff_t>(asked_.keep), before_);
      found_.page.resize(asked_.keep);
    }
  }

  const Gathering& asked_;
  const Facts& facts_;
  Before before_;
  Screen screen_;
  const catalog::Kind* only_kind_ = nullptr;
  const catalog::Column* column_ = nullptr;
  std::vector<unsigned char> buffer_ = std::vector<unsigned char>(64 << 10);  // most documents fit
  store::Resource then_;
  Gathered found_;
};

// A scan in parts of about the same size, by kinds, or by accounts when it is of one kind; one part when it is small.
std::vector<store::Filter> share(const store::Filter& filter, const Snapshot& facts) {
  std::map<std::string, uint64_t> kinds, accounts;
  uint64_t all = 0;
  auto wanted = [](const std::vector<std::string>& these, const std::string& value) {
    return these.empty() || std::ranges::find(these, value) != these.end();
  };
  for (const auto& cell : facts.cells) {
    if (!wanted(filter.kinds, cell.key.kind) || !wanted(filter.accounts, cell.key.account)) continue;
    kinds[cell.key.kind] += cell.resources;
    accounts[cell.key.account] += cell.resources;
    all += cell.resources;
  }
  bool by_kind = kinds.size() > 1;
  auto& sizes = by_kind ? kinds : accounts;
  auto threads = std::min<size_t>(std::max(1U, std::thread::hardware_concurrency()), kMostThreads);
  if (all < kWorthThreads || sizes.size() < 2 || threads < 2) return {filter};
  std::vector<std::pair<uint64_t, std::string>> largest;
  for (auto& [name, size] : sizes) largest.emplace_back(size, name);
  std::ranges::sort(largest, std::greater());
  std::vector<std::vector<std::string>> names(std::min(threads, largest.size()));
  std::vector<uint64_t> loads(names.size());
  for (auto& [size, name] : largest) {
    auto least = static_cast<size_t>(std::ranges::min_element(loads) - loads.begin());
    loads[least] += size + 1;
    names[least].push_back(std::move(name));
  }
  std::vector<store::Filter> parts(names.size(), filter);
  for (size_t i = 0; i < parts.size(); ++i) (by_kind ? parts[i].kinds : parts[i].accounts) = std::move(names[i]);
  return parts;
}

}  // namespace

std::optional<std::string> facet_value(const query::Subject& subject, FacetKey key, const std::string& name) {
  auto some = [](const std::string& text) { return text.empty() ? std::nullopt : std::optional(text); };
  switch (key) {
    case FacetKey::kind:
      return subject.kind_name;
    case FacetKey::service: {
      auto parts = split(subject.kind_name, '.');
      return some(std::string(parts.size() > 1 ? parts[1] : ""));
    }
    case FacetKey::account:
      return subject.account;
    case FacetKey::region:
      return some(subject.region);
    case FacetKey::cluster:
      return some(subject.cluster);
    case FacetKey::space:
      return some(subject.space);
    case FacetKey::state:
      return some(subject.state);
    case FacetKey::owner:
      return some(subject.owner);
    case FacetKey::tag: {
      auto tag = std::ranges::find(subject.tags, name, &std::pair<std::string, std::string>::first);
      if (tag == subject.tags.end()) return std::nullopt;
      return tag->second;
    }
  }
  return std::nullopt;
}

void project(store::Resource& resource, const json::value& document, const Facts& facts) {
  query::read_off(resource, document, facts.catalog, facts.endpoints.partition(resource.region));
}

Result<Gathered> gather(const Gathering& gathering, Facts& facts, std::stop_token stop) {
  auto parts = share(gathering.span.filter, *gathering.question.facts);
  std::vector<Result<Gathered>> found(parts.size(), Result<Gathered>(Gathered{}));
  std::stop_source given_up;
  auto run = [&](size_t part) -> Result<Gathered> {
    Gatherer gatherer(gathering, facts);
    auto filter = parts[part];
    filter.documents = gatherer.needs_documents();
    std::optional<Error> trouble;
    TRY(facts.inventory().scan(filter, gathering.span.at, [&](const store::Resource& row) {
      if (stop.stop_requested() || given_up.stop_requested()) {
        trouble = Error{ErrorCode::cancelled, "the search was given up", {}};
        return false;
      }
      auto taken = gatherer.take(row);
      if (!taken) trouble = std::move(taken).error();
      return !trouble;
    }));
    if (trouble) {
      given_up.request_stop();
      return std::unexpected(std::move(*trouble));
    }
    return gatherer.finish();
  };
  {
    std::vector<std::jthread> threads;
    for (size_t part = 1; part < parts.size(); ++part) threads.emplace_back([&, part] { found[part] = run(part); });
    found[0] = run(0);
  }
  // Of several errors the one that made the others give up.
  for (auto& part : found) {
    if (!part && part.error().code != ErrorCode::cancelled) return std::unexpected(std::move(part).error());
  }
  Gathered all;
  all.counts.resize(gathering.facets.size());
  for (auto& part : found) {
    if (!part) return std::unexpected(std::move(part).error());
    all.total += part->total;
    all.beyond += part->beyond;
    std::ranges::move(part->page, std::back_inserter(all.page));
    for (size_t i = 0; i < all.counts.size(); ++i) {
      for (const auto& [value, count] : part->counts[i]) all.counts[i][value] += count;
    }
  }
  std::ranges::sort(all.page, Before{gathering.order});
  if (all.page.size() > gathering.keep) all.page.resize(gathering.keep);
  return all;
}

}  // namespace cadastre::search
