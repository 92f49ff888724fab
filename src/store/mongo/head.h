// The order of all writes, and whose turn it is.
//
// MongoDB changes one row at a time. What a batch of versions has to be (seen whole or not at all, numbered without
// holes that fill up later) hangs on one row, the head:
//
//   sequence   versions up to here are committed: what a crash left undone of them is done by the next writer
//   applied    versions up to here are in the resource rows as well: what readers see
//   writer     who writes now, until when, and the how manieth turn it is
//
// A batch goes: take the turn; write its versions under the numbers that follow `sequence`; commit them by moving
// `sequence` (only while it is still our turn); bring the resource rows up to date, each guarded by the number of the
// version it has seen; move `applied` and end the turn. Versions above `sequence` are of somebody who came to grief.
//
// Thread-safe. Processes take turns by their wall clocks: a turn that was not ended lapses after kTurn, and clocks may
// differ by less than that. A process that slept through its turn cannot commit any more.
#pragma once

#include <mutex>

#include "store/mongo/database.h"

namespace cadastre::store::mongo {

constexpr Millis kTurn{15'000};

class Head {
 public:
  Head(Database& database, Clock& clock);

  // One process's turn, and one thread's. Ends when it goes.
  class Turn {
   public:
    Turn(Turn&& other) noexcept;
    Turn& operator=(Turn&&) = delete;
    ~Turn();
    int64_t sequence() const { return sequence_; }
    int64_t applied() const { return applied_; }
    // Errors: io, when the turn was lost to another process; nothing was committed then.
    Result<void> commit(int64_t sequence);
    Result<void> settled();  // all that is committed is applied

   private:
    friend class Head;
    Turn(Head* head, std::unique_lock<std::mutex> lock) : head_(head), lock_(std::move(lock)) {}
    Result<void> move(Document fields);

    Head* head_;
    std::unique_lock<std::mutex> lock_;
    int64_t sequence_ = 0, applied_ = 0, number_ = 0;
  };

  Result<void> make();  // the row, when it is not there
  // Waits for its turn. Errors: io, when another process has it for longer than a turn can last.
  Result<Turn> take();
  Result<std::optional<Turn>> try_take();  // nullopt: another process has it
  Result<int64_t> visible();               // what readers may see: versions up to here
  Result<bool> in_order();                 // nothing is committed that is not applied

 private:
  Result<std::optional<Turn>> ask(std::unique_lock<std::mutex>& lock);
  Result<Document> read();

  Database& database_;
  Clock& clock_;
  const std::string me_;
  std::mutex mutex_;
};

}  // namespace cadastre::store::mongo
