// What changed over the whole estate, newest first.
#include <charconv>

#include "search/gather.h"

namespace cadastre::search {
namespace {

constexpr size_t kBatch = 500, kMostRows = 1'000;

// Reads a batch of changes and keeps those whose resource matches.
class Matcher {
 public:
  Matcher(const Question& question, bool everything, Facts& facts)
      : question_(question), everything_(everything), facts_(facts), now_(facts.clock.now()) {}

  Result<void> take(std::vector<store::Change> changes, const ChangesRequest& request, std::vector<ChangeRow>& rows) {
    std::vector<int64_t> resources;
    for (const auto& change : changes) resources.push_back(change.version.resource);
    std::ranges::sort(resources);
    resources.erase(std::ranges::unique(resources).begin(), resources.end());
    TRY_ASSIGN(auto found, facts_.inventory().rows(resources, false));
    std::unordered_map<int64_t, const store::Resource*> by_number;
    for (const auto& one : found) by_number[one.resource] = &one;
    for (auto& change : changes) {
      if (rows.size() > request.limit) return {};  // one more than asked: there is a next page
      auto known = by_number.find(change.version.resource);
      if (known == by_number.end()) continue;  // forgotten meanwhile
      TRY_ASSIGN(auto row, row_of(std::move(change), *known->second, request.differences));
      if (row) rows.push_back(std::move(*row));
    }
    return {};
  }

 private:
  Result<std::optional<ChangeRow>> row_of(store::Change change, const store::Resource& now, bool differences) {
    auto read = [&](const std::string& text) {
      return parse_json(text.empty() ? "{}" : text, fmt::format("the stored document of {}", now.id()));
    };
    bool ended = store::is_end(change.version.cause);
    TRY_ASSIGN(auto after, read(ended ? change.before : change.version.document));
    // The resource as this change left it; what was closed, as it was before.
    auto then = now;
    then.changed = change.version.from;
    then.deleted = ended ? std::optional(change.version.from) : std::nullopt;
    project(then, after, facts_);
    auto subject = question_.subject(then, after, std::nullopt);
    if (!everything_ && !query::matches(question_.expression, subject, now_)) return std::nullopt;
    ChangeRow row;
    row.account_name = question_.facts->account_name(now.cell.account);
    row.owner = std::move(subject.owner);
    if (differences && !ended && !change.before.empty()) {
      TRY_ASSIGN(auto before, read(change.before));
      row.differences = query::diff(before, after);
    }
    change.region = then.region;
    change.name = then.name;
    change.state = then.state;
    change.arn = then.arn;
    change.version.document.clear();
    change.before.clear();
    row.change = std::move(change);
    return row;
  }

  const Question& question_;
  bool everything_;
  Facts& facts_;
  Time now_;
};

}  // namespace

Result<ChangesAnswer> Reader::changes(const ChangesRequest& request, const query::Scope& scope,
                                      std::stop_token stop) const {
  if (request.limit > kMostRows)
    return fail(ErrorCode::invalid, fmt::format("a page has at most {} changes, not {}", kMostRows, request.limit));
  TRY_ASSIGN(auto question, understand(request.q, scope, *facts_));
  TRY(follow_names(question, *facts_));
  store::ChangeFilter filter;
  filter.since = request.since;
  filter.until = request.until;
  filter.kinds = question.narrowed.kinds;
  filter.accounts = question.narrowed.accounts;
  filter.regions = question.narrowed.regions;
  filter.newest_first = true;
  filter.documents = filter.befores = true;
  if (!request.cursor.empty()) {
    const auto& text = request.cursor;
    auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), filter.before);
    if (problem != std::errc() || end != text.data() + text.size() || filter.before <= 0)
      return fail(ErrorCode::invalid, "the cursor is none of ours; take it from the `next` of the page before");
  }
  bool everything = question.expression.kind == query::Expression::Kind::all && question.expression.parts.empty();
  Matcher matcher(question, everything, *facts_);
  ChangesAnswer answer;
  // Without a query no more is read than is shown.
  filter.limit = everything ? std::min(kBatch, request.limit + 1) : kBatch;
  for (;;) {
    std::vector<store::Change> batch;
    TRY(facts_->inventory().changes(filter, [&](const store::Change& change) {
      batch.push_back(change);
      return !stop.stop_requested();
    }));
    if (stop.stop_requested()) return fail(ErrorCode::cancelled, "the search was given up");
    bool last = batch.size() < filter.limit;
    if (!batch.empty()) filter.before = batch.back().version.sequence;
    TRY(matcher.take(std::move(batch), request, answer.rows));
    if (last || answer.rows.size() > request.limit) break;
  }
  if (answer.rows.size() > request.limit) {
    answer.rows.resize(request.limit);
    answer.next = request.limit > 0 ? std::to_string(answer.rows.back().change.version.sequence) : "";
  }
  return answer;
}

}  // namespace cadastre::search
