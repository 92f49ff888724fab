// A thin layer over the SQLite C API: connections, prepared statements kept for reuse, transactions, and errors as
// sentences.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/hash.h"
#include "base/result.h"
#include "base/time.h"

struct sqlite3;
struct sqlite3_stmt;

namespace cadastre::store {

// One use of a prepared statement; reset when it goes. Bindings count from 1 in the order of the calls.
class Statement {
 public:
  Statement(sqlite3* connection, sqlite3_stmt* statement) : connection_(connection), statement_(statement) {}
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;
  ~Statement();

  Statement& bind(int64_t value);
  Statement& bind(std::string_view text);   // copied
  Statement& blob(std::string_view bytes);  // copied
  Statement& bind(const Hash128& hash);
  Statement& bind(Time time);
  Statement& bind(const std::optional<Time>& time);
  Statement& null();

  // True: a row is there. Errors: io, full.
  Result<bool> step();
  Result<void> run();  // steps to the end

  int64_t integer(int column) const;
  std::string text(int column) const;
  std::string_view view(int column) const;  // valid until the next step
  Hash128 hash(int column) const;
  Time time(int column) const;
  std::optional<Time> optional_time(int column) const;
  bool is_null(int column) const;

 private:
  sqlite3* connection_;
  sqlite3_stmt* statement_;
  int next_ = 1;
  int bind_error_ = 0;
};

// One connection. Not thread-safe: its owner sees to that.
class Connection {
 public:
  static Result<std::unique_ptr<Connection>> open(const std::string& path, bool writable);
  ~Connection();

  Result<Statement> prepare(std::string_view sql);  // cached by text
  Result<void> execute(const std::string& sql);     // several statements, no rows
  int64_t last_insert() const;
  int changes() const;

 private:
  Connection() = default;
  sqlite3* handle_ = nullptr;
  struct TextHash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::unordered_map<std::string, sqlite3_stmt*, TextHash, std::equal_to<>> statements_;
};

// Rolls back unless committed.
class Transaction {
 public:
  static Result<Transaction> begin(Connection& connection);
  Transaction(Transaction&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();
  Result<void> commit();

 private:
  explicit Transaction(Connection* connection) : connection_(connection) {}
  Connection* connection_;
};

}  // namespace cadastre::store
