// Where the reading commands get their answers: the store of the configuration, or a server. The same answers, so that
// a command prints the same.
#pragma once

#include "cli/app.h"
#include "search/reader.h"

namespace cadastre::cli {

class Source {
 public:
  virtual ~Source() = default;

  struct Found {
    uint64_t total = 0, shown = 0;
    bool exact = true;
    search::Coverage coverage;
  };
  // The first `limit` rows that match (0: all), one after the other. `begin` is called once, before any.
  virtual Result<Found> find(const search::ListRequest& request, size_t limit,
                             const std::function<void(const std::vector<catalog::Column>&)>& begin,
                             const std::function<void(const search::Row&)>& visit) = 0;
  // What is gone is shown as it was last.
  virtual Result<search::Detail> detail(const std::string& id, std::optional<Time> at) = 0;
  virtual Result<std::vector<search::VersionRow>> versions(const std::string& id) = 0;
  virtual Result<search::Reader::Diff> diff(const std::string& id, Time from, Time to) = 0;
  virtual Result<search::ChangesAnswer> changes(const search::ChangesRequest& request) = 0;

  struct ClustersRequest {
    std::vector<std::string> clusters, accounts;  // names; names or ids; empty: all
    std::optional<Time> at;
  };
  // How Kubernetes clusters fare, by account and name: kubernetes::card_json, with all `findings` as finding_json.
  // Errors: invalid, when one that is asked for is not there.
  virtual Result<std::vector<json::object>> clusters(const ClustersRequest& request) = 0;
};

// The store, or the server that --server or $CADASTRE_SERVER names.
Result<std::unique_ptr<Source>> open_source(const GlobalOptions& options);

// "" : none. Errors: invalid, with the accepted forms.
Result<std::optional<Time>> instant(const std::string& text);

}  // namespace cadastre::cli
