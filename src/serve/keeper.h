// What is done now and then: forgetting what is older than asked, sessions past their time, measuring the store, asking
// subscribers again, and the watchdog. One thread of its own.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "api/events.h"
#include "api/metrics.h"
#include "catalog/catalog.h"
#include "config/config.h"
#include "store/store.h"

namespace cadastre::serve {

// What is kept of a kind: the configuration's entry for it; else the catalogue's window; else the default entry.
// nullopt: everything.
std::optional<store::Retention> retention_of(std::string_view kind, const catalog::Kind* stanza,
                                             const std::map<std::string, RetentionConfig>& entries);

class Keeper {
 public:
  struct Works {
    store::Store& store;
    const catalog::Catalog& catalog;
    api::EventHub& events;
    api::Metrics& metrics;
    Clock& clock;
    std::function<std::shared_ptr<const Config>()> config;
  };
  explicit Keeper(Works works) : works_(std::move(works)) {}
  ~Keeper() { stop(); }

  void start();
  void stop();
  // Of every kind that has a retention, once; what the thread does every day. Errors are logged.
  void prune(std::stop_token stop);

 private:
  void work(std::stop_token stop);
  void forget_dumps();

  Works works_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;
};

}  // namespace cadastre::serve
