// A rule of health as data: which kind it looks at, what must hold, and what it says then.
// catalog/kubernetes-health.yaml describes the form at its head. Immutable once read, thread-safe.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/time.h"
#include "base/yaml.h"
#include "catalog/template.h"
#include "kubernetes/health.h"

namespace cadastre::kubernetes {

// Where a value is: in the element looked at, or ("^spec.replicas") in the whole document.
struct Field {
  Path path;
  bool of_document = false;
  std::string source;  // as it is written
};

struct Condition;

// What versions are held against: the newest that documents of a kind have there.
struct Than {
  std::string kind;
  Path path;
};

// Other documents of the same cluster that belong to this one: those whose `theirs` is this one's `ours`.
struct Others {
  std::string kind;
  catalog::Template theirs, ours;
  std::vector<Path> each;  // empty: the document itself
  std::vector<Condition> when;
};

struct Condition {
  enum class Test {
    is,         // some value is one of `words` (globs)
    is_not,     // none is
    exists,     // there is a value other than null, and not an empty text, list or map
    missing,    // there is none
    at_least,   // the first value, as a quantity, against `operand` times `times`
    more_than,  //
    at_most,    //
    less_than,  //
    older,      // every instant is longer ago than `age`
    younger,    // some instant is not
    behind,     // a version, at least `operand` minor ones older than that of `than`, or when there is none, than the
                // newest of all documents of the rule's kind
    ahead,      // newer by so many
    overdue,    // a cron schedule that should have fired after the instant `last`, `age` ago or longer
    any,        // some of `others` fulfils its conditions
    none        // none of them does
  } test = Test::exists;
  std::vector<Field> fields;
  std::vector<std::string> words;
  catalog::Template operand;
  double times = 1;
  std::optional<double> otherwise;  // what a number that is absent counts as; nullopt: the condition does not hold
  Millis age{0};
  std::optional<Than> than;
  Field last, zone;  // of `overdue`: when it last fired, and where the schedule's time zone stands
  std::optional<Others> others;
};

// What a rule looks at in a document: elements at paths, or the members of maps side by side ("pods": used and hard).
struct Each {
  std::vector<Path> paths;
  std::vector<std::pair<std::string, Path>> maps;  // name in the element → where the map is
  bool whole() const { return paths.empty() && maps.empty(); }
};

struct HealthRules::Rule {
  std::string id, title, kind, file;
  Severity severity = Severity::warning;
  Each each;
  std::vector<Condition> when;
  std::optional<Millis> lasting;  // only when it has held for so long
  std::optional<Field> since;     // an instant; absent: since it has held by the versions that the store has
  catalog::Template say;
  std::vector<Field> evidence;  // besides what the conditions read
  int line = 0;
};

// Where warning events are, and which object each is about.
struct EventRule {
  std::string kind;
  catalog::Template about, object, say;
  Path at;
};

struct RuleFile {
  std::vector<HealthRules::Rule> rules;
  std::vector<std::pair<std::string, YamlNode>> off;  // rules that are not to be, and where that is written
  std::optional<EventRule> events;
};

// Complaints go to `errors`; what could be read is read.
RuleFile read_rules(const YamlNode& root, YamlErrors& errors);

// Every path that the rules read: in documents of `kind`, `inner` from where `outer` leads.
using PathVisitor = std::function<void(const std::string& kind, const Path& outer, const Path& inner)>;
void each_path(const HealthRules::Rule& rule, const PathVisitor& visit);
void each_path(const EventRule& events, const PathVisitor& visit);

}  // namespace cadastre::kubernetes
