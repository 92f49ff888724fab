#include "scripted_aws/faults.h"

#include "base/text.h"

namespace cadastre::scripted {
namespace {

constexpr std::string_view kWords[] = {"throttle",
                                       "error500",
                                       "error503",
                                       "reset",
                                       "cut",
                                       "malformed",
                                       "html",
                                       "empty_page_with_token",
                                       "repeated_token",
                                       "expired_token_mid",
                                       "deny_iam",
                                       "deny_scp",
                                       "opt_in_required",
                                       "auth_failure",
                                       "hang",
                                       "slow",
                                       "wrong_region_bucket",
                                       "expire_credentials"};
constexpr std::string_view kPages[] = {"any", "first", "later"};

}  // namespace

std::span<const std::string_view> fault_words() { return kWords; }

std::optional<FaultKind> fault_kind(std::string_view word) {
  auto found = std::ranges::find(kWords, word);
  if (found == std::end(kWords)) return std::nullopt;
  return static_cast<FaultKind>(found - kWords);
}

std::string_view to_string(FaultKind kind) { return kWords[static_cast<size_t>(kind)]; }

Result<Fault> Fault::from_json(const json::value& value) {
  const auto* object = value.if_object();
  if (!object) return fail(ErrorCode::invalid, "a fault is an object: {\"kind\": \"throttle\", …}");
  Fault fault;
  for (const auto& [key, member] : *object) {
    auto text = scalar_text(member);
    if (key == "kind") {
      auto kind = fault_kind(text);
      if (!kind)
        return fail(ErrorCode::invalid, fmt::format("there is no fault '{}'{}", text, did_you_mean(text, kWords)));
      fault.kind = *kind;
    } else if (key == "pages") {
      auto at = std::ranges::find(kPages, std::string_view(text));
      if (at == std::end(kPages)) return fail(ErrorCode::invalid, "pages is any, first or later");
      fault.pages = static_cast<Pages>(at - kPages);
    } else if (key == "account")
      fault.account = text;
    else if (key == "region")
      fault.region = text;
    else if (key == "service")
      fault.service = text;
    else if (key == "operation")
      fault.operation = text;
    else if (key == "contains")
      fault.contains = text;
    else if (key == "to")
      fault.to = text;
    else if (key == "probability")
      fault.probability = std::strtod(text.c_str(), nullptr);
    else if (key == "times")
      fault.times = std::strtoull(text.c_str(), nullptr, 10);
    else if (key == "skip")
      fault.skip = std::strtoull(text.c_str(), nullptr, 10);
    else if (key == "older_than")
      fault.older_than = std::strtoll(text.c_str(), nullptr, 10);
    else if (key == "step")
      fault.step = std::strtoll(text.c_str(), nullptr, 10);
    else if (key != "hits")
      return fail(ErrorCode::invalid, fmt::format("a fault has no '{}'", std::string_view(key)));
  }
  return fault;
}

json::object Fault::to_json() const {
  return {{"kind", to_string(kind)},
          {"account", account},
          {"region", region},
          {"service", service},
          {"operation", operation},
          {"contains", contains},
          {"pages", kPages[static_cast<size_t>(pages)]},
          {"probability", probability},
          {"hits", hits}};
}

const Fault* Faults::strike(const FaultSubject& subject) {
  for (auto& fault : faults_) {
    if (fault.hits >= fault.times) continue;
    if (!glob_match(fault.account, subject.account) || !glob_match(fault.region, subject.region)) continue;
    if (!glob_match(fault.service, subject.service) || !glob_match(fault.operation, subject.operation)) continue;
    if (fault.pages == Fault::Pages::first && subject.later_page) continue;
    bool later_only = fault.pages == Fault::Pages::later || fault.kind == FaultKind::expired_token_mid;
    if (later_only && !subject.later_page) continue;
    if (!fault.contains.empty() && !subject.target.contains(fault.contains) && !subject.body.contains(fault.contains))
      continue;
    if (fault.kind == FaultKind::expire_credentials && subject.session_age <= fault.older_than) continue;
    if (fault.skip > 0) {
      --fault.skip;
      continue;
    }
    if (fault.probability < 1 && !dice_.chance(fault.probability)) continue;
    ++fault.hits;
    return &fault;
  }
  return nullptr;
}

uint64_t Counts::total() const {
  uint64_t total = 0;
  for (const auto& [key, calls] : calls_) total += calls.size();
  return total;
}

size_t Counts::most_within(const std::deque<Instant>& calls, Millis window) {
  size_t most = 0;
  for (size_t from = 0, to = 0; to < calls.size(); ++to) {
    while (calls[to] - calls[from] >= window) ++from;
    most = std::max(most, to - from + 1);
  }
  return most;
}

void Counts::write(std::string& out) const {
  for (const auto& [key, calls] : calls_) {
    auto span = std::chrono::duration_cast<Millis>(calls.back() - calls.front());
    write_json(json::object{{"account", key.account},
                            {"region", key.region},
                            {"service", key.service},
                            {"operation", key.operation},
                            {"calls", calls.size()},
                            {"milliseconds", span.count()},
                            {"most_in_a_second", most_within(calls, Millis(1000))}},
               out);
    out += '\n';
  }
}

}  // namespace cadastre::scripted
