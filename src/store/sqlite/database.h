// A thin layer over the SQLite C API, which only this file's .cc includes: connections, prepared statements kept for
// reuse, transactions, copies, and errors as sentences. Errors: io, full, invalid, cancelled.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

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

  Statement& again();  // ready for the next bindings, without another look-up

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
  enum class Mode {
    reads,
    scans,    // as reads, of very much: it maps the file, anew whenever somebody has written, and all threads wait for
              // that
    writes,   // a commit survives the process, but perhaps not a power cut (synchronous=NORMAL: no fsync)
    durable,  // a commit is on the disk (synchronous=FULL: the log, with all that was written to it before, is synced)
    frozen,   // reads a file that nobody writes, and puts nothing beside it
  };
  static Result<std::unique_ptr<Connection>> open(const std::string& path, Mode mode);
  ~Connection();

  Result<Statement> prepare(std::string_view sql);  // cached by text
  Result<void> execute(const std::string& sql);     // several statements, no rows
  int64_t last_insert() const;
  int changes() const;

  // Copies the whole database into the empty one of `to`, of one moment, while others write. Errors: io, full,
  // cancelled.
  Result<void> copy_to(Connection& to, std::stop_token stop);

  // While it lives, a request to stop ends the statement that runs: its error is `cancelled`.
  class Interruptible {
   public:
    Interruptible(Connection& connection, std::stop_token stop);

   private:
    std::stop_callback<std::function<void()>> on_stop_;
  };

 private:
  Connection() = default;
  sqlite3* handle_ = nullptr;
  struct TextHash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  std::unordered_map<std::string, sqlite3_stmt*, TextHash, std::equal_to<>> statements_;
};

// Lends connections that read. Thread-safe.
class ReaderPool {
 public:
  ReaderPool(std::string path, Connection::Mode mode) : path_(std::move(path)), mode_(mode) {}
  class Lease {
   public:
    Lease(ReaderPool* pool, std::unique_ptr<Connection> connection) : pool_(pool), connection_(std::move(connection)) {}
    Lease(Lease&&) = default;
    ~Lease();
    Connection* operator->() { return connection_.get(); }
    Connection& operator*() { return *connection_; }

   private:
    ReaderPool* pool_;
    std::unique_ptr<Connection> connection_;
  };
  Result<Lease> take();

 private:
  std::string path_;
  Connection::Mode mode_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

// While it lives, all that the connection reads is of one moment.
class Snapshot {
 public:
  static Result<Snapshot> begin(Connection& connection);
  Snapshot(Snapshot&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  Snapshot& operator=(Snapshot&&) = delete;
  ~Snapshot();

 private:
  explicit Snapshot(Connection* connection) : connection_(connection) {}
  Connection* connection_;
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
