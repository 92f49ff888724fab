#include "catalog/catalog.h"

#include "base/text.h"
#include "catalog/pod.h"

namespace cadastre::catalog {

const Kind* Catalog::find(std::string_view name) const {
  auto at = std::ranges::lower_bound(kinds_, name, {}, &Kind::name);
  return at != kinds_.end() && at->name == name ? &*at : nullptr;
}

Result<std::vector<const Kind*>> Catalog::select(std::string_view pattern) const {
  std::vector<const Kind*> found;
  auto full = pattern.starts_with("aws.") || pattern.starts_with("k8s.") || pattern.starts_with("*")
                  ? std::string(pattern)
                  : fmt::format("aws.{}", pattern);
  for (const auto& kind : kinds_) {
    if (glob_match(full, kind.name)) found.push_back(&kind);
  }
  if (found.empty()) {
    std::vector<std::string_view> names;
    for (const auto& kind : kinds_) names.push_back(kind.name);
    return fail(ErrorCode::invalid, fmt::format("there is no kind '{}'{}; `cadastre kinds` lists them", pattern,
                                                did_you_mean(full, names)));
  }
  return found;
}

namespace {

// The operation's own entry, else "default", else a value-initialised one.
template <typename Value>
Value entry_of(const std::map<std::string, Value, std::less<>>& entries, std::string_view operation) {
  if (auto at = entries.find(operation); at != entries.end()) return at->second;
  if (auto at = entries.find("default"); at != entries.end()) return at->second;
  return {};
}

}  // namespace

aws::Rate Catalog::rate(std::string_view service, std::string_view operation) const {
  auto facts = services_.find(service);
  return facts == services_.end() ? aws::Rate{} : entry_of(facts->second.rates, operation);
}

double Catalog::price(std::string_view service, std::string_view operation) const {
  auto facts = services_.find(service);
  return facts == services_.end() ? 0 : entry_of(facts->second.prices, operation);
}

std::vector<std::string> Catalog::permissions(std::string_view service, std::string_view operation) const {
  auto facts = services_.find(service);
  if (facts != services_.end()) {
    if (auto at = facts->second.permissions.find(operation); at != facts->second.permissions.end()) return at->second;
    if (!facts->second.iam_prefix.empty()) return {fmt::format("{}:{}", facts->second.iam_prefix, operation)};
  }
  return {fmt::format("{}:{}", service, operation)};
}

namespace {

Scope scope_of(const Kind& kind, const json::value& document, const Context& context) {
  Scope scope;
  scope.document = &document;
  scope.tags = kind.tags.source().empty() ? nullptr : &kind.tags;
  scope.variables.reserve(4);
  scope.set("account", json::value(context.account));
  scope.set("region", json::value(context.region));
  scope.set("partition", json::value(context.partition));
  return scope;
}

// {$pod}: what no path can tell of a pod. Worked out where it is asked for, of the whole of it.
constexpr std::string_view kPod = "pod";

void set_computed(const Template& text, const json::value& document, Scope& scope) {
  for (const auto& piece : text.pieces()) {
    if (piece.source == Template::Source::variable && piece.text == kPod)
      scope.set(std::string(kPod), json::value(json::object{{"state", pod_state(document)}}));
  }
}

}  // namespace

Row read_row(const Kind& kind, const json::value& document, const Context& context) {
  auto scope = scope_of(kind, document, context);
  Row row;
  row.region = kind.region.empty() ? context.region : kind.region.text(scope);
  if (row.region.empty()) row.region = context.region;
  if (!kind.region.empty()) scope.set("region", json::value(row.region));
  row.id = kind.id.whole_text(scope);
  row.arn = kind.arn.whole_text(scope);
  row.name = kind.item_name.text(scope);
  set_computed(kind.state, document, scope);
  row.state = kind.state.text(scope);
  row.owner = kind.owner.text(scope);
  row.created = parse_rfc3339(kind.created.text(scope));
  row.incarnation = kind.incarnation.empty() ? kind.created.text(scope) : kind.incarnation.text(scope);
  if (scope.tags) {
    if (auto* tags = kind.tags.first(document)) {
      each_tag(*tags, [&](std::string_view key, std::string_view value) { row.tags.emplace_back(key, value); });
      std::ranges::sort(row.tags);
    }
  }
  return row;
}

bool add_members(const Kind& kind, const Column& column, std::vector<std::string_view>& members) {
  return std::ranges::all_of(column.value.pieces(), [&](const Template::Piece& piece) {
    switch (piece.source) {
      case Template::Source::document:
        return piece.path.add_members(members);
      case Template::Source::tag:
        return kind.tags.add_members(members);
      case Template::Source::variable:
        return piece.text != kPod;
      case Template::Source::literal:
      case Template::Source::enclosing:
        return true;
    }
    return false;
  });
}

std::string column_text(const Kind& kind, const Column& column, const json::value& document, const Context& context) {
  auto scope = scope_of(kind, document, context);
  set_computed(column.value, document, scope);
  const auto& pieces = column.value.pieces();
  bool one = pieces.size() == 1 && pieces[0].source == Template::Source::document && pieces[0].filter == 0;
  if (!one) return column.value.text(scope);
  // A path that finds several values lists each of them once.
  std::vector<std::string> texts;
  pieces[0].path.each(document, [&](const json::value& value) {
    auto add = [&](const json::value& leaf) {
      auto text = scalar_text(leaf);
      if (!text.empty() && std::ranges::find(texts, text) == texts.end()) texts.push_back(std::move(text));
    };
    if (auto* array = value.if_array())
      std::ranges::for_each(*array, add);
    else
      add(value);
  });
  return join(texts, ", ");
}

std::vector<std::pair<const Link*, std::string>> links_of(const Kind& kind, const json::value& document) {
  std::vector<std::pair<const Link*, std::string>> found;
  Scope scope;
  scope.document = &document;
  scope.tags = kind.tags.source().empty() ? nullptr : &kind.tags;
  for (const auto& link : kind.links) {
    link.path.each(document, [&](const json::value& value) {
      auto add = [&](const json::value& leaf) {
        auto text = scalar_text(leaf);
        if (!glob_match(link.match, text)) return;
        if (!link.as.empty()) {
          scope.set("value", json::value(text));
          text = link.as.whole_text(scope);
        }
        bool known =
            std::ranges::any_of(found, [&](const auto& one) { return one.first->to == link.to && one.second == text; });
        if (!text.empty() && !known) found.emplace_back(&link, std::move(text));
      };
      if (auto* array = value.if_array())
        std::ranges::for_each(*array, add);
      else
        add(value);
    });
  }
  return found;
}

std::vector<std::string> search_texts(const Kind& kind, const json::value& document) {
  std::vector<std::string> found;
  for (const auto& path : kind.search) {
    path.each(document, [&](const json::value& value) {
      auto add = [&](const json::value& leaf) {
        auto text = scalar_text(leaf);
        if (!text.empty() && std::ranges::find(found, text) == found.end()) found.push_back(std::move(text));
      };
      if (auto* array = value.if_array())
        std::ranges::for_each(*array, add);
      else
        add(value);
    });
  }
  return found;
}

}  // namespace cadastre::catalog
