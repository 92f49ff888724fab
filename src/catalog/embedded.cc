// The catalogue's files, as tools/bundle.py read and joined them into the binary.
#include <charconv>

#include "catalog/catalog.h"

extern "C" {
extern const char cadastre_catalog_bundle_begin[];
extern const char cadastre_catalog_bundle_end[];
}

namespace cadastre::catalog {

namespace {

// tools/bundle.py says how a node is written.
YamlNode node_of(const json::value& value) {
  const auto& parts = value.get_array();
  YamlNode node;
  node.line = static_cast<int>(parts[0].get_int64());
  node.column = static_cast<int>(parts[1].get_int64());
  if (parts.size() == 2) return node;
  bool marked = parts.size() > 3;
  if (auto* text = parts[2].if_string()) {
    node.kind = YamlNode::Kind::scalar;
    node.scalar = *text;
    node.quoted = marked;
    return node;
  }
  const auto& nodes = parts[2].get_array();
  node.kind = marked ? YamlNode::Kind::map : YamlNode::Kind::list;
  if (marked) {
    node.members.reserve(nodes.size() / 2);
    for (size_t i = 0; i + 1 < nodes.size(); i += 2)
      node.members.emplace_back(node_of(nodes[i]), node_of(nodes[i + 1]));
  } else {
    node.items.reserve(nodes.size());
    for (const auto& item : nodes) node.items.push_back(node_of(item));
  }
  return node;
}

}  // namespace

std::vector<Source> embedded_sources() {
  std::vector<Source> sources;
  std::string_view rest(cadastre_catalog_bundle_begin,
                        static_cast<size_t>(cadastre_catalog_bundle_end - cadastre_catalog_bundle_begin));
  while (!rest.empty()) {
    size_t name_end = rest.find('\n'), size_end = rest.find('\n', name_end + 1);
    size_t size = 0;
    std::from_chars(rest.data() + name_end + 1, rest.data() + size_end, size);
    json::monotonic_resource storage;
    auto tree = parse_json(rest.substr(size_end + 1, size), "the embedded catalogue", &storage);
    // Without a tree the empty text is loaded, and complained of by the file's name.
    Source source{std::string(rest.substr(0, name_end)), {}};
    if (tree) source.tree = node_of(*tree);
    sources.push_back(std::move(source));
    rest.remove_prefix(size_end + 1 + size);
  }
  return sources;
}

}  // namespace cadastre::catalog
