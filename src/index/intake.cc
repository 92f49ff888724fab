#include "index/intake.h"

#include "base/log.h"
#include "base/text.h"

namespace cadastre::index {
namespace {

constexpr size_t kAtOnce = 1000;                   // read from the store together
constexpr size_t kSegmentBytes = size_t{3} << 30;  // of text: a segment counts them in 32 bits

Error stopped() { return {ErrorCode::cancelled, "the index was stopped while it was built", {}}; }

// The second part of an ARN. Of what has none, none is made.
std::string partition_of(std::string_view arn) {
  auto parts = split(arn, ':');
  return parts.size() > 1 ? std::string(parts[1]) : "";
}

// How a change ended the version before it. Of a kind that does not keep them all there are gaps: of such a time the
// store is asked.
Ended end_before(View& view, const store::Change& change) {
  bool whole =
      change.previous == 0 ? change.version.cause == store::Cause::opened : change.previous_to == change.version.from;
  if (!whole) limit(view, change.cell.kind, millis(change.version.from));
  return {0, store::is_end(change.version.cause), millis(change.previous_to)};
}

// When what a version says became so: one that only reads anew what another says goes back to that.
Result<Time> changed(store::Inventory& inventory, const store::Change& change, Time first_seen) {
  const auto& version = change.version;
  if (version.cause != store::Cause::epoch) return version.from;
  auto since = first_seen;
  store::ChangeFilter before;
  before.resources = {version.resource};
  before.before = version.sequence;
  before.newest_first = true;
  before.limit = 1;
  TRY(inventory.changes(before, [&](const store::Change& real) {
    since = real.version.from;
    return true;
  }));
  return since;
}

}  // namespace

Result<uint32_t> Intake::add(TableBuilder& builder, const store::Resource& resource, std::string_view text) {
  json::monotonic_resource memory;
  TRY_ASSIGN(auto document, parse_json(text.empty() ? "{}" : text, "a stored document", &memory));
  return builder.add(resource, document, estate_);
}

Result<Intake::Rows> Intake::rows_of(std::span<const store::Change> changes) {
  std::vector<int64_t> resources;
  for (const auto& change : changes) resources.push_back(change.version.resource);
  std::ranges::sort(resources);
  auto repeated = std::ranges::unique(resources);
  resources.erase(repeated.begin(), repeated.end());
  TRY_ASSIGN(auto rows, store_.inventory().rows(resources, false));
  Rows by_resource;
  for (auto& row : rows) by_resource.emplace(row.resource, std::move(row));
  return by_resource;
}

Result<std::optional<uint32_t>> Intake::add_version(TableBuilder& builder, const Rows& rows,
                                                    const store::Change& change) {
  const auto& version = change.version;
  auto known = rows.find(version.resource);
  if (store::is_end(version.cause) || known == rows.end()) return std::nullopt;
  if (known->second.sequence == version.sequence && !known->second.deleted) {
    TRY_ASSIGN(auto row, add(builder, known->second, version.document));
    return row;
  }
  auto resource = known->second;
  resource.sequence = version.sequence;
  resource.from = version.from;
  resource.deleted.reset();
  resource.deleted_cause.clear();
  TRY_ASSIGN(resource.changed, changed(store_.inventory(), change, resource.first_seen));
  json::monotonic_resource memory;
  TRY_ASSIGN(auto document,
             parse_json(version.document.empty() ? "{}" : version.document, "a stored document", &memory));
  query::read_off(resource, document, estate_.catalog, partition_of(resource.arn));
  return builder.add(resource, document, estate_);
}

Result<void> Intake::add_live(View& view, int64_t upto, std::stop_token stop) {
  std::optional<Error> failed;
  TableBuilder builder;
  TRY(store_.inventory().scan({}, std::nullopt, [&](const store::Resource& resource) {
    if (stop.stop_requested()) {
      failed = stopped();
    } else if (resource.sequence <= upto) {
      if (auto added = add(builder, resource, resource.document); !added) failed = std::move(added).error();
    }
    if (builder.text_bytes() > kSegmentBytes) add_rows(view, std::exchange(builder, TableBuilder()));
    return !failed;
  }));
  if (failed) return std::unexpected(std::move(*failed));
  add_rows(view, std::move(builder));
  return {};
}

Result<void> Intake::add_versions(TableBuilder& builder, std::span<const int64_t> sequences,
                                  const std::function<void(const store::Version& version, uint32_t row)>& each) {
  for (size_t from = 0; from < sequences.size(); from += kAtOnce) {
    auto some = sequences.subspan(from, std::min(kAtOnce, sequences.size() - from));
    store::ChangeFilter filter;
    filter.sequences.assign(some.begin(), some.end());
    filter.epochs = filter.documents = true;
    std::vector<store::Change> versions;
    TRY(store_.inventory().changes(filter, [&](const store::Change& change) {
      versions.push_back(change);
      return true;
    }));
    TRY_ASSIGN(auto rows, rows_of(versions));
    for (const auto& version : versions) {
      TRY_ASSIGN(auto row, add_version(builder, rows, version));
      if (row) each(version.version, *row);
    }
  }
  return {};
}

Result<void> Intake::add_as_of(View& view, int64_t upto) {
  std::map<int64_t, int64_t> before;  // resource → the version that the first change ended
  store::ChangeFilter filter;
  filter.after = upto;
  filter.epochs = filter.previous = true;
  TRY(store_.inventory().changes(filter, [&](const store::Change& change) {
    before.emplace(change.version.resource, change.previous);
    return true;
  }));
  std::vector<int64_t> lacking;
  for (const auto& [resource, version] : before) {
    if (version != 0 && !has_live(view, resource)) lacking.push_back(version);
  }
  TableBuilder builder;
  TRY(add_versions(builder, lacking, [](const store::Version&, uint32_t) {}));
  add_rows(view, std::move(builder));
  return {};
}

Result<void> Intake::leave_out(View& view, int64_t sequence, int64_t until, const Error& why) {
  store::ChangeFilter one;
  one.sequences = {sequence};
  one.epochs = true;
  return store_.inventory().changes(one, [&](const store::Change& change) {
    log_warning("the version {} of {} {} is not in the index: {}", sequence, change.cell.kind, change.native,
                why.message);
    limit(view, change.cell.kind, until);
    return true;
  });
}

Result<void> Intake::add_past(View& view, int64_t upto, std::stop_token stop) {
  auto room = room_for_past(view);
  if (room == 0) {
    view.past_from = INT64_MAX;
    return {};
  }
  // The newest changes, of which most ended something, say how far back there is room for it.
  std::vector<Time> begins;
  store::ChangeFilter filter;
  filter.before = upto + 1;
  filter.epochs = filter.newest_first = true;
  filter.limit = room;
  TRY(store_.inventory().changes(filter, [&](const store::Change& change) {
    begins.push_back(change.version.from);
    return !stop.stop_requested();
  }));
  std::optional<Time> since;  // absent: these were all
  if (begins.size() == room) since = begins.back();
  std::ranges::sort(begins, std::greater());
  std::vector<int64_t> sequences;
  std::unordered_map<int64_t, Ended> ends;
  for (size_t newest = begins.size();; newest /= 2) {
    filter = {};
    filter.before = upto + 1;
    filter.since = since;
    filter.epochs = filter.previous = true;
    sequences.clear();
    ends.clear();
    TRY(store_.inventory().changes(filter, [&](const store::Change& change) {
      auto ended = end_before(view, change);
      if (change.previous == 0) return !stop.stop_requested();
      sequences.push_back(change.previous);
      ends[change.previous] = ended;
      return !stop.stop_requested() && sequences.size() <= 2 * room;
    }));
    if (sequences.size() <= 2 * room) break;
    if (newest < 2) {  // so wrong that nothing is gained by it
      view.past_from = INT64_MAX;
      return {};
    }
    since = begins[newest / 2 - 1];  // a clock was wrong once, and more began after what it said than there is room for
  }
  std::ranges::sort(sequences);
  TableBuilder builder;
  auto end = [&](const store::Version& version, uint32_t row) {
    auto known = ends.extract(version.sequence);
    known.mapped().row = row;
    builder.end(known.mapped());
  };
  for (std::span<const int64_t> rest = sequences; !rest.empty();) {
    if (stop.stop_requested()) return std::unexpected(stopped());
    auto some = rest.first(std::min(kAtOnce, rest.size()));
    rest = rest.subspan(some.size());
    if (!add_versions(builder, some, end)) {
      // One that cannot be read is no reason to know nothing of the rest.
      for (auto sequence : some) {
        if (!ends.contains(sequence)) continue;
        auto added = add_versions(builder, std::span(&sequence, 1), end);
        if (!added) TRY(leave_out(view, sequence, ends.at(sequence).until, added.error()));
      }
    }
    if (builder.text_bytes() > kSegmentBytes) add_rows(view, std::exchange(builder, TableBuilder()));
  }
  if (stop.stop_requested()) return std::unexpected(stopped());
  if (since) view.past_from = std::max(view.past_from, millis(*since));
  add_rows(view, std::move(builder));
  return {};
}

Result<void> Intake::take(View& view, std::span<const store::Change> changes) {
  TRY_ASSIGN(auto rows, rows_of(changes));
  TableBuilder builder;
  std::vector<Ending> endings;
  std::unordered_map<int64_t, std::pair<uint32_t, int64_t>> added;  // resource → its live row here, and its version
  for (const auto& change : changes) {
    const auto& version = change.version;
    auto ended = end_before(view, change);
    if (auto here = added.find(version.resource); here != added.end()) {
      auto [row, number] = here->second;
      ended.row = row;
      if (number != change.previous) ended.until = kForgotten;
      builder.end(ended);
      added.erase(here);
    } else {
      endings.push_back({version.resource, change.previous, ended.until, ended.last != 0});
    }
    TRY_ASSIGN(auto row, add_version(builder, rows, change));
    if (row) added.emplace(version.resource, std::pair(*row, version.sequence));
  }
  end_rows(view, endings);
  add_rows(view, std::move(builder));
  return {};
}

Result<void> Intake::renew(View& view, std::span<const int64_t> resources) {
  TableBuilder builder;
  std::vector<Ending> endings;
  for (size_t from = 0; from < resources.size(); from += kAtOnce) {
    auto some = resources.subspan(from, std::min(kAtOnce, resources.size() - from));
    TRY_ASSIGN(auto rows, store_.inventory().rows(some, true));
    for (const auto& row : rows) {
      if (row.sequence > view.sequence) {  // its change is still to come, and what that ends is lost here
        view.past_from = std::max(view.past_from, millis(row.from));
        continue;
      }
      if (row.deleted) {  // so is its end
        view.past_from = std::max(view.past_from, millis(*row.deleted));
        continue;
      }
      TRY(add(builder, row, row.document));
    }
    for (auto resource : some) endings.push_back({resource, 0, 0, false});
  }
  end_rows(view, endings);
  add_rows(view, std::move(builder));
  return {};
}

}  // namespace cadastre::index
