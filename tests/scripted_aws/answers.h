// Documents onto the wire, in each service's own protocol: pages of lists, outputs of other calls, and refusals. Pure
// functions.
#pragma once

#include "aws/model.h"
#include "scripted_aws/http_server.h"

namespace cadastre::scripted {

// One element of the output's list `member`, as it travels.
std::string write_element(const aws::Service& service, const aws::Operation& operation, std::string_view member,
                          const json::value& element);

// A page: the elements, already written, and the output's other members.
HttpAnswer page_answer(const aws::Service& service, const aws::Operation& operation, std::string_view member,
                       const std::vector<std::string_view>& elements, const json::object& others);

// Any output; {} is a valid empty answer of every operation.
HttpAnswer output_answer(const aws::Service& service, const aws::Operation& operation, const json::object& output);

// "the member X of Y is not in the model"; "" when the value fits. What the generators are held to.
std::string misfit(const aws::Shape& shape, const json::value& value);

HttpAnswer error_answer(const aws::Service& service, int status, std::string_view code, std::string_view message);

// Refusals that every protocol spells in its own way.
HttpAnswer throttled_answer(const aws::Service& service);
HttpAnswer expired_answer(const aws::Service& service);
HttpAnswer unknown_key_answer(const aws::Service& service);  // what a region that is off says, too
HttpAnswer opt_in_answer(const aws::Service& service);
HttpAnswer denied_answer(const aws::Service& service, std::string_view operation, std::string_view account,
                         bool by_scp);
HttpAnswer server_error_answer(const aws::Service& service, int status);
HttpAnswer proxy_page();

}  // namespace cadastre::scripted
