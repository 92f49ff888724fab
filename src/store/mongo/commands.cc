// The commands we send, made of Database::run: rows in batches, one-step changes, numbers.
#include "store/mongo/database.h"

namespace cadastre::store::mongo {
namespace {

// A command may have 48 MB and 100,000 rows; small ones keep the server's answers short too.
constexpr size_t kBatchRows = 1000, kBatchBytes = 8 << 20;
constexpr int64_t kDuplicateKey = 11000;

const Document& durable() {
  static const Document concern{{"w", "majority"}, {"j", true}};
  return concern;
}

// About the bytes that a document takes.
size_t weight(const Document& document) {
  size_t bytes = 32;
  for (const auto& [key, value] : document.members()) {
    bytes += key.size() + 16;
    if (const auto* text = std::get_if<std::string>(&value.any())) bytes += text->size();
    if (const auto* binary = std::get_if<Binary>(&value.any())) bytes += binary->bytes.size();
    if (const auto* inner = std::get_if<Document>(&value.any())) bytes += weight(*inner);
    if (const auto* array = std::get_if<Array>(&value.any())) bytes += array->size() * 64;
  }
  return bytes;
}

// What a write's answer says of single rows. True: a unique key was taken.
Result<bool> taken(const Document& answer, const std::string& where) {
  if (answer.boolean("taken")) return true;
  for (const auto& one : answer.array("writeErrors")) {
    const auto* error = std::get_if<Document>(&one.any());
    if (!error) continue;
    if (error->integer("code") == kDuplicateKey) return true;
    return fail(ErrorCode::io, fmt::format("the store {} refused a row: {}", where, error->text("errmsg")),
                error->text("errmsg"));
  }
  if (answer.has("writeConcernError")) {
    const auto& why = answer.document("writeConcernError").text("errmsg");
    return fail(ErrorCode::io, fmt::format("the store {} could not make a write safe: {}", where, why), why);
  }
  return false;
}

// Sends `parts` in batches as the member `name` of `command`, in order, until `each` says that it is enough.
Result<void> in_batches(Database& database, const Document& command, const std::string& name,
                        std::vector<Document> parts, const std::function<Result<bool>(const Document& answer)>& each) {
  for (size_t at = 0; at < parts.size();) {
    Array batch;
    for (size_t bytes = 0; at < parts.size() && batch.size() < kBatchRows; ++at) {
      bytes += weight(parts[at]);
      if (bytes > kBatchBytes && !batch.empty()) break;
      batch.emplace_back(std::move(parts[at]));
    }
    auto whole = command;
    whole.add(name, std::move(batch)).add("writeConcern", durable());
    TRY_ASSIGN(auto answer, database.run(whole));
    TRY_ASSIGN(bool more, each(answer));
    if (!more) return {};
  }
  return {};
}

}  // namespace

Result<std::vector<Document>> Database::all(const Find& what) {
  std::vector<Document> rows;
  TRY(find(what, [&](Document&& row) -> Result<bool> {
    rows.push_back(std::move(row));
    return true;
  }));
  return rows;
}

Result<std::optional<Document>> Database::one(Find what) {
  what.limit = 1;
  TRY_ASSIGN(auto rows, all(what));
  if (rows.empty()) return std::nullopt;
  return std::move(rows.front());
}

Result<bool> Database::insert(const std::string& collection, std::span<const Document> rows) {
  bool free = true;
  TRY(in_batches(*this, Document{{"insert", collection}, {"ordered", true}}, "documents",
                 std::vector<Document>(rows.begin(), rows.end()), [&](const Document& answer) -> Result<bool> {
                   TRY_ASSIGN(bool duplicate, taken(answer, where()));
                   free = !duplicate;
                   return free;
                 }));
  return free;
}

Result<Updated> Database::update(const std::string& collection, std::span<const Update> updates) {
  std::vector<Document> parts;
  parts.reserve(updates.size());
  for (const auto& one : updates) {
    parts.push_back(Document{{"q", one.filter}, {"u", one.change}, {"upsert", one.upsert}, {"multi", one.many}});
  }
  Updated done;
  TRY(in_batches(*this, Document{{"update", collection}, {"ordered", true}}, "updates", std::move(parts),
                 [&](const Document& answer) -> Result<bool> {
                   TRY_ASSIGN(done.taken, taken(answer, where()));
                   done.matched += answer.integer("n");
                   return !done.taken;
                 }));
  return done;
}

Result<int64_t> Database::remove(const std::string& collection, const Document& filter) {
  TRY_ASSIGN(auto answer, run({{"delete", collection},
                               {"deletes", Array{Document{{"q", filter}, {"limit", 0}}}},
                               {"writeConcern", durable()}}));
  TRY(taken(answer, where()));
  return answer.integer("n");
}

Result<std::optional<Document>> Database::modify(const std::string& collection, const Document& filter,
                                                 const Document& change, bool upsert) {
  TRY_ASSIGN(auto answer, run({{"findAndModify", collection},
                               {"query", filter},
                               {"update", change},
                               {"upsert", upsert},
                               {"new", true},
                               {"writeConcern", durable()}}));
  TRY_ASSIGN(bool duplicate, taken(answer, where()));
  if (duplicate || !answer.has("value")) return std::nullopt;
  return answer.document("value");
}

Result<std::optional<Document>> Database::take(const std::string& collection, const Document& filter) {
  TRY_ASSIGN(auto answer,
             run({{"findAndModify", collection}, {"query", filter}, {"remove", true}, {"writeConcern", durable()}}));
  TRY(taken(answer, where()));
  if (!answer.has("value")) return std::nullopt;
  return answer.document("value");
}

Result<int64_t> Database::count(const std::string& collection, const Document& filter) {
  TRY_ASSIGN(auto answer, run({{"count", collection}, {"query", filter}}));
  return answer.integer("n");
}

Result<std::vector<Document>> Database::aggregate(const std::string& collection, const Array& pipeline) {
  // One answer holds all groups: whoever asks has few.
  constexpr int64_t kGroups = 100'000;
  TRY_ASSIGN(auto answer,
             run({{"aggregate", collection}, {"pipeline", pipeline}, {"cursor", Document{{"batchSize", kGroups}}}}));
  std::vector<Document> rows;
  for (const auto& row : answer.document("cursor").array("firstBatch")) {
    if (const auto* document = std::get_if<Document>(&row.any())) rows.push_back(*document);
  }
  return rows;
}

Result<int64_t> Database::number(const std::string& counter, int64_t count) {
  // Two that make the counter at once: one is refused, and finds it there.
  for (int tries = 0; tries < 3; ++tries) {
    TRY_ASSIGN(auto row, modify("counter", {{"_id", counter}}, {{"$inc", Document{{"next", count}}}}, true));
    if (row) return row->integer("next") - count + 1;
  }
  return fail(ErrorCode::io, "the store " + where() + " gave no number for a new " + counter);
}

}  // namespace cadastre::store::mongo
