#include "collect/enricher.h"

#include "collect/parallel.h"

namespace cadastre::collect {
namespace {

constexpr size_t kWidth = 4;  // calls at once within one cell

bool one_of(const std::vector<std::string>& codes, const std::string& code) {
  return !code.empty() && std::ranges::find(codes, code) != codes.end();
}

catalog::Scope scope_of(const catalog::Kind& kind, const Place& place, const Enriched& item) {
  catalog::Scope scope;
  scope.document = &item.document;
  scope.tags = kind.tags.source().empty() ? nullptr : &kind.tags;
  scope.set("account", json::value(place.account));
  scope.set("region", json::value(item.region));
  scope.set("partition", json::value(place.partition));
  return scope;
}

}  // namespace

Result<Enricher> Enricher::make(const Aws& aws, const catalog::Kind& kind) {
  Enricher enricher(aws, kind);
  for (const auto& spec : kind.enrich) {
    Fragment fragment{&spec, {}};
    TRY_ASSIGN(auto operation, aws.models.operation(kind.service, spec.call));
    if (!spec.into.empty()) {
      fragment.members.push_back(spec.into);
    } else {
      auto answer = catalog::ShapeView::of(operation->output);
      if (!spec.items.source().empty()) {
        TRY_ASSIGN(answer, answer.resolve(spec.items));
      }
      TRY_ASSIGN(auto taken, answer.resolve(spec.take));
      for (const auto& member : taken.tree()) fragment.members.emplace_back(member.key());
    }
    enricher.fragments_.push_back(std::move(fragment));
  }
  return enricher;
}

void Enricher::call_one(const Place& place, const Fragment& fragment, const Enriched& item, Answer& answer,
                        std::stop_token stop) const {
  auto scope = scope_of(*kind_, place, item);
  auto here = place;
  here.call_region = item.region;
  auto call = make_call(*aws_, *kind_, fragment.spec->call, fragment.spec->params, scope, here);
  if (!call) {
    answer = {Answer::Kind::failed, {}, std::string(to_string(call.error().code)), call.error().message};
    return;
  }
  json::value taken;
  auto done = aws_->client.pages(place.session, std::move(*call), stop, [&](json::value& page) {
    auto* found = fragment.spec->take.first(page);
    if (!found) return true;
    // A list that goes over several pages is one fragment.
    if (taken.is_array() && found->is_array()) {
      for (const auto& element : found->get_array()) taken.get_array().push_back(element);
    } else {
      taken = json::value(*found, json::storage_ptr());
    }
    return true;
  });
  if (done) {
    answer.kind = taken.is_null() ? Answer::Kind::none : Answer::Kind::value;
    answer.value = std::move(taken);
    return;
  }
  const auto& code = done.error().service.code;
  if (one_of(fragment.spec->none, code) || one_of(fragment.spec->gone, code)) {
    answer.kind = Answer::Kind::none;
  } else {
    answer = {Answer::Kind::failed,
              {},
              code.empty() ? std::string(to_string(done.error().error.code)) : code,
              done.error().error.message};
  }
}

void Enricher::call_batch(const Place& place, const Fragment& fragment, std::span<Enriched* const> items,
                          std::span<Answer* const> answers, std::stop_token stop) const {
  json::array documents;
  for (auto* item : items) documents.push_back(item->document);
  auto scope = scope_of(*kind_, place, *items.front());
  // {$batch.Arn} is the list of the batch's Arns.
  json::value batch = std::move(documents);
  auto here = place;
  here.call_region = items.front()->region;
  scope.set("batch", std::move(batch));
  auto made = make_call(*aws_, *kind_, fragment.spec->call, fragment.spec->params, scope, here);
  auto fail_all = [&](const std::string& code, const std::string& message) {
    for (auto* answer : answers) *answer = {Answer::Kind::failed, {}, code, message};
  };
  if (!made) return fail_all(std::string(to_string(made.error().code)), made.error().message);
  for (auto* answer : answers) answer->kind = Answer::Kind::none;  // until the answer names it
  auto done = aws_->client.pages(place.session, std::move(*made), stop, [&](json::value& page) {
    fragment.spec->items.each(std::as_const(page), [&](const json::value& entry) {
      auto key = fragment.spec->match_item.text(entry);
      for (size_t i = 0; i < items.size(); ++i) {
        if (fragment.spec->match_document.text(items[i]->document) != key) continue;
        if (auto* taken = fragment.spec->take.first(entry)) {
          answers[i]->value = json::value(*taken, json::storage_ptr());
          answers[i]->kind = Answer::Kind::value;
        }
      }
    });
    return true;
  });
  if (done) return;
  const auto& code = done.error().service.code;
  bool gone = one_of(fragment.spec->none, code) || one_of(fragment.spec->gone, code);
  if (gone && items.size() > 1) {
    // One of them vanished meanwhile and AWS refuses the whole batch: ask for each alone.
    for (size_t i = 0; i < items.size(); ++i)
      call_batch(place, fragment, items.subspan(i, 1), answers.subspan(i, 1), stop);
  } else if (!gone) {
    fail_all(code.empty() ? std::string(to_string(done.error().error.code)) : code, done.error().error.message);
  }
}

void Enricher::merge(const Fragment& fragment, Enriched& item, Answer& answer) const {
  auto& document = item.document.get_object();
  if (answer.kind == Answer::Kind::value) {
    if (!fragment.spec->into.empty()) {
      document[fragment.spec->into] = std::move(answer.value);
    } else if (auto* members = answer.value.if_object()) {
      for (auto& member : *members) document[member.key()] = std::move(member.value());
    }
    return;
  }
  if (answer.kind == Answer::Kind::none) return;
  if (answer.kind == Answer::Kind::failed) {
    item.gaps.push_back({0, fragment.spec->name, answer.code, answer.message});
  }
  // Not read, or not readable: what was known stays.
  if (!item.previous || !item.previous->is_object()) return;
  for (const auto& name : fragment.members) {
    if (name == "*") {
      for (const auto& member : item.previous->get_object()) document.emplace(member.key(), member.value());
    } else if (auto* known = item.previous->get_object().if_contains(name)) {
      document.emplace(name, *known);  // what the list says itself is fresher
    }
  }
}

void Enricher::run(const Place& place, std::span<Enriched> batch, std::stop_token stop) const {
  std::vector<std::vector<Answer>> answers(fragments_.size(), std::vector<Answer>(batch.size()));
  std::vector<std::function<void()>> tasks;
  // The lists behind the spans that the batch tasks hold.
  std::vector<std::unique_ptr<std::pair<std::vector<Enriched*>, std::vector<Answer*>>>> groups;
  for (size_t f = 0; f < fragments_.size(); ++f) {
    const auto& fragment = fragments_[f];
    std::map<std::string, std::pair<std::vector<Enriched*>, std::vector<Answer*>>> together;
    for (size_t i = 0; i < batch.size(); ++i) {
      if (!batch[i].wanted[f]) continue;
      if (fragment.spec->batch == 0) {
        tasks.push_back([&, f, i] { call_one(place, fragments_[f], batch[i], answers[f][i], stop); });
        continue;
      }
      // Resources go into one call when all but the batch itself is equal.
      auto scope = scope_of(*kind_, place, batch[i]);
      json::object others;
      for (const auto& [name, value] : fragment.spec->params) others[name] = value.value(scope);
      auto& [items, slots] = together[batch[i].region + to_json(others)];
      items.push_back(&batch[i]);
      slots.push_back(&answers[f][i]);
    }
    for (auto& [key, group] : together) {
      for (size_t at = 0; at < group.first.size(); at += fragment.spec->batch) {
        size_t count = std::min(fragment.spec->batch, group.first.size() - at);
        auto from = static_cast<std::ptrdiff_t>(at), to = static_cast<std::ptrdiff_t>(at + count);
        groups.push_back(std::make_unique<std::pair<std::vector<Enriched*>, std::vector<Answer*>>>(
            std::vector(group.first.begin() + from, group.first.begin() + to),
            std::vector(group.second.begin() + from, group.second.begin() + to)));
        tasks.push_back(
            [&, f, part = groups.back().get()] { call_batch(place, fragments_[f], part->first, part->second, stop); });
      }
    }
  }
  {
    aws::PageSlots::Pause pause;  // the page that these calls are about stays; others get on meanwhile
    in_parallel(tasks.size(), kWidth, [&](size_t i) { tasks[i](); });
  }
  for (size_t i = 0; i < batch.size(); ++i) {
    for (size_t f = 0; f < fragments_.size(); ++f) merge(fragments_[f], batch[i], answers[f][i]);
  }
}

}  // namespace cadastre::collect
