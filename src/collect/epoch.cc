#include "collect/epoch.h"

namespace cadastre::collect {
namespace {

json::array sources(const std::vector<Path>& paths) {
  json::array texts;
  for (const auto& path : paths) texts.emplace_back(path.source());
  return texts;
}

// What of `value` lies on the tree of known members.
json::value known_part(const json::value& value, const json::object& tree) {
  if (auto* array = value.if_array()) {
    json::array kept;
    for (const auto& element : *array) kept.push_back(known_part(element, tree));
    return kept;
  }
  auto* object = value.if_object();
  if (!object) return value;
  json::object kept;
  static const json::object kLeaf;
  auto* any = tree.if_contains("*");
  for (const auto& [key, member] : *object) {
    auto* below = tree.if_contains(key);
    if (!below) below = any;
    if (!below) continue;
    // Below a free-form member ("*": {}) everything is known.
    const auto& next = below->is_object() ? below->get_object() : kLeaf;
    bool free_form = below == any && next.empty();
    kept[key] = free_form ? member : known_part(member, next);
  }
  return kept;
}

void apply(json::value& document, const json::object& spec, bool sort) {
  for (const char* list : {"volatile", "redact"}) {
    auto* paths = spec.if_contains(list);
    if (!paths || sort) continue;
    for (const auto& text : paths->get_array()) {
      if (auto path = Path::parse(text.get_string())) path->each(document, [](json::value& value) { value = nullptr; });
    }
  }
  if (!sort) return;
  if (auto* sets = spec.if_contains("sets")) {
    for (const auto& text : sets->get_array()) {
      auto path = Path::parse(text.get_string());
      if (!path) continue;
      path->each(document, [](json::value& value) {
        if (auto* array = value.if_array()) std::ranges::sort(*array, json_less);
      });
    }
  }
}

// Members in the order of their names, without the nulls: the order and the absence of members mean nothing here.
json::value ordered(const json::value& value) {
  if (auto* array = value.if_array()) {
    json::array kept;
    for (const auto& element : *array) kept.push_back(ordered(element));
    return kept;
  }
  auto* object = value.if_object();
  if (!object) return value;
  std::map<std::string_view, const json::value*> members;
  for (const auto& member : *object) members[member.key()] = &member.value();
  json::object kept;
  for (const auto& [key, member] : members) {
    if (!member->is_null()) kept[key] = ordered(*member);
  }
  return kept;
}

}  // namespace

Result<std::string> epoch_spec(const catalog::Kind& kind, const aws::Models& models) {
  TRY_ASSIGN(auto view, catalog::document_view(kind, models));
  json::object spec;
  spec["sets"] = sources(kind.sets);
  spec["volatile"] = sources(kind.volatile_paths);
  spec["redact"] = sources(kind.redact);
  spec["tags"] = kind.tags.source();
  spec["known"] = view.tree();
  return to_json(spec);
}

Result<bool> same_across_epochs(const json::value& before, std::string_view before_spec, const json::value& after,
                                std::string_view after_spec) {
  TRY_ASSIGN(auto old_spec, parse_json(before_spec, "an epoch of the store"));
  TRY_ASSIGN(auto new_spec, parse_json(after_spec, "an epoch"));
  const auto &old_tree = old_spec.at("known").as_object(), &new_tree = new_spec.at("known").as_object();
  auto reduce = [&](const json::value& document) {
    auto common = known_part(known_part(document, old_tree), new_tree);
    for (const auto* spec : {&old_spec, &new_spec}) apply(common, spec->as_object(), false);
    common = ordered(common);
    for (const auto* spec : {&old_spec, &new_spec}) apply(common, spec->as_object(), true);
    return to_json(common);
  };
  return reduce(before) == reduce(after);
}

}  // namespace cadastre::collect
