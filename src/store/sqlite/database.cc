#include "store/sqlite/database.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cerrno>
#include <mutex>
#include <system_error>

#include "base/text.h"

namespace cadastre::store {
namespace {

bool means_no_room(int why) { return why == ENOSPC || why == EDQUOT || why == EFBIG; }

Error sqlite_error(sqlite3* handle, int code) {
  int last = errno;  // SQLite keeps the system's word for some failures only, and a commit's is not among them
  std::string cause = handle ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
  const char* name = handle ? sqlite3_db_filename(handle, nullptr) : "";
  std::string file = name ? name : "";
  switch (code & 0xff) {
    case SQLITE_FULL:
      return {ErrorCode::full,
              fmt::format("no space is left for the store {}: free some space and collect again; nothing that "
                          "was committed is lost",
                          file),
              cause};
    case SQLITE_NOTADB:
      return {ErrorCode::invalid,
              fmt::format("{} is not a Cadastre store (nor any SQLite file); name another path in 'store'", file),
              cause};
    case SQLITE_CORRUPT:
      return {ErrorCode::io, fmt::format("the store {} is damaged ({}); restore a backup", file, cause), cause};
    case SQLITE_INTERRUPT:
      return {ErrorCode::cancelled, fmt::format("stopped while the store {} was read", file), cause};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return {ErrorCode::io, fmt::format("the store {} is locked by another process; wait until it has finished", file),
              cause};
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
      return {ErrorCode::io,
              fmt::format("cannot open or write the store {} ({}); check that the folder exists and is writable", file,
                          cause),
              cause};
    case SQLITE_IOERR: {
      int why = handle ? sqlite3_system_errno(handle) : 0;
      if (why == 0 && means_no_room(last)) why = last;
      auto system = why ? fmt::format("{}, {}", cause, std::generic_category().message(why)) : cause;
      if (means_no_room(why)) {
        return {ErrorCode::full,
                fmt::format("no space is left for the store {} ({}): free some, or raise its limit, and collect again; "
                            "nothing that was committed is lost",
                            file, system),
                cause};
      }
      return {ErrorCode::io, fmt::format("the store {} failed: {}", file, system), cause};
    }
    default:
      return {ErrorCode::io, fmt::format("the store {} failed: {}", file, cause), cause};
  }
}

}  // namespace

Statement::Statement(Statement&& other) noexcept
    : connection_(other.connection_),
      statement_(std::exchange(other.statement_, nullptr)),
      next_(other.next_),
      bind_error_(other.bind_error_) {}

Statement::~Statement() {
  if (!statement_) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

Statement& Statement::bind(int64_t value) {
  bind_error_ |= sqlite3_bind_int64(statement_, next_++, value);
  return *this;
}
Statement& Statement::bind(std::string_view text) {
  bind_error_ |= sqlite3_bind_text64(statement_, next_++, text.data() ? text.data() : "", text.size(), SQLITE_TRANSIENT,
                                     SQLITE_UTF8);
  return *this;
}
Statement& Statement::blob(std::string_view bytes) {
  bind_error_ |=
      sqlite3_bind_blob64(statement_, next_++, bytes.data() ? bytes.data() : "", bytes.size(), SQLITE_TRANSIENT);
  return *this;
}
Statement& Statement::bind(const Hash128& hash) { return blob(hash.bytes()); }
Statement& Statement::bind(Time time) { return bind(static_cast<int64_t>(time.time_since_epoch().count())); }
Statement& Statement::bind(const std::optional<Time>& time) { return time ? bind(*time) : null(); }
Statement& Statement::null() {
  bind_error_ |= sqlite3_bind_null(statement_, next_++);
  return *this;
}

Statement& Statement::again() {
  sqlite3_reset(statement_);
  next_ = 1;
  return *this;
}

Result<bool> Statement::step() {
  if (bind_error_ != SQLITE_OK) return std::unexpected(sqlite_error(connection_, bind_error_));
  int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return std::unexpected(sqlite_error(connection_, code));
}

Result<void> Statement::run() {
  for (;;) {
    auto row = step();
    if (!row) return std::unexpected(std::move(row).error());
    if (!*row) return {};
  }
}

int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_, column); }
std::string_view Statement::view(int column) const {
  auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  return {data ? data : "", static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
}
std::string Statement::text(int column) const { return std::string(view(column)); }
Hash128 Statement::hash(int column) const { return Hash128::from_bytes(view(column)); }
Time Statement::time(int column) const { return Time(Millis(integer(column))); }
bool Statement::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
std::optional<Time> Statement::optional_time(int column) const {
  return is_null(column) ? std::nullopt : std::optional(time(column));
}

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path, Mode mode) {
  // Before SQLite is first used: nobody asks it what memory it takes, and the counting is under one lock for all
  // connections.
  static std::once_flag configured;
  std::call_once(configured, [] { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); });
  std::unique_ptr<Connection> connection(new Connection);
  bool writes = mode == Mode::writes || mode == Mode::durable;
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE | (writes ? SQLITE_OPEN_CREATE : 0);
  std::string name = path;
  if (mode == Mode::frozen) {
    flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READONLY | SQLITE_OPEN_URI;
    name = fmt::format("file:{}?immutable=1", percent_encode(path, true));
  }
  int code = sqlite3_open_v2(name.c_str(), &connection->handle_, flags, nullptr);
  if (code != SQLITE_OK) {
    return fail(ErrorCode::io,
                fmt::format("cannot open the store {} ({}); check that its folder exists and is writable", path,
                            sqlite3_errstr(code)));
  }
  sqlite3_extended_result_codes(connection->handle_, 1);
  sqlite3_busy_timeout(connection->handle_, 30'000);
  if (writes) {
    TRY(connection->execute(
        "PRAGMA foreign_keys=ON; PRAGMA wal_autocheckpoint=4000; PRAGMA cache_size=-8192; PRAGMA temp_store=MEMORY;"));
    TRY(connection->execute(mode == Mode::durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL"));
  } else {
    TRY(connection->execute("PRAGMA query_only=ON; PRAGMA cache_size=-16384;"));
    if (mode != Mode::reads) TRY(connection->execute("PRAGMA mmap_size=2147418112;"));
  }
  return connection;
}

Connection::~Connection() {
  for (auto& [sql, statement] : statements_) sqlite3_finalize(statement);
  sqlite3_close(handle_);
}

Result<Statement> Connection::prepare(std::string_view sql) {
  auto at = statements_.find(sql);
  if (at == statements_.end()) {
    sqlite3_stmt* statement = nullptr;
    int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                  &statement, nullptr);
    if (code != SQLITE_OK) return std::unexpected(sqlite_error(handle_, code));
    at = statements_.emplace(sql, statement).first;
  }
  return Statement(handle_, at->second);
}

Result<void> Connection::execute(const std::string& sql) {
  int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return std::unexpected(sqlite_error(handle_, code));
  return {};
}

int64_t Connection::last_insert() const { return sqlite3_last_insert_rowid(handle_); }
int Connection::changes() const { return sqlite3_changes(handle_); }

Result<void> Connection::copy_to(Connection& to, std::stop_token stop) {
  // While the source reads within a transaction, what others write meanwhile does not make the copy start again.
  TRY_ASSIGN(auto snapshot, Snapshot::begin(*this));
  TRY(execute("SELECT 1 FROM sqlite_schema LIMIT 1"));
  auto* copy = sqlite3_backup_init(to.handle_, "main", handle_, "main");
  if (!copy) return std::unexpected(sqlite_error(to.handle_, sqlite3_errcode(to.handle_)));
  constexpr int kPages = 1024;  // a step: 4 MB
  int code = SQLITE_OK;
  while (code == SQLITE_OK && !stop.stop_requested()) code = sqlite3_backup_step(copy, kPages);
  int finished = sqlite3_backup_finish(copy);
  if (code == SQLITE_OK) return fail(ErrorCode::cancelled, "the copy was stopped before it was whole");
  if (finished != SQLITE_OK) return std::unexpected(sqlite_error(to.handle_, finished));
  return {};
}

Connection::Interruptible::Interruptible(Connection& connection, std::stop_token stop)
    : on_stop_(std::move(stop), [handle = connection.handle_] { sqlite3_interrupt(handle); }) {}

ReaderPool::Lease::~Lease() {
  if (!connection_) return;
  std::lock_guard lock(pool_->mutex_);
  pool_->idle_.push_back(std::move(connection_));
}

Result<ReaderPool::Lease> ReaderPool::take() {
  {
    std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto connection = std::move(idle_.back());
      idle_.pop_back();
      return Lease(this, std::move(connection));
    }
  }
  TRY_ASSIGN(auto opened, Connection::open(path_, mode_));
  return Lease(this, std::move(opened));
}

Result<Snapshot> Snapshot::begin(Connection& connection) {
  TRY(connection.execute("BEGIN"));
  return Snapshot(&connection);
}

Snapshot::~Snapshot() {
  if (connection_) (void)connection_->execute("COMMIT");  // nothing was written: nothing can be lost
}

Result<Transaction> Transaction::begin(Connection& connection) {
  TRY(connection.execute("BEGIN IMMEDIATE"));
  return Transaction(&connection);
}

Transaction::~Transaction() {
  // A failed statement may have rolled back already; then this says so and nothing is lost by not listening.
  if (connection_) (void)connection_->execute("ROLLBACK");
}

Result<void> Transaction::commit() {
  TRY(connection_->execute("COMMIT"));
  connection_ = nullptr;
  return {};
}

}  // namespace cadastre::store
