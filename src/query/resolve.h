// Where the DNS names of a query lead to.
//
// A name as a word, or after dns:, finds its records by their own name. What those records resolve to carries another
// text (the load balancer's DNSName, an instance's address), so a query is resolved before it is evaluated: each name's
// targets become alternatives of its term, `Value::resolved`, that a resource matches when one of its texts or
// addresses is exactly that. Chains of aliases are followed, and then from those names to what serves them inside a
// Kubernetes cluster, which carries no such text at all: that is named by its full id. Names that are excluded (NOT)
// are left alone.
#pragma once

#include <functional>

#include "base/result.h"
#include "query/expression.h"

namespace cadastre::query {

// The targets of the live records of that name, in the asker's scope. The name is as plain_host() has it.
using Targets = std::function<Result<std::vector<std::string>>(const std::string& name)>;

// Full ids of what serves any of these names, the nearest first, in the asker's scope.
using Behind = std::function<Result<std::vector<std::string>>(const std::vector<std::string>& names)>;

// Errors: those of `targets` and `behind`. A query that is resolved already comes back as it is.
Result<Expression> resolve(Expression expression, const Targets& targets, const Behind& behind = {});

// What an aws.route53.record resolves to: its alias target and, of types that name hosts or addresses, its values.
std::vector<std::string> record_targets(const json::value& record);
constexpr std::string_view kRecordKind = "aws.route53.record";

}  // namespace cadastre::query
