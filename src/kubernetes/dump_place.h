// Where a dump lies in a bucket, told from its keys: PREFIX/YYYY/MM/DD/DUMP/FILE, as dropbox/FORMAT.md has it. Pure
// functions.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace cadastre::kubernetes {

struct DumpPlace {
  std::string dump;    // "20261121T154000Z-4711"
  std::string folder;  // the key of its folder, with a slash at its end
  std::string file;    // "manifest.json"
};

// nullopt: the key is not below the prefix, or no part of a dump.
std::optional<DumpPlace> place_of(std::string_view key, std::string_view prefix);

// When a dump began, as its name says; nullopt: it is no dump's name.
std::optional<Time> dump_time(std::string_view dump);

// The key after which the dumps of `since` and later lie.
std::string keys_after(std::string_view prefix, Time since);

// "s3://BUCKET/KEY" and back.
std::string s3_url(std::string_view bucket, std::string_view key);
struct S3Place {
  std::string bucket, key;
};
std::optional<S3Place> parse_s3_url(std::string_view url);

}  // namespace cadastre::kubernetes
