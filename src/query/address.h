// The language's name for base/address.h.
#pragma once

#include "base/address.h"

namespace cadastre::query {

using cadastre::Network;
using cadastre::parse_network;

}  // namespace cadastre::query
