#include "query/query.h"

#include <set>

#include "base/text.h"

namespace cadastre::query {
namespace {

constexpr std::array<std::string_view, 4> kKeys = {"kind", "account", "region", "is"};

struct Token {
  std::string text;
  size_t at;
  bool quoted;
};

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::unexpected<Error> error(size_t at, std::string message) const {
    // Columns, not bytes: the caret stands under the character.
    return fail(ErrorCode::invalid, fmt::format("{}\n  {}\n  {:>{}}", message, printable(text_), "^", display_width(text_.substr(0, at)) + 1));
  }

  Result<std::vector<Token>> tokens() const {
    std::vector<Token> found;
    size_t i = 0;
    while (i < text_.size()) {
      if (text_[i] == ' ' || text_[i] == '\t') {
        ++i;
        continue;
      }
      Token token{{}, i, false};
      while (i < text_.size() && text_[i] != ' ' && text_[i] != '\t') {
        if (text_[i] != '"') {
          token.text += text_[i++];
          continue;
        }
        size_t close = text_.find('"', i + 1);
        if (close == text_.npos) return error(i, "the quote is not closed");
        if (i == token.at) token.quoted = true;
        token.text += text_.substr(i + 1, close - i - 1);
        i = close + 1;
      }
      found.push_back(std::move(token));
    }
    return found;
  }

 private:
  std::string_view text_;
};

}  // namespace

Result<store::Filter> parse(std::string_view text, const catalog::Catalog& catalog, const std::vector<store::AccountRow>& accounts,
                            const std::vector<store::Cell>& cells) {
  Parser parser(text);
  TRY_ASSIGN(auto tokens, parser.tokens());
  store::Filter filter;
  for (const auto& token : tokens) {
    size_t colon = token.text.find(':');
    // ARNs and IPv6 addresses have colons too: only a known or nearly known word before one makes a key.
    auto key = token.quoted || colon == token.text.npos ? std::string_view() : std::string_view(token.text).substr(0, colon);
    bool known = std::ranges::find(kKeys, key) != kKeys.end();
    if (!known && !key.empty() && key != "arn" && key.find_first_not_of("abcdefghijklmnopqrstuvwxyz._") == key.npos) {
      auto hint = did_you_mean(key, kKeys);
      return parser.error(token.at, fmt::format("unknown key '{}'{}; keys are {}; quote the text to search for it as it is", key,
                                                hint, fmt::join(kKeys, ", ")));
    }
    if (!known) {
      if (!token.text.empty()) filter.words.push_back(token.text);
      continue;
    }
    auto value = token.text.substr(colon + 1);
    size_t value_at = token.at + colon + 1;
    if (value.empty()) return parser.error(value_at, fmt::format("'{}:' has no value", key));
    if (key == "kind") {
      // What was collected counts too: a kind may have left the catalogue.
      std::set<std::string> names;
      std::vector<std::string_view> all;
      for (const auto& kind : catalog.kinds()) all.push_back(kind.name);
      for (const auto& cell : cells) all.push_back(cell.key.kind);
      for (auto name : all) {
        if (glob_match(value, name) || glob_match("aws." + value, name)) names.emplace(name);
      }
      if (names.empty()) {
        return parser.error(value_at, fmt::format("there is no kind '{}'{}; `cadastre kinds` lists them", value,
                                                  did_you_mean(value.starts_with("aws.") ? value : "aws." + value, all)));
      }
      filter.kinds.insert(filter.kinds.end(), names.begin(), names.end());
    } else if (key == "account") {
      std::vector<std::string_view> names;
      size_t before = filter.accounts.size();
      for (const auto& account : accounts) {
        if (glob_match(value, account.id) || glob_match(value, account.name)) filter.accounts.push_back(account.id);
        names.push_back(account.id);
        names.push_back(account.name);
      }
      if (filter.accounts.size() == before) {
        return parser.error(value_at, fmt::format("there is no account '{}'{}; `cadastre accounts` lists them", value,
                                                  did_you_mean(value, names)));
      }
    } else if (key == "region") {
      filter.regions.push_back(value);
    } else if (value == "deleted") {
      filter.live = false;
      filter.closed = true;
    } else {
      return parser.error(value_at, fmt::format("unknown state '{}'; there is is:deleted", value));
    }
  }
  return filter;
}

}  // namespace cadastre::query
