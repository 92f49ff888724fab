#include "store/mongo/rows.h"

namespace cadastre::store::mongo {
namespace {

void add_place(Document& row, const Place& place) {
  row.add("cell", place.cell).add("kind", place.kind).add("account", place.account);
  row.add("asked", place.asked).add("native", place.native);
}

Place read_place(const Document& row) {
  return {row.integer("cell"), row.integer("kind"), row.text("account"), row.text("asked"), row.text("native")};
}

void add_facts(Document& row, const Facts& facts) {
  row.add("incarnation", facts.incarnation).add("region", facts.region).add("arn", facts.arn).add("name", facts.name);
  row.add("state", facts.state).add("owner", facts.owner).add("created", facts.created).add("tags", facts.tags);
  row.add("item_hash", facts.item_hash).add("document_hash", facts.document_hash).add("epoch", facts.epoch);
}

Facts read_facts(const Document& row) {
  return {row.text("incarnation"),
          row.text("region"),
          row.text("arn"),
          row.text("name"),
          row.text("state"),
          row.text("owner"),
          row.time("created"),
          row.text("tags"),
          row.hash("item_hash"),
          row.hash("document_hash"),
          static_cast<uint32_t>(row.integer("epoch"))};
}

}  // namespace

Facts facts_of(const Put& put) {
  return {put.incarnation, put.region, put.arn,       put.name,          put.state, put.owner,
          put.created,     put.tags,   put.item_hash, put.document_hash, put.epoch};
}

Document to_row(const VersionRow& version) {
  Document row{{"_id", version.sequence}, {"resource", version.resource}};
  add_place(row, version.place);
  row.add("from", version.from).add("cause", static_cast<int>(version.cause));
  add_facts(row, version.facts);
  if (version.stored) {
    row.add("dictionary", version.dictionary).add("size", version.size);
    row.add("bytes", version.stored->size()).add("document", Binary{*version.stored});
  }
  if (version.missing) row.add("missing", version.missing);
  if (version.drop) row.add("drop", true);
  if (!version.gaps.empty()) {
    Array gaps;
    for (const auto& gap : version.gaps) {
      gaps.emplace_back(Document{{"fragment", gap.fragment}, {"code", gap.code}, {"message", gap.message}});
    }
    row.add("gaps", std::move(gaps));
  }
  return row;
}

VersionRow read_version(const Document& row) {
  VersionRow version;
  version.sequence = row.integer("_id");
  version.resource = row.integer("resource");
  version.place = read_place(row);
  version.from = row.time("from").value_or(Time());
  version.cause = static_cast<Cause>(row.integer("cause"));
  version.facts = read_facts(row);
  version.dictionary = row.integer("dictionary");
  version.size = static_cast<size_t>(row.integer("size"));
  // Rows are read without the document too, but never without the length of it.
  if (row.has("bytes")) version.stored = row.binary("document");
  version.missing = row.time("missing");
  version.drop = row.boolean("drop");
  for (const auto& value : row.array("gaps")) {
    if (const auto* gap = std::get_if<Document>(&value.any())) {
      version.gaps.push_back({version.resource, gap->text("fragment"), gap->text("code"), gap->text("message")});
    }
  }
  return version;
}

Document to_row(const ResourceRow& resource) {
  Document row{{"_id", resource.id}};
  add_place(row, resource.place);
  add_facts(row, resource.facts);
  row.add("first_seen", resource.first_seen).add("changed", resource.changed).add("from", resource.from);
  row.add("missing", resource.missing).add("deleted", resource.deleted);
  row.add("deleted_cause", static_cast<int>(resource.deleted_cause));
  row.add("version", resource.version).add("event", resource.event).add("opened", resource.opened);
  return row;
}

ResourceRow read_resource(const Document& row) {
  ResourceRow resource;
  resource.id = row.integer("_id");
  resource.place = read_place(row);
  resource.facts = read_facts(row);
  resource.first_seen = row.time("first_seen").value_or(Time());
  resource.changed = row.time("changed").value_or(Time());
  resource.from = row.time("from").value_or(Time());
  resource.missing = row.time("missing");
  resource.deleted = row.time("deleted");
  resource.deleted_cause = static_cast<Cause>(row.integer("deleted_cause"));
  resource.version = row.integer("version");
  resource.event = row.integer("event");
  resource.opened = row.integer("opened");
  return resource;
}

void apply(ResourceRow& resource, const VersionRow& version) {
  if (version.sequence <= resource.event) return;
  resource.event = version.sequence;
  resource.from = version.from;
  if (!version.stored) {
    resource.deleted = resource.changed = version.from;
    resource.deleted_cause = version.cause;
    if (!resource.missing) resource.missing = version.missing;
    if (version.drop) resource.version = version.sequence;
    return;
  }
  if (resource.opened == 0) {
    resource.id = version.resource;
    resource.place = version.place;
    resource.opened = version.sequence;
    resource.first_seen = resource.changed = version.from;
  }
  resource.version = version.sequence;
  resource.facts = version.facts;
  resource.missing.reset();
  if (version.cause != Cause::epoch) resource.changed = version.from;
}

}  // namespace cadastre::store::mongo
