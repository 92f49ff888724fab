#include "collect/secrets.h"

#include <array>
#include <cmath>

#include "base/text.h"

namespace cadastre::collect {
namespace {

using std::string_view;

constexpr string_view kSays[] = {"password",    "passwd",     "passphrase", "secret",       "token",     "credential",
                                 "apikey",      "api-key",    "api_key",    "privatekey",   "accesskey", "private-key",
                                 "private_key", "access-key", "access_key", "authorization"};
// Of a secret, but not it: what it is called, where it is, how long it holds.
constexpr string_view kOnlyAbout[] = {"name",  "names",  "namespace", "ref",      "refs",   "kind",       "type",
                                      "path",  "file",   "dir",       "seconds",  "ttl",    "url",        "uri",
                                      "class", "size",   "count",     "endpoint", "mount",  "enabled",    "disabled",
                                      "store", "policy", "issuer",    "lifetime", "expiry", "expiration", "version"};
// Members of references, wherever they are: secretKeyRef: {name, key}, serviceAccountToken: {path, audience}.
constexpr string_view kRefers[] = {"name", "namespace", "key",  "kind",     "apiVersion", "group",     "path",
                                   "uid",  "audience",  "type", "resource", "mountPath",  "secretName"};
constexpr string_view kMakers[] = {"AKIA",  "ASIA",  "ghp_",     "gho_",     "ghs_", "github_pat_", "glpat-",
                                   "xoxb-", "xoxp-", "sk_live_", "rk_live_", "eyJ",  "hvs.",        "npm_"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

// Neither a switch, nor a small number, nor a reference that something else will fill in.
bool may_be_secret(string_view text) {
  if (text.empty() || text == "$" || text == "true" || text == "false" || text == "null") return false;
  if (text.starts_with("$(") || text.starts_with("${") || text.starts_with("{{")) return false;
  return text.size() > 5 || !std::ranges::all_of(text, is_digit);
}

// A run of letters and digits in which small, capital and digit follow each other at random.
bool is_random(string_view run) {
  if (run.size() < 24) return false;
  std::array<int, 256> counts{};
  size_t digits = 0, small = 0, capital = 0, turns = 0;
  auto kind = [](char c) { return is_digit(c) ? 0 : is_lower(c) ? 1 : 2; };
  for (size_t i = 0; i < run.size(); ++i) {
    ++counts[static_cast<unsigned char>(run[i])];
    (is_digit(run[i]) ? digits : is_lower(run[i]) ? small : capital)++;
    if (i > 0 && kind(run[i]) != kind(run[i - 1])) ++turns;
  }
  if (digits < 3 || small < 3 || capital < 3 || turns * 3 < run.size()) return false;
  double entropy = 0;
  for (int count : counts) {
    if (count == 0) continue;
    double share = count / static_cast<double>(run.size());
    entropy -= share * std::log2(share);
  }
  return entropy >= 3.5;
}

bool looks_secret(string_view word) {
  constexpr size_t kShortestToken = 16;
  bool made = word.size() >= kShortestToken &&
              std::ranges::any_of(kMakers, [&](string_view prefix) { return word.starts_with(prefix); });
  if (made) return true;
  auto in_run = [](char c) { return is_digit(c) || is_lower(c) || is_upper(c) || c == '+' || c == '='; };
  for (size_t i = 0; i < word.size();) {
    size_t begin = i;
    while (i < word.size() && in_run(word[i])) ++i;
    if (is_random(word.substr(begin, i - begin))) return true;
    ++i;
  }
  return false;
}

string_view name_of_flag(string_view word) {
  word.remove_prefix(std::min(word.find_first_not_of('-'), word.size()));
  return word;
}

bool is_secret_flag(string_view word) {
  return word.starts_with('-') && word.find('=') == word.npos && names_secret(name_of_flag(word));
}

// Goes through a text word by word, and writes it anew.
class TextReader {
 public:
  TextReader(string_view text, const StandIn& stand_in) : text_(text), stand_in_(stand_in) {}

  std::string read() {
    if (text_.starts_with("arn:")) return std::string(text_);
    for (size_t i = 0; i < text_.size();) {
      size_t begin = i;
      while (i < text_.size() && is_between(text_[i])) ++i;
      between(text_.substr(begin, i - begin));
      begin = i;
      while (i < text_.size() && !is_between(text_[i])) ++i;
      if (i > begin) word(text_.substr(begin, i - begin));
    }
    return std::move(out_);
  }

 private:
  // What the word before makes of the next one.
  enum class Next { plain, likely, secret };

  static bool is_between(char c) { return string_view(" \t\r\n\"'`,;(){}[]<>").find(c) != string_view::npos; }

  void between(string_view gap) { out_ += gap; }

  void word(string_view word) {
    auto expected = std::exchange(next_, Next::plain);
    if (word == ":" || word == "=" || word == ":=") {  // a quoted name, and what follows it
      out_ += word;
      if (named_) next_ = word == ":" ? Next::likely : Next::secret;
      return;
    }
    named_ = names_secret(word);
    if (expected == Next::secret && may_be_secret(word)) return replace(word);
    // "token: unexpected status" is a sentence: behind a colon only what no sentence has is taken for a secret.
    if (expected == Next::likely && word.size() >= 8 && std::ranges::any_of(word, is_digit)) return replace(word);
    if (credentials_in_url(word) || assignment(word)) return;
    if (looks_secret(word)) return replace(word);
    out_ += word;
    if (is_secret_flag(word) || iequals(word, "bearer"))
      next_ = Next::secret;
    else if (word.ends_with(':') && names_secret(word.substr(0, word.size() - 1)))
      next_ = Next::likely;
  }

  // postgres://user:password@host/path, https://token@host/path
  bool credentials_in_url(string_view word) {
    size_t scheme = word.find("://");
    if (scheme == word.npos) return false;
    size_t begin = scheme + 3, end = std::min(word.find_first_of("/?#", begin), word.size());
    // A password may hold a slash or an '@' that should have been encoded.
    size_t at = word.substr(0, end).rfind('@');
    if (at == word.npos || at < begin) at = word.rfind('@');
    if (at == word.npos || at < begin) return false;
    size_t colon = word.find(':', begin);
    constexpr size_t kShortestToken = 16;
    if (colon >= at && at - begin < kShortestToken) return false;  // a user's name alone
    size_t secret = colon < at ? colon + 1 : begin;
    out_ += word.substr(0, secret);
    replace(word.substr(secret, at - secret));
    out_ += word.substr(at);
    return true;
  }

  // NAME=value, --name=value
  bool assignment(string_view word) {
    size_t equals = word.find('=');
    if (equals == word.npos || !names_secret(name_of_flag(word.substr(0, equals)))) return false;
    auto value = word.substr(equals + 1);
    out_ += word.substr(0, equals + 1);
    if (value.empty())
      next_ = Next::secret;  // in quotes
    else if (may_be_secret(value))
      replace(value);
    else
      out_ += value;
    return true;
  }

  void replace(string_view secret) {
    if (!secret.empty()) out_ += stand_in_(secret);
  }

  string_view text_;
  const StandIn& stand_in_;
  std::string out_;
  Next next_ = Next::plain;
  bool named_ = false;  // the last word says that a secret follows
};

void replace_whole(json::value& value, const StandIn& stand_in) {
  if (value.is_bool() || value.is_null()) return;
  auto text = scalar_text(value);
  if (may_be_secret(text)) value = stand_in(text);
}

// `named`: what encloses it is called a secret.
void walk(json::value& value, bool named, const StandIn& stand_in) {
  if (auto* object = value.if_object()) {
    auto text_of = [&](const char* member) {
      auto* found = object->if_contains(member);
      auto* text = found ? found->if_string() : nullptr;
      return text ? string_view(*text) : string_view();
    };
    bool pair = names_secret(text_of("name")) || names_secret(text_of("key"));
    for (auto& member : *object) {
      string_view key = member.key();
      bool secret = names_secret(key) || (named && std::ranges::find(kRefers, key) == std::end(kRefers)) ||
                    (pair && key == "value");
      walk(member.value(), secret, stand_in);
    }
  } else if (auto* array = value.if_array()) {
    bool after_flag = false;
    for (auto& element : *array) {
      auto* text = element.if_string();
      bool flag = text && is_secret_flag(*text);
      walk(element, named || (after_flag && text), stand_in);
      after_flag = flag;
    }
  } else if (named) {
    replace_whole(value, stand_in);
  } else if (auto* text = value.if_string()) {
    auto written = without_secrets(*text, stand_in);
    if (written != string_view(*text)) value = written;
  }
}

}  // namespace

bool names_secret(string_view name) {
  // Most names are short and innocent: nothing is allocated for them.
  thread_local std::string small;
  small.assign(name);
  for (auto& c : small) {
    if (is_upper(c)) c = static_cast<char>(c - 'A' + 'a');
  }
  auto ends = [&](string_view word) { return small.ends_with(word); };
  auto says = [&](string_view word) { return small.find(word) != small.npos; };
  return std::ranges::any_of(kSays, says) && std::ranges::none_of(kOnlyAbout, ends);
}

std::string without_secrets(string_view text, const StandIn& stand_in) { return TextReader(text, stand_in).read(); }

void replace_secrets(json::value& value, const StandIn& stand_in) { walk(value, false, stand_in); }

}  // namespace cadastre::collect
