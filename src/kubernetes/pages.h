// The files of one kind, read one after the other, and whether they are together the whole list.
#pragma once

#include "kubernetes/dump.h"
#include "kubernetes/list_reader.h"

namespace cadastre::kubernetes {

// A file's text unfolds to at most this; three times what 12,456 pods need in a single file, with all their books.
constexpr uint64_t kLargestFile = uint64_t{2} << 30;

using OnItem = std::function<Result<void>(std::string_view text, const Envelope& envelope)>;

// What is not as it should be; both "" when all is.
struct Complaint {
  std::string code;     // missing, cut, malformed, checksum, pages, other_kind
  std::string message;  // one sentence
};

// How a file was read.
struct Page {
  Envelope envelope;
  uint64_t items = 0, bytes = 0;
  uint32_t cksum = 0;
  Complaint complaint;  // it is missing, or broke off: what was read until then was handed on
};

// Errors: what the source says and may pass (io, timeout, denied, …), cancelled, and what `on_item` returns.
Result<Page> read_page(ByteSource& file, const std::string& name, const OnItem& on_item, std::stop_token stop);

// Reads every file, whatever is wrong with those before it. The complaint is the first that keeps them from being the
// whole list of `resource`.
Result<Complaint> read_pages(const std::string& resource, std::span<const Manifest::File> files, DumpFiles& dump,
                             const OnItem& on_item, std::stop_token stop);

}  // namespace cadastre::kubernetes
