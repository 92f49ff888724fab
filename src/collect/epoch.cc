#include "collect/epoch.h"

#include "collect/secrets.h"

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

// The paths under these keys of both specs, those that lead deepest first: an outer set is sorted by what is inside.
std::vector<Path> paths_of(std::initializer_list<const json::object*> specs, std::initializer_list<const char*> keys) {
  std::vector<Path> paths;
  auto add = [&](const json::value& text) {
    if (!text.is_string() || text.get_string().empty()) return;
    if (auto path = Path::parse(text.get_string())) paths.push_back(std::move(*path));
  };
  for (const auto* spec : specs) {
    for (const char* key : keys) {
      auto* found = spec->if_contains(key);
      if (!found) continue;
      if (auto* list = found->if_array())
        std::ranges::for_each(*list, add);
      else
        add(*found);
    }
  }
  std::ranges::stable_sort(paths, std::greater(), [](const Path& path) { return path.alternatives().front().size(); });
  return paths;
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

std::string spec_of(const catalog::Kind& kind, const catalog::ShapeView& view) {
  json::object spec;
  spec["sets"] = sources(kind.sets);
  spec["volatile"] = sources(kind.volatile_paths);
  spec["redact"] = sources(kind.redact);
  if (!kind.redact_secrets.empty()) spec["redact_secrets"] = sources(kind.redact_secrets);
  spec["tags"] = kind.tags.source();
  spec["known"] = view.tree();
  return to_json(spec);
}

}  // namespace

Result<std::string> epoch_spec(const catalog::Kind& kind, const aws::Models& models) {
  TRY_ASSIGN(auto view, catalog::document_view(kind, models));
  return spec_of(kind, view);
}

std::string epoch_spec(const catalog::Kind& kind) { return spec_of(kind, catalog::ShapeView::anything()); }

Result<bool> same_across_epochs(const json::value& before, std::string_view before_spec, const json::value& after,
                                std::string_view after_spec) {
  TRY_ASSIGN(auto old_value, parse_json(before_spec, "an epoch of the store"));
  TRY_ASSIGN(auto new_value, parse_json(after_spec, "an epoch"));
  auto known = [](const json::value& spec) {
    auto* tree = spec.is_object() ? spec.get_object().if_contains("known") : nullptr;
    return tree ? tree->if_object() : nullptr;
  };
  auto *old_tree = known(old_value), *new_tree = known(new_value);
  if (!old_tree || !new_tree) return fail(ErrorCode::internal, "an epoch of the store does not say what it knows");
  const auto &old_spec = old_value.get_object(), &new_spec = new_value.get_object();
  auto unseen = paths_of({&old_spec, &new_spec}, {"volatile", "redact"});
  auto partly = paths_of({&old_spec, &new_spec}, {"redact_secrets"});
  auto sets = paths_of({&old_spec, &new_spec}, {"sets", "tags"});
  auto reduce = [&](const json::value& document) {
    auto common = known_part(known_part(document, *old_tree), *new_tree);
    for (const auto& path : unseen) path.each(common, [](json::value& value) { value = nullptr; });
    // What one epoch has replaced the other may have in clear: neither is looked at.
    for (const auto& path : partly) {
      path.each(common, [](json::value& value) { replace_secrets(value, [](std::string_view) { return "hmac:"; }); });
    }
    common = ordered(common);
    for (const auto& path : sets) {
      path.each(common, [](json::value& value) {
        if (auto* array = value.if_array()) std::ranges::sort(*array, json_less);
      });
    }
    return to_json(common);
  };
  return reduce(before) == reduce(after);
}

}  // namespace cadastre::collect
