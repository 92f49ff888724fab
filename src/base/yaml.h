// YAML files that people write (the configuration, the catalogue), read strictly: every complaint names file, line and
// column and says what to write instead; all complaints of a file are reported at once.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/time.h"

namespace cadastre {

struct YamlMember;

// One node of a parsed file, with where it stands (lines and columns count from 1). A plain value.
struct YamlNode {
  enum class Kind { null, scalar, list, map } kind = Kind::null;
  std::string scalar;
  bool quoted = false;              // "5" and '5' are texts, 5 is a number
  std::vector<YamlNode> items;      // of a list
  std::vector<YamlMember> members;  // of a map, in the file's order
  int line = 0, column = 0;

  const YamlNode* find(std::string_view key) const;
};

struct YamlMember {
  YamlNode first, second;  // key, value
};

// Errors: invalid, "FILE:LINE:COLUMN: …". Duplicate keys and aliases that nest without end are errors.
Result<YamlNode> parse_yaml(std::string_view text, std::string_view file);

// The node as a JSON value: unquoted true/false/null/numbers become those, all else is text.
json::value yaml_to_json(const YamlNode& node);

// Complaints about one file, gathered.
class YamlErrors {
 public:
  explicit YamlErrors(std::string file) : file_(std::move(file)) {}
  void add(const YamlNode& at, std::string message);
  bool empty() const { return lines_.empty(); }
  const std::string& file() const { return file_; }
  Error error() const;  // all of them, one a line, in the order of the file

 private:
  std::string file_;
  std::vector<std::tuple<int, int, std::string>> lines_;
};

// Reads the members of one map. Each key is asked for by name; finish() complains of the keys that nobody asked for,
// and suggests the one that was meant. `what` names the map in messages ("account", "kind aws.ec2.instance").
class YamlMap {
 public:
  YamlMap(const YamlNode& node, std::string what, YamlErrors& errors);

  const YamlNode* node(std::string_view key);  // any kind; nullptr when absent (or null)
  const YamlNode* map(std::string_view key);
  const YamlNode* list(std::string_view key);
  std::optional<std::string> text(std::string_view key);
  std::string required_text(std::string_view key);       // complains when absent or empty
  std::vector<std::string> texts(std::string_view key);  // a list of texts; one text is a list of one
  std::optional<bool> boolean(std::string_view key);
  std::optional<int64_t> integer(std::string_view key, int64_t least, int64_t most);
  std::optional<double> number(std::string_view key, double least, double most);
  std::optional<Millis> duration(std::string_view key);
  std::optional<Path> path(std::string_view key);
  // One of a few words; the index of the word.
  std::optional<size_t> choice(std::string_view key, std::span<const std::string_view> words);

  void finish();
  YamlErrors& errors() { return errors_; }
  const YamlNode& here() const { return node_; }

 private:
  const YamlNode* expect(std::string_view key, YamlNode::Kind kind, std::string_view form);

  const YamlNode& node_;
  std::string what_;
  YamlErrors& errors_;
  std::vector<std::string_view> asked_;
};

}  // namespace cadastre
