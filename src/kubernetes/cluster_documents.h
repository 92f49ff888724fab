// The documents of one cluster that rules look at, by kind, and found by what stands in them. For one thread.
#pragma once

#include <deque>
#include <map>
#include <unordered_map>

#include "catalog/template.h"
#include "store/store.h"

namespace cadastre::kubernetes {

struct Document {
  store::Resource row;  // without its text
  json::value value;    // as much of it as the rules read
};

class ClusterDocuments {
 public:
  void add(Document document);
  // Where documents are best made: nothing of it is given back before all of it is.
  const json::storage_ptr& storage() const { return storage_; }
  const std::deque<Document>& of(const std::string& kind) const;

  // Those whose text by `key` is `wanted`; never an empty text. Kept by the key's source: the first question of each
  // costs a walk over all of the kind.
  const std::vector<const Document*>& found(const std::string& kind, const catalog::Template& key,
                                            const std::string& wanted);
  // The highest minor version that any document of the kind has there.
  std::optional<int> newest_minor(const std::string& kind, const Path& path);

 private:
  using ByText = std::unordered_map<std::string, std::vector<const Document*>>;
  json::storage_ptr storage_ = json::make_shared_resource<json::monotonic_resource>();  // outlives the documents
  std::map<std::string, std::deque<Document>> documents_;  // a deque: what is found points into it
  std::map<std::pair<std::string, std::string>, ByText> found_;
  std::map<std::pair<std::string, std::string>, std::optional<int>> newest_;
};

}  // namespace cadastre::kubernetes
