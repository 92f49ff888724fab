#include "kubernetes/findings_page.h"

#include "base/text.h"
#include "kubernetes/health_json.h"
#include "kubernetes/rule.h"

namespace cadastre::kubernetes {
namespace {

// What findings are ordered by: the most severe first, then by rule, kind and id.
struct Position {
  Severity severity = Severity::critical;
  std::string rule, kind, id;

  auto order() const {
    return std::tuple(-static_cast<int>(severity), std::string_view(rule), std::string_view(kind),
                      std::string_view(id));
  }
};

Position position_of(const Finding& finding) { return {finding.severity, finding.rule, finding.kind, finding.id}; }

// "critical pod_failed k8s.pod k8s.pod/111111111111/prod-eu/shop/cart-1": only the id may hold spaces.
std::string write_cursor(const Position& position) {
  return fmt::format("{} {} {} {}", to_string(position.severity), position.rule, position.kind, position.id);
}

Result<Position> read_cursor(const std::string& cursor) {
  std::array<std::string, 3> words;
  std::string_view rest = cursor;
  bool good = true;
  for (auto& word : words) {
    size_t space = rest.find(' ');
    good = good && space != rest.npos;
    word = rest.substr(0, space);
    rest.remove_prefix(good ? space + 1 : rest.size());
  }
  for (auto severity : {Severity::critical, Severity::warning, Severity::notice}) {
    if (good && words[0] == to_string(severity)) return Position{severity, words[1], words[2], std::string(rest)};
  }
  return fail(ErrorCode::invalid, "'cursor' must be the 'next' of the page before");
}

}  // namespace

Result<FindingsPage> findings_page(const HealthRules& rules, const std::vector<Finding>& worst,
                                   const std::string& cursor, size_t limit) {
  size_t from = 0, bytes = 0;
  if (!cursor.empty()) {
    TRY_ASSIGN(auto after, read_cursor(cursor));
    auto begin = std::ranges::find_if(
        worst, [&](const Finding& finding) { return position_of(finding).order() > after.order(); });
    from = static_cast<size_t>(begin - worst.begin());
  }
  FindingsPage page;
  for (size_t i = from; i < worst.size(); ++i) {
    auto row = finding_json(rules, worst[i]);
    bytes += to_json(row).size();
    if (page.rows.size() == limit || (bytes > kPageBytes && !page.rows.empty())) {
      page.next = write_cursor(position_of(worst[i - 1]));
      break;
    }
    page.rows.push_back(std::move(row));
  }
  return page;
}

}  // namespace cadastre::kubernetes
