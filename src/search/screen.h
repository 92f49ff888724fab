// A quick look at a stored row before its document is parsed: its columns and the document's raw text tell most rows of
// a scan. It never says no of what matches, and never yes of what does not. Immutable, thread-safe.
#pragma once

#include "query/evaluate.h"

namespace cadastre::search {

// As text.contains(needle), several times as fast: find() stops at every first letter.
bool holds(std::string_view text, std::string_view needle);

enum class Verdict { no, maybe, yes };

class Screen {
 public:
  // Both must outlive it.
  Screen(const query::Expression& expression, const query::Estate& estate);
  // False: no term looks into a document, so that rows may be read without.
  bool needs_documents() const { return documents_; }
  // `resource` with its document when documents are needed; `stale` and `now` as query::matches takes them. Of a row of
  // the past, whose columns are of today, `then` is its kind.
  Verdict look(const store::Resource& resource, bool stale, Time now, const catalog::Kind* then = nullptr) const;

 private:
  struct Node {
    const query::Expression* expression = nullptr;
    std::vector<Node> parts;
    bool columns = false;              // the row's columns decide
    bool opaque = false;               // only the parsed document tells
    std::vector<std::string> needles;  // else: one of them stands in the texts of any row that matches,
    std::vector<Network> networks;     // or an address in it has to do with one of these
  };
  struct Row;
  Node understand(const query::Expression& expression);
  void understand_term(const query::Term& term, Node& node);
  static Verdict look(const Node& node, Row& row);

  const query::Estate& estate_;
  bool documents_ = false;
  Node root_;
};

}  // namespace cadastre::search
