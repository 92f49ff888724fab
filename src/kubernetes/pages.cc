#include "kubernetes/pages.h"

#include "base/text.h"
#include "kubernetes/object.h"

namespace cadastre::kubernetes {
namespace {

// Is something wrong with the file itself? All else may pass, and the dump is read again.
bool is_of_the_file(const Error& error) {
  return error.code == ErrorCode::malformed || error.code == ErrorCode::invalid || error.code == ErrorCode::not_found;
}

Complaint against(const Manifest::File& file, const Page& page) {
  if (!page.complaint.code.empty()) return page.complaint;
  if (page.bytes != file.bytes)
    return {"cut", fmt::format("{} has {} bytes, and the manifest says {}", file.name, page.bytes, file.bytes)};
  if (page.cksum != file.cksum)
    return {"checksum", fmt::format("{} has another checksum than its manifest says", file.name)};
  return {};
}

}  // namespace

Result<Page> read_page(ByteSource& file, const std::string& name, const OnItem& on_item, std::stop_token stop) {
  PlainSource plain(file, kLargestFile);
  ListReader list(plain);
  Page page;
  for (;;) {
    if (stop.stop_requested()) return fail(ErrorCode::cancelled, fmt::format("reading {} was stopped", name));
    auto item = list.next();
    if (!item) {
      if (!is_of_the_file(item.error())) return std::unexpected(std::move(item).error());
      page.complaint = {"cut", fmt::format("{} cannot be read to its end: {}", name, item.error().message)};
      break;
    }
    if (!*item) break;
    ++page.items;
    TRY(on_item(**item, list.envelope()));
  }
  if (auto drained = plain.drain(); !drained && !is_of_the_file(drained.error()))
    return std::unexpected(std::move(drained).error());
  page.envelope = list.envelope();
  page.bytes = plain.stored().size();
  page.cksum = plain.stored().value();
  return page;
}

Result<Complaint> read_pages(const std::string& resource, std::span<const Manifest::File> files, DumpFiles& dump,
                             const OnItem& on_item, std::stop_token stop) {
  Complaint first;
  auto complain = [&](std::string code, std::string message) {
    if (first.code.empty()) first = {std::move(code), std::move(message)};
  };
  if (files.empty()) complain("missing", fmt::format("the manifest names no file of {}", resource));
  uint64_t remaining = 0;  // items that a page said would follow it, and that did not yet
  for (size_t i = 0; i < files.size(); ++i) {
    const auto& name = files[i].name;
    auto file = dump.open(name);
    if (!file) {
      if (!is_of_the_file(file.error())) return std::unexpected(std::move(file).error());
      complain("missing", file.error().message);
      continue;
    }
    TRY_ASSIGN(auto page, read_page(**file, name, on_item, stop));
    if (auto wrong = against(files[i], page); !wrong.code.empty()) complain(wrong.code, wrong.message);
    const auto& envelope = page.envelope;
    // An empty list of something else would pass for a list of none of these.
    if (auto kind = item_kind(envelope); !kind.empty() && resource_of(kind, envelope.api_version) != resource)
      complain("other_kind", fmt::format("{} is a {}, not a list of {}", name, printable(envelope.kind), resource));
    else if (kind.empty() && envelope.kind != "List")
      complain("other_kind", fmt::format("{} does not say what it lists", name));
    bool last = i + 1 == files.size();
    if (last && !envelope.more.empty())
      complain("pages", fmt::format("{} is the last page, and says that more follow", name));
    if (!last && envelope.more.empty())
      complain("pages", fmt::format("{} says that it is the last page, and is not", name));
    remaining -= std::min(remaining, page.items);
    remaining = std::max(remaining, envelope.remaining);
  }
  if (remaining > 0) complain("pages", fmt::format("{} items of {} are in none of its pages", remaining, resource));
  return first;
}

}  // namespace cadastre::kubernetes
