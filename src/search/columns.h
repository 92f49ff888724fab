// Which columns a list shows, and the text of each for a row.
#pragma once

#include "search/question.h"

namespace cadastre::search {

class Columns {
 public:
  // `asked`: headers of kinds ("Type"), paths ("data.State.Name") or tags ("tag.team"). Errors: invalid, with what was
  // meant.
  static Result<Columns> choose(const std::vector<std::string>& asked, const Facts& facts);
  // All of a kind's own.
  static Columns of_kind(const catalog::Kind& kind);

  // Errors: malformed, when the resource's document is.
  Result<std::vector<std::string>> texts(const store::Resource& resource, const query::Tags& tags,
                                         const Facts& facts) const;
  const std::vector<catalog::Column>& columns() const { return columns_; }

 private:
  enum class Source { header, path, tag };
  std::vector<catalog::Column> columns_;
  std::vector<Source> sources_;
};

// The column of that header; nullptr when the kind has none. Case does not count.
const catalog::Column* column_of(const catalog::Kind& kind, std::string_view header);

}  // namespace cadastre::search
