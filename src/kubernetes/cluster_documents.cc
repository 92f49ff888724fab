#include "kubernetes/cluster_documents.h"

#include "kubernetes/quantity.h"

namespace cadastre::kubernetes {

void ClusterDocuments::add(Document document) {
  auto& kind = documents_[document.row.cell.kind];
  kind.push_back(std::move(document));
}

const std::deque<Document>& ClusterDocuments::of(const std::string& kind) const {
  static const std::deque<Document> none;
  auto at = documents_.find(kind);
  return at == documents_.end() ? none : at->second;
}

const std::vector<const Document*>& ClusterDocuments::found(const std::string& kind, const catalog::Template& key,
                                                            const std::string& wanted) {
  static const std::vector<const Document*> none;
  auto [at, made] = found_.try_emplace({kind, key.source()});
  if (made) {
    catalog::Scope scope;
    for (const auto& document : of(kind)) {
      scope.document = scope.enclosing = &document.value;
      if (auto text = key.whole_text(scope); !text.empty()) at->second[text].push_back(&document);
    }
  }
  auto same = at->second.find(wanted);
  return same == at->second.end() ? none : same->second;
}

std::optional<int> ClusterDocuments::newest_minor(const std::string& kind, const Path& path) {
  auto [at, made] = newest_.try_emplace({kind, path.source()});
  if (!made) return at->second;
  for (const auto& document : of(kind)) {
    auto minor = minor_version(path.text(document.value));
    if (minor) at->second = std::max(at->second.value_or(*minor), *minor);
  }
  return at->second;
}

}  // namespace cadastre::kubernetes
