// Answers that handlers make, and the headers that all of them carry.
#pragma once

#include "base/json.h"
#include "net/http_server.h"

namespace cadastre::api {

ServerResponse json_answer(const json::value& body, int status = 200);
ServerResponse text_answer(std::string body, std::string content_type, int status = 200);
ServerResponse no_content();

// A tag of the content, without the instant it was asked at: the same rows a second later have the same tag. Weak.
std::string etag_of(std::string_view body);

// What browsers must know of everything we send: nothing is framed, sniffed, or run that is not our own script.
void add_security_headers(ServerResponse& response, bool secure);

}  // namespace cadastre::api
