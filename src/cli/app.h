// What the commands share: options, the parts of the program wired together, and how answers are printed.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aws/client.h"
#include "aws/models.h"
#include "catalog/catalog.h"
#include "collect/run.h"
#include "config/config.h"
#include "net/http_client.h"
#include "store/store.h"

namespace cadastre::cli {

// Exit codes.
constexpr int kOk = 0, kFailed = 1, kUsage = 2, kIncomplete = 3;

struct GlobalOptions {
  std::string config;  // "" : $CADASTRE_CONFIG, else ./cadastre.yaml
  std::string server;  // reading commands ask it instead of the store; "" : $CADASTRE_SERVER, else the store
  bool verbose = false;
};

struct OutputOptions {
  std::string format = "table";  // table, json; of lists also wide, ndjson, csv, ids
};

// The configuration, the store and the catalogue: what reading commands need.
class App {
 public:
  static Result<std::unique_ptr<App>> open(const GlobalOptions& options);

  Config config;
  aws::Models models;
  catalog::Catalog catalog;
  std::unique_ptr<store::Store> store;
  Clock& clock = system_clock();

  // The parts that talk to AWS, made when first asked for.
  Result<collect::Collector> collector();
  HttpTransport& http() { return *http_; }  // after collector()

 private:
  App() = default;
  std::unique_ptr<HttpClient> http_;
  std::unique_ptr<aws::Pacer> pacer_;
  std::unique_ptr<aws::Client> client_;
  aws::Environment environment_;
};

// The catalogue alone, for commands that need no configuration; the configured files are added when there is one.
Result<catalog::Catalog> load_catalog(const aws::Models& models, const Config* config);
std::string config_path(const GlobalOptions& options);

// One line to standard error, "cadastre: " first; the exit code of a failure.
int report_error(const Error& error, bool verbose = false);

// A table for people: aligned columns under headers, cut to nothing, colour on a terminal only.
class Table {
 public:
  explicit Table(std::vector<std::string> headers) : headers_(std::move(headers)), right_(headers_.size()) {}
  void align_right(size_t column) { right_[column] = true; }
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  void print() const;
  size_t size() const { return rows_.size(); }

 private:
  std::vector<std::string> headers_;
  std::vector<bool> right_;
  std::vector<std::vector<std::string>> rows_;
};

bool colour_output();  // standard output is a terminal, and NO_COLOR is not set
std::string bold(const std::string& text);
std::string ago(std::optional<Time> time, Time now);  // "3m ago", "never"
void print(std::string_view text);                    // to standard output; a closed pipe ends the program quietly

std::string account_name(const std::string& id, const std::vector<store::AccountRow>& accounts);

// The commands. Each returns the exit code. Those that read are in read.h.
struct CollectOptions {
  collect::Selection selection;
  bool dry_run = false, full = false, quiet = false;
  OutputOptions output;
};
int run_collect(const GlobalOptions& global, const CollectOptions& options);

struct StatusOptions {
  std::vector<std::string> accounts;
  bool kinds = false;  // a row for each account and kind
  bool cells = false;  // a row for each cell
  OutputOptions output;
};
int run_status(const GlobalOptions& global, const StatusOptions& options);
int run_accounts(const GlobalOptions& global, const OutputOptions& output);
int run_retire(const GlobalOptions& global, const std::string& account);
int run_doctor(const GlobalOptions& global, const OutputOptions& output);

struct KindsOptions {
  std::string pattern;
  std::string format = "table";  // table, json, markdown
  std::string directory;         // markdown: a page per kind goes here
};
int run_kinds(const GlobalOptions& global, const KindsOptions& options);

struct PolicyOptions {
  std::vector<std::string> kinds;
  std::string format = "json";         // json, cloudformation
  std::string principal, external_id;  // of the role template
  bool dropbox = false;                // what reading the drop-boxes needs, instead
};
int run_iam_policy(const GlobalOptions& global, const PolicyOptions& options);
int run_dropbox_policy(const GlobalOptions& global);

}  // namespace cadastre::cli
