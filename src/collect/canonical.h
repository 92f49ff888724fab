// The form in which two readings of one resource are compared: secrets replaced, set-like arrays sorted, volatile paths
// left out.
#pragma once

#include <string>
#include <vector>

#include "base/hash.h"
#include "base/json.h"
#include "catalog/catalog.h"

namespace cadastre::collect {

// Of one kind. Immutable, thread-safe.
class Canonical {
 public:
  Canonical(const catalog::Kind& kind, std::string redaction_key);

  // In place and idempotent: what is stored is a normalised document. A secret becomes "hmac:" and 32 hex digits.
  void normalize(json::value& document) const;

  // Of a normalised document. `text` is scratch space: on return the JSON that was hashed.
  Hash128 hash(const json::value& document, std::string& text) const;

  // True when hash() leaves nothing out, so that its text is the document's.
  bool hashes_whole() const { return kind_.volatile_paths.empty(); }

 private:
  const catalog::Kind& kind_;
  std::string key_;
  std::vector<bool> volatile_inside_;  // by set: may anything volatile be in it?
};

// Replaces every scalar below `value`.
void redact(json::value& value, std::string_view key);

}  // namespace cadastre::collect
