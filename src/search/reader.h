// Every read there is, for the API and the command line alike: lists now, at an instant or over a window; one resource
// and its history; differences; changes; relations; what the answer does not cover. Over an index when there is one,
// over the store alone otherwise, with the same answers. All of them within the asker's scope. Thread-safe.
#pragma once

#include "base/access_portal.h"
#include "catalog/catalog.h"
#include "index/index.h"
#include "query/diff.h"
#include "query/scope.h"
#include "store/store.h"

namespace cadastre::search {

// Cells that an answer rests on, within the asker's scope.
struct Coverage {
  uint64_t cells = 0, complete = 0, stale = 0, denied = 0, never = 0;
  std::optional<Time> oldest;         // of the verifications that the answer rests on
  std::vector<store::Cell> troubled;  // stale ones, worst first, at most 20
};

struct ListRequest {
  std::string q;
  std::vector<index::Filter> filters;
  std::optional<Time> at;            // as it was then …
  std::optional<Time> since, until;  // … or what was live at some moment of the window
  bool deleted = false;              // only what is gone (as is:deleted)
  std::string sort;                  // "", "name", "-changed", or a column of the one kind asked for: "-Size"
  std::vector<std::string>
      columns;  // paths ("data.State.Name") or headers of the kind; empty: the kind's own when it is one
  std::vector<std::string> facets;  // "kind", "region", "tag.team"
  size_t limit = 50;
  std::string cursor;
  bool documents = false;  // whole documents in the rows
};

struct Row {
  store::Resource resource;  // as it was at the time asked for; without what is redacted, as stored
  std::string account_name, owner;
  std::map<std::string, std::string> groups;
  std::vector<std::string> columns;  // texts, in the order of ListAnswer::columns
  bool stale = false;
};

struct ListAnswer {
  std::vector<Row> rows;
  std::vector<catalog::Column> columns;
  std::string next;
  uint64_t total = 0;
  bool exact = true;
  std::vector<index::Facet> facets;
  Coverage coverage;
  Time as_of{};
};

// What a resource depends on, or what depends on it.
struct Relation {
  std::string kind, id, name, state;  // id: KIND/ACCOUNT/REGION/NATIVE when it is known; else the text of the link
  std::string account, account_name;
  bool known = false, outgoing = true;
  std::string via;  // the link's path
};

// A row with all that is known of it, for a page of its own. `row.columns` are texts of all columns of its kind.
struct Detail {
  Row row;
  std::vector<catalog::Column> columns;
  std::vector<std::pair<std::string, std::string>> shared_with;  // account id, name: within the scope
  std::vector<store::OpenGap> gaps;
  std::vector<Relation> relations;
  std::string console_url, cli_command;
};

struct ChangesRequest {
  std::string q;  // holds for the resource as it is after the change (before it, when it was closed)
  std::optional<Time> since, until;
  std::string cursor;
  size_t limit = 50;
  bool differences = true;
};

struct ChangeRow {
  store::Change change;
  std::string account_name, owner;
  std::vector<query::Difference> differences;
};

// A version of one resource, and what it changed of the one before.
struct VersionRow {
  store::Version version;
  std::vector<query::Difference> differences;
};

struct ChangesAnswer {
  std::vector<ChangeRow> rows;  // newest first
  std::string next;
};

struct Suggestion {
  std::string text, label;  // what stands in the query then; what is shown
  uint64_t count = 0;
  size_t from = 0, to = 0;  // the bytes of the query that it replaces
};

class Reader {
 public:
  // `index` may be nullptr. All that is given by reference must outlive the reader.
  Reader(store::Store& store, const catalog::Catalog& catalog, const aws::Endpoints& endpoints,
         std::vector<std::string> owner_tags, Clock& clock, const index::Index* index = nullptr,
         AccessPortal portal = {});
  ~Reader();

  // Errors: invalid (the query, with a caret; a cursor; a column), cancelled.
  Result<ListAnswer> list(const ListRequest& request, const query::Scope& scope, std::stop_token stop = {}) const;
  // All that match, one after the other, in bounded memory; `limit` and `cursor` do not count. `begin` is called first,
  // once.
  Result<void> each(const ListRequest& request, const query::Scope& scope,
                    const std::function<void(const ListAnswer&)>& begin, const std::function<bool(const Row&)>& visit,
                    std::stop_token stop = {}) const;

  // By "KIND/ACCOUNT/REGION/NATIVE", ARN or native id. Errors: not_found; gone, with when it was last seen; invalid
  // when several are meant, naming them.
  Result<Row> get(std::string_view id, std::optional<Time> at, const query::Scope& scope) const;
  // The same, whether it is gone or not.
  Result<Row> find_any(std::string_view id, const query::Scope& scope) const;
  // get() with everything around it; what is gone is shown too when `gone_too`.
  Result<Detail> detail(std::string_view id, std::optional<Time> at, const query::Scope& scope,
                        bool gone_too = false) const;
  Result<std::vector<VersionRow>> versions(std::string_view id, const query::Scope& scope) const;  // oldest first
  struct Diff {
    std::optional<Row> before, after;  // absent: it was not there
    std::vector<query::Difference> differences;
    std::string unified;  // of the pretty documents, as `diff -u` writes it
  };
  Result<Diff> diff(std::string_view id, Time from, Time to, const query::Scope& scope) const;
  Result<ChangesAnswer> changes(const ChangesRequest& request, const query::Scope& scope,
                                std::stop_token stop = {}) const;
  Result<std::vector<Relation>> relations(std::string_view id, std::optional<Time> at, const query::Scope& scope) const;
  Result<std::vector<Suggestion>> suggest(std::string_view q, size_t caret, const query::Scope& scope) const;
  Result<Coverage> coverage(std::string_view q, const query::Scope& scope) const;

 private:
  std::unique_ptr<class Facts> facts_;
};

}  // namespace cadastre::search
