#include "collect/lister.h"

#include <set>

#include "base/text.h"

namespace cadastre::collect {
namespace {

constexpr int kMostFailures = 5;  // parents in one cell that may fail before the rest is given up

bool one_of(const std::vector<std::string>& codes, const std::string& code) {
  return !code.empty() && std::ranges::find(codes, code) != codes.end();
}

bool matches(const catalog::Filter& filter, const json::value& document, const catalog::Scope& scope) {
  bool found = false;
  filter.path.each(document, [&](const json::value& value) {
    auto text = scalar_text(value);
    found |= std::ranges::any_of(filter.patterns,
                                 [&](const auto& pattern) { return glob_match(pattern.text(scope), text); });
  });
  return found;
}

// Does any template of the list read the enclosing element?
bool needs_enclosing(const catalog::List& list) {
  return std::ranges::any_of(list.keep, [](const auto& member) {
    return std::ranges::any_of(member.second.pieces(),
                               [](const auto& piece) { return piece.source == catalog::Template::Source::enclosing; });
  });
}

}  // namespace

Result<aws::Call> make_call(const Aws& aws, const catalog::Kind& kind, const std::string& operation,
                            const catalog::Params& params, const catalog::Scope& scope, const Place& place) {
  aws::Call call;
  TRY_ASSIGN(call.service, aws.models.service(kind.service));
  TRY_ASSIGN(call.operation, aws.models.operation(kind.service, operation));
  call.region = place.call_region;
  call.deadline = place.deadline;
  for (const auto& [name, value] : params) {
    if (auto evaluated = value.value(scope); !evaluated.is_null()) call.input[name] = std::move(evaluated);
  }
  return call;
}

Lister::Lister(const Aws& aws, const catalog::Kind& kind, Place place, std::stop_token stop)
    : aws_(aws), kind_(kind), place_(std::move(place)), stop_(std::move(stop)) {}

catalog::Scope Lister::scope() const {
  catalog::Scope scope;
  scope.tags = kind_.tags.source().empty() ? nullptr : &kind_.tags;
  scope.set("account", json::value(place_.account));
  scope.set("region", json::value(place_.region));
  scope.set("partition", json::value(place_.partition));
  return scope;
}

bool Lister::asked_here(const catalog::List& list) const {
  return list.regions.empty() || std::ranges::find(list.regions, place_.call_region) != list.regions.end();
}

Result<ListResult> Lister::run(const Page& page) {
  for (const auto& list : kind_.lists) {
    if (!asked_here(list)) continue;
    auto variables = scope();
    TRY(each(list, 0, variables, page));
  }
  return std::move(result_);
}

void Lister::failed(aws::CallError error) {
  switch (error.error.code) {
    case ErrorCode::denied:
    case ErrorCode::cancelled:
    case ErrorCode::timeout:
    case ErrorCode::expired:
    case ErrorCode::region_off:
    case ErrorCode::unsupported:
    case ErrorCode::refused:
    case ErrorCode::invalid:
      hopeless_ = true;
      break;
    default:
      break;
  }
  if (!result_.error) result_.error = std::move(error);
  if (++failures_ >= kMostFailures) hopeless_ = true;
}

Result<void> Lister::each(const catalog::List& list, size_t depth, catalog::Scope& scope, const Page& page) {
  if (depth == list.each.size()) return leaf(list, scope, page);
  const auto& step = list.each[depth];
  std::vector<json::value> values = step.values;
  if (!step.call.empty()) TRY(each_call(step, scope, values));
  if (step.distinct) {
    std::set<std::string> seen;
    std::erase_if(values, [&](const json::value& value) { return !seen.insert(to_json(value)).second; });
  }
  size_t stride = std::max<size_t>(step.batch, 1);
  for (size_t at = 0; at < values.size(); at += stride) {
    if (stop_.stop_requested() || hopeless_) break;
    if (step.batch == 0) {
      scope.set(step.as, values[at]);
    } else {
      auto end = std::min(values.size(), at + stride);
      scope.set(step.as, json::array(values.begin() + static_cast<std::ptrdiff_t>(at),
                                     values.begin() + static_cast<std::ptrdiff_t>(end)));
    }
    TRY(each(list, depth + 1, scope, page));
  }
  return {};
}

Result<void> Lister::each_call(const catalog::Each& step, const catalog::Scope& scope,
                               std::vector<json::value>& values) {
  TRY_ASSIGN(auto call, make_call(aws_, kind_, step.call, step.params, scope, place_));
  auto done = aws_.client.pages(place_.session, std::move(call), stop_, [&](json::value& page) {
    ++result_.pages;
    for (const auto& path : step.items) {
      // Copied out of the page's storage, which goes with the page.
      path.each(std::as_const(page),
                [&](const json::value& item) { values.push_back(json::value(item, json::storage_ptr())); });
    }
    return true;
  });
  if (!done) {
    const auto& code = done.error().service.code;
    if (one_of(kind_.none, code) || one_of(step.gone, code)) return {};
    failed(std::move(done).error());
  }
  return {};
}

Result<void> Lister::leaf(const catalog::List& list, const catalog::Scope& scope, const Page& page) {
  TRY_ASSIGN(auto call, make_call(aws_, kind_, list.call, list.params, scope, place_));
  if (list.page_size > 0 && call.operation->paginator && !call.operation->paginator->limit_key.empty()) {
    call.input[call.operation->paginator->limit_key] = list.page_size;
  }
  bool enclosing = needs_enclosing(list);
  catalog::Scope item_scope = scope;
  Result<void> stored;
  auto done = aws_.client.pages(place_.session, std::move(call), stop_, [&](json::value& root) {
    ++result_.pages;
    std::vector<json::value*> documents;
    auto take = [&](json::value& item, const json::value& around) {
      if (!list.item_as.empty()) {
        json::object wrapped(root.storage());
        wrapped[list.item_as] = std::move(item);
        item = std::move(wrapped);
      }
      if (!item.is_object()) return;
      item_scope.document = &item;
      item_scope.enclosing = &around;
      for (const auto& [name, value] : list.keep) {
        if (auto kept = value.value(item_scope); !kept.is_null()) item.get_object()[name] = std::move(kept);
      }
      bool wanted =
          std::ranges::all_of(list.where, [&](const auto& filter) { return matches(filter, item, item_scope); }) &&
          std::ranges::none_of(list.unless, [&](const auto& filter) { return matches(filter, item, item_scope); });
      if (wanted) documents.push_back(&item);
    };
    if (list.items.empty()) take(root, root);
    for (const auto& path : list.items) {
      if (enclosing) {
        auto [outer, inner] = path.split_enclosing();
        outer.each(root,
                   [&](json::value& around) { inner.each(around, [&](json::value& item) { take(item, around); }); });
      } else {
        path.each(root, [&](json::value& item) { take(item, root); });
      }
    }
    stored = page(documents);
    return stored.has_value();
  });
  TRY(std::move(stored));
  if (!done) {
    const auto& code = done.error().service.code;
    bool parent_gone =
        !list.each.empty() && std::ranges::any_of(list.each, [&](const auto& step) { return one_of(step.gone, code); });
    if (one_of(kind_.none, code) || parent_gone) return {};
    failed(std::move(done).error());
  }
  return {};
}

}  // namespace cadastre::collect
