// The kinds of the scripted world: how AWS lists them, what its second calls say, and the document that must come of
// both. Written from AWS's API references, not from the catalogue, so that a mistaken stanza shows. Tables of
// functions; thread-safe.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "scripted_aws/dice.h"

namespace cadastre::scripted {

// What one second call says of one resource.
struct Detail {
  json::value output;          // the operation's output; of a batched call, this resource's element of it
  std::string_view none = {};  // an error code instead: there is none
  json::object adds = {};      // what the document gets from it
};

// A resource as AWS tells it.
struct Telling {
  json::value listed;           // the list's element, as it travels
  json::object item;            // what the document has from the list
  std::vector<Detail> details;  // beside KindFacts::seconds

  json::object document() const;
};

// A second call, and which of its parameters names the resource.
struct SecondCall {
  std::string_view operation, parameter;
  std::string_view after = {};       // the native id is what follows the last of this: "table/" in an ARN
  std::string_view batch_into = {};  // a call for several: the member of the output that takes the elements
  std::string_view unknown = {};     // the error code when there is no such resource
  int status = 404;
};

struct KindFacts {
  std::string_view name, service;
  bool global = false;
  bool in_truth = true;  // false: only there to be a parent
  double weight = 1;     // share of the world's resources
  std::string_view list_call, list_member;
  std::string_view parent = {}, parent_parameter = {}, parent_after = {};  // listed for each resource of another kind
  uint32_t page_size = 1000, largest_page = 1000;                          // unasked; at most
  bool named = false;                // the id is a name, so that it can be used again
  std::string_view said_twice = {};  // a member that says again what others say: a stored one may be older
  std::vector<SecondCall> seconds = {};
  std::string (*native)(const Subject&) = nullptr;
  Telling (*tell)(const Subject&) = nullptr;
};

// The digest of a document of that kind.
std::string document_digest(const KindFacts& kind, const json::value& document);

const std::vector<KindFacts>& all_kinds();
const KindFacts* find_kind(std::string_view name);

// Which parent (0, 1, …) a child belongs to. Parents are few and never go away.
constexpr uint32_t kParents = 2;
inline uint32_t parent_of(uint32_t number) { return number % kParents; }

// The generators, by protocol. Each adds its kinds.
void add_ec2_kinds(std::vector<KindFacts>& kinds);
void add_ec2_network_kinds(std::vector<KindFacts>& kinds);
void add_query_kinds(std::vector<KindFacts>& kinds);
void add_json_kinds(std::vector<KindFacts>& kinds);
void add_rest_json_kinds(std::vector<KindFacts>& kinds);
void add_rest_xml_kinds(std::vector<KindFacts>& kinds);

// Words that the generators share.
struct Label {
  std::string environment, team, service;
  std::string name(uint32_t number) const;  // "prod-search-api-0042"
};
Label label_of(Dice& dice);
// Tags in the given spelling; one of them carries the revision, so that every change shows.
json::array tags_of(const Subject& subject, const Label& label, uint32_t revision, std::string_view key = "Key",
                    std::string_view value = "Value");
json::object tag_map_of(const Subject& subject, const Label& label, uint32_t revision);
// The stable name of a resource of a named kind: its incarnation does not change it.
std::string stable_name(const Subject& subject);

// Equal exactly when two documents say the same, whatever the order of members and elements; secrets count as equal. 16
// hex digits. tests/support/digest.py makes the same text.
std::string content_digest(const json::value& document);
std::string content_text(const json::value& document);

}  // namespace cadastre::scripted
