#include "query/diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace cadastre::query {
namespace {

// What tells the elements of AWS's and Kubernetes's arrays apart, best first.
constexpr std::array kIdentities = {"Key",
                                    "key",
                                    "TagKey",
                                    "Id",
                                    "id",
                                    "Arn",
                                    "arn",
                                    "Name",
                                    "name",
                                    "GroupId",
                                    "VolumeId",
                                    "NetworkInterfaceId",
                                    "SubnetId",
                                    "DeviceName",
                                    "RuleNumber",
                                    "CidrIp",
                                    "RouteTableAssociationId",
                                    "PrivateIpAddress",
                                    "AllocationId",
                                    "type",
                                    "Type"};

// The member that identifies every element of both arrays; "" when there is none.
std::string identity(const json::array& a, const json::array& b) {
  for (const char* name : kIdentities) {
    bool fits = !a.empty() || !b.empty();
    for (const auto* array : {&a, &b}) {
      std::set<std::string> seen;
      for (const auto& element : *array) {
        auto* object = element.if_object();
        auto* value = object ? object->if_contains(name) : nullptr;
        fits &= value && !value->is_structured() && seen.insert(scalar_text(*value)).second;
      }
    }
    if (fits) return name;
  }
  return {};
}

bool all_scalars(const json::array& array) {
  return std::ranges::none_of(array, [](const json::value& element) { return element.is_structured(); });
}

class Differ {
 public:
  std::vector<Difference> run(const json::value& before, const json::value& after) {
    compare("", before, after);
    return std::move(found_);
  }

 private:
  void compare(const std::string& path, const json::value& before, const json::value& after) {
    if (before == after) return;
    if (before.is_object() && after.is_object()) return objects(path, before.get_object(), after.get_object());
    if (before.is_array() && after.is_array()) return arrays(path, before.get_array(), after.get_array());
    found_.push_back({path, before, after});
  }

  void objects(const std::string& path, const json::object& before, const json::object& after) {
    auto below = [&](std::string_view key) {
      return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
    };
    for (const auto& member : after) {
      if (auto* old = before.if_contains(member.key()))
        compare(below(member.key()), *old, member.value());
      else
        found_.push_back({below(member.key()), std::nullopt, member.value()});
    }
    for (const auto& member : before) {
      if (!after.contains(member.key())) found_.push_back({below(member.key()), member.value(), std::nullopt});
    }
  }

  void arrays(const std::string& path, const json::array& before, const json::array& after) {
    if (auto name = identity(before, after); !name.empty()) {
      auto find = [&](const json::array& array, const json::value& wanted) {
        return std::ranges::find_if(
            array, [&](const json::value& element) { return scalar_text(element.at(name)) == scalar_text(wanted); });
      };
      for (const auto& element : after) {
        const auto& key = element.at(name);
        auto old = find(before, key);
        auto at = fmt::format("{}[{}]", path, scalar_text(key));
        if (old != before.end())
          compare(at, *old, element);
        else
          found_.push_back({at, std::nullopt, element});
      }
      for (const auto& element : before) {
        if (find(after, element.at(name)) == after.end()) {
          found_.push_back({fmt::format("{}[{}]", path, scalar_text(element.at(name))), element, std::nullopt});
        }
      }
    } else if (all_scalars(before) && all_scalars(after)) {
      auto only_in = [](const json::array& these, const json::array& those) {
        std::vector<json::value> rest(those.begin(), those.end()), only;
        for (const auto& element : these) {
          auto same = std::ranges::find(rest, element);
          if (same == rest.end())
            only.push_back(element);
          else
            rest.erase(same);
        }
        return only;
      };
      auto added = only_in(after, before), removed = only_in(before, after);
      if (added.empty() && removed.empty()) found_.push_back({path, before, after});  // only the order
      for (auto& value : added) found_.push_back({path + "[]", std::nullopt, std::move(value)});
      for (auto& value : removed) found_.push_back({path + "[]", std::move(value), std::nullopt});
    } else {
      for (size_t i = 0; i < std::max(before.size(), after.size()); ++i) {
        auto at = fmt::format("{}[{}]", path, i);
        if (i >= before.size())
          found_.push_back({at, std::nullopt, after[i]});
        else if (i >= after.size())
          found_.push_back({at, before[i], std::nullopt});
        else
          compare(at, before[i], after[i]);
      }
    }
  }

  std::vector<Difference> found_;
};

std::string shown(const json::value& value) {
  constexpr size_t kLongest = 120;
  auto text = value.is_string() ? std::string(value.get_string()) : to_json(value);
  if (text.empty()) return "\"\"";
  if (text.size() <= kLongest) return text;
  size_t end = kLongest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // not inside a character
  return text.substr(0, end) + "…";
}

}  // namespace

std::vector<Difference> diff(const json::value& before, const json::value& after) {
  return Differ().run(before, after);
}

std::string describe(const Difference& difference) {
  if (!difference.before) return fmt::format("+ {}: {}", difference.path, shown(*difference.after));
  if (!difference.after) return fmt::format("- {}: {}", difference.path, shown(*difference.before));
  return fmt::format("  {}: {} → {}", difference.path, shown(*difference.before), shown(*difference.after));
}

}  // namespace cadastre::query
