// Says to systemd how the service is: sd_notify's protocol, a datagram to $NOTIFY_SOCKET. Thread-safe.
#pragma once

#include <optional>
#include <string_view>

#include "base/time.h"

namespace cadastre::serve {

// "READY=1", "STOPPING=1", "WATCHDOG=1", lines of them. Nothing happens when nobody asked to be told.
void notify(std::string_view state);
// How often WATCHDOG=1 is to be sent: half of what the service manager allows; nullopt: never.
std::optional<Millis> watchdog_interval();

}  // namespace cadastre::serve
