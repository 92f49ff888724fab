// A query over a segment: its expression as sets of rows. Exact but for what only documents can tell, which is bounded
// from below and above, asked for, and filled in. One query's, not thread-safe.
#pragma once

#include <set>

#include "index/ranked.h"
#include "index/segment.h"
#include "query/expression.h"

namespace cadastre::index {

// What is known beside the rows: accounts as they are named and grouped now, cells that nobody could verify.
struct Surroundings {
  std::map<std::string, store::AccountRow> accounts;
  std::set<store::CellKey> stale;
};

class Evaluator {
 public:
  Evaluator(const Segment& segment, const Surroundings& surroundings, const catalog::Catalog& catalog,
            const query::Expression& expression, Time now);

  // True: rows() is final already.
  bool exact() const { return documentary_.empty(); }
  // Rows whose place in the answer depends on their documents.
  Bits undecided();
  // Says what the document of an undecided row says.
  void decide(uint32_t row, const json::value& document);
  Ranked rows();

 private:
  enum class Mode { fewest, most, decided };
  Ranked evaluate(const query::Expression& expression, Mode mode);
  Ranked term(const query::Term& term, Mode mode);
  Bits plain_term(const query::Term& term);
  Bits documentary(const query::Term& term, Mode mode) const;
  Ranked words(const query::Term& term) const;
  Bits dictionary(const Dictionary& dictionary, const query::Term& term,
                  const std::function<bool(const query::Value&, const std::string&)>& fits) const;
  Bits column(const std::vector<uint32_t>& column, const query::Term& term, bool full_ids) const;
  Bits arns(const query::Term& term) const;
  Bits tags(const query::Term& term) const;
  Bits hosts(const query::Term& term) const;
  Bits addresses(const query::Term& term) const;
  Bits links(const query::Term& term) const;
  Bits ages(const query::Term& term, const std::vector<int64_t>& column) const;
  Bits states(const query::Term& term) const;
  Bits empty() const { return Bits(segment_.rows()); }

  const Segment& segment_;
  const Surroundings& surroundings_;
  const catalog::Catalog& catalog_;
  const query::Expression& expression_;
  Time now_;
  std::vector<std::pair<const query::Term*, std::vector<uint32_t>>> documentary_;  // … and the rows it holds for
};

}  // namespace cadastre::index
