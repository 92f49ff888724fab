// The two rows that make up the inventory, and how one follows from the other.
//
// A version row is written once and never changed: it holds all that was known of its resource at that moment. A
// resource row is what its versions add up to, kept so that the present is found without them; it can be made again
// from them, which is what repair does.
#pragma once

#include "store/mongo/bson.h"
#include "store/store.h"

namespace cadastre::store::mongo {

// Whose it is. Never changes.
struct Place {
  int64_t cell = 0, kind = 0;
  std::string account, asked, native;  // asked: the cell's region
};

// What a put says of a resource, its document aside.
struct Facts {
  std::string incarnation, region, arn, name, state, owner;
  std::optional<Time> created;
  std::string tags;
  Hash128 item_hash, document_hash;
  uint32_t epoch = 0;
};
Facts facts_of(const Put& put);

struct VersionRow {
  int64_t sequence = 0, resource = 0;
  Place place;
  Time from{};
  Cause cause = Cause::opened;
  Facts facts;
  int64_t dictionary = 0;
  size_t size = 0;                    // of the document, not compressed
  std::optional<std::string> stored;  // compressed; nullopt: a tombstone
  std::optional<Time> missing;        // of a tombstone: when a list last showed the resource
  bool drop = false;                  // the versions before it go: of a kind whose history is not kept
  std::vector<Gap> gaps;
};

struct ResourceRow {
  int64_t id = 0;
  Place place;
  Facts facts;
  Time first_seen{}, changed{}, from{};  // from: of the newest version
  std::optional<Time> missing, deleted;
  Cause deleted_cause = Cause::closed;
  int64_t version = 0;  // the one to show: the newest that has a document, if any has
  int64_t event = 0;    // the newest
  int64_t opened = 0;   // the first
};

constexpr std::string_view kResources = "resource", kVersions = "version";

Document to_row(const VersionRow& version);
VersionRow read_version(const Document& row);
Document to_row(const ResourceRow& resource);
ResourceRow read_resource(const Document& row);

// Brings a resource to what it is with this version. Versions that it has seen already change nothing.
void apply(ResourceRow& resource, const VersionRow& version);

}  // namespace cadastre::store::mongo
