// The catalogue: what kinds there are, how each is listed and read. Data, loaded once from the YAML files embedded in
// the binary and from the user's own (catalog/README.md describes their form). Immutable after loading, thread-safe.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "aws/models.h"
#include "aws/pacer.h"
#include "base/json.h"
#include "base/time.h"
#include "base/yaml.h"
#include "catalog/shape_view.h"
#include "catalog/template.h"

namespace cadastre::catalog {

using Params = std::vector<std::pair<std::string, ValueTemplate>>;

// Runs another list (or constants) first, and the call once for each of its items.
struct Each {
  std::string as;
  std::string call;
  Params params;
  std::vector<Path> items;
  std::vector<json::value> values;
  bool distinct = false;
  size_t batch = 0;               // 0: one at a time
  std::vector<std::string> gone;  // error codes of the call that mean "this parent is gone"
};

// A pattern that an item's path must, or must not, match.
struct Filter {
  Path path;
  std::vector<Template> patterns;  // globs
};

struct List {
  std::vector<Each> each;
  std::string call;
  Params params;
  std::vector<Path> items;  // empty path: the output itself is the item
  std::string item_as;
  std::vector<std::pair<std::string, Template>> keep;
  std::vector<Filter> where, unless;
  std::vector<std::string> regions;
  int64_t page_size = 0;  // 0: what the model allows
};

struct Enrichment {
  std::string name, call;
  Params params;
  size_t batch = 0;
  Path items;  // of a batch's answer
  Path match_item, match_document;
  Path take;
  std::string into;  // "": joins the document itself
  Millis every{0};
  std::vector<std::string> none, gone;
};

enum class Unit { none, bytes, gib, mib, seconds, millis, count, percent, time, usd };
std::string_view to_string(Unit unit);

struct Column {
  std::string header;
  Template value;
  Unit unit = Unit::none;
};

struct Link {
  enum class By { id, arn, dns };
  std::string to;  // a kind's name
  Path path;
  std::string match = "*";  // only values that match this glob
  Template as;     // what to look for, with the value as $value: "{metadata.namespace}/{$value}"; empty: itself
  By by = By::id;  // native id, ARN, or a DNS name among the target's searchable texts
};

std::string_view to_string(Link::By by);

enum class History { full, latest, none };

struct Kind {
  std::string name;      // aws.ec2.instance, k8s.pod
  std::string service;   // ec2; kubernetes
  std::string resource;  // of Kubernetes: plural and API group, "deployments.apps"; "": a kind of AWS, which has lists
  std::string title;
  std::vector<List> lists;
  bool global = false;
  Template id, arn, item_name, state, created, region, owner, incarnation;
  Path tags;
  std::vector<Column> columns;
  std::vector<Path> search, sets, volatile_paths;
  std::vector<Path> redact, redact_secrets;  // every text below; those below that look like secrets
  std::vector<Link> links;
  std::vector<Enrichment> enrich;
  std::vector<std::string> none;
  History history = History::full;
  std::optional<Millis> window;
  bool brake = true;
  std::string renamed_from;
  Template console_url, cli_command;
  std::string file;  // where it is written
  int line = 0;
};

// A row of a table, read off a document. Projections are never stored as truth: any can be made again from the
// document.
struct Row {
  std::string id, arn, name, state, region, owner, incarnation;
  std::optional<Time> created;
  std::vector<std::pair<std::string, std::string>> tags;
};

struct Context {
  std::string account, region, partition;
};

Row read_row(const Kind& kind, const json::value& document, const Context& context);
// Adds the members of a document that the column's text is made of; false: it may be any.
bool add_members(const Kind& kind, const Column& column, std::vector<std::string_view>& members);
std::string column_text(const Kind& kind, const Column& column, const json::value& document, const Context& context);
// What the document refers to, each once, in the stanza's order.
std::vector<std::pair<const Link*, std::string>> links_of(const Kind& kind, const json::value& document);
// The texts that word search looks into, each once.
std::vector<std::string> search_texts(const Kind& kind, const json::value& document);

// A file to load: its name for messages, and its text, or what was read from it when the program was built.
struct Source {
  std::string name, text;
  std::optional<YamlNode> tree = {};
};
std::vector<Source> embedded_sources();

// What a document of the kind may contain by AWS's model, what it keeps and what enriches it; errors name a call or
// path that the model lacks.
Result<ShapeView> document_view(const Kind& kind, const aws::Models& models);

class Catalog {
 public:
  // `mine`: the user's own files, whose kinds replace embedded ones of the same name. Errors: invalid, every complaint
  // with file, line and column. Kinds are checked against AWS's models and the allow-list: the user's always, the
  // embedded ones when `check_embedded` (a test does; a start need not unpack every model).
  static Result<Catalog> load(const aws::Models& models, std::vector<Source> embedded, std::vector<Source> mine = {},
                              bool check_embedded = false);

  const std::vector<Kind>& kinds() const { return kinds_; }  // sorted by name
  const Kind* find(std::string_view name) const;
  // Errors: invalid, suggesting the kind that was meant. Accepts "aws.ec2.instance", "ec2.instance", and globs.
  Result<std::vector<const Kind*>> select(std::string_view pattern) const;
  aws::Rate rate(std::string_view service, std::string_view operation) const;
  // US dollars that AWS asks for 1,000 calls; 0 for most.
  double price(std::string_view service, std::string_view operation) const;
  // What stands under `health:` in the files, in their order. kubernetes::HealthRules knows what it means.
  struct HealthSection {
    std::string file;
    YamlNode rules;
  };
  const std::vector<HealthSection>& health() const { return health_; }
  // The IAM actions that a call needs: "s3:GetEncryptionConfiguration".
  std::vector<std::string> permissions(std::string_view service, std::string_view operation) const;

 private:
  friend class Loader;
  struct ServiceFacts {
    std::string iam_prefix;
    std::map<std::string, std::vector<std::string>, std::less<>> permissions;
    std::map<std::string, aws::Rate, std::less<>> rates;
    std::map<std::string, double, std::less<>> prices;
  };
  std::vector<Kind> kinds_;
  std::vector<HealthSection> health_;
  std::map<std::string, ServiceFacts, std::less<>> services_;
};

}  // namespace cadastre::catalog
