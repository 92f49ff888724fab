// A store that is simple enough to be seen to be right: what random sequences (walk.h) are held against.
#pragma once

#include "store/conformance/fixture.h"

namespace cadastre::store::conformance {

class Model {
 public:
  struct Version {
    int64_t order;  // stands for the sequence
    Time from;
    std::optional<Time> to;
    Cause cause;
    std::string document;
  };
  struct Resource {
    int64_t id;
    size_t cell;
    std::string native, incarnation;
    Time first_seen, changed;
    std::optional<Time> deleted;
    Cause deleted_cause = Cause::closed;
    std::vector<Version> versions;
  };

  Resource* live(size_t cell, const std::string& native) {
    for (auto& one : resources_) {
      if (one.cell == cell && one.native == native && !one.deleted) return &one;
    }
    return nullptr;
  }

  // What the store must answer to the put, but for the id that it chooses.
  PutResult put(size_t cell, const Put& put, Time now, int64_t id) {
    auto* known = live(cell, put.native);
    bool replaced = known && !known->incarnation.empty() && !put.incarnation.empty() &&
                    known->incarnation != put.incarnation && !put.epoch_only;
    Time from = now;
    if (known) from = std::max(now, known->versions.back().from + Millis(1));
    if (replaced) close(*known, Cause::replaced, now, put.history);
    if (known && !replaced) {
      known->versions.back().to = from;
      if (put.history != History::full) known->versions.pop_back();
      known->versions.push_back({++order_, from, {}, put.epoch_only ? Cause::epoch : Cause::changed, put.document});
      known->incarnation = put.incarnation;
      if (!put.epoch_only) known->changed = from;
      return {known->id, false, false};
    }
    for (const auto& one : resources_) {
      if (one.cell == cell && one.native == put.native && one.deleted) from = std::max(from, *one.deleted);
    }
    resources_.push_back({id, cell, put.native, put.incarnation, from, from, {}, {}, {}});
    resources_.back().versions.push_back({++order_, from, {}, Cause::opened, put.document});
    return {id, true, replaced};
  }

  void close(Resource& one, Cause cause, Time now, History history) {
    if (one.deleted) return;
    auto when = std::max(now, one.versions.back().from + Millis(1));
    one.versions.back().to = when;
    if (history == History::none) one.versions.clear();
    one.versions.push_back({++order_, when, {}, cause, ""});
    one.deleted = one.changed = when;
    one.deleted_cause = cause;
  }

  // What a window shows of a resource: its last version there that is no tombstone. An instant is [at, at + 1 ms).
  static const Version* shown(const Resource& one, Time since, Time until) {
    const Version* found = nullptr;
    for (const auto& version : one.versions) {
      if (!tombstone(version) && version.from < until && (!version.to || *version.to > since)) found = &version;
    }
    return found;
  }

  static bool tombstone(const Version& version) { return version.document.empty(); }
  static bool current(const Resource& one, const Version& version) {
    return !one.deleted && version.order == one.versions.back().order;
  }

  // When what a version says became so: a reading of a new release goes back to what it reads.
  static Time changed(const Resource& one, const Version& version) {
    if (current(one, version)) return one.changed;
    auto found = one.first_seen;
    for (const auto& each : one.versions) {
      if (each.order <= version.order && each.cause != Cause::epoch) found = each.from;
    }
    return found;
  }

  // The document of the version before; "" when there is none.
  static std::string before(const Resource& one, const Version& version) {
    std::string found;
    for (const auto& each : one.versions) {
      if (each.order < version.order) found = each.document;
    }
    return found;
  }

  Pruned prune(const std::set<size_t>& cells, std::optional<Time> edge, std::optional<size_t> keep) {
    Pruned pruned;
    std::erase_if(resources_, [&](const Resource& one) {
      bool gone = cells.contains(one.cell) && edge && one.deleted && *one.deleted <= *edge;
      if (gone) pruned.versions += one.versions.size();
      pruned.resources += gone;
      return gone;
    });
    for (auto& one : resources_) {
      if (!cells.contains(one.cell)) continue;
      auto all = one.versions;
      // A change and what reads it anew end with the next change, and are followed by as many as begin after it.
      std::erase_if(one.versions, [&](const Version& version) {
        std::optional<Time> end;
        size_t later = 0;
        for (const auto& each : all) {
          if (each.order <= version.order || each.cause == Cause::epoch) continue;
          if (!end) end = each.from;
          later += !tombstone(each);
        }
        bool gone = later > 0 && ((edge && *end <= *edge) || (keep && later >= std::max<size_t>(*keep, 1)));
        pruned.versions += gone;
        return gone;
      });
    }
    return pruned;
  }

  std::vector<Resource>& resources() { return resources_; }

 private:
  std::vector<Resource> resources_;
  int64_t order_ = 0;
};

}  // namespace cadastre::store::conformance
