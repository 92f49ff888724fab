// The query language, understood: an expression tree. Plain values, immutable once parsed.
//
//   web prod                    words: each is somewhere in the id, name, ARN, tags, addresses or DNS names, whatever
//   the case "web server"                one text kind:ec2.instance           key:value; globs (kind:ec2.*),
//   alternatives (region:eu-west-1,eu-central-1) tag.team:payments           tag.NAME:VALUE; tag.NAME:* has the tag
//   data.State.Name:running     any path of the document; arrays match when any element does
//   age>90d size>=100GiB changed<1d    comparisons: ages, sizes with units, numbers
//   data.Iops:100..500          a range, both ends included
//   cluster:prod-eu namespace:shop    of Kubernetes; label.NAME:VALUE is tag.NAME:VALUE
//   is:stale is:deleted is:new is:changed
//   links:vol-0123              refers to that id or ARN
//   ip:10.1.2.3                 has the address, or is a network (subnet, VPC, rule) that contains it
//   i-0aa i-0bb 10.1.2.3        a paste: words side by side that look like ids, ARNs or addresses are alternatives, and
//   so
//                               are words that stand one a line; "i-0aa AND vpc-1" asks for both
//   -state:running (a OR b)     NOT, OR and parentheses; AND is what stands beside each other
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/time.h"

namespace cadastre::query {

enum class Key {
  word,
  kind,
  service,
  account,
  group,
  region,
  cluster,
  space,  // namespace: of Kubernetes
  name,
  id,
  state,
  ip,
  dns,
  arn,
  owner,
  tag,
  is,
  links,
  data,
  age,
  created,
  changed,
  size
};

enum class Comparison { equal, less, less_equal, greater, greater_equal, between };

// What a term compares with. Numbers: plain, milliseconds for ages, bytes for sizes with a unit.
struct Value {
  std::string text;  // as written, without quotes; globs in it count unless `literal`
  bool literal = false;
  // Not written, but where a DNS name that was leads to (resolve.h): a name as plain_host() has it, an address, or the
  // full id of a resource.
  bool resolved = false;
  std::optional<double> number, upper;  // of comparisons and ranges
  bool has_unit = false;                // "100GiB": number is bytes
  size_t at = 0;                        // where it stands in the query, in bytes
};

struct Term {
  Key key = Key::word;
  std::string name;               // the tag's, the group's or the path's
  std::vector<std::string> path;  // data.: its steps
  Comparison comparison = Comparison::equal;
  std::vector<Value> values;  // any of them
};

struct Expression {
  enum class Kind { all, any, no, term } kind = Kind::all;
  std::vector<Expression> parts;  // of all and any; one for no
  Term term;
};

// Does any term of the expression satisfy `test`?
bool mentions(const Expression& expression, const std::function<bool(const Term&)>& test);

}  // namespace cadastre::query
