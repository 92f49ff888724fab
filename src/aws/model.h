// AWS service models as botocore publishes them (service-2.json), read into linked shapes.
//
// Source: https://github.com/boto/botocore, botocore/data/*/*/service-2.json, and paginators-1.json folded into the
// operations as "paginator". Immutable after loading, hence thread-safe. Shapes point at each other and may be
// recursive; they live as long as their Service.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/name_table.h"
#include "base/json.h"
#include "base/result.h"

namespace cadastre::aws {

enum class Protocol { query, ec2, rest_xml, rest_json, json, cbor };

enum class ShapeType {
  structure,
  list,
  map,
  string,
  character,
  boolean,
  integer,
  long_,
  float_,
  double_,
  blob,
  timestamp
};

enum class TimestampFormat { unset, iso8601, unix_timestamp, rfc822 };

enum class Location { body, uri, querystring, header, headers, status_code };

struct Shape;

// A use of a shape: a structure's member, a list's element, a map's key or value. Its traits are resolved: what the use
// gives, else what the shape gives.
struct Member {
  std::string name;  // boto3's name, the name in documents
  const Shape* shape = nullptr;
  std::string location_name;  // "" when not given
  std::string wire_name;      // what a body calls it: locationName (of a flattened list's element first), else the name
  std::string query_name;     // ec2 protocol's queryName
  std::string xml_prefix, xml_uri;  // xmlNamespace
  Location location = Location::body;
  TimestampFormat timestamp_format = TimestampFormat::unset;
  bool flattened = false;
  bool xml_attribute = false;
  bool host_label = false;
  bool idempotency_token = false;
  bool json_value = false;
  bool sensitive = false;
  bool event_payload = false;
  bool event_header = false;
};

struct Shape {
  std::string name;
  ShapeType type = ShapeType::structure;
  std::vector<Member> members;  // structure, in the model's order
  Member element, key, value;   // list; map
  std::vector<std::string> required;
  std::string payload;        // the member that is the whole body
  std::string location_name;  // of the shape itself (the XML root, a wrapped list)
  std::string xml_prefix, xml_uri;
  TimestampFormat timestamp_format = TimestampFormat::unset;
  bool flattened = false, wrapper = false, streaming = false, sensitive = false;
  bool eventstream = false, document = false, tagged_union = false;
  bool exception = false;
  std::string error_code;                             // error.code of an exception shape
  const Member* member(std::string_view name) const;  // by boto3's name; nullptr when there is none

  // Filled by the loader: indices in members, by boto3's name, and by wire name those that an answer's body carries.
  NameTable names, wire_names;
  bool all_in_body = true;      // an answer carries no member in a header or the status
  bool has_attributes = false;  // some member is an XML attribute
};

struct Paginator {
  std::vector<Path> output_tokens;        // where the next token is found
  std::vector<std::string> input_tokens;  // the parameter each is given back in
  std::string limit_key;                  // the parameter that sets the page's size; "" when there is none
  int64_t limit_max = 0;                  // the largest page that the model allows; 0 when it does not say
  std::vector<Path> result_keys;
  Path more_results;  // a boolean; source() is "" when there is none
  bool has_more_results = false;
};

struct Operation {
  std::string name;
  std::string method, request_uri;  // "GET", "/{Bucket}?versioning"
  std::string host_prefix;          // endpoint.hostPrefix, "{AccountId}."
  const Shape* input = nullptr;     // nullptr: takes nothing
  const Shape* output = nullptr;
  Member input_use, output_use;  // locationName and xmlNamespace given at the use
  std::string result_wrapper;    // query protocol: the element of the answer that holds the output
  std::vector<const Shape*> errors;
  std::optional<Paginator> paginator;
  std::string content_md5_or_checksum;  // httpChecksum.requestAlgorithmMember or "md5" when httpChecksumRequired
  bool unsigned_body = false;           // authtype v4-unsigned-body
  bool no_signing = false;              // authtype none
  json::object static_context;          // staticContextParams
};

class Service {
 public:
  // `model`: service-2.json, each operation optionally carrying "paginator" in paginators-1.json's form. `name` is
  // botocore's folder, the service word that boto3 and the AWS CLI use ("ec2", "elbv2"). Errors: malformed, naming the
  // service.
  static Result<std::unique_ptr<Service>> parse(std::string name, std::string_view model);
  static Result<std::unique_ptr<Service>> parse(std::string name, const json::value& model);

  const std::string& name() const { return name_; }
  Protocol protocol() const { return protocol_; }
  const std::string& json_version() const { return json_version_; }
  const std::string& target_prefix() const { return target_prefix_; }
  const std::string& api_version() const { return api_version_; }
  const std::string& endpoint_prefix() const { return endpoint_prefix_; }
  const std::string& signing_name() const { return signing_name_; }  // metadata.signingName, else endpointPrefix
  const std::string& service_id() const { return service_id_; }
  const std::string& xml_namespace() const { return xml_namespace_; }
  bool query_compatible() const { return query_compatible_; }  // metadata.awsQueryCompatible

  const Operation* operation(std::string_view name) const;  // nullptr when it is not in the (trimmed) model
  const Shape* shape(std::string_view name) const;
  const Shape* error_shape(std::string_view code) const;
  const std::map<std::string, Operation, std::less<>>& operations() const { return operations_; }

 private:
  friend class ModelLoader;
  std::string name_, json_version_, target_prefix_, api_version_, endpoint_prefix_, signing_name_, service_id_,
      xml_namespace_;
  Protocol protocol_ = Protocol::json;
  bool query_compatible_ = false;
  std::map<std::string, Operation, std::less<>> operations_;
  std::map<std::string, Shape, std::less<>> shapes_;
  std::map<std::string, const Shape*, std::less<>> errors_;  // by error code
};

}  // namespace cadastre::aws
