#include "collect/scheduler.h"

#include "base/background.h"
#include "base/log.h"

namespace cadastre::collect {

struct Scheduler::Job {
  RunState state;
  bool full = false, scheduled = false;
  std::function<bool(const store::CellKey&)> due;
  Progress progress;
};

namespace {

constexpr Millis kLongestRetry = std::chrono::minutes(15);

bool same(const Selection& a, const Selection& b) {
  return a.accounts == b.accounts && a.regions == b.regions && a.kinds == b.kinds;
}

}  // namespace

Scheduler::Scheduler(store::Store& store, Clock& clock, Collect collect, SchedulerOptions options, Events events)
    : store_(store),
      clock_(clock),
      collect_(std::move(collect)),
      options_(std::move(options)),
      events_(std::move(events)) {}

Scheduler::~Scheduler() { stop(); }

void Scheduler::start() {
  // Runs are on these threads and those that they start: whoever asks the server meanwhile goes first.
  auto start = [this](void (Scheduler::*loop)(std::stop_token)) {
    threads_.emplace_back([this, loop](std::stop_token stop) {
      work_in_background();
      (this->*loop)(stop);
    });
  };
  if (options_.scheduled) start(&Scheduler::schedule_loop);
  for (size_t i = 0; i < options_.requests_at_once; ++i) start(&Scheduler::request_loop);
}

void Scheduler::stop() {
  for (auto& thread : threads_) thread.request_stop();
  threads_.clear();
  for (const auto& job : std::exchange(waiting_, {}))
    (void)given_up(job, {ErrorCode::cancelled, "the server stopped before the run began", {}});
}

void Scheduler::set_schedule(Schedule schedule, int concurrency) {
  {
    std::lock_guard lock(mutex_);
    options_.schedule = std::move(schedule);
    options_.concurrency = concurrency;
  }
  changed_.notify_all();
}

Schedule Scheduler::schedule() const {
  std::lock_guard lock(mutex_);
  return options_.schedule;
}

bool Scheduler::allowed(const std::string& by) {
  auto now = clock_.steady();
  auto [at, is_new] = allowances_.try_emplace(by, Allowance{options_.request_burst, now});
  auto& allowance = at->second;
  double minutes = std::chrono::duration<double>(now - allowance.at).count() / 60;
  allowance = {std::min(options_.request_burst, allowance.left + minutes * options_.requests_per_minute), now};
  if (allowance.left < 1) return false;
  allowance.left -= 1;
  return true;
}

Result<int64_t> Scheduler::request(const Selection& selection, bool full, const std::string& by) {
  std::lock_guard lock(mutex_);
  for (const auto& job : waiting_) {
    if (job->full == full && same(job->state.selection, selection)) return job->state.id;
  }
  if (!allowed(by))
    return fail(ErrorCode::throttled, "you have asked for many runs in a short time; wait a minute and ask again");
  if (waiting_.size() >= options_.requests_waiting)
    return fail(ErrorCode::throttled, "many runs wait for their turn already; ask again when some have ended");
  auto job = std::make_shared<Job>();
  job->full = full;
  job->state.selection = selection;
  job->state.by = by;
  job->state.requested = clock_.now();
  job->state.message = "waits for its turn";
  TRY_ASSIGN(job->state.id, store_.cells().start_run(job->state.requested));
  waiting_.push_back(job);
  changed_.notify_all();
  return job->state.id;
}

RunState Scheduler::state_of(const Job& job) const {
  auto state = job.state;
  state.cells = job.progress.cells_total;
  state.done = job.progress.cells_done;
  state.bad = job.progress.cells_bad;
  state.resources = job.progress.resources;
  state.opened = job.progress.opened;
  state.changed = job.progress.changed;
  state.closed = job.progress.closed;
  return state;
}

std::vector<RunState> Scheduler::active() const {
  std::lock_guard lock(mutex_);
  std::vector<RunState> states;
  for (const auto& job : running_) {
    if (job->scheduled) states.push_back(state_of(*job));
  }
  for (const auto& job : running_) {
    if (!job->scheduled) states.push_back(state_of(*job));
  }
  for (const auto& job : waiting_) states.push_back(state_of(*job));
  return states;
}

void Scheduler::tell(const std::shared_ptr<Job>& job) {
  if (!events_.on_run) return;
  auto state = [&] {
    std::lock_guard lock(mutex_);
    return state_of(*job);
  }();
  events_.on_run(state);
}

// Waits while another process collects, and says so once. False: stopped.
bool Scheduler::lock_store(const std::shared_ptr<Job>& job, std::stop_token stop) {
  bool told = false;
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    if (locks_ > 0) {
      ++locks_;
      return true;
    }
    auto locked = store_.lock_collection();
    if (locked) {
      ++locks_;
      return true;
    }
    job->state.message = locked.error().message;
    if (!std::exchange(told, true)) {
      lock.unlock();
      log_info("run {} waits: {}", job->state.id, locked.error().message);
      tell(job);
      lock.lock();
    }
    changed_.wait_for(lock, stop, std::chrono::seconds(1), [] { return false; });
  }
  return false;
}

void Scheduler::unlock_store() {
  std::lock_guard lock(mutex_);
  if (--locks_ == 0) store_.unlock_collection();
}

Result<Report> Scheduler::run(const std::shared_ptr<Job>& job, std::stop_token stop) {
  struct Running {
    Scheduler& scheduler;
    const std::shared_ptr<Job>& job;
    Running(Scheduler& s, const std::shared_ptr<Job>& j) : scheduler(s), job(j) {
      std::lock_guard lock(scheduler.mutex_);
      scheduler.running_.push_back(job);
    }
    ~Running() {
      {
        std::lock_guard lock(scheduler.mutex_);
        std::erase(scheduler.running_, job);
      }
      scheduler.changed_.notify_all();
    }
  } running(*this, job);
  if (!lock_store(job, stop))
    return given_up(job, {ErrorCode::cancelled, "the server stopped before the run began", {}});
  RunOptions options;
  {
    std::lock_guard lock(mutex_);
    job->state.waiting = false;
    job->state.message.clear();
    options.concurrency = options_.concurrency;
  }
  options.selection = job->state.selection;
  options.full = job->full;
  options.due = job->due;
  options.claims = &claims_;
  options.run = job->state.id;
  if (events_.on_cell)
    job->progress.on_cell = [this, id = job->state.id](const CellReport& cell) { events_.on_cell(id, cell); };
  tell(job);
  auto report = collect_(options, job->progress, stop);
  unlock_store();
  {
    std::lock_guard lock(mutex_);
    job->state.message = report ? "ended" : report.error().message;
  }
  if (!report) return given_up(job, std::move(report).error());
  tell(job);
  return report;
}

std::unexpected<Error> Scheduler::given_up(const std::shared_ptr<Job>& job, Error error) {
  {
    std::lock_guard lock(mutex_);
    job->state.message = error.message;
  }
  log_warning("run {} was not made: {}", job->state.id, error.message);
  json::object summary{{"error", error.message}};
  if (auto ended = store_.cells().end_run(job->state.id, clock_.now(), to_json(summary)); !ended)
    log_warning("run {}: {}", job->state.id, ended.error().message);
  tell(job);
  return std::unexpected(std::move(error));
}

void Scheduler::request_loop(std::stop_token stop) {
  while (true) {
    std::shared_ptr<Job> job;
    {
      std::unique_lock lock(mutex_);
      if (!changed_.wait(lock, stop, [&] { return !waiting_.empty(); }) || stop.stop_requested()) return;
      job = waiting_.front();
      waiting_.pop_front();
    }
    (void)run(job, stop);  // reported by run()
  }
}

void Scheduler::schedule_loop(std::stop_token stop) {
  std::optional<Time> planned;  // when the last whole run began
  Millis retry = options_.retry;
  Time not_before{};
  while (!stop.stop_requested()) {
    auto now = clock_.now();
    auto cells = store_.cells().list();
    auto schedule = [&] {
      std::lock_guard lock(mutex_);
      return options_.schedule;
    }();
    auto next = cells ? schedule.next(*cells, planned) : std::optional<Time>(now + retry);
    // A start is no reason to read again what is fresh.
    if (!planned && cells && !cells->empty()) next = schedule.next(*cells, now);
    if (auto at = std::max(next.value_or(now), not_before); at > now) {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, stop, std::min<Millis>(at - now, std::chrono::seconds(1)), [] { return false; });
      continue;
    }
    std::set<store::CellKey> known, due;
    for (const auto& cell : *cells) {
      known.insert(cell.key);
      if (schedule.due_in_run(cell, now)) due.insert(cell.key);
    }
    auto job = std::make_shared<Job>();
    job->scheduled = true;
    job->state.requested = now;
    job->due = [known = std::move(known), due = std::move(due)](const store::CellKey& key) {
      return due.contains(key) || !known.contains(key);
    };
    auto id = store_.cells().start_run(now);
    if (id) job->state.id = *id;
    bool made = id && run(job, stop);
    if (made) planned = now;
    retry = made ? options_.retry : std::min<Millis>(retry * 2, kLongestRetry);
    not_before = clock_.now() + retry;
  }
}

}  // namespace cadastre::collect
