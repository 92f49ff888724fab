// Reads a list of Kubernetes objects as it comes, item by item: {"kind":"PodList","apiVersion":"v1","metadata":{…},
// "items":[…]}, or {"apiVersion":"v1","items":[…],"kind":"List",…}. Nothing of an item is parsed here: who has seen the
// very text before needs no more of it.
#pragma once

#include "base/json.h"
#include "kubernetes/plain_source.h"

namespace cadastre::kubernetes {

// What a list says of itself. Members come in any order, so it is whole only after the last item.
struct Envelope {
  std::string kind, api_version;  // "PodList", "v1"
  std::string more;               // metadata.continue: what fetches the next page; "": this is the last
  uint64_t remaining = 0;         // metadata.remainingItemCount: items in the pages that follow
};

// Finds where a JSON value ends, in one pass over its bytes, however they are cut into pieces. It looks at strings,
// escapes and depth alone: whether the value is valid JSON is for a parser to say.
class ValueScanner {
 public:
  void begin() { *this = {}; }
  // The bytes of `piece` that belong to the value; `ended()` says whether its end is among them.
  size_t scan(std::string_view piece);
  bool ended() const { return ended_; }

 private:
  enum class Form { unknown, string, container, word } form_ = Form::unknown;
  int64_t depth_ = 0;
  bool in_string_ = false, escaped_ = false, ended_ = false;
};

// Used by one thread. Memory: the largest item and 256 KiB; an item of more than kLargestItem is refused.
class ListReader {
 public:
  static constexpr size_t kLargestItem = 16 << 20;  // ten times what the API server takes

  explicit ListReader(PlainSource& source) : source_(source) {}

  // The next item's text, valid until the next call; nullopt: the list came to its proper end. Errors: malformed,
  // saying how (cut short, not a list); what the source says. After one there is nothing more to read.
  Result<std::optional<std::string_view>> next();
  const Envelope& envelope() const { return envelope_; }

 private:
  Result<bool> fill();  // more text behind what there is; false: the end
  Result<char> peek();  // the next character that is no white space; '\0': the end
  Result<void> expect(char character);
  Result<std::string_view> value();
  Result<bool> begin_items();  // members up to the items; false: the list's end
  Result<void> member(const std::string& name, std::string_view text);

  PlainSource& source_;
  Envelope envelope_;
  std::string buffer_;
  size_t at_ = 0, filled_ = 0;  // in the buffer: what is next, and where its text ends
  enum class State { start, first_item, items, ended } state_ = State::start;
  bool listed_ = false;  // "items" was there
};

}  // namespace cadastre::kubernetes
