// Hands out the work of a run: accounts are opened, and each one's cells are read as soon as it is open. No account
// takes all workers, and none waits for another: one that is throttled or hangs keeps only its share busy. Thread-safe.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <vector>

namespace cadastre::collect {

class Dispatcher {
 public:
  // Indices of the accounts that are to be opened, below `accounts`.
  Dispatcher(size_t accounts, std::vector<size_t> to_open, size_t workers);

  struct Task {
    size_t account = 0;
    std::optional<size_t> cell;  // nullopt: the account is to be opened
  };
  // The next thing to do; waits while all that is left is others' business. nullopt: there is no more, or stop was
  // requested.
  std::optional<Task> take(std::stop_token stop);

  // The account is open and has so many cells. Ends the task of opening it.
  void opened(size_t account, size_t cells);
  // Ends the task of reading a cell.
  void done(size_t account);

 private:
  std::optional<Task> next();
  bool nothing_left() const;

  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<size_t> unopened_;
  std::vector<std::vector<size_t>> queues_;  // cells, by account
  std::vector<size_t> busy_;                 // tasks under way, by account
  size_t opening_ = 0, workers_;
};

}  // namespace cadastre::collect
