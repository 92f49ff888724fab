#include "index/search.h"

#include "index/facets.h"
#include "index/order.h"

namespace cadastre::index {
namespace {

constexpr size_t kBatch = 256;  // documents asked for at once

Error cancelled() { return {ErrorCode::cancelled, "the search was cancelled", {}}; }

// The filters that a facet counts under: all but its own.
bool own(const Filter& filter, const std::pair<FacetKey, std::string>& facet) {
  return filter.key == facet.first && filter.name == facet.second;
}

class Search {
 public:
  Search(const View& view, const catalog::Catalog& catalog, const Request& request, const Documents& documents,
         std::stop_token stop)
      : view_(view), catalog_(catalog), request_(request), documents_(documents), stop_(std::move(stop)) {
    for (const auto& [key, name] : request.facets) facets_.emplace_back(key, name);
  }

  Result<Answer> run() {
    if (!request_.cursor.empty()) {
      TRY_ASSIGN(cursor_, read_cursor(request_.cursor, request_.sort, request_.descending));
    }
    for (const auto& part : view_.parts) {
      if (stop_.stop_requested()) return std::unexpected(cancelled());
      TRY(visit(part));
    }
    return finish();
  }

 private:
  size_t offset() const { return cursor_ ? 0 : request_.offset; }

  Result<void> visit(const Part& part) {
    const auto& segment = *part.segment;
    auto among = visible(part, request_.scope, request_.alive, request_.reach);
    std::vector<Bits> filters;
    for (const auto& filter : request_.filters) filters.push_back(rows_with(segment, filter));
    TRY_ASSIGN(auto found, rows_of(part, among, filters));
    for (size_t i = 0; i < facets_.size(); ++i) {
      auto rows = found.all();
      rows &= among;
      for (size_t j = 0; j < filters.size(); ++j) {
        if (!own(request_.filters[j], request_.facets[i])) rows &= filters[j];
      }
      facets_[i].add(segment, rows);
    }
    auto& rows = among;
    for (const auto& filter : filters) rows &= filter;
    rows &= found.all();
    answer_.total += rows.count();
    // One more than asked for says whether there is a next page.
    auto first = first_rows(segment, found, rows, request_.sort, request_.descending, cursor_.get(),
                            offset() + request_.limit + 1);
    hits_.insert(hits_.end(), first.begin(), first.end());
    return {};
  }

  Result<Ranked> rows_of(const Part& part, const Bits& among, const std::vector<Bits>& filters) {
    const auto& segment = *part.segment;
    static const query::Expression kEverything;
    Evaluator evaluator(segment, view_.surroundings, catalog_, request_.expression ? *request_.expression : kEverything,
                        request_.now);
    if (evaluator.exact()) return evaluator.rows();
    auto undecided = evaluator.undecided();
    undecided &= among;
    for (size_t j = 0; j < filters.size(); ++j) {
      bool counted =
          std::ranges::any_of(request_.facets, [&](const auto& facet) { return own(request_.filters[j], facet); });
      if (!counted) undecided &= filters[j];
    }
    std::vector<uint32_t> rows;
    undecided.each([&](uint32_t row) {
      rows.push_back(row);
      return true;
    });
    for (size_t from = 0; from < rows.size(); from += kBatch) {
      if (stop_.stop_requested()) return std::unexpected(cancelled());
      auto batch = std::span(rows).subspan(from, std::min(kBatch, rows.size() - from));
      std::vector<DocumentOf> wanted;
      for (auto row : batch) wanted.push_back({segment.version[row], part.live->test(row) ? segment.resource[row] : 0});
      TRY_ASSIGN(auto documents, documents_(wanted));
      for (size_t i = 0; i < batch.size() && i < documents.size(); ++i) {
        if (documents[i].empty()) continue;  // not kept any more
        TRY_ASSIGN(auto document, parse_json(documents[i], "a stored document"));
        evaluator.decide(batch[i], document);
      }
    }
    return evaluator.rows();
  }

  Answer finish() {
    auto sort = request_.sort;
    auto wanted = offset() + request_.limit;
    if (view_.parts.size() > 1) {
      auto end = hits_.begin() + static_cast<std::ptrdiff_t>(std::min(hits_.size(), wanted + 1));
      std::partial_sort(hits_.begin(), end, hits_.end(), [&](const Hit& a, const Hit& b) {
        return before(place_of(a, sort), place_of(b, sort), sort, request_.descending);
      });
    }
    for (size_t i = offset(); i < std::min(wanted, hits_.size()); ++i) answer_.resources.push_back(hits_[i].resource());
    if (hits_.size() > wanted && wanted > 0)
      answer_.next = write_cursor(place_of(hits_[wanted - 1], sort), sort, request_.descending);
    for (auto& facet : facets_) answer_.facets.push_back(facet.take(request_.facet_values));
    return std::move(answer_);
  }

  const View& view_;
  const catalog::Catalog& catalog_;
  const Request& request_;
  const Documents& documents_;
  std::stop_token stop_;
  std::unique_ptr<Cursor> cursor_;
  std::vector<FacetCount> facets_;
  std::vector<Hit> hits_;
  Answer answer_;
};

}  // namespace

Result<Answer> search_view(const View& view, const catalog::Catalog& catalog, const Request& request,
                           const Documents& documents, std::stop_token stop) {
  return Search(view, catalog, request, documents, std::move(stop)).run();
}

std::vector<int64_t> rows_among(const View& view, const Among& among,
                                const std::function<void(const Segment& segment, Bits& rows)>& find) {
  std::vector<int64_t> found;
  for (const auto& part : view.parts) {
    const auto& segment = *part.segment;
    Bits rows(segment.rows());
    find(segment, rows);
    rows.each([&](uint32_t row) {
      const auto& cell = segment.cells[segment.cell[row]];
      bool meant = part.live->test(row) && among.scope.sees(cell.account) &&
                   (among.account.empty() || cell.account == among.account) &&
                   (among.region.empty() || cell.region == among.region) &&
                   (among.kinds.empty() || std::ranges::find(among.kinds, cell.kind) != among.kinds.end());
      if (meant) found.push_back(segment.resource[row]);
      return found.size() < among.limit;
    });
    if (found.size() >= among.limit) break;
  }
  return found;
}

}  // namespace cadastre::index
