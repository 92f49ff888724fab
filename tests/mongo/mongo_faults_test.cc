// Every command of a small life of a store fails once: before it is sent, after it was carried out, and as the last
// thing that its process ever says. What others see is at all times what was there before an operation or after it;
// and who carries on ends where the undisturbed ended, with the same history.
#include "server.h"

namespace cadastre::store {
namespace {

using cadastre::testing::Databases;
using conformance::at;
using conformance::Lines;
using conformance::must;
using conformance::put_of;

class Hands final : public Clock {
 public:
  Time now() override { return at(passed_); }
  std::chrono::steady_clock::time_point steady() override { return std::chrono::steady_clock::time_point(Millis(0)); }
  void advance(Millis time) { passed_ += time.count() / 1000; }

 private:
  std::atomic<int64_t> passed_ = 0;
};

// Lets the first commands pass; then one of them fails, or all do.
class Fault {
 public:
  Fault(int pass, bool forever) : left_(pass), forever_(forever) {}
  Result<void> operator()(std::string_view command, bool answered) {
    if (left_-- > 0 || done_) return {};
    if (!forever_) done_ = true;
    happened_ = true;
    return fail(ErrorCode::io, fmt::format("'{}' failed {}", command, answered ? "after it was done" : "to be sent"));
  }
  bool happened() const { return happened_; }

 private:
  int left_;
  bool forever_, done_ = false, happened_ = false;
};

using Wanted = std::map<std::string, std::string>;  // native id → what its document says

std::string document_of(const std::string& says) { return fmt::format(R"({{"says":"{}"}})", says); }

// What is seen of the store after each operation that changes it.
struct Life {
  Store* store;
  std::function<void(Time)> operation_done;
};

Put put_saying(const std::string& native, const std::string& says) {
  auto put = put_of(native, document_of(says));
  put.incarnation = says.substr(0, 1);  // another first character: a replacement
  if (says.ends_with("gap")) put.gaps = {{0, "tags", "AccessDenied", "no"}};
  return put;
}

// As a collection does it: compares with what the store has, writes what is different, closes what is gone.
Result<void> sync(Life& life, const std::string& account, const Wanted& wanted, Time now) {
  auto& inventory = life.store->inventory();
  TRY_ASSIGN(auto cell, life.store->cells().open({account, "eu-west-1", "aws.ec2.instance"}));
  TRY_ASSIGN(auto live, inventory.live(cell.id));
  std::vector<Put> puts;
  for (const auto& [native, says] : wanted) {
    auto known = std::ranges::find(live, hash128(native), &Live::key);
    if (known == live.end() || known->document_hash != hash128(document_of(says)))
      puts.push_back(put_saying(native, says));
  }
  TRY(inventory.put(cell.id, puts, now));
  if (life.operation_done) life.operation_done(now);
  Finish finish;
  finish.cell = cell.id;
  for (const auto& entry : live) {
    auto is = [&](const auto& one) { return hash128(one.first) == entry.key; };
    if (std::ranges::none_of(wanted, is)) finish.close.push_back(entry.resource);
  }
  finish.sightings = {{"999999999999", fmt::format("subnet-{}", wanted.size())}};
  TRY(inventory.finish(finish, now));
  if (life.operation_done) life.operation_done(now);
  return {};
}

using Step = std::function<Result<void>(Life&)>;

const std::vector<Step>& steps() {
  static const std::string one = "111111111111", two = "222222222222";
  static const std::vector<Step> all = {
      [](Life& life) {
        return sync(life, one, {{"a", "1"}, {"b", "1"}, {"c", "1 gap"}}, at(10));
      },
      [](Life& life) {
        return sync(life, one, {{"a", "1 changed"}, {"b", "2 replaced"}, {"d", "1"}}, at(20));
      },
      [](Life& life) {
        return sync(life, two, {{"x", "1"}}, at(30));
      },
      [](Life& life) -> Result<void> {
        TRY(life.store->inventory().retire(two, at(40)));
        if (life.operation_done) life.operation_done(at(40));
        return {};
      },
  };
  return all;
}

Lines live_rows(Store& store) {
  Lines lines;
  must(store.inventory().scan({}, {}, [&](const Resource& row) {
    lines.push_back(row.id() + " " + row.document);
    return true;
  }));
  return lines;
}

Lines history(Store& store) {
  Lines lines;
  must(store.inventory().changes({.epochs = true, .documents = true}, [&](const Change& change) {
    lines.push_back(fmt::format("{} {} {} {} {}", change.cell.account, change.native, to_string(change.version.cause),
                                format_time(change.version.from), change.version.document));
    return true;
  }));
  return lines;
}

Lines cells(Store& store) {
  Lines lines;
  for (const auto& cell : must(store.cells().list())) {
    lines.push_back(fmt::format("{} {} {} {}", cell.key.account, to_string(cell.outcome),
                                format_time(cell.attempted.value_or(Time())), cell.resources));
  }
  return lines;
}

struct State {
  Lines rows, outcomes;
};

State state_of(Store& store) {
  State state;
  // Outcomes first: what they stand for has to be there already.
  for (const auto& cell : must(store.cells().list())) {
    if (cell.outcome == Outcome::never) continue;
    state.outcomes.push_back(fmt::format("{} {} {}", cell.key.account, to_string(cell.outcome),
                                         format_time(cell.attempted.value_or(Time()))));
  }
  state.rows = live_rows(store);
  return state;
}

struct Undisturbed {
  std::vector<State> states;  // after each operation; the first is that of an empty store
  Lines history, cells;
};

Undisturbed undisturbed(Databases& databases) {
  Hands clock;
  auto store = must(open_store(databases.fresh(), clock));
  Undisturbed truth;
  truth.states.emplace_back();
  Life life{store.get(), [&](Time) { truth.states.push_back(state_of(*store)); }};
  for (const auto& step : steps()) must(step(life));
  truth.history = history(*store);
  truth.cells = cells(*store);
  CHECK(must(store->check({})) == Lines{});
  return truth;
}

// What a reader beside it sees: a state from before or after the operation that was under way; never a mixture, and
// never an outcome without what it stands for.
void see(Store& reader, const Undisturbed& truth, size_t operations) {
  auto now = state_of(reader);
  const auto& before = truth.states[operations];
  const auto& after = truth.states[std::min(operations + 1, truth.states.size() - 1)];
  CHECK((now.rows == before.rows || now.rows == after.rows));
  if (after.outcomes != before.outcomes && now.outcomes == after.outcomes) CHECK(now.rows == after.rows);
}

void carry_on(Store& store, size_t from, const Undisturbed& truth) {
  Life life{&store, {}};
  for (size_t i = from; i < steps().size(); ++i) must(steps()[i](life));
  CHECK(live_rows(store) == truth.states.back().rows);
  CHECK(history(store) == truth.history);
  CHECK(cells(store) == truth.cells);
  CHECK(must(store.check({})) == Lines{});
}

// Returns false when the whole life went by before the fault.
bool disturbed(Databases& databases, const Undisturbed& truth, int pass, bool dies) {
  CAPTURE(pass);
  CAPTURE(dies);
  Hands clock;
  auto url = databases.fresh();
  auto reader = must(open_store(url, clock));
  Fault fault(pass, dies);
  size_t operations = 0, step = 0;
  auto opened = mongo::open_mongo_store(url, clock, std::ref(fault));
  if (opened) {
    Life life{opened->get(), [&](Time) { ++operations; }};
    while (step < steps().size() && steps()[step](life)) ++step;
  }
  if (!fault.happened()) return false;
  see(*reader, truth, operations);
  if (opened && !dies) {
    carry_on(**opened, step, truth);
    return true;
  }
  if (opened) opened->reset();
  clock.advance(Millis(60'000));  // the turn of the dead has lapsed
  auto heir = must(open_store(url, clock));
  CHECK(must(heir->check({})) == Lines{});  // mended by opening it
  see(*heir, truth, operations);
  carry_on(*heir, step, truth);
  return true;
}

TEST_CASE("a command that fails, whichever it is, loses nothing and shows no half of anything") {
  Databases databases;
  auto truth = undisturbed(databases);
  REQUIRE(truth.states.size() == 8);
  for (bool dies : {false, true}) {
    int pass = 0;
    while (disturbed(databases, truth, pass, dies)) ++pass;
    CHECK(pass > 100);  // the life has that many commands at least
    MESSAGE(fmt::format("{} faults{}", pass, dies ? ", each the last word of its process" : ""));
  }
}

TEST_CASE("what the turn of a slow writer left behind cannot be seen, and goes when its numbers are needed") {
  Databases databases;
  Hands clock;
  auto slow = must(open_store(databases.fresh(), clock));
  auto cell = must(slow->cells().open({"111111111111", "eu-west-1", "aws.ec2.instance"}));
  auto put = put_of("a", "1");
  must(slow->inventory().put(cell.id, std::span(&put, 1), at(10)));
  // Versions that were never committed, further on than the next one.
  auto raw = databases.raw();
  auto row = must(raw->one({.collection = "version", .filter = {{"_id", 1}}}));
  REQUIRE(row);
  for (int64_t sequence : {2, 3, 7}) CHECK(must(raw->insert("version", mongo::Document(*row).set("_id", sequence))));
  auto count = [&] {
    int seen = 0;
    must(slow->inventory().changes({}, [&](const Change&) { return ++seen > 0; }));
    return seen;
  };
  CHECK(count() == 1);
  CHECK(must(slow->check({})) == Lines{"3 versions were never committed: open the store to mend it"});
  put = put_of("b", "1");
  must(slow->inventory().put(cell.id, std::span(&put, 1), at(20)));
  CHECK(count() == 2);
  CHECK(must(slow->check({})) == Lines{});
}

TEST_CASE("two processes write in turns") {
  Databases databases;
  Hands clock;
  std::vector<std::unique_ptr<Store>> stores;
  stores.push_back(must(open_store(databases.fresh(), clock)));
  stores.push_back(must(open_store(databases.last(), clock)));
  std::atomic<int> failures = 0;
  {
    std::vector<std::jthread> writers;
    for (size_t i = 0; i < stores.size(); ++i) {
      writers.emplace_back([&, i] {
        auto cell = stores[i]->cells().open({fmt::format("{:012}", i), "eu-west-1", "aws.ec2.instance"});
        for (int round = 0; cell && round < 30; ++round) {
          auto put = put_of("a", fmt::format("{}", round));
          failures += !stores[i]->inventory().put(cell->id, std::span(&put, 1), at(round));
        }
      });
    }
  }
  CHECK(failures == 0);
  CHECK(history(*stores[0]).size() == 60);
  CHECK(must(stores[0]->inventory().sequence()) == 60);  // without holes
  CHECK(must(stores[1]->check({})) == Lines{});
}

}  // namespace
}  // namespace cadastre::store
