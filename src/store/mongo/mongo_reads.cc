// What is asked of single resources: live entries for a run, documents, versions, gaps. And epochs and dictionaries.
#include "store/mongo/mongo_inventory.h"

namespace cadastre::store::mongo {

Result<uint32_t> MongoInventory::epoch(const std::string& kind, const std::string& spec) {
  TRY_ASSIGN(auto id, kind_id(kind));
  auto hash = hash128(spec);
  for (bool made = false;; made = true) {
    TRY_ASSIGN(
        auto row,
        database_.one({.collection = "epoch", .filter = {{"kind", id}, {"hash", hash}}, .fields = {{"_id", 1}}}));
    if (row) return static_cast<uint32_t>(row->integer("_id"));
    if (made) return fail(ErrorCode::internal, "an epoch vanished while it was made");
    TRY_ASSIGN(auto number, database_.number("epoch"));
    TRY(database_.insert("epoch", Document{{"_id", number},
                                           {"kind", id},
                                           {"hash", hash},
                                           {"size", spec.size()},
                                           {"spec", Binary{compress(spec, nullptr)}}}));
  }
}

Result<std::string> MongoInventory::epoch_spec(uint32_t epoch) {
  TRY_ASSIGN(auto row, database_.one({.collection = "epoch", .filter = {{"_id", epoch}}}));
  if (!row) return fail(ErrorCode::internal, fmt::format("the store has no epoch {}", epoch));
  return decompress(row->binary("spec"), static_cast<size_t>(row->integer("size")), nullptr);
}

Result<std::pair<int64_t, MongoInventory::DictionaryPtr>> MongoInventory::writing_dictionary(
    int64_t kind, std::span<const Put> samples) {
  // A few documents of the kind teach most of what is common to all of them; with fewer there is little to gain yet.
  constexpr size_t kFewest = 4;
  {
    std::lock_guard lock(mutex_);
    if (auto at = writing_.find(kind); at != writing_.end()) return at->second;
  }
  TRY_ASSIGN(
      auto row,
      database_.one(
          {.collection = "dictionary", .filter = {{"kind", kind}}, .fields = {{"_id", 1}}, .order = {{"_id", -1}}}));
  int64_t id = row ? row->integer("_id") : 0;
  if (!row) {
    if (samples.size() < kFewest) return std::pair<int64_t, DictionaryPtr>{0, nullptr};
    std::string content;
    for (const auto& put : samples) {
      if (content.size() >= kDictionaryBytes) break;
      content += std::string_view(put.document).substr(0, kDictionaryBytes - content.size());
    }
    TRY_ASSIGN(id, database_.number("dictionary"));
    TRY(database_.insert("dictionary", Document{{"_id", id}, {"kind", kind}, {"content", Binary{content}}}));
  }
  TRY_ASSIGN(auto known, dictionary(id));
  std::lock_guard lock(mutex_);
  return writing_[kind] = {id, known};
}

Result<MongoInventory::DictionaryPtr> MongoInventory::dictionary(int64_t id) {
  if (id == 0) return DictionaryPtr();
  {
    std::lock_guard lock(mutex_);
    if (auto at = dictionaries_.find(id); at != dictionaries_.end()) return at->second;
  }
  TRY_ASSIGN(auto row, database_.one({.collection = "dictionary", .filter = {{"_id", id}}}));
  if (!row) {
    return fail(ErrorCode::io,
                fmt::format("the store {} lacks dictionary {}, which its documents need; restore it with "
                            "mongorestore",
                            database_.where(), id));
  }
  auto loaded = std::make_shared<const Dictionary>(row->binary("content"));
  std::lock_guard lock(mutex_);
  return dictionaries_[id] = loaded;
}

Result<std::string> MongoInventory::read_document(const VersionRow& version) {
  if (!version.stored) return std::string();
  TRY_ASSIGN(auto known, dictionary(version.dictionary));
  return decompress(*version.stored, version.size, known.get());
}

Result<std::map<int64_t, std::string>> MongoInventory::read_documents(std::span<const int64_t> sequences) {
  std::map<int64_t, std::string> documents;
  if (sequences.empty()) return documents;
  TRY(database_.find({.collection = std::string(kVersions),
                      .filter = {{"_id", in(sequences)}},
                      .fields = {{"dictionary", 1}, {"size", 1}, {"bytes", 1}, {"document", 1}}},
                     [&](Document&& row) -> Result<bool> {
                       auto version = read_version(row);
                       if (!version.stored) return true;
                       TRY_ASSIGN(documents[version.sequence], read_document(version));
                       return true;
                     }));
  return documents;
}

Result<std::vector<Live>> MongoInventory::live(int64_t cell) {
  // A run compares with what is committed: what a failed batch left undone is done first.
  TRY_ASSIGN(bool in_order, head_.in_order());
  if (!in_order) TRY(begin());
  std::vector<Live> entries;
  TRY(database_.find({.collection = std::string(kResources),
                      .filter = {{"cell", cell}, {"deleted", nullptr}},
                      .fields = {{"native", 1}, {"item_hash", 1}, {"document_hash", 1}, {"epoch", 1}, {"missing", 1}}},
                     [&](Document&& row) -> Result<bool> {
                       entries.push_back({hash128(row.text("native")), row.hash("item_hash"), row.hash("document_hash"),
                                          row.integer("_id"), static_cast<uint32_t>(row.integer("epoch")),
                                          row.has("missing") ? Live::kMissing : 0});
                       return true;
                     }));
  std::ranges::sort(entries, {}, &Live::key);
  std::set<int64_t> open;
  TRY(database_.find({.collection = "gap", .filter = {{"cell", cell}}, .fields = {{"resource", 1}}},
                     [&](Document&& row) -> Result<bool> {
                       open.insert(row.integer("resource"));
                       return true;
                     }));
  for (auto& entry : entries) {
    if (open.contains(entry.resource)) entry.flags |= Live::kGap;
  }
  return entries;
}

Result<std::vector<std::string>> MongoInventory::documents(std::span<const int64_t> resources) {
  std::map<int64_t, int64_t> versions;
  std::vector<int64_t> sequences;
  TRY(database_.find({.collection = std::string(kResources),
                      .filter = {{"_id", in(resources)}, {"deleted", nullptr}},
                      .fields = {{"version", 1}}},
                     [&](Document&& row) -> Result<bool> {
                       sequences.push_back(versions[row.integer("_id")] = row.integer("version"));
                       return true;
                     }));
  TRY_ASSIGN(auto documents, read_documents(sequences));
  std::vector<std::string> found;
  for (auto resource : resources) found.push_back(documents[versions[resource]]);
  return found;
}

Result<std::vector<Version>> MongoInventory::versions(int64_t resource) {
  TRY_ASSIGN(auto visible, head_.visible());
  std::vector<Version> found;
  TRY(database_.find(
      {.collection = std::string(kVersions),
       .filter = {{"resource", resource}, {"_id", Document{{"$lte", visible}}}},
       .order = {{"_id", 1}}},
      [&](Document&& row) -> Result<bool> {
        auto version = read_version(row);
        TRY_ASSIGN(auto document, read_document(version));
        if (version.cause == Cause::epoch && !found.empty()) {
          // Only our reading of it changed: the version before goes on, read as we read it now.
          found.back().document = std::move(document);
          found.back().sequence = version.sequence;
          return true;
        }
        // A version ends where the next one begins.
        if (!found.empty()) found.back().to = version.from;
        found.push_back({version.sequence, resource, version.from, {}, version.cause, std::move(document)});
        return true;
      }));
  return found;
}

Result<int64_t> MongoInventory::sequence() { return head_.visible(); }

Result<std::vector<OpenGap>> MongoInventory::gaps(int64_t resource) {
  std::vector<OpenGap> found;
  TRY(database_.find({.collection = "gap", .filter = {{"resource", resource}}, .order = {{"fragment", 1}}},
                     [&](Document&& row) -> Result<bool> {
                       found.push_back({{resource, row.text("fragment"), row.text("code"), row.text("message")},
                                        row.time("since").value_or(Time())});
                       return true;
                     }));
  return found;
}

Result<std::vector<std::string>> MongoInventory::seen_by(const CellKey& owner, const std::string& native) {
  std::set<int64_t> cells;
  TRY(database_.find({.collection = "sighting", .filter = {{"native", native}, {"owner", owner.account}}},
                     [&](Document&& row) -> Result<bool> {
                       cells.insert(row.integer("cell"));
                       return true;
                     }));
  if (cells.empty()) return std::vector<std::string>();
  TRY_ASSIGN(auto kind, database_.one({.collection = "kind", .filter = {{"name", owner.kind}}}));
  if (!kind) return std::vector<std::string>();
  std::set<std::string> accounts;
  TRY(database_.find({.collection = "cell", .filter = {{"_id", in(cells)}, {"kind", kind->integer("_id")}}},
                     [&](Document&& row) -> Result<bool> {
                       accounts.insert(row.text("account"));
                       return true;
                     }));
  return std::vector<std::string>(accounts.begin(), accounts.end());
}

}  // namespace cadastre::store::mongo
