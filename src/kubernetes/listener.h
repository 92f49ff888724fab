// The drop-boxes of the configuration, followed: dumps are heard of through a queue or by listing, noted in the ledger,
// and read, several clusters at once, each dump once. Threads of its own: one a drop-box that hears, some that read,
// one that looks after what others put into the ledger. What goes wrong is logged, and tried again; nothing stops it
// but stop().
#pragma once

#include <functional>
#include <memory>

#include "collect/accounts.h"
#include "kubernetes/ingest.h"

namespace cadastre::kubernetes {

class Listener {
 public:
  // What it is made of; all of it outlives the listener.
  struct Works {
    std::shared_ptr<const Config> config;
    const aws::Environment& environment;
    aws::Client& client;
    const aws::Models& models;
    const catalog::Catalog& catalog;
    store::Store& store;
    Clock& clock;
    // After a dump was read: called by the thread that read it.
    std::function<void(const Cluster&, const DumpReport&)> read = [](const auto&, const auto&) {};
    int readers = 4;  // dumps read at once
  };

  explicit Listener(Works works);
  ~Listener();  // as stop()

  // Errors: the store's. Without drop-boxes nothing is started.
  Result<void> start();
  void stop();  // requests under way end; a dump that is being read is read anew at the next start

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cadastre::kubernetes
