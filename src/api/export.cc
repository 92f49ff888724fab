#include "api/export.h"

#include <condition_variable>
#include <mutex>
#include <thread>

#include "api/question.h"
#include "base/csv.h"
#include "base/text.h"
#include "search/export.h"
#include "search/json.h"

namespace cadastre::api {
namespace {

constexpr size_t kPiece = 64 << 10;  // bytes handed over at once
constexpr size_t kAhead = 4;         // pieces read ahead
constexpr int kAtOnce = 16;          // exports: each has a thread
std::atomic<int> exports_under_way{0};

// Pieces between the thread that reads and the one that sends.
class Pipe {
 public:
  // False: nobody takes them any more.
  bool put(std::string piece, std::stop_token stop) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, stop, [&] { return pieces_.size() < kAhead; })) return false;
    pieces_.push_back(std::move(piece));
    changed_.notify_all();
    return !stop.stop_requested();
  }
  void begin() {
    std::lock_guard lock(mutex_);
    begun_ = true;
    changed_.notify_all();
  }
  void end(Result<void> result) {
    std::lock_guard lock(mutex_);
    begun_ = ended_ = true;
    result_ = std::move(result);
    changed_.notify_all();
  }
  // Once there is something to say: a row's header, or what went wrong before any.
  Result<void> wait_begun(std::stop_token stop) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, stop, [&] { return begun_; }))
      return fail(ErrorCode::cancelled, "the request was given up");
    return ended_ ? result_ : Result<void>{};
  }
  Result<bool> take(std::string& piece, std::stop_token stop) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, stop, [&] { return !pieces_.empty() || ended_; }))
      return fail(ErrorCode::cancelled, "the request was given up");
    if (pieces_.empty()) {
      if (!result_) return std::unexpected(result_.error());
      return false;
    }
    piece = std::move(pieces_.front());
    pieces_.erase(pieces_.begin());
    changed_.notify_all();
    return true;
  }

 private:
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<std::string> pieces_;
  bool begun_ = false, ended_ = false;
  Result<void> result_;
};

struct Slot {
  Slot() : got(exports_under_way.fetch_add(1) < kAtOnce) {}
  ~Slot() { exports_under_way.fetch_sub(1); }
  bool got;
};

}  // namespace

Result<std::optional<ExportFormat>> export_format(const Call& call) {
  auto format = text_of(call, "format");
  if (format == "csv") return ExportFormat::csv;
  if (format == "ndjson") return ExportFormat::ndjson;
  if (!format.empty() && format != "json")
    return fail(ErrorCode::invalid, fmt::format("'format' is '{}'; it must be json, csv or ndjson", printable(format)));
  const auto* accept = format.empty() ? call.request.header("Accept") : nullptr;
  if (accept && accept->find("text/csv") != std::string::npos) return ExportFormat::csv;
  if (accept && accept->find("application/x-ndjson") != std::string::npos) return ExportFormat::ndjson;
  return std::nullopt;
}

Result<ServerResponse> export_rows(const Call& call, search::ListRequest request, ExportFormat format) {
  auto slot = std::make_shared<Slot>();
  if (!slot->got) return fail(ErrorCode::throttled, "many exports go on already; ask again when some have ended");
  auto pipe = std::make_shared<Pipe>();
  auto read = [slot, pipe, format, &reader = call.services.reader, scope = call.scope(),
               request = std::move(request)](std::stop_token stop) {
    std::string piece;
    std::vector<catalog::Column> columns;
    auto begin = [&](const search::ListAnswer& answer) {
      columns = answer.columns;
      if (format == ExportFormat::csv) piece = csv_line(search::csv_header(columns));
      pipe->begin();
    };
    auto visit = [&](const search::Row& row) {
      if (format == ExportFormat::csv) {
        piece += csv_line(search::csv_row(row));
      } else {
        write_json(search::to_json(row, columns), piece);
        piece += '\n';
      }
      return piece.size() < kPiece || pipe->put(std::exchange(piece, {}), stop);
    };
    auto result = reader.each(request, scope, begin, visit, stop);
    if (result && !piece.empty() && !pipe->put(std::move(piece), stop))
      result = fail(ErrorCode::cancelled, "the request was given up");
    pipe->end(std::move(result));
  };
  // Ends with the last copy of the stream below: when all is sent, or the client has gone.
  auto thread = std::make_shared<std::jthread>(std::move(read));
  TRY(pipe->wait_begun(call.request.stop));
  ServerResponse response;
  bool csv = format == ExportFormat::csv;
  response.set("Content-Type", csv ? "text/csv; charset=utf-8" : "application/x-ndjson");
  response.set("Content-Disposition",
               csv ? "attachment; filename=\"resources.csv\"" : "attachment; filename=\"resources.ndjson\"");
  response.stream = [pipe, thread, stop = call.request.stop](std::string& piece) { return pipe->take(piece, stop); };
  return response;
}

}  // namespace cadastre::api
