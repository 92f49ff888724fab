// What readers read: the segments of one moment. Never changed once it is published, so a reader that holds one sees
// one consistent state for as long as it likes, and waits for nobody.
//
// A row that is replaced stays where it is, as a row of the past, and of instants before it was replaced it is shown.
// Of the past as much is kept as a quarter of what is live, and a little more; the oldest goes first (`past_from`).
#pragma once

#include "index/evaluator.h"
#include "index/index.h"
#include "index/segment.h"
#include "query/scope.h"

namespace cadastre::index {

struct Part {
  std::shared_ptr<const Segment> segment;
  std::shared_ptr<const Bits> live;  // rows that no later part has replaced, and that are not gone
  uint64_t count = 0;                // of them
  // Rows of the past, in pieces that never change: each is larger than all that follow it.
  std::vector<std::shared_ptr<const std::vector<Ended>>> ended;
  uint64_t ended_count = 0;
  std::vector<Ended> all_ended() const;
  void set_ended(std::vector<Ended> all);
};

struct View {
  std::vector<Part> parts;  // the oldest and largest first
  Surroundings surroundings;
  int64_t sequence = 0;
  bool ready = false;
  // From this instant on (milliseconds) everything that ended is here; of some kinds only from another on. And what the
  // store says of what it has forgotten itself: before that it has less of a kind than is here.
  int64_t past_from = INT64_MIN;
  std::map<std::string, int64_t> kinds_from;
  std::map<std::string, Time> pruned_until;
  uint64_t least_past = kLeastPast;  // rows of the past that stay however few are live
  std::set<store::CellKey> gone;     // cells of kinds that took another name, and were dealt with
};

using ViewPtr = std::shared_ptr<const View>;

// Rows of the part that the asker may see: those of now, or those of then.
Bits visible(const Part& part, const query::Scope& scope, const std::optional<Alive>& alive = {},
             const Reach& reach = {});

// How many rows of the past may stay.
uint64_t room_for_past(const View& view);

// Adds the rows of the builder as the newest part, and makes one of parts that have become alike in size, so that there
// are never many: each row is moved a few times while the index doubles.
void add_rows(View& view, TableBuilder builder);

// That a resource's live row is no more. When it was of this version, it becomes one of the past; else it is forgotten.
struct Ending {
  int64_t resource = 0, version = 0, until = 0;
  bool last = false;
};
void end_rows(View& view, std::span<const Ending> endings);
bool has_live(const View& view, int64_t resource);

// Says that not everything of a kind that ended before is here.
void limit(View& view, const std::string& kind, int64_t from);
// Forgets rows of the past.
void forget(View& view, const std::function<bool(const Segment& segment, const Ended& ended)>& which);

}  // namespace cadastre::index
