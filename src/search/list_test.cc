// Lists, over the index and over the store alone, now, at instants and over windows: all must be what evaluating every
// version of every resource gives.
#include <doctest/doctest.h>

#include "base/text.h"
#include "index/random_query.h"
#include "query/parser.h"
#include "query/resolve.h"
#include "search/json.h"
#include "search/world.h"

namespace cadastre::search {
namespace {

uint64_t setting(const char* name, uint64_t otherwise) {
  auto* given = std::getenv(name);
  return given ? std::stoull(given) : otherwise;
}

// One resource as it was over one interval.
struct Piece {
  store::Resource row;
  json::value document;
  Time from{};
  std::optional<Time> to;
  Time closed{};  // what `changed` says of it once it is gone: when it went
};

// Everything that ever was, read version by version.
std::vector<Piece> everything(World& world) {
  std::vector<Piece> pieces;
  std::vector<store::Resource> rows;
  store::Filter filter;
  filter.closed = true;
  must(world.store->inventory().scan(filter, std::nullopt, [&](const store::Resource& row) {
    rows.push_back(row);
    return true;
  }));
  for (const auto& row : rows) {
    for (const auto& version : must(world.store->inventory().versions(row.resource))) {
      if (version.document.empty()) continue;
      Piece piece{row, *parse_json(version.document, "a document"), version.from, version.to, row.changed};
      const auto* kind = real_catalog().find(row.cell.kind);
      auto then = catalog::read_row(*kind, piece.document, {row.cell.account, row.region, "aws"});
      piece.row.name = then.name;
      piece.row.state = then.state;
      piece.row.arn = then.arn;
      piece.row.created = then.created;
      json::object tags;
      for (auto& [key, value] : then.tags) tags[key] = value;
      piece.row.tags = cadastre::to_json(tags);
      piece.row.changed = version.from;
      piece.row.document = version.document;
      pieces.push_back(std::move(piece));
    }
  }
  return pieces;
}

bool is_deleted(const query::Term& term) {
  return term.key == query::Key::is &&
         std::ranges::find(term.values, "deleted", &query::Value::text) != term.values.end();
}

// Every match is gone: then the list is of what is gone.
bool only_deleted(const query::Expression& expression) {
  if (expression.kind == query::Expression::Kind::term)
    return is_deleted(expression.term) && expression.term.values.size() == 1;
  return expression.kind == query::Expression::Kind::all && std::ranges::any_of(expression.parts, only_deleted);
}

class Model {
 public:
  explicit Model(World& world) : world_(world), pieces_(everything(world)) {
    estate_ = std::make_unique<query::Estate>(query::Estate{real_catalog(), {}, owner_tags()});
    for (const auto& account : must(world.store->cells().accounts())) estate_->accounts[account.id] = account;
  }

  // The rows that a list shows, in no order. `gone_too`: of now, and of what is gone its end.
  std::map<int64_t, const Piece*> rows(const ListRequest& request, bool gone_too) const {
    std::map<int64_t, const Piece*> shown;
    bool gone = request.deleted;
    for (const auto& piece : pieces_) {
      const auto& row = piece.row;
      if (gone) {
        auto before = request.at ? std::optional(*request.at + Millis(1)) : request.until;
        if (!row.deleted || piece.to != row.deleted) continue;
        if ((request.since && *row.deleted < *request.since) || (before && *row.deleted >= *before)) continue;
        shown[row.resource] = &piece;
      } else if (request.at) {
        if (piece.from <= *request.at && (!piece.to || *piece.to > *request.at)) shown[row.resource] = &piece;
      } else if (request.since || request.until) {
        bool meets = (!request.until || piece.from < *request.until) &&
                     (!request.since || !piece.to || *piece.to > *request.since);
        if (meets) shown[row.resource] = &piece;  // the last one stays
      } else if (!piece.to || (gone_too && row.deleted && piece.to == row.deleted)) {
        shown[row.resource] = &piece;
      }
    }
    return shown;
  }

  struct Answer {
    std::set<int64_t> resources, gone;
    std::vector<std::map<std::string, uint64_t>> facets;
    std::map<int64_t, std::string> documents, names;
  };
  Answer answer(ListRequest request, const query::Scope& scope, Time now) const {
    auto expression = must(query::resolve(must(query::parse(request.q)), targets(scope)));
    request.deleted = request.deleted || only_deleted(expression);
    Answer answer;
    std::vector<std::pair<index::FacetKey, std::string>> facets;
    for (const auto& text : request.facets) facets.push_back(*facet_of(text));
    answer.facets.resize(facets.size());
    bool past = request.at || request.since || request.until;
    for (const auto& [number, piece] : rows(request, query::mentions(expression, is_deleted))) {
      auto row = piece->row;
      if (!scope.sees(row.cell.account)) continue;
      if (past && !request.deleted) row.deleted.reset();
      if (row.deleted) row.changed = piece->closed;
      auto subject = query::subject_of(row, piece->document, *estate_);
      if (request.at && row.unverified_since && *row.unverified_since > *request.at) subject.stale = false;
      if (!query::matches(expression, subject, request.at ? *request.at : request.until ? *request.until : now))
        continue;
      auto passes = [&](const index::Filter& filter) {
        auto value = value_of(subject, filter.key, filter.name);
        return value && std::ranges::find(filter.values, *value) != filter.values.end();
      };
      for (size_t i = 0; i < facets.size(); ++i) {
        bool counts = std::ranges::all_of(request.filters, [&](const index::Filter& filter) {
          return (filter.key == facets[i].first && filter.name == facets[i].second) || passes(filter);
        });
        auto value = value_of(subject, facets[i].first, facets[i].second);
        if (counts && value) ++answer.facets[i][*value];
      }
      if (!std::ranges::all_of(request.filters, passes)) continue;
      answer.resources.insert(number);
      if (row.deleted) answer.gone.insert(number);
      answer.documents[number] = row.document;
      answer.names[number] = row.name;
    }
    return answer;
  }

  std::vector<query::Subject> subjects() const {
    std::vector<query::Subject> all;
    for (const auto& piece : pieces_) all.push_back(query::subject_of(piece.row, piece.document, *estate_));
    return all;
  }

  static std::optional<std::string> value_of(const query::Subject& subject, index::FacetKey key,
                                             const std::string& name) {
    using index::FacetKey;
    auto some = [](std::string text) { return text.empty() ? std::nullopt : std::optional(text); };
    if (key == FacetKey::kind) return subject.kind_name;
    if (key == FacetKey::service) return std::string(split(subject.kind_name, '.')[1]);
    if (key == FacetKey::account) return subject.account;
    if (key == FacetKey::region) return some(subject.region);
    if (key == FacetKey::cluster) return some(subject.cluster);
    if (key == FacetKey::space) return some(subject.space);
    if (key == FacetKey::state) return some(subject.state);
    if (key == FacetKey::owner) return some(subject.owner);
    for (const auto& [tag, value] : subject.tags) {
      if (tag == name) return value;
    }
    return std::nullopt;
  }

 private:
  query::Targets targets(const query::Scope& scope) const {
    return [this, scope](const std::string& name) {
      std::vector<std::string> found;
      for (const auto& piece : pieces_) {
        if (piece.to || piece.row.cell.kind != query::kRecordKind || !scope.sees(piece.row.cell.account)) continue;
        if (query::plain_host(piece.row.name) != name) continue;
        std::ranges::move(query::record_targets(piece.document), std::back_inserter(found));
      }
      return Result<std::vector<std::string>>(found);
    };
  }

  World& world_;
  std::vector<Piece> pieces_;
  std::unique_ptr<query::Estate> estate_;
};

ListRequest random_request(testing::RandomEstate& random, World& world, const std::vector<query::Subject>& subjects) {
  ListRequest request;
  auto now = world.clock.now();
  auto moment = [&] { return now - Millis(random.below(600'000'000)); };
  auto dice = random.below(10);
  if (dice < 3) {
    request.at = moment();
  } else if (dice < 5) {
    auto one = moment(), other = moment();
    if (one == other) other += Millis(1);
    if (random.chance(0.7)) request.since = std::min(one, other);
    if (!request.since || random.chance(0.7)) request.until = std::max(one, other);
  } else if (dice < 6) {
    request.deleted = true;
    if (random.chance(0.5)) request.since = moment();
  }
  static const std::vector<std::string> sorts = {"",        "",        "relevance", "id",    "name",
                                                 "kind",    "account", "region",    "state", "owner",
                                                 "created", "changed", "first_seen"};
  request.sort = (random.chance(0.3) ? "-" : "") + random.pick(sorts);
  if (request.sort == "-") request.sort.clear();
  request.limit = 1 + random.below(30);
  request.documents = true;
  static const std::vector<std::string> facets = {"kind",      "service", "account", "region",  "cluster",
                                                  "namespace", "state",   "owner",   "tag.Name"};
  while (random.chance(0.4)) request.facets.push_back(random.pick(facets));
  while (random.chance(0.25)) {
    auto [key, name] = *facet_of(random.pick(facets));
    index::Filter filter{key, name, {}};
    while (filter.values.empty() || random.chance(0.3)) {
      auto value = Model::value_of(random.pick(subjects), key, name);
      filter.values.push_back(value.value_or("nothing"));
    }
    request.filters.push_back(filter);
  }
  return request;
}

// All pages. Returns the resources in order.
std::vector<int64_t> check(const Reader& reader, ListRequest request, const query::Scope& scope,
                           const Model::Answer& wanted) {
  std::vector<int64_t> all;
  for (size_t page = 0; page < 200; ++page) {
    auto answer = must(reader.list(request, scope));
    REQUIRE(answer.total == wanted.resources.size());
    REQUIRE(answer.rows.size() <= request.limit);
    for (const auto& row : answer.rows) {
      const auto& resource = row.resource;
      all.push_back(resource.resource);
      REQUIRE(wanted.resources.contains(resource.resource));
      REQUIRE(resource.document == wanted.documents.at(resource.resource));
      REQUIRE(resource.name == wanted.names.at(resource.resource));
      REQUIRE(resource.deleted.has_value() == wanted.gone.contains(resource.resource));
    }
    REQUIRE(answer.facets.size() == request.facets.size());
    for (size_t i = 0; i < answer.facets.size(); ++i) {
      std::map<std::string, uint64_t> counts;
      for (const auto& [value, count] : answer.facets[i].values) counts[value] = count;
      auto texts = [](const std::map<std::string, uint64_t>& of) {
        std::string text;
        for (const auto& [value, count] : of) text += fmt::format(" {}={}", value, count);
        return text;
      };
      auto got = texts(counts), expected = texts(wanted.facets[i]);
      CAPTURE(request.facets[i]);
      std::string filters;
      for (const auto& filter : request.filters)
        filters += fmt::format(" {}.{}={}", int(filter.key), filter.name, join(filter.values, "|"));
      CAPTURE(filters);
      CAPTURE(got);
      CAPTURE(expected);
      if (wanted.facets[i].size() <= 100) REQUIRE(counts == wanted.facets[i]);
      REQUIRE(answer.facets[i].distinct == wanted.facets[i].size());
    }
    if (answer.next.empty()) break;
    request.cursor = answer.next;
  }
  REQUIRE(all.size() == wanted.resources.size());
  REQUIRE(std::set<int64_t>(all.begin(), all.end()).size() == all.size());
  return all;
}

TEST_CASE("lists are what evaluating every version gives, with an index of all, with one of the present, and without") {
  auto seed = setting("CADASTRE_SEED", std::random_device()());
  auto worlds = setting("CADASTRE_WORLDS", 3);
  MESSAGE("CADASTRE_SEED=" << seed << " CADASTRE_WORLDS=" << worlds);
  for (uint64_t i = 0; i < worlds; ++i) {
    CAPTURE(seed + i);
    testing::RandomEstate random(seed + i,
                                 {.accounts = 3, .digits = "0ab", .octets = 4, .kubernetes = 0.1, .odd_texts = true});
    World world(random_past(random, 250), random.accounts());
    Model model(world);
    auto subjects = model.subjects();
    testing::RandomQuery queries(random, subjects);
    index::Index index(real_catalog(), owner_tags()), present(real_catalog(), owner_tags(), 0);
    must(index.build(*world.store, "", {}));
    must(present.build(*world.store, "", {}));
    CHECK(index.size().past > 0);
    CHECK(present.size().past == 0);
    auto without = world.reader(), with = world.reader(&index), of_now = world.reader(&present);
    for (size_t q = 0; q < 150; ++q) {
      auto request = random_request(random, world, subjects);
      if (random.chance(0.85)) request.q = queries.make();
      query::Scope scope;
      if (random.chance(0.2)) scope = {false, {random.pick(random.accounts())}};
      auto first = without.list(request, scope);
      if (!first) {  // a value that means something else there, or nothing to this asker
        CHECK(first.error().code == ErrorCode::invalid);
        auto other = with.list(request, scope);
        REQUIRE_FALSE(other.has_value());
        CHECK(other.error().message == first.error().message);
        continue;
      }
      CAPTURE(request.q);
      CAPTURE(request.sort);
      CAPTURE((request.at ? format_time(*request.at) : "now"));
      CAPTURE((request.since ? format_time(*request.since) : "-") + " " +
              (request.until ? format_time(*request.until) : "-"));
      CAPTURE(request.deleted);
      auto wanted = model.answer(request, scope, world.clock.now());
      auto one = check(without, request, scope, wanted);
      REQUIRE(check(with, request, scope, wanted) == one);
      REQUIRE(check(of_now, request, scope, wanted) == one);
      std::vector<int64_t> streamed;
      must(with.each(
          request, scope, [&](const ListAnswer& answer) { CHECK(answer.total == one.size()); },
          [&](const Row& row) {
            streamed.push_back(row.resource.resource);
            return true;
          }));
      REQUIRE(streamed == one);
    }
  }
}

}  // namespace
}  // namespace cadastre::search
