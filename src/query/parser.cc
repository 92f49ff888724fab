#include "query/parser.h"

#include <charconv>
#include <cmath>

#include "base/text.h"
#include "query/words.h"

namespace cadastre::query {
namespace {

constexpr size_t kLongest = 100'000;  // bytes: a paste of a few thousand ids
constexpr int kDeepest = 64;

struct KeyName {
  std::string_view name;
  Key key;
};
constexpr KeyName kKeys[] = {
    {"kind", Key::kind},       {"service", Key::service}, {"account", Key::account}, {"group", Key::group},
    {"region", Key::region},   {"cluster", Key::cluster}, {"namespace", Key::space}, {"name", Key::name},
    {"id", Key::id},           {"state", Key::state},     {"ip", Key::ip},           {"dns", Key::dns},
    {"arn", Key::arn},         {"owner", Key::owner},     {"tag", Key::tag},         {"label", Key::tag},
    {"is", Key::is},           {"links", Key::links},     {"data", Key::data},       {"age", Key::age},
    {"created", Key::created}, {"changed", Key::changed}, {"size", Key::size},
};
constexpr std::array<std::string_view, 4> kStates = {"stale", "deleted", "changed", "new"};

bool compares_time(Key key) { return key == Key::age || key == Key::created || key == Key::changed; }

struct Unit {
  std::string_view name;
  double bytes;
};
constexpr Unit kUnits[] = {{"B", 1},           {"KB", 1e3},           {"MB", 1e6},
                           {"GB", 1e9},        {"TB", 1e12},          {"KiB", 1024.0},
                           {"MiB", 1048576.0}, {"GiB", 1073741824.0}, {"TiB", 1099511627776.0}};

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<Expression> parse() {
    if (text_.size() > kLongest)
      return fail(ErrorCode::invalid,
                  fmt::format("the query has {} characters; {} are the most", text_.size(), kLongest));
    TRY_ASSIGN(auto expression, any(0));
    skip_space();
    if (at_ < text_.size()) return error(at_, "a ')' without its '('");
    return expression;
  }

 private:
  std::unexpected<Error> error(size_t at, std::string message) const { return point_at(text_, at, std::move(message)); }

  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\n' || text_[at_] == '\r'))
      ++at_;
  }

  // The bare word that stands here, without consuming it.
  std::string_view peek_word() const {
    size_t end = at_;
    while (end < text_.size() && !std::string_view(" \t\r\n()\"").contains(text_[end])) ++end;
    return text_.substr(at_, end - at_);
  }

  Result<Expression> any(int depth) {
    if (depth > kDeepest) return error(at_, "nested too deeply");
    Expression result{Expression::Kind::any, {}, {}};
    for (;;) {
      TRY_ASSIGN(auto part, all(depth));
      result.parts.push_back(std::move(part));
      if (peek_word() != "OR") break;
      size_t or_at = at_;
      at_ += 2;
      skip_space();
      if (at_ >= text_.size() || text_[at_] == ')') return error(or_at, "OR needs something on its right");
    }
    if (result.parts.size() == 1) return std::move(result.parts.front());
    return result;
  }

  Result<Expression> all(int depth) {
    Expression result{Expression::Kind::all, {}, {}};
    Paste paste;
    for (;;) {
      size_t gap = at_;
      skip_space();
      if (!result.parts.empty()) paste.lines = paste.lines && text_.substr(gap, at_ - gap).contains('\n');
      if (at_ >= text_.size() || text_[at_] == ')') break;
      if (peek_word() == "OR") {
        if (result.parts.empty()) return error(at_, "OR needs something on its left");
        break;
      }
      if (peek_word() == "AND") {
        at_ += 3;
        paste.joined = true;
        continue;
      }
      TRY_ASSIGN(auto part, unary(depth));
      result.parts.push_back(std::move(part));
    }
    if (!paste.joined) make_alternatives(result.parts, paste.lines);
    if (result.parts.size() == 1) return std::move(result.parts.front());
    return result;
  }

  // How the parts of a conjunction were written: with AND between any of them; one a line.
  struct Paste {
    bool joined = false, lines = true;
  };

  // Words that look like ids are one term of many values, and so are all words when each has a line of its own: nobody
  // asks for a resource that has two ids, but many paste a list.
  static void make_alternatives(std::vector<Expression>& parts, bool lines) {
    auto word = [](const Expression& part) {
      return part.kind == Expression::Kind::term && part.term.key == Key::word;
    };
    bool list = lines && std::ranges::all_of(parts, word);
    Expression* first = nullptr;
    for (auto& part : parts) {
      if (!word(part)) continue;
      auto id = [](const Value& value) { return looks_like_id(value.text); };
      if (!list && !std::ranges::all_of(part.term.values, id)) continue;
      if (!first) {
        first = &part;
        continue;
      }
      std::ranges::move(part.term.values, std::back_inserter(first->term.values));
      part.term.values.clear();
    }
    std::erase_if(parts, [&](const Expression& part) { return word(part) && part.term.values.empty(); });
  }

  // "i-0aa,i-0bb;i-0cc" is a paste, too; any other word keeps its commas.
  static void split_ids(Term& term) {
    std::vector<Value> pieces;
    const auto& text = term.values.front().text;
    if (text.find_first_of(",;") == text.npos) return;
    for (size_t start = 0; start <= text.size();) {
      auto end = std::min(text.find_first_of(",;", start), text.size());
      if (end > start) {
        Value piece;
        piece.text = text.substr(start, end - start);
        piece.literal = term.values.front().literal;
        if (!looks_like_id(piece.text)) return;
        pieces.push_back(std::move(piece));
      }
      start = end + 1;
    }
    if (!pieces.empty()) term.values = std::move(pieces);
  }

  Result<Expression> unary(int depth) {
    if (depth > kDeepest) return error(at_, "nested too deeply");
    bool minus = text_[at_] == '-' && at_ + 1 < text_.size() && text_[at_ + 1] != ' ';
    if (minus || peek_word() == "NOT") {
      size_t not_at = at_;
      at_ += minus ? 1 : 3;
      skip_space();
      if (at_ >= text_.size() || text_[at_] == ')') return error(not_at, "nothing follows that could be excluded");
      TRY_ASSIGN(auto part, unary(depth + 1));
      Expression result{Expression::Kind::no, {}, {}};
      result.parts.push_back(std::move(part));
      return result;
    }
    if (text_[at_] == '(') {
      size_t open = at_++;
      TRY_ASSIGN(auto inside, any(depth + 1));
      skip_space();
      if (at_ >= text_.size()) return error(open, "the '(' is not closed");
      ++at_;
      return inside;
    }
    return term();
  }

  // A quoted or bare text up to one of `stops`. Inside quotes \" and \\ are escapes.
  Result<Value> value(std::string_view stops) {
    Value result;
    if (at_ < text_.size() && text_[at_] == '"') {
      size_t open = at_++;
      result.literal = true;
      while (at_ < text_.size() && text_[at_] != '"') {
        if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
        result.text += text_[at_++];
      }
      if (at_ >= text_.size()) return error(open, "the quote is not closed");
      ++at_;
      return result;
    }
    size_t start = at_;
    while (at_ < text_.size() && !stops.contains(text_[at_])) ++at_;
    result.text = text_.substr(start, at_ - start);
    return result;
  }

  // Is there a key here? "name" up to ':' or a comparison; ARNs, times and IPv6 addresses have colons too, so a word
  // that is nothing like a key is a word.
  std::string_view key_here() const {
    size_t end = at_;
    auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
    while (end < text_.size() && plain(text_[end])) ++end;
    if (end == at_ || end >= text_.size()) return {};
    auto word = text_.substr(at_, end - at_);
    bool named = word == "tag" || word == "label" || word == "data" || word == "group";
    if (named && text_[end] == '.') return word;
    if (!std::string_view(":<>").contains(text_[end])) return {};
    // "arn:aws:…" is an ARN; "arn:x" asks for the key.
    if (word == "arn" && text_.substr(end).starts_with(":aws")) return {};
    return word;
  }

  Result<Expression> term() {
    Expression result{Expression::Kind::term, {}, {}};
    auto& term = result.term;
    size_t start = at_;
    auto word = text_[at_] == '"' ? std::string_view() : key_here();
    auto known = std::ranges::find(kKeys, word, &KeyName::name);
    if (!word.empty() && known == std::end(kKeys)) {
      return error(
          start, fmt::format("unknown key '{}'{}; keys are {}; put the text in quotes to search for it as it is", word,
                             did_you_mean(word, keys()), fmt::join(keys(), ", ")));
    }
    if (word.empty()) {
      TRY_ASSIGN(auto text, value(" \t\r\n()"));
      if (text.text.empty()) return error(start, "an empty text matches everything; leave it out");
      bool quoted_id = text.literal && looks_like_id(text.text);
      if (quoted_id && at_ < text_.size() && std::string_view(",;").contains(text_[at_])) ++at_;
      term.values.push_back(std::move(text));
      split_ids(term);
      return result;
    }
    term.key = known->key;
    at_ += word.size();
    if (at_ < text_.size() && text_[at_] == '.')
      TRY(subkey(term, start));
    else if (term.key == Key::tag || term.key == Key::data) {
      return error(start, term.key == Key::tag ? fmt::format("write {}.NAME:VALUE", word)
                                               : "write data.PATH:VALUE, for example data.State.Name:running");
    }
    TRY(comparison(term));
    TRY(values(term));
    return result;
  }

  // ".NAME" of tags and groups, ".A.B.C" of documents; a part with other characters goes in quotes.
  Result<void> subkey(Term& term, size_t start) {
    ++at_;
    while (at_ < text_.size() && !std::string_view(":<> \t\r\n()").contains(text_[at_])) {
      if (text_[at_] == '"') {
        TRY_ASSIGN(auto quoted, value(""));
        term.name += quoted.text;
        term.path.push_back(quoted.text);
        if (at_ < text_.size() && text_[at_] == '.') ++at_;
        continue;
      }
      size_t end = at_;
      while (end < text_.size() && !std::string_view(":<> \t\r\n()\"").contains(text_[end]) &&
             !(term.key == Key::data && text_[end] == '.'))
        ++end;
      auto part = std::string(text_.substr(at_, end - at_));
      // Tags have colons in their names: "aws:autoscaling:groupName". The last one before the value counts.
      at_ = end;
      while (term.key == Key::tag && at_ < text_.size() && text_[at_] == ':') {
        auto rest = text_.substr(at_ + 1);
        auto stop = std::min(rest.find_first_of(" \t\r\n()\""), rest.size());
        if (rest.substr(0, stop).find(':') == rest.npos) break;
        auto next = rest.find(':');
        part += ":" + std::string(rest.substr(0, next));
        at_ += next + 1;
      }
      if (part.empty()) return error(at_, "an empty step in the path");
      term.name += (term.name.empty() ? "" : ".") + part;
      if (part.ends_with("[]")) part.resize(part.size() - 2);  // arrays are walked anyway
      term.path.push_back(std::move(part));
      if (at_ < text_.size() && text_[at_] == '.') ++at_;
    }
    if (term.name.empty()) return error(start, "the name is missing after the '.'");
    return {};
  }

  Result<void> comparison(Term& term) {
    if (at_ < text_.size() && text_[at_] == ':') ++at_;
    if (at_ < text_.size() && (text_[at_] == '<' || text_[at_] == '>')) {
      bool less = text_[at_++] == '<';
      bool equal = at_ < text_.size() && text_[at_] == '=';
      if (equal) ++at_;
      term.comparison = less ? (equal ? Comparison::less_equal : Comparison::less)
                             : (equal ? Comparison::greater_equal : Comparison::greater);
    }
    return {};
  }

  Result<void> values(Term& term) {
    for (;;) {
      size_t start = at_;
      TRY_ASSIGN(auto found, value(" \t\r\n(),"));
      if (found.text.empty() && !found.literal) return error(start, "the value is missing");
      found.at = start;
      TRY(interpret(term, found, start));
      term.values.push_back(std::move(found));
      if (at_ >= text_.size() || text_[at_] != ',') return {};
      ++at_;
    }
  }

  Result<void> interpret(Term& term, Value& value, size_t at) {
    if (term.key == Key::is && std::ranges::find(kStates, value.text) == kStates.end()) {
      return error(at, fmt::format("unknown state '{}'{}; there are {}", value.text, did_you_mean(value.text, kStates),
                                   fmt::join(kStates, ", ")));
    }
    if (auto dots = value.text.find("..");
        !value.literal && dots != std::string::npos && dots > 0 && term.comparison == Comparison::equal &&
        (term.key == Key::data || term.key == Key::size || term.key == Key::age || term.key == Key::tag)) {
      auto low = number(term, value, value.text.substr(0, dots)),
           high = number(term, value, value.text.substr(dots + 2));
      if (low && high) {
        term.comparison = Comparison::between;
        value.number = low;
        value.upper = high;
        return {};
      }
    }
    bool wants_number = term.comparison != Comparison::equal || compares_time(term.key) || term.key == Key::size;
    if (!wants_number) return {};
    value.number = number(term, value, value.text);
    if (!value.number) {
      return error(at, compares_time(term.key)
                           ? fmt::format("'{}' is no age; write for example 90d, 12h or 30m", value.text)
                           : fmt::format("'{}' is no number; write for example 100, 1.5 or 20GiB", value.text));
    }
    // "age:90d" and "changed:1d" can only mean "at least that old" and "within that".
    if (term.comparison == Comparison::equal && compares_time(term.key)) {
      term.comparison = term.key == Key::age ? Comparison::greater_equal : Comparison::less_equal;
    }
    return {};
  }

  static std::optional<double> number(const Term& term, Value& value, std::string_view text) {
    if (compares_time(term.key)) {
      auto duration = parse_duration(text);
      return duration ? std::optional(static_cast<double>(duration->count())) : std::nullopt;
    }
    double result = 0;
    auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), result);
    if (problem != std::errc() || !std::isfinite(result)) return std::nullopt;
    auto unit = text.substr(static_cast<size_t>(end - text.data()));
    if (unit.empty()) return result;
    auto known = std::ranges::find_if(kUnits, [&](const Unit& candidate) { return iequals(candidate.name, unit); });
    if (known == std::end(kUnits)) return std::nullopt;
    value.has_unit = true;
    return result * known->bytes;
  }

  std::string_view text_;
  size_t at_ = 0;
};

}  // namespace

std::vector<std::string_view> keys() {
  std::vector<std::string_view> names;
  for (const auto& key : kKeys) names.push_back(key.name);
  return names;
}

std::unexpected<Error> point_at(std::string_view text, size_t at, std::string message) {
  return fail(ErrorCode::invalid, fmt::format("{}\n  {}\n  {:>{}}", message, printable(text), "^",
                                              display_width(printable(text.substr(0, at))) + 1));
}

bool names_kind(std::string_view pattern, std::string_view kind) {
  return glob_match(pattern, kind) || (kind.starts_with("aws.") && glob_match(pattern, kind.substr(4)));
}

Result<void> check_names(const Expression& expression, std::string_view text, const Names& names) {
  if (expression.kind != Expression::Kind::term) {
    for (const auto& part : expression.parts) TRY(check_names(part, text, names));
    return {};
  }
  const auto& term = expression.term;
  for (const auto& value : term.values) {
    auto any = [&](const std::vector<std::string_view>& candidates, auto&& fits) {
      return std::ranges::any_of(candidates, fits);
    };
    if (term.key == Key::kind && !any(names.kinds, [&](auto kind) { return names_kind(value.text, kind); })) {
      auto full = value.text.starts_with("aws.") || value.text.starts_with("k8s.") ? value.text : "aws." + value.text;
      return point_at(text, value.at,
                      fmt::format("there is no kind '{}'{}; `cadastre kinds` lists them", value.text,
                                  did_you_mean(full, names.kinds)));
    }
    if (term.key == Key::account &&
        !any(names.accounts, [&](auto account) { return glob_match(lower(value.text), lower(account)); })) {
      return point_at(text, value.at,
                      fmt::format("there is no account '{}'{}; `cadastre accounts` lists them", value.text,
                                  did_you_mean(value.text, names.accounts)));
    }
  }
  return {};
}

Result<Expression> parse(std::string_view text) { return Parser(text).parse(); }

bool mentions(const Expression& expression, const std::function<bool(const Term&)>& test) {
  if (expression.kind == Expression::Kind::term) return test(expression.term);
  return std::ranges::any_of(expression.parts, [&](const Expression& part) { return mentions(part, test); });
}

}  // namespace cadastre::query
