// XML answers into documents, led by the model: the walk is over the children that came, not over the members that
// might.
//
// The buffer is parsed in place, so a body is given up. Everything here is a pure function of the body; thread-safe.
#pragma once

#include "aws/model.h"
#include "base/json.h"
#include "base/result.h"

namespace cadastre::aws {

struct XmlExpectation {
  std::string_view operation;  // query and ec2: the root is this name, with or without "Response". "": any root that is
                               // no web page and no error
  std::string_view wrapper;    // query: the root's child that holds the output; "" when the output is the root
};

// The root (or its wrapped child) as `use` says; use.shape may be nullptr when the operation gives nothing back: the
// body is checked and the value is {}. Errors: malformed, a clause that continues "the answer …": cut short, not XML,
// another document, or a structure that the model does not know.
Result<json::value> read_xml(std::string& body, const XmlExpectation& expected, const Member& use,
                             const json::storage_ptr& storage);

// What an error document says, wherever a service puts it: <Error> as the root (S3), in <ErrorResponse>, in <Errors>
// (EC2).
struct XmlFault {
  std::string code, message, request_id;
};
XmlFault read_xml_fault(std::string body);

// The members of the modelled exception that such a document carries.
json::object read_xml_fault_detail(std::string body, const Shape& shape);

}  // namespace cadastre::aws
