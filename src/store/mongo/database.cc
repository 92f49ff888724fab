// The only file that talks to libmongoc.
#include "store/mongo/database.h"

#include <mongoc/mongoc.h>

#include "base/text.h"
#include "store/mongo/bson_bytes.h"

namespace cadastre::store::mongo {
namespace {

constexpr int kOutOfDiskSpace = 14031;
constexpr int kUnauthorized = 13, kAuthenticationFailed = 18;

struct PoolDeleter {
  void operator()(mongoc_client_pool_t* pool) const { mongoc_client_pool_destroy(pool); }
};
struct UriDeleter {
  void operator()(mongoc_uri_t* uri) const { mongoc_uri_destroy(uri); }
};
using UriPtr = std::unique_ptr<mongoc_uri_t, UriDeleter>;

void start_library() {
  static const bool started = [] {
    mongoc_init();
    mongoc_log_set_handler([](mongoc_log_level_t, const char*, const char*, void*) {}, nullptr);  // errors are returned
    return true;
  }();
  (void)started;
}

Error sentence(const bson_error_t& error, const std::string& where) {
  std::string cause = error.message;
  auto code = static_cast<int>(error.code);
  if (error.domain == MONGOC_ERROR_SERVER_SELECTION || error.domain == MONGOC_ERROR_STREAM) {
    return {ErrorCode::io,
            fmt::format("cannot reach the store {}; check that the server runs and that 'store' names it", where),
            cause};
  }
  if (code == kUnauthorized || code == kAuthenticationFailed || code == MONGOC_ERROR_CLIENT_AUTHENTICATE) {
    return {ErrorCode::io,
            fmt::format("the store {} refused our user; check name, password and authSource in 'store', and that the "
                        "user has the role readWrite",
                        where),
            cause};
  }
  if (code == kOutOfDiskSpace) {
    return {ErrorCode::full,
            fmt::format("no space is left for the store {}; free some and collect again; nothing that was committed "
                        "is lost",
                        where),
            cause};
  }
  return {ErrorCode::io, fmt::format("the store {} failed: {}", where, printable(cause)), cause};
}

class LibraryDatabase final : public Database {
 public:
  LibraryDatabase(UriPtr uri, std::string name, std::string where, Interceptor interceptor)
      : uri_(std::move(uri)), name_(std::move(name)), where_(std::move(where)), interceptor_(std::move(interceptor)) {
    pool_.reset(mongoc_client_pool_new(uri_.get()));
    if (pool_) mongoc_client_pool_set_error_api(pool_.get(), MONGOC_ERROR_API_VERSION_2);
  }
  bool usable() const { return pool_ != nullptr; }
  const std::string& where() const override { return where_; }

  Result<Document> run(const Document& command) override {
    const auto& verb = command.members().front().key;
    TRY(ask(verb, false));
    Client client(pool_.get());
    auto bytes = to_bson(command);
    bson_t reply;
    bson_error_t error;
    bool good = mongoc_client_command_simple(client.get(), name_.c_str(), bytes.get(), nullptr, &reply, &error);
    auto answer = from_bson(&reply);
    bson_destroy(&reply);
    if (!good && error.code != MONGOC_ERROR_DUPLICATE_KEY) return std::unexpected(sentence(error, where_));
    TRY(ask(verb, true));
    if (!good) answer.set("taken", true);
    return answer;
  }

  Result<void> find(const Find& what, const std::function<Result<bool>(Document&&)>& visit) override {
    TRY(ask("find", false));
    Client client(pool_.get());
    std::unique_ptr<mongoc_collection_t, decltype(&mongoc_collection_destroy)> collection(
        mongoc_client_get_collection(client.get(), name_.c_str(), what.collection.c_str()), mongoc_collection_destroy);
    Document options;
    if (!what.fields.empty()) options.add("projection", what.fields);
    if (!what.order.empty()) options.add("sort", what.order);
    if (what.limit > 0) options.add("limit", what.limit);
    auto filter = to_bson(what.filter), opts = to_bson(options);
    std::unique_ptr<mongoc_cursor_t, decltype(&mongoc_cursor_destroy)> cursor(
        mongoc_collection_find_with_opts(collection.get(), filter.get(), opts.get(), nullptr), mongoc_cursor_destroy);
    const bson_t* row = nullptr;
    while (mongoc_cursor_next(cursor.get(), &row)) {
      TRY_ASSIGN(bool more, visit(from_bson(row)));
      if (!more) return {};
    }
    bson_error_t error;
    if (mongoc_cursor_error(cursor.get(), &error)) return std::unexpected(sentence(error, where_));
    return {};
  }

 private:
  class Client {
   public:
    explicit Client(mongoc_client_pool_t* pool) : pool_(pool), client_(mongoc_client_pool_pop(pool)) {}
    Client(const Client&) = delete;
    ~Client() { mongoc_client_pool_push(pool_, client_); }
    mongoc_client_t* get() { return client_; }

   private:
    mongoc_client_pool_t* pool_;
    mongoc_client_t* client_;
  };

  Result<void> ask(std::string_view command, bool answered) {
    if (!interceptor_) return {};
    return interceptor_(command, answered);
  }

  UriPtr uri_;
  std::string name_, where_;
  Interceptor interceptor_;
  std::unique_ptr<mongoc_client_pool_t, PoolDeleter> pool_;
};

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const std::string& url, Interceptor interceptor) {
  start_library();
  bson_error_t error;
  UriPtr uri(mongoc_uri_new_with_error(url.c_str(), &error));
  if (!uri) {
    return fail(ErrorCode::invalid,
                "the store's URL is not one of MongoDB; write for example mongodb://user:password@host:27017/cadastre",
                error.message);
  }
  const char* given = mongoc_uri_get_database(uri.get());
  std::string name = given && *given ? given : "cadastre", hosts;
  for (const auto* host = mongoc_uri_get_hosts(uri.get()); host; host = host->next) {
    hosts += (hosts.empty() ? "" : ",") + std::string(host->host_and_port);
  }
  if (hosts.empty()) hosts = "its service name";  // mongodb+srv
  auto where = fmt::format("mongodb://{}/{}", hosts, name);
  auto made = std::make_unique<LibraryDatabase>(std::move(uri), name, where, std::move(interceptor));
  if (!made->usable()) {
    return fail(ErrorCode::invalid, fmt::format("the options of the store {} cannot be used; check its URL", where));
  }
  return made;
}

}  // namespace cadastre::store::mongo
