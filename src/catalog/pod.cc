#include "catalog/pod.h"

#include <fmt/format.h>

namespace cadastre::catalog {
namespace {

// The member at the end of the names; nullptr when something on the way is missing or no object.
const json::value* at(const json::value* value, std::initializer_list<std::string_view> names) {
  for (auto name : names) {
    auto* object = value ? value->if_object() : nullptr;
    value = object ? object->if_contains(name) : nullptr;
  }
  return value && value->is_null() ? nullptr : value;
}

std::string text(const json::value* value) { return value ? scalar_text(*value) : std::string(); }

const json::array& list(const json::value* value) {
  static const json::array kNone;
  auto* array = value ? value->if_array() : nullptr;
  return array ? *array : kNone;
}

bool is_zero(const json::value* number) { return !number || text(number) == "0"; }
bool is_true(const json::value* flag) { return text(flag) == "true"; }

// How a container ended, when the reason does not say it.
std::string ending(const json::value& terminated) {
  if (auto reason = text(at(&terminated, {"reason"})); !reason.empty()) return reason;
  if (auto* signal = at(&terminated, {"signal"}); !is_zero(signal)) return "Signal:" + text(signal);
  auto code = text(at(&terminated, {"exitCode"}));
  return "ExitCode:" + (code.empty() ? "0" : code);
}

bool has_condition(const json::value* status, std::string_view type) {
  for (const auto& condition : list(at(status, {"conditions"}))) {
    if (text(at(&condition, {"type"})) == type) return text(at(&condition, {"status"})) == "True";
  }
  return false;
}

// An init container that goes on running beside the others.
bool is_sidecar(const json::value& pod, const std::string& name) {
  for (const auto& container : list(at(&pod, {"spec", "initContainers"}))) {
    if (text(at(&container, {"name"})) == name) return text(at(&container, {"restartPolicy"})) == "Always";
  }
  return false;
}

// What the first init container that is not done does; "": all of them are done.
std::string initializing(const json::value& pod, const json::value* status) {
  size_t done = 0;
  for (const auto& container : list(at(status, {"initContainerStatuses"}))) {
    auto* terminated = at(&container, {"state", "terminated"});
    bool succeeded = terminated && is_zero(at(terminated, {"exitCode"}));
    bool runs_on = is_true(at(&container, {"started"})) && is_sidecar(pod, text(at(&container, {"name"})));
    if (succeeded || runs_on) {
      ++done;
      continue;
    }
    if (terminated) return "Init:" + ending(*terminated);
    auto waits = text(at(&container, {"state", "waiting", "reason"}));
    if (!waits.empty() && waits != "PodInitializing") return "Init:" + waits;
    return fmt::format("Init:{}/{}", done, list(at(&pod, {"spec", "initContainers"})).size());
  }
  return {};
}

// What the first container says that has something to say, else `otherwise`.
std::string of_containers(const json::value* status, std::string otherwise) {
  bool running = false;
  std::string said;
  for (const auto& container : list(at(status, {"containerStatuses"}))) {
    auto waits = text(at(&container, {"state", "waiting", "reason"}));
    auto* terminated = at(&container, {"state", "terminated"});
    if (waits.empty() && !terminated) {
      running = running || (is_true(at(&container, {"ready"})) && at(&container, {"state", "running"}));
    } else if (said.empty()) {
      said = waits.empty() ? ending(*terminated) : waits;
    }
  }
  if (said.empty()) said = std::move(otherwise);
  if (said == "Completed" && running) return has_condition(status, "Ready") ? "Running" : "NotReady";
  return said;
}

}  // namespace

std::string pod_state(const json::value& pod) {
  auto* status = at(&pod, {"status"});
  auto phase = text(at(status, {"phase"})), reason = text(at(status, {"reason"}));
  auto state = reason.empty() ? phase : reason;
  for (const auto& condition : list(at(status, {"conditions"}))) {
    if (text(at(&condition, {"type"})) == "PodScheduled" && text(at(&condition, {"reason"})) == "SchedulingGated")
      state = "SchedulingGated";
  }
  auto first = initializing(pod, status);
  if (!first.empty()) state = first;
  if (first.empty() || has_condition(status, "Initialized")) state = of_containers(status, std::move(state));
  bool going = at(&pod, {"metadata", "deletionTimestamp"});
  if (going && reason == "NodeLost") return "Unknown";
  return going && phase != "Failed" && phase != "Succeeded" ? "Terminating" : state;
}

}  // namespace cadastre::catalog
