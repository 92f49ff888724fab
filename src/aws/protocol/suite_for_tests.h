// What the conformance tests share: where botocore's suites are, and when two answers are the same.
#pragma once

#include <doctest/doctest.h>

#include <filesystem>

#include "aws/protocol/protocol.h"
#include "aws/protocol/timestamp.h"
#include "base/file.h"
#include "base/text.h"

namespace cadastre::aws {

inline std::string botocore_path(std::string_view inside) {
  static const std::string kRoot = std::string(CADASTRE_SOURCE_DIR) + "/build/fetched/botocore-1.44.5";
  REQUIRE_MESSAGE(std::filesystem::is_directory(kRoot), "botocore's suites are missing at ", kRoot,
                  "; run tools/fetch_botocore.py once");
  return fmt::format("{}/{}", kRoot, inside);
}

inline json::value load_json(const std::string& path) {
  auto text = read_file(path);
  REQUIRE_MESSAGE(text.has_value(), path);
  auto value = parse_json(*text, path);
  REQUIRE_MESSAGE(value.has_value(), path);
  return std::move(*value);
}

// The newest model of a service in botocore's own data.
inline std::unique_ptr<Service> load_service(const std::string& name) {
  std::set<std::string> versions;
  for (const auto& entry : std::filesystem::directory_iterator(botocore_path("botocore/data/" + name))) {
    versions.insert(entry.path().string());
  }
  auto service = Service::parse(name, load_json(*versions.rbegin() + "/service-2.json"));
  REQUIRE_MESSAGE(service.has_value(), name);
  return std::move(*service);
}

inline std::vector<std::string> files_in(const std::string& folder, std::string_view extension) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() == extension) files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

inline std::string text_at(const json::object& object, std::string_view key) {
  auto at = object.find(key);
  return at == object.end() ? std::string() : scalar_text(at->value());
}

// Equal but for the type of numbers and the order of members.
inline bool same_json(const json::value& a, const json::value& b) {
  if (a.is_number() && b.is_number()) {
    // boost.json reads the suite's numbers with an error in the last place; the answers are read exactly.
    double x = a.to_number<double>(), y = b.to_number<double>();
    return std::abs(x - y) <= std::abs(x) * 4e-16;
  }
  if (a.kind() != b.kind()) return false;
  if (auto* array = a.if_array()) {
    return std::equal(array->begin(), array->end(), b.get_array().begin(), b.get_array().end(), same_json);
  }
  if (auto* object = a.if_object()) {
    return object->size() == b.get_object().size() &&
           std::all_of(object->begin(), object->end(), [&](const auto& member) {
             auto at = b.get_object().find(member.key());
             return at != b.get_object().end() && same_json(member.value(), at->value());
           });
  }
  return a == b;
}

inline std::optional<Time> instant(const json::value& value) {
  return value.is_number() ? time_of_seconds(value.to_number<double>()) : parse_timestamp(scalar_text(value));
}

// Why a document is not what a suite expects; "" when it is. The suites write blobs as text and timestamps as seconds
// or in any form; documents must have base64 and RFC 3339, and members in the model's order.
inline std::string difference(const Member& use, const json::value& actual, const json::value& expected,
                              const std::string& path) {
  auto differs = [&] { return fmt::format("{}: {} instead of {}", path, to_json(actual), to_json(expected)); };
  const Shape& shape = *use.shape;
  if (shape.eventstream && expected.is_array() && actual.is_array()) {
    const auto &got = actual.get_array(), &wanted = expected.get_array();
    if (got.size() != wanted.size()) return differs();
    Member event;
    Shape single = shape;
    single.eventstream = false;
    event.shape = &single;
    for (size_t i = 0; i < got.size(); ++i) {
      if (auto why = difference(event, got[i], wanted[i], fmt::format("{}[{}]", path, i)); !why.empty()) return why;
    }
    return "";
  }
  if (expected.is_null() || shape.document) return same_json(actual, expected) ? "" : differs();
  switch (shape.type) {
    case ShapeType::structure: {
      if (!actual.is_object() || !expected.is_object()) return differs();
      const auto &got = actual.get_object(), &wanted = expected.get_object();
      if (wanted.contains("SDK_UNKNOWN_MEMBER")) return same_json(actual, expected) ? "" : differs();
      uint32_t last = 0;
      for (const auto& [name, value] : got) {
        auto index = shape.names.find(name);
        if (index == NameTable::kNone || !wanted.contains(name))
          return fmt::format("{}: has {}", path, std::string_view(name));
        if (index < last) return fmt::format("{}: {} is out of order", path, std::string_view(name));
        last = index;
        auto inside = fmt::format("{}.{}", path, std::string_view(name));
        if (auto why = difference(shape.members[index], value, wanted.at(name), inside); !why.empty()) return why;
      }
      for (const auto& [name, value] : wanted) {
        if (!got.contains(name)) return fmt::format("{}: lacks {}", path, std::string_view(name));
      }
      return "";
    }
    case ShapeType::list: {
      if (!actual.is_array() || !expected.is_array()) return differs();
      const auto &got = actual.get_array(), &wanted = expected.get_array();
      if (got.size() != wanted.size()) return differs();
      for (size_t i = 0; i < got.size(); ++i) {
        if (auto why = difference(shape.element, got[i], wanted[i], fmt::format("{}[{}]", path, i)); !why.empty())
          return why;
      }
      return "";
    }
    case ShapeType::map: {
      if (!actual.is_object() || !expected.is_object()) return differs();
      if (actual.get_object().size() != expected.get_object().size()) return differs();
      for (const auto& [key, value] : expected.get_object()) {
        auto at = actual.get_object().find(key);
        if (at == actual.get_object().end()) return differs();
        auto inside = fmt::format("{}.{}", path, std::string_view(key));
        if (auto why = difference(shape.value, at->value(), value, inside); !why.empty()) return why;
      }
      return "";
    }
    case ShapeType::blob: {
      auto decoded = from_base64(scalar_text(actual));
      return actual.is_string() && decoded && *decoded == scalar_text(expected) ? "" : differs();
    }
    case ShapeType::timestamp: {
      if (!actual.is_string()) return differs();
      auto got = parse_rfc3339(actual.get_string()), wanted = instant(expected);
      // Some recorded answers have "YYYY-MM-DDTHH:MM:SS.000Z", which is no timestamp: it stays as it came.
      if (!wanted) return actual == expected ? "" : differs();
      bool canonical = got && scalar_text(actual) == format_time(*got);
      return canonical && wanted && *got == *wanted ? "" : differs();
    }
    default:
      return same_json(actual, expected) ? "" : differs();
  }
}

}  // namespace cadastre::aws
