// What could stand where somebody is typing: keys, and values that there are, the most frequent first.
#include "base/text.h"
#include "query/parser.h"
#include "query/words.h"
#include "search/gather.h"
#include "search/json.h"

namespace cadastre::search {
namespace {

using index::FacetKey;
using index::FacetValue;

constexpr size_t kShown = 20, kAll = std::numeric_limits<uint32_t>::max();
constexpr std::string_view kStates[] = {"stale", "deleted", "changed", "new"};

// The word under the caret: what is written of it up to the caret, and where it stands.
struct Word {
  size_t from = 0, to = 0;
  std::string typed;
};

Word word_at(std::string_view q, size_t caret) {
  caret = std::min(caret, q.size());
  Word word;
  bool quoted = false;
  for (size_t i = 0; i < caret; ++i) {
    if (q[i] == '"') quoted = !quoted;
    if (!quoted && std::string_view(" \t\r\n()").contains(q[i])) word.from = i + 1;
  }
  if (word.from < caret && q[word.from] == '-') ++word.from;
  word.to = caret;
  while (word.to < q.size() && !std::string_view(quoted ? "\"" : " \t\r\n()").contains(q[word.to])) ++word.to;
  if (quoted && word.to < q.size()) ++word.to;
  word.typed = q.substr(word.from, caret - word.from);
  return word;
}

// As a query takes it.
std::string quoted(const std::string& value) {
  bool plain = !value.empty() && value.find_first_of(" \t\r\n()\",*?") == value.npos && value.find("..") == value.npos;
  if (plain) return value;
  return "\"" + replace_all(replace_all(value, "\\", "\\\\"), "\"", "\\\"") + "\"";
}

// A tag's key, or a label's: tags are what Kubernetes calls labels.
bool names_tag(std::string_view typed) { return typed.starts_with("tag.") || typed.starts_with("label."); }

bool begins(std::string_view text, std::string_view prefix) {
  return query::fold(text).starts_with(query::fold(prefix));
}

// Counts what the estate has, from the index or by a scan of the rows without their documents.
class Counter {
 public:
  Counter(const query::Scope& scope, SnapshotPtr snapshot, Facts& facts)
      : scope_(scope), snapshot_(std::move(snapshot)), facts_(facts) {}

  // Kinds, services and accounts: all that there are.
  std::vector<FacetValue> of_cells(FacetKey key) const {
    std::map<std::string, uint64_t> counts;
    for (const auto& cell : snapshot_->cells) {
      if (cell.resources == 0 || !scope_.sees(cell.key.account)) continue;
      if (key == FacetKey::service) {
        auto parts = split(cell.key.kind, '.');
        counts[std::string(parts.size() > 1 ? parts[1] : "")] += cell.resources;
      } else {
        counts[key == FacetKey::kind ? cell.key.kind : cell.key.account] += cell.resources;
      }
    }
    return ordered(counts, kAll);
  }

  Result<std::vector<FacetValue>> of_rows(FacetKey key, const std::string& name, std::string_view prefix) const {
    if (auto* index = facts_.ready_index()) return index->values(key, name, prefix, scope_, kShown);
    std::map<std::string, uint64_t> counts;
    TRY(each_row([&](const store::Resource& row) {
      if (auto value = facet_value(subject_of(row), key, name)) ++counts[*value];
    }));
    std::erase_if(counts, [&](const auto& entry) { return entry.first.empty() || !begins(entry.first, prefix); });
    return ordered(counts, kShown);
  }

  Result<std::vector<FacetValue>> tag_keys(std::string_view prefix) const {
    if (auto* index = facts_.ready_index()) return index->tag_keys(prefix, scope_, kShown);
    std::map<std::string, uint64_t> counts;
    TRY(each_row([&](const store::Resource& row) {
      auto tags = parse_json(row.tags, "tags");
      if (!tags || !tags->is_object()) return;
      for (const auto& tag : tags->get_object()) ++counts[tag.key()];
    }));
    std::erase_if(counts, [&](const auto& entry) { return !begins(entry.first, prefix); });
    return ordered(counts, kShown);
  }

 private:
  static std::vector<FacetValue> ordered(const std::map<std::string, uint64_t>& counts, size_t most) {
    std::vector<FacetValue> values;
    for (const auto& [value, count] : counts) values.push_back({value, count});
    std::ranges::stable_sort(values, std::greater(), &FacetValue::count);
    if (values.size() > most) values.resize(most);
    return values;
  }

  query::Subject subject_of(const store::Resource& row) const {
    static const json::value kNothing;
    return query::subject_of(row, kNothing, snapshot_->estate);
  }

  Result<void> each_row(const std::function<void(const store::Resource&)>& visit) const {
    store::Filter filter;
    filter.documents = false;
    filter.accounts.assign(scope_.accounts.begin(), scope_.accounts.end());
    if (scope_.everything) filter.accounts.clear();
    if (!scope_.everything && filter.accounts.empty()) return {};
    return facts_.inventory().scan(filter, std::nullopt, [&](const store::Resource& row) {
      visit(row);
      return true;
    });
  }

  const query::Scope& scope_;
  SnapshotPtr snapshot_;
  Facts& facts_;
};

class Suggester {
 public:
  Suggester(const Word& word, const query::Scope& scope, SnapshotPtr snapshot, Facts& facts)
      : word_(word), snapshot_(snapshot), counter_(scope, std::move(snapshot), facts) {}

  Result<std::vector<Suggestion>> run() {
    auto colon = word_.typed.find(':');
    if (names_tag(word_.typed)) colon = word_.typed.rfind(':');  // keys of tags have colons in them
    if (colon != std::string::npos) {
      auto key = word_.typed.substr(0, colon);
      auto value = word_.typed.substr(colon + 1);
      auto comma = value.rfind(',');
      auto kept = word_.typed.substr(0, colon + 1) + (comma == value.npos ? "" : value.substr(0, comma + 1));
      TRY(values(key, kept, comma == value.npos ? value : value.substr(comma + 1)));
      // "tag.aws:…": the colon may belong to the key.
      if (found_.empty() && names_tag(key)) TRY(tags());
    } else if (names_tag(word_.typed)) {
      TRY(tags());
    } else {
      keys();
    }
    if (found_.size() > kShown) found_.resize(kShown);
    return std::move(found_);
  }

 private:
  void add(std::string text, std::string label, uint64_t count) {
    found_.push_back({std::move(text), std::move(label), count, word_.from, word_.to});
  }

  void keys() {
    for (auto key : query::keys()) {
      if (!key.starts_with(lower(word_.typed))) continue;
      bool with_name = key == "tag" || key == "label" || key == "data";
      auto text = std::string(key) + (with_name ? "." : ":");
      add(text, text, 0);
    }
    if (word_.typed.empty()) return;
    for (const auto& [kind, count] : counter_.of_cells(FacetKey::kind)) {
      if (names(kind, word_.typed)) add("kind:" + kind, kind, count);
    }
  }

  // "ec2.inst" and "inst" begin aws.ec2.instance's names.
  static bool names(std::string_view kind, std::string_view typed) {
    for (auto rest = kind;;) {
      if (begins(rest, typed)) return true;
      auto dot = rest.find('.');
      if (dot == rest.npos) return false;
      rest.remove_prefix(dot + 1);
    }
  }

  Result<void> tags() {
    auto dot = word_.typed.find('.');
    TRY_ASSIGN(auto keys, counter_.tag_keys(std::string_view(word_.typed).substr(dot + 1)));
    for (const auto& [key, count] : keys) {
      bool plain = key.find_first_of(" \t\r\n()\"<>.") == key.npos;
      auto text = word_.typed.substr(0, dot + 1) + (plain ? key : quoted_always(key)) + ":";
      add(text, key, count);
    }
    return {};
  }
  static std::string quoted_always(const std::string& text) {
    return "\"" + replace_all(replace_all(text, "\\", "\\\\"), "\"", "\\\"") + "\"";
  }

  Result<void> values(const std::string& key, const std::string& kept, std::string prefix) {
    std::erase(prefix, '"');
    auto offer = [&](const std::vector<FacetValue>& values) {
      for (const auto& [value, count] : values) add(kept + quoted(value), value, count);
    };
    if (key == "is") {
      for (auto state : kStates) {
        if (state.starts_with(prefix)) add(kept + std::string(state), std::string(state), 0);
      }
    } else if (key == "kind") {
      for (const auto& [kind, count] : counter_.of_cells(FacetKey::kind)) {
        if (names(kind, prefix)) add(kept + kind, kind, count);
      }
    } else if (key == "service") {
      for (const auto& [service, count] : counter_.of_cells(FacetKey::service)) {
        if (begins(service, prefix)) add(kept + service, service, count);
      }
    } else if (key == "account") {
      for (const auto& [id, count] : counter_.of_cells(FacetKey::account)) {
        const auto& name = snapshot_->account_name(id);
        if (begins(name, prefix) || id.starts_with(prefix))
          add(kept + quoted(name), name == id ? id : fmt::format("{} ({})", name, id), count);
      }
    } else if (auto facet = facet_of(key); facet && facet->first != FacetKey::tag) {
      TRY_ASSIGN(auto found, counter_.of_rows(facet->first, "", prefix));
      offer(found);
    } else if (names_tag(key)) {
      auto name = key.substr(key.find('.') + 1);
      std::erase(name, '"');
      TRY_ASSIGN(auto found, counter_.of_rows(FacetKey::tag, name, prefix));
      offer(found);
    }
    return {};
  }

  const Word& word_;
  SnapshotPtr snapshot_;
  Counter counter_;
  std::vector<Suggestion> found_;
};

}  // namespace

Result<std::vector<Suggestion>> Reader::suggest(std::string_view q, size_t caret, const query::Scope& scope) const {
  TRY_ASSIGN(auto snapshot, facts_->snapshot());
  auto word = word_at(q, caret);
  return Suggester(word, scope, snapshot, *facts_).run();
}

}  // namespace cadastre::search
