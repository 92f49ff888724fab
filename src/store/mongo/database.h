// One MongoDB database through libmongoc: commands, rows, and errors as sentences. Thread-safe: each call borrows a
// connection from a pool.
//
// Nothing here needs sessions, transactions or change streams. Every write asks for {w: majority, j: true}: what was
// acknowledged outlives the server that said so. A write that answers with an error may have been done all the same.
// Errors: io, full; invalid for a URL that is none.
#pragma once

#include <functional>
#include <memory>
#include <span>

#include "base/result.h"
#include "store/mongo/bson.h"

namespace cadastre::store::mongo {

struct Find {
  std::string collection{};
  Document filter{};
  Document fields{};  // {"name", 1}, …; empty: all
  Document order{};
  size_t limit = 0;  // 0: all
};

struct Update {
  Document filter, change;
  bool upsert = false, many = false;
};

struct Updated {
  int64_t matched = 0;
  bool taken = false;  // a unique key that another row has; that row was left as it was
};

class Database {
 public:
  // Asked before a command is sent and after it was answered; an error stands in for the answer. For tests.
  using Interceptor = std::function<Result<void>(std::string_view command, bool answered)>;

  // "mongodb://HOSTS/NAME?options"; NAME is the database, "cadastre" when there is none. Connects at the first command.
  static Result<std::unique_ptr<Database>> open(const std::string& url, Interceptor interceptor = {});
  virtual ~Database() = default;

  // "mongodb://HOSTS/NAME": without user, password and options, fit for a message.
  virtual const std::string& where() const = 0;

  // Any command. Errors the server reports for single rows of a write are in the answer ("writeErrors").
  virtual Result<Document> run(const Document& command) = 0;
  // `visit` returns false to stop.
  virtual Result<void> find(const Find& what, const std::function<Result<bool>(Document&&)>& visit) = 0;

  Result<std::vector<Document>> all(const Find& what);
  Result<std::optional<Document>> one(Find what);
  // In order, in as many commands as their size asks for. False: a key is taken, and what came after it is not written.
  Result<bool> insert(const std::string& collection, std::span<const Document> rows);
  Result<bool> insert(const std::string& collection, const Document& row) {
    return insert(collection, std::span(&row, 1));
  }
  // In order. A taken key stops it.
  Result<Updated> update(const std::string& collection, std::span<const Update> updates);
  Result<Updated> update(const std::string& collection, const Update& one) {
    return update(collection, std::span(&one, 1));
  }
  Result<int64_t> remove(const std::string& collection, const Document& filter);  // how many
  // Changes one row in one step. The row as it is after; nullopt when none matched, or an upsert's key is taken.
  Result<std::optional<Document>> modify(const std::string& collection, const Document& filter, const Document& change,
                                         bool upsert = false);
  // Removes one row in one step, and gives it.
  Result<std::optional<Document>> take(const std::string& collection, const Document& filter);
  Result<int64_t> count(const std::string& collection, const Document& filter);
  Result<std::vector<Document>> aggregate(const std::string& collection, const Array& pipeline);
  // The first of `count` numbers that nobody else is given, from 1 on.
  Result<int64_t> number(const std::string& counter, int64_t count = 1);
};

}  // namespace cadastre::store::mongo
