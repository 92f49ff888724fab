// Runs a kind's lists in one account and region: call after call, page after page, and hands over the items as
// documents.
#pragma once

#include <functional>
#include <stop_token>

#include "aws/client.h"
#include "aws/models.h"
#include "catalog/catalog.h"

namespace cadastre::collect {

// What everything in a run shares. References outlive the run.
struct Aws {
  aws::Client& client;
  const aws::Models& models;
  const catalog::Catalog& catalog;
};

// Where a cell is asked, and by whom.
struct Place {
  aws::Session session;
  std::string account, region;  // `region` is the cell's; calls go to `call_region`
  std::string call_region, partition;
  std::chrono::steady_clock::time_point deadline;
};

struct ListResult {
  // Set when a list, or one parent of it, could not be read to the end.
  std::optional<aws::CallError> error;
  uint64_t pages = 0;
};

class Lister {
 public:
  Lister(const Aws& aws, const catalog::Kind& kind, Place place, std::stop_token stop);

  // Hands over each page's documents. They live until `page` returns; it may change them. Returning an error (of the
  // store) ends the run.
  Result<ListResult> run(const std::function<Result<void>(std::span<json::value*> documents)>& page);

  // $account, $region, $partition.
  catalog::Scope scope() const;

 private:
  using Page = std::function<Result<void>(std::span<json::value*>)>;
  Result<void> each(const catalog::List& list, size_t depth, catalog::Scope& scope, const Page& page);
  Result<void> each_call(const catalog::Each& step, const catalog::Scope& scope, std::vector<json::value>& values);
  Result<void> leaf(const catalog::List& list, const catalog::Scope& scope, const Page& page);
  bool asked_here(const catalog::List& list) const;
  // Notes a failure, and whether it makes sense to go on with other parents.
  void failed(aws::CallError error);

  const Aws& aws_;
  const catalog::Kind& kind_;
  Place place_;
  std::stop_token stop_;
  ListResult result_;
  int failures_ = 0;
  bool hopeless_ = false;
};

// The call of a stanza, ready to be made.
Result<aws::Call> make_call(const Aws& aws, const catalog::Kind& kind, const std::string& operation,
                            const catalog::Params& params, const catalog::Scope& scope, const Place& place);

}  // namespace cadastre::collect
