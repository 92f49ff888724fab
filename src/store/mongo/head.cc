#include "store/mongo/head.h"

#include <thread>

#include "base/text.h"

namespace cadastre::store::mongo {
namespace {

const std::string kStore = "store", kHead = "head";

}  // namespace

Head::Head(Database& database, Clock& clock) : database_(database), clock_(clock), me_(to_hex(random_bytes(8))) {}

Head::Turn::Turn(Turn&& other) noexcept
    : head_(std::exchange(other.head_, nullptr)),
      lock_(std::move(other.lock_)),
      sequence_(other.sequence_),
      applied_(other.applied_),
      number_(other.number_) {}

Head::Turn::~Turn() {
  // What cannot be ended lapses.
  if (head_) (void)move({{"writer", ""}});
}

Result<void> Head::Turn::move(Document fields) {
  TRY_ASSIGN(auto moved,
             head_->database_.update(kStore, {.filter = {{"_id", kHead}, {"writer", head_->me_}, {"turn", number_}},
                                              .change = {{"$set", std::move(fields)}}}));
  if (moved.matched == 0) {
    return fail(ErrorCode::io, fmt::format("another process took over writing to the store {} while this one was not "
                                           "heard of; nothing was written, collect again",
                                           head_->database_.where()));
  }
  return {};
}

Result<void> Head::Turn::commit(int64_t sequence) {
  TRY(move({{"sequence", sequence}, {"until", head_->clock_.now() + kTurn}}));
  sequence_ = sequence;
  return {};
}

Result<void> Head::Turn::settled() {
  TRY(move({{"applied", sequence_}, {"until", head_->clock_.now() + kTurn}}));
  applied_ = sequence_;
  return {};
}

Result<void> Head::make() {
  TRY(database_.insert(
      kStore,
      Document{{"_id", kHead}, {"sequence", 0}, {"applied", 0}, {"writer", ""}, {"until", Time()}, {"turn", 0}}));
  return {};
}

Result<std::optional<Head::Turn>> Head::ask(std::unique_lock<std::mutex>& lock) {
  auto now = clock_.now();
  TRY_ASSIGN(auto row, database_.modify(kStore,
                                        {{"_id", kHead},
                                         {"$or", Array{Document{{"writer", Document{{"$in", Array{"", me_}}}}},
                                                       Document{{"until", Document{{"$lt", now}}}}}}},
                                        {{"$set", Document{{"writer", me_}, {"until", now + kTurn}}},
                                         {"$inc", Document{{"turn", 1}}}}));
  if (!row) return std::nullopt;
  Turn turn(this, std::move(lock));
  turn.sequence_ = row->integer("sequence");
  turn.applied_ = row->integer("applied");
  turn.number_ = row->integer("turn");
  return turn;
}

Result<Head::Turn> Head::take() {
  constexpr Millis kPause{10};
  std::unique_lock lock(mutex_);
  auto patience = std::chrono::steady_clock::now() + 2 * kTurn;
  while (std::chrono::steady_clock::now() < patience) {
    TRY_ASSIGN(auto turn, ask(lock));
    if (turn) return std::move(*turn);
    std::this_thread::sleep_for(kPause);  // there is nothing to be woken by
  }
  return fail(ErrorCode::io,
              fmt::format("another process has been writing to the store {} for too long; see what it is doing, and "
                          "whether the clocks of all machines agree",
                          database_.where()));
}

Result<std::optional<Head::Turn>> Head::try_take() {
  std::unique_lock lock(mutex_);
  return ask(lock);
}

Result<Document> Head::read() {
  TRY_ASSIGN(auto row, database_.one({.collection = kStore, .filter = {{"_id", kHead}}}));
  if (!row) {
    return fail(ErrorCode::io,
                fmt::format("the store {} has lost its head row; restore it with mongorestore", database_.where()));
  }
  return std::move(*row);
}

Result<int64_t> Head::visible() {
  TRY_ASSIGN(auto row, read());
  return row.integer("applied");
}

Result<bool> Head::in_order() {
  TRY_ASSIGN(auto row, read());
  return row.integer("applied") == row.integer("sequence");
}

}  // namespace cadastre::store::mongo
