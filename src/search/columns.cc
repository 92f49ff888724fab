#include "search/columns.h"

#include "base/text.h"

namespace cadastre::search {
namespace {

std::string tag_text(const query::Tags& tags, std::string_view name) {
  auto tag = std::ranges::find(tags, name, &query::Tags::value_type::first);
  return tag == tags.end() ? "" : tag->second;
}

}  // namespace

const catalog::Column* column_of(const catalog::Kind& kind, std::string_view header) {
  auto at = std::ranges::find_if(kind.columns, [&](const auto& column) { return iequals(column.header, header); });
  return at == kind.columns.end() ? nullptr : &*at;
}

Columns Columns::of_kind(const catalog::Kind& kind) {
  Columns chosen;
  chosen.columns_ = kind.columns;
  chosen.sources_.assign(kind.columns.size(), Source::header);
  return chosen;
}

Result<Columns> Columns::choose(const std::vector<std::string>& asked, const Facts& facts) {
  Columns chosen;
  for (const auto& text : asked) {
    catalog::Column column{text, {}, catalog::Unit::none};
    if (std::ranges::find(chosen.columns_, text, &catalog::Column::header) != chosen.columns_.end()) continue;
    if (text.starts_with("data.") || text.starts_with("tag.")) {
      bool tag = text.starts_with("tag.");
      auto rest = std::string_view(text).substr(tag ? 4 : 5);
      if (rest.empty()) return fail(ErrorCode::invalid, fmt::format("the column '{}' lacks its name", text));
      if (!tag) {
        auto path = catalog::Template::parse_field(rest);
        if (!path) return fail(ErrorCode::invalid, fmt::format("the column '{}' is no path", text));
        column.value = std::move(*path);
      }
      chosen.sources_.push_back(tag ? Source::tag : Source::path);
      chosen.columns_.push_back(std::move(column));
      continue;
    }
    std::vector<std::string_view> known;
    const catalog::Column* first = nullptr;
    for (const auto& kind : facts.catalog.kinds()) {
      for (const auto& one : kind.columns) known.push_back(one.header);
      if (!first) first = column_of(kind, text);
    }
    if (!first) {
      return fail(ErrorCode::invalid,
                  fmt::format("no kind has a column '{}'{}; write a header of `cadastre kinds`, data.PATH or tag.NAME",
                              text, did_you_mean(text, known)));
    }
    column.header = first->header;
    column.unit = first->unit;
    chosen.sources_.push_back(Source::header);
    chosen.columns_.push_back(std::move(column));
  }
  return chosen;
}

Result<std::vector<std::string>> Columns::texts(const store::Resource& resource, const query::Tags& tags,
                                                const Facts& facts) const {
  static const catalog::Kind kNone;  // of a row whose kind the catalogue no longer has, paths can still be read
  auto* known = facts.catalog.find(resource.cell.kind);
  const auto& kind = known ? *known : kNone;
  // Of the document only what the columns are made of.
  std::vector<const catalog::Column*> read(columns_.size());
  Members members(std::in_place);
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (sources_[i] == Source::tag) continue;
    read[i] = sources_[i] == Source::path ? &columns_[i] : column_of(kind, columns_[i].header);
    if (read[i] && members && !catalog::add_members(kind, *read[i], *members)) members.reset();
  }
  unsigned char buffer[4096];
  json::monotonic_resource memory(buffer, sizeof buffer);
  TRY_ASSIGN(auto document, parse_json(resource.document.empty() ? std::string_view("{}") : resource.document,
                                       fmt::format("the stored document of {}", resource.id()), &memory, members));
  auto context = facts.context_of(resource);
  std::vector<std::string> texts;
  for (size_t i = 0; i < columns_.size(); ++i) {
    if (sources_[i] == Source::tag)
      texts.push_back(tag_text(tags, std::string_view(columns_[i].header).substr(4)));
    else
      texts.push_back(read[i] ? catalog::column_text(kind, *read[i], document, context) : "");
  }
  return texts;
}

}  // namespace cadastre::search
