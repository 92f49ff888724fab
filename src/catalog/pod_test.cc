// What kubectl prints under STATUS, by the states that it is documented to print them for.
#include "catalog/pod.h"

#include <doctest/doctest.h>

namespace cadastre::catalog {
namespace {

std::string state(const std::string& status, const std::string& spec = "{}", const std::string& metadata = "{}") {
  auto pod = parse_json(R"({"metadata":)" + metadata + R"(,"spec":)" + spec + R"(,"status":)" + status + "}", "a pod");
  REQUIRE(pod);
  return pod_state(*pod);
}

// A status with these states of containers: of the first init ones, then of the others.
std::string with(const std::string& phase, const std::string& init, const std::string& containers,
                 const std::string& more = "") {
  return R"({"phase":")" + phase + R"(","initContainerStatuses":[)" + init + R"(],"containerStatuses":[)" + containers +
         "]" + more + "}";
}

const std::string kRunning = R"({"name":"a","ready":true,"state":{"running":{}}})";
const std::string kDone = R"({"name":"i","state":{"terminated":{"exitCode":0,"reason":"Completed"}}})";
const std::string kGoing = R"({"deletionTimestamp":"2026-01-01T00:00:00Z"})";
const std::string kTwoInits = R"({"initContainers":[{"name":"i"},{"name":"j"}]})";

std::string waiting(const std::string& reason) {
  return R"({"name":"a","state":{"waiting":{"reason":")" + reason + R"("}}})";
}
std::string ended(const std::string& how) { return R"({"name":"a","state":{"terminated":{)" + how + "}}}"; }

TEST_CASE("the phase, when no container has anything to say") {
  CHECK(state(R"({"phase":"Pending"})") == "Pending");
  CHECK(state(with("Running", "", kRunning)) == "Running");
  CHECK(state(R"({"phase":"Failed","reason":"Evicted"})") == "Evicted");
  CHECK(
      state(
          R"({"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"SchedulingGated"}]})") ==
      "SchedulingGated");
  CHECK(state("{}") == "");
}

TEST_CASE("what a container waits for or ended with, the first that has something to say") {
  CHECK(state(with("Running", "", kRunning + "," + waiting("CrashLoopBackOff"))) == "CrashLoopBackOff");
  CHECK(state(with("Pending", "", waiting("ContainerCreating"))) == "ContainerCreating");
  CHECK(state(with("Succeeded", "", ended(R"("exitCode":0,"reason":"Completed")"))) == "Completed");
  CHECK(state(with("Failed", "", ended(R"("exitCode":1,"reason":"Error")"))) == "Error");
  CHECK(state(with("Failed", "", ended(R"("exitCode":137)"))) == "ExitCode:137");
  CHECK(state(with("Failed", "", ended(R"("exitCode":137,"signal":9)"))) == "Signal:9");
  CHECK(state(with("Running", "", waiting("ErrImagePull") + "," + ended(R"("exitCode":1,"reason":"Error")"))) ==
        "ErrImagePull");
}

TEST_CASE("one that is done beside one that runs") {
  auto both = ended(R"("exitCode":0,"reason":"Completed")") + "," + kRunning;
  CHECK(state(with("Running", "", both, R"(,"conditions":[{"type":"Ready","status":"True"}])")) == "Running");
  CHECK(state(with("Running", "", both, R"(,"conditions":[{"type":"Ready","status":"False"}])")) == "NotReady");
}

TEST_CASE("init containers come first, by how many are done") {
  CHECK(state(with("Pending", R"({"name":"i","state":{"running":{}}})", waiting("PodInitializing")), kTwoInits) ==
        "Init:0/2");
  CHECK(state(with("Pending", kDone + "," + waiting("PodInitializing"), ""), kTwoInits) == "Init:1/2");
  CHECK(state(with("Pending", kDone + "," + waiting("CrashLoopBackOff"), ""), kTwoInits) == "Init:CrashLoopBackOff");
  CHECK(state(with("Pending", ended(R"("exitCode":1,"reason":"Error")"), ""), kTwoInits) == "Init:Error");
  CHECK(state(with("Pending", ended(R"("exitCode":2)"), ""), kTwoInits) == "Init:ExitCode:2");
  CHECK(state(with("Running", kDone, kRunning), kTwoInits) == "Running");
}

TEST_CASE("an init container that runs on beside the others holds nothing up") {
  const std::string sidecar = R"({"initContainers":[{"name":"i","restartPolicy":"Always"}]})";
  const std::string started = R"({"name":"i","started":true,"state":{"running":{}}})";
  CHECK(state(with("Running", started, kRunning), sidecar) == "Running");
  CHECK(state(with("Pending", started, kRunning), R"({"initContainers":[{"name":"i"}]})") == "Init:0/1");
  // Once everything has begun, what the containers say counts, whatever the sidecar does.
  auto begun = R"(,"conditions":[{"type":"Initialized","status":"True"}])";
  CHECK(state(with("Running", waiting("CrashLoopBackOff"), ended(R"("exitCode":1,"reason":"Error")"), begun),
              sidecar) == "Error");
}

TEST_CASE("a pod that is going is Terminating, unless it has ended or its node is lost") {
  CHECK(state(with("Running", "", kRunning), "{}", kGoing) == "Terminating");
  CHECK(state(with("Running", "", waiting("CrashLoopBackOff")), "{}", kGoing) == "Terminating");
  CHECK(state(with("Succeeded", "", ended(R"("exitCode":0,"reason":"Completed")")), "{}", kGoing) == "Completed");
  CHECK(state(R"({"phase":"Running","reason":"NodeLost"})", "{}", kGoing) == "Unknown");
}

TEST_CASE("what is no pod, or a strange one, has no state and does no harm") {
  for (const char* odd : {"[]", "null", "7", R"({"phase":7})", R"({"containerStatuses":{}})",
                          R"({"containerStatuses":[null,7,{"state":[]}]})", R"({"initContainerStatuses":[null]})"})
    CHECK_NOTHROW(state(odd));
  CHECK(pod_state(json::value(nullptr)) == "");
}

}  // namespace
}  // namespace cadastre::catalog
