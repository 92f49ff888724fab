#include "search/list.h"

#include "base/text.h"
#include "search/json.h"

namespace cadastre::search {
namespace {

constexpr size_t kFacetValues = 100, kAllValues = std::numeric_limits<uint32_t>::max();
constexpr size_t kMostOfAPage = 10'000;
constexpr uint64_t kMostToSort = 200'000;  // rows whose documents are read to sort by a column

index::Request index_request(const ListRequest& request, const Plan& plan, size_t limit, const Facts& facts) {
  index::Request asked;
  // The index makes room for as many as are asked for. How many it has takes it longer to say than a page to find.
  asked.limit = limit;
  if (limit > kMostOfAPage) {
    auto size = facts.index->size();
    asked.limit = std::min<size_t>(limit, size.resources + size.past + 1);
  }
  asked.expression = &plan.question.expression;
  asked.filters = request.filters;
  asked.scope = plan.question.scope;
  asked.sort = plan.order.key;
  asked.descending = plan.order.descending;
  asked.facets = plan.facets;
  asked.facet_values = plan.by == Plan::By::both ? kAllValues : kFacetValues;
  asked.alive = plan.span.alive();
  asked.reach = plan.reach;
  asked.now = plan.span.now;
  return asked;
}

index::Facet to_facet(const std::pair<index::FacetKey, std::string>& key,
                      const std::map<std::string, uint64_t>& counts) {
  index::Facet facet{key.first, key.second, {}, counts.size()};
  for (const auto& [value, count] : counts) facet.values.push_back({value, count});
  auto more = [](const index::FacetValue& a, const index::FacetValue& b) {
    return a.count != b.count ? a.count > b.count : a.value < b.value;
  };
  std::ranges::sort(facet.values, more);
  if (facet.values.size() > kFacetValues) facet.values.resize(kFacetValues);
  return facet;
}

Gathering gathering_of(const ListRequest& request, const Plan& plan) {
  return {plan.question, plan.span, request.filters, plan.order, plan.facets, std::nullopt, 0};
}

Result<Page> from_index(const ListRequest& request, const Plan& plan, size_t limit, Facts& facts,
                        std::stop_token stop) {
  auto asked = index_request(request, plan, limit, facts);
  asked.cursor = request.cursor;
  TRY_ASSIGN(auto answer, facts.index->search(asked, index::stored_documents(facts.inventory()), stop));
  return Page{std::move(answer.resources), std::move(answer.next), answer.total, answer.exact,
              std::move(answer.facets)};
}

Result<Page> from_store(const ListRequest& request, const Plan& plan, size_t limit, Facts& facts,
                        std::stop_token stop) {
  auto gathering = gathering_of(request, plan);
  gathering.keep = limit;
  if (!request.cursor.empty()) {
    TRY_ASSIGN(gathering.after, read_cursor(plan.order, request.cursor));
  }
  TRY_ASSIGN(auto found, gather(gathering, facts, stop));
  if (!plan.order.column.empty() && found.total > kMostToSort) {
    return fail(ErrorCode::invalid,
                fmt::format("{} rows are too many to sort by the column '{}'; narrow the query to {} or fewer, or sort "
                            "by name, created or changed",
                            thousands(found.total), plan.order.column, thousands(kMostToSort)));
  }
  Page page;
  for (const auto& position : found.page) page.resources.push_back(position.resource);
  if (found.beyond > found.page.size() && !found.page.empty()) page.next = write_cursor(plan.order, found.page.back());
  page.total = found.total;
  for (size_t i = 0; i < plan.facets.size(); ++i) page.facets.push_back(to_facet(plan.facets[i], found.counts[i]));
  return page;
}

// Where rows that the index found stand. It has sorted them already; this is for merging others in.
Result<std::vector<Position>> positions_of(const std::vector<int64_t>& resources, const Plan& plan, Facts& facts) {
  constexpr size_t kBatch = 500;
  std::vector<Position> positions;
  for (std::span<const int64_t> rest = resources; !rest.empty();) {
    auto batch = rest.first(std::min(kBatch, rest.size()));
    rest = rest.subspan(batch.size());
    TRY_ASSIGN(auto rows, facts.inventory().rows(batch, true));
    for (const auto& row : rows) {
      json::monotonic_resource memory;
      TRY_ASSIGN(auto document, parse_json(row.document.empty() ? "{}" : row.document, "a stored document", &memory));
      auto subject = plan.question.subject(row, document, plan.span.at);
      positions.push_back(position_of(plan.order, row, subject, plan.question.expression, plan.span.now, ""));
    }
  }
  return positions;
}

// The index has the rows that are now as they were then (or live); the store has the others. Both come in one order,
// and a place in it is a place in both.
Result<Page> from_both(const ListRequest& request, const Plan& plan, size_t limit, Facts& facts, std::stop_token stop) {
  auto asked = index_request(request, plan, limit, facts);
  auto gathering = gathering_of(request, plan);
  gathering.keep = limit;
  if (plan.reach.any && !plan.reach.lacking.empty()) {
    const auto& lacking = plan.reach.lacking;
    gathering.span.filter.kinds.assign(lacking.begin(), lacking.end());
  }
  asked.cursor = request.cursor;
  if (!request.cursor.empty()) {
    TRY_ASSIGN(gathering.after, read_cursor(plan.order, request.cursor));
  }
  TRY_ASSIGN(auto stored, gather(gathering, facts, stop));
  TRY_ASSIGN(auto indexed, facts.index->search(asked, index::stored_documents(facts.inventory()), stop));
  Page page;
  page.total = indexed.total + stored.total;
  page.exact = indexed.exact;
  for (size_t i = 0; i < plan.facets.size(); ++i) {
    for (const auto& [value, count] : indexed.facets[i].values) stored.counts[i][value] += count;
    page.facets.push_back(to_facet(plan.facets[i], stored.counts[i]));
  }
  TRY_ASSIGN(auto merged, positions_of(indexed.resources, plan, facts));
  auto middle = static_cast<ptrdiff_t>(merged.size());
  bool more = !indexed.next.empty() || stored.beyond > stored.page.size();
  std::ranges::move(stored.page, std::back_inserter(merged));
  std::inplace_merge(merged.begin(), merged.begin() + middle, merged.end(), Before{plan.order});
  if (merged.size() > limit) {
    merged.resize(limit);
    more = true;
  }
  for (const auto& position : merged) page.resources.push_back(position.resource);
  if (more && !merged.empty()) page.next = write_cursor(plan.order, merged.back());
  return page;
}

Result<void> check_column(const Order& order, const Question& question, const Facts& facts) {
  if (order.column.empty()) return {};
  const auto& kinds = question.narrowed.kinds;
  auto* kind = kinds.size() == 1 ? facts.catalog.find(kinds.front()) : nullptr;
  if (!kind) {
    return fail(ErrorCode::invalid,
                fmt::format("cannot sort by '{}'; sort by {}, or ask for one kind and sort by one of its columns",
                            printable(order.column), sort_keys()));
  }
  if (column_of(*kind, order.column)) return {};
  std::vector<std::string_view> headers;
  for (const auto& column : kind->columns) headers.push_back(column.header);
  return fail(ErrorCode::invalid,
              fmt::format("{} has no column '{}'{}; sort by {} or one of {}", kind->name, printable(order.column),
                          did_you_mean(order.column, headers), sort_keys(), fmt::join(headers, ", ")));
}

}  // namespace

Result<Plan> plan(const ListRequest& request, const query::Scope& scope, Facts& facts) {
  Plan plan;
  TRY_ASSIGN(plan.question, understand(request.q, scope, facts));
  auto& question = plan.question;
  TRY(follow_names(question, facts));
  plan.order = request.sort.empty() ? Order{} : order_of(request.sort);
  for (const auto& facet : request.facets) {
    auto known = facet_of(facet);
    if (!known) {
      return fail(ErrorCode::invalid, no_facet(facet));
    }
    plan.facets.push_back(std::move(*known));
  }
  if (request.at && (request.since || request.until))
    return fail(ErrorCode::invalid, "a list is of one instant (at) or of a window (since, until), not of both");
  if (request.since && request.until && *request.since >= *request.until)
    return fail(ErrorCode::invalid, "the window is empty: `since` must be before `until`");
  // A facet counts what its own filter leaves out, so that filter must not narrow what is read.
  for (const auto& filter : request.filters) {
    if (std::ranges::find(plan.facets, std::pair(filter.key, filter.name)) == plan.facets.end())
      narrow_by(question.narrowed, filter);
  }
  TRY(check_column(plan.order, question, facts));
  auto& span = plan.span;
  span.filter = question.narrowed;
  span.now = request.at.value_or(facts.clock.now());
  bool gone = request.deleted || question.only_deleted;
  if (gone) {
    span.filter.live = false;
    span.filter.closed = true;
    span.gone_since = request.since;
    span.gone_until = request.at ? std::optional(*request.at + Millis(1)) : request.until;
    if (request.until) span.now = *request.until;
    return plan;
  }
  bool window = request.since || request.until;
  span.at = request.at;
  span.filter.since = request.since;
  span.filter.until = request.until;
  if (request.until) span.now = *request.until;
  span.filter.closed = question.asks_deleted && !request.at && !window;
  bool indexed = facts.ready_index() && plan.order.column.empty() && !((request.at || window) && question.asks_stale);
  if (!indexed) return plan;
  auto then = span.alive();
  if (then) plan.reach = facts.index->reach(*then, span.filter.kinds);
  plan.by = plan.reach.whole() && !span.filter.closed ? Plan::By::index : Plan::By::both;
  span.filter.superseded = then.has_value();
  if (!request.at && span.filter.closed) span.filter.live = false;
  return plan;
}

Result<Page> read_page(const ListRequest& request, const Plan& plan, size_t limit, Facts& facts, std::stop_token stop) {
  if (plan.by == Plan::By::store) return from_store(request, plan, limit, facts, stop);
  auto current = plan;
  for (;;) {
    auto page = current.by == Plan::By::index ? from_index(request, current, limit, facts, stop)
                                              : from_both(request, current, limit, facts, stop);
    auto then = current.span.alive();
    if (!page || !then) return page;
    // The index may have let go of some of its past meanwhile.
    auto reach = facts.index->reach(*then, current.span.filter.kinds);
    if (reach == current.reach) return page;
    current.reach = std::move(reach);
    current.by = Plan::By::both;
  }
}

}  // namespace cadastre::search
