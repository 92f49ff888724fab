// Whether a changing request comes from our own pages: what stands against cross-site request forgery beside SameSite
// cookies and the CSRF token. Pure functions.
#pragma once

#include <string>
#include <string_view>

#include "net/http_server.h"

namespace cadastre::auth {

// Not GET, HEAD or OPTIONS (RFC 9110 section 9.2.1).
bool changes(const ServerRequest& request);

// False when the browser says that another site's page sent it: Sec-Fetch-Site is neither "same-origin" nor "none", or
// Origin is neither `public_url`'s nor the one that the request itself was sent to. Programs send neither header.
bool from_our_pages(const ServerRequest& request, std::string_view public_url);

}  // namespace cadastre::auth
