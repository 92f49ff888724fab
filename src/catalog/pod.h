// A pod's state in one word or two, as `kubectl get pods` prints it under STATUS: what containers wait for or ended
// with comes before the phase, init containers before the others, and that the pod is going before everything. Source:
// what kubectl 1.33 prints (kubernetes.io/docs/reference/kubectl); the same since 1.27.
#pragma once

#include <string>

#include "base/json.h"

namespace cadastre::catalog {

// "Running", "Completed", "Terminating", "Init:0/2", "Init:CrashLoopBackOff", "ExitCode:137". "" for what is no pod.
std::string pod_state(const json::value& pod);

}  // namespace cadastre::catalog
