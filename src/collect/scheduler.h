// Runs by themselves and on request: what `cadastre serve` collects.
//
// One scheduled run at a time reads the cells that are due; runs on request go on beside it, a few at once. No cell is
// ever read twice at a time: within the process by CellClaims, between processes by Store::lock_collection, which is
// held while anything runs here. Nothing is kept in memory that matters: after a crash the cells' own dates say what is
// due. All functions are thread-safe.
#pragma once

#include <deque>

#include "collect/run.h"
#include "collect/schedule.h"

namespace cadastre::collect {

// A run as it goes, for whoever shows it.
struct RunState {
  int64_t id = 0;  // the store's
  Selection selection;
  std::string by;  // who asked; "" for the schedule
  Time requested{};
  bool waiting = true;  // for its turn, or for another process; `message` says which
  std::string message;  // one outward sentence
  uint64_t cells = 0, done = 0, bad = 0, resources = 0, opened = 0, changed = 0, closed = 0;
};

struct SchedulerOptions {
  Schedule schedule = Schedule();
  bool scheduled = true;            // false: only on request
  int concurrency = 32;             // cells at once, of each run
  size_t requests_at_once = 4;      // runs beside the scheduled one
  size_t requests_waiting = 64;     // more are refused
  double requests_per_minute = 20;  // of one asker …
  double request_burst = 10;        // … beyond so many at once
  Millis retry{5'000};              // after a run that could not be made; doubled up to 15 minutes
};

class Scheduler {
 public:
  using Collect = std::function<Result<Report>(const RunOptions&, Progress&, std::stop_token)>;
  struct Events {
    std::function<void(int64_t run, const CellReport&)> on_cell;  // from the cell's thread; must not block
    std::function<void(const RunState&)> on_run;                  // begun, ended, or waiting for another process
  };

  Scheduler(store::Store& store, Clock& clock, Collect collect, SchedulerOptions options, Events events = {});
  ~Scheduler();  // as stop()

  void start();
  // Runs under way end early, keeping what was read. Returns when all have.
  void stop();

  // The number of the run that does it: a new one, or one that waits for its turn and is for the same. Errors:
  // throttled, when the asker asks too often or too many wait; cancelled, when the server stops; the store's.
  Result<int64_t> request(const Selection& selection, bool full, const std::string& by);
  std::vector<RunState> active() const;  // the scheduled one first
  Schedule schedule() const;
  // Takes effect with the next run.
  void set_schedule(Schedule schedule, int concurrency);

 private:
  struct Job;
  void schedule_loop(std::stop_token stop);
  void request_loop(std::stop_token stop);
  Result<Report> run(const std::shared_ptr<Job>& job, std::stop_token stop);
  std::unexpected<Error> given_up(const std::shared_ptr<Job>& job, Error error);
  bool lock_store(const std::shared_ptr<Job>& job, std::stop_token stop);
  void unlock_store();
  RunState state_of(const Job& job) const;  // under the lock
  void tell(const std::shared_ptr<Job>& job);
  bool allowed(const std::string& by);  // under the lock

  store::Store& store_;
  Clock& clock_;
  Collect collect_;
  SchedulerOptions options_;
  Events events_;
  CellClaims claims_;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable_any changed_;
  std::deque<std::shared_ptr<Job>> waiting_;
  std::vector<std::shared_ptr<Job>> running_;
  size_t locks_ = 0;  // runs that rely on the store's lock
  struct Allowance {
    double left = 0;
    std::chrono::steady_clock::time_point at;
  };
  std::map<std::string, Allowance> allowances_;  // by asker
  std::vector<std::jthread> threads_;
};

}  // namespace cadastre::collect
