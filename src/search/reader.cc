// Lists: a page, or all of them.
#include "search/reader.h"

#include "search/list.h"

namespace cadastre::search {
namespace {

constexpr size_t kMostRows = 1'000, kBatch = 500;

// The one kind that is asked for; nullptr when there are several, or the catalogue does not have it.
const catalog::Kind* only_kind(const Plan& plan, const Facts& facts) {
  const auto& kinds = plan.question.narrowed.kinds;
  return kinds.size() == 1 ? facts.catalog.find(kinds.front()) : nullptr;
}

Result<Columns> columns_of(const ListRequest& request, const Plan& plan, const Facts& facts) {
  if (!request.columns.empty()) return Columns::choose(request.columns, facts);
  auto* kind = only_kind(plan, facts);
  return kind ? Columns::of_kind(*kind) : Columns();
}

}  // namespace

Reader::Reader(store::Store& store, const catalog::Catalog& catalog, const aws::Endpoints& endpoints,
               std::vector<std::string> owner_tags, Clock& clock, const index::Index* index, AccessPortal portal)
    : facts_(
          std::make_unique<Facts>(store, catalog, endpoints, std::move(owner_tags), clock, index, std::move(portal))) {}
Reader::~Reader() = default;

Result<ListAnswer> Reader::list(const ListRequest& request, const query::Scope& scope, std::stop_token stop) const {
  if (request.limit > kMostRows) {
    return fail(ErrorCode::invalid, fmt::format("a page has at most {} rows, not {}", kMostRows, request.limit));
  }
  TRY_ASSIGN(auto understood, plan(request, scope, *facts_));
  TRY_ASSIGN(auto columns, columns_of(request, understood, *facts_));
  TRY_ASSIGN(auto page, read_page(request, understood, request.limit, *facts_, stop));
  TRY_ASSIGN(auto resources, load(page.resources, understood.span, *facts_));
  // All that matches is on this page and of one kind: its columns say more than none.
  bool whole = page.next.empty() && request.cursor.empty() && !resources.empty();
  if (whole && request.columns.empty() && columns.columns().empty() &&
      std::ranges::all_of(resources, [&](const auto& row) { return row.cell.kind == resources[0].cell.kind; })) {
    if (auto* kind = facts_->catalog.find(resources[0].cell.kind)) columns = Columns::of_kind(*kind);
  }
  ListAnswer answer;
  answer.rows.reserve(resources.size());
  for (auto& resource : resources) {
    TRY_ASSIGN(auto row, make_row(std::move(resource), columns, *understood.question.facts, *facts_, understood.span.at,
                                  request.documents));
    answer.rows.push_back(std::move(row));
  }
  answer.columns = columns.columns();
  answer.next = std::move(page.next);
  answer.total = page.total;
  answer.exact = page.exact;
  answer.facets = std::move(page.facets);
  answer.coverage = understood.question.facts->coverage(understood.question.narrowed);
  answer.as_of = understood.span.now;
  return answer;
}

Result<void> Reader::each(const ListRequest& asked, const query::Scope& scope,
                          const std::function<void(const ListAnswer&)>& begin,
                          const std::function<bool(const Row&)>& visit, std::stop_token stop) const {
  auto request = asked;
  request.cursor.clear();
  request.facets.clear();
  TRY_ASSIGN(auto understood, plan(request, scope, *facts_));
  TRY_ASSIGN(auto columns, columns_of(request, understood, *facts_));
  // Numbers first, 16 bytes and a key each; documents by batches.
  TRY_ASSIGN(auto page, read_page(request, understood, kEverything, *facts_, stop));
  ListAnswer answer;
  answer.columns = columns.columns();
  answer.total = page.total;
  answer.exact = page.exact;
  answer.coverage = understood.question.facts->coverage(understood.question.narrowed);
  answer.as_of = understood.span.now;
  begin(answer);
  std::span<const int64_t> rest = page.resources;
  while (!rest.empty()) {
    if (stop.stop_requested()) return fail(ErrorCode::cancelled, "the export was given up");
    auto batch = rest.first(std::min(kBatch, rest.size()));
    rest = rest.subspan(batch.size());
    TRY_ASSIGN(auto resources, load(batch, understood.span, *facts_));
    for (auto& resource : resources) {
      TRY_ASSIGN(auto row, make_row(std::move(resource), columns, *understood.question.facts, *facts_,
                                    understood.span.at, request.documents));
      if (!visit(row)) return {};
    }
  }
  return {};
}

Result<Coverage> Reader::coverage(std::string_view q, const query::Scope& scope) const {
  TRY_ASSIGN(auto question, understand(q, scope, *facts_));
  return question.facts->coverage(question.narrowed);
}

}  // namespace cadastre::search
