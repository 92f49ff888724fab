// A collection: every planned cell, many at a time, fairly among accounts, and the report of what came of each.
#pragma once

#include "collect/cell_run.h"
#include "collect/claims.h"
#include "collect/plan.h"

namespace cadastre::collect {

// What is going on, for whoever shows it. Written by the run, read by any thread.
struct Progress {
  std::atomic<uint64_t> accounts_total{0}, accounts_tried{0};
  std::atomic<uint64_t> cells_total{0}, cells_done{0}, cells_bad{0};
  std::atomic<uint64_t> resources{0}, opened{0}, changed{0}, closed{0};
  std::function<void(const CellReport&)> on_cell;  // after each cell, from its thread
  std::function<void(const std::string&)> on_warning;
};

struct Report {
  Time started{}, finished{};
  std::vector<CellReport> cells;  // ordered by account, region, kind
  std::vector<std::string> warnings;
  aws::ClientCounts calls;
  store::Store::Writes writes;
  uint64_t not_offered = 0;  // (region, kind) pairs that AWS does not have
  bool stopped = false;

  bool all_complete() const;
  json::object to_json() const;
};

struct RunOptions {
  Selection selection;
  bool full = false;  // read every fragment, whatever its cadence
  int concurrency = 32;
  std::function<bool(const store::CellKey&)> due;  // of the planned cells only these are read; empty: all of them
  CellClaims* claims = nullptr;                    // shared by runs that go on at the same time
  int64_t run = 0;                                 // the store's number of this run, when it has one already
};

struct Collector {
  const Config& config;
  const aws::Environment& environment;
  aws::Client& client;
  const aws::Models& models;
  const catalog::Catalog& catalog;
  store::Store& store;
  Clock& clock;

  // Accounts (those selected), not yet tried. Records what became of accounts when nothing was selected.
  Result<AccountSet> list_accounts(const Selection& selection, std::stop_token stop) const;
  // Tries one; `known` are the cells of earlier runs.
  void open_account(Account& account, std::span<const store::Cell> known, std::stop_token stop) const;
  // Both, for all, ready for a plan.
  Result<AccountSet> open_accounts(const Selection& selection, Progress& progress, std::stop_token stop) const;
  Result<Plan> plan(const AccountSet& accounts, const Selection& selection) const;
  // Errors are those that make going on pointless: the store, a wrong selection, no account at all.
  Result<Report> collect(const RunOptions& options, Progress& progress, std::stop_token stop) const;
};

}  // namespace cadastre::collect
