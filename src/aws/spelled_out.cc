#include "aws/spelled_out.h"

#include <stdexcept>

namespace cadastre::aws {
namespace {

constexpr std::string_view kObjects = R"json({
  "metadata": {"apiVersion": "2006-03-01", "endpointPrefix": "s3", "protocol": "rest-xml", "serviceId": "S3"},
  "operations": {
    "ListObjectsV2": {
      "name": "ListObjectsV2",
      "http": {"method": "GET", "requestUri": "/{Bucket}?list-type=2"},
      "input": {"shape": "ListInput"}, "output": {"shape": "ListOutput"},
      "paginator": {"input_token": "ContinuationToken", "output_token": "NextContinuationToken",
                    "more_results": "IsTruncated", "result_key": ["Contents", "CommonPrefixes"]}},
    "GetObject": {
      "name": "GetObject",
      "http": {"method": "GET", "requestUri": "/{Bucket}/{Key+}"},
      "input": {"shape": "GetInput"}, "output": {"shape": "GetOutput"}}},
  "shapes": {
    "Text": {"type": "string"}, "Flag": {"type": "boolean"}, "Size": {"type": "long"}, "Bytes": {"type": "blob"},
    "Moment": {"type": "timestamp"},
    "ListInput": {"type": "structure", "required": ["Bucket"], "members": {
      "Bucket": {"shape": "Text", "location": "uri", "locationName": "Bucket"},
      "Delimiter": {"shape": "Text", "location": "querystring", "locationName": "delimiter"},
      "Prefix": {"shape": "Text", "location": "querystring", "locationName": "prefix"},
      "StartAfter": {"shape": "Text", "location": "querystring", "locationName": "start-after"},
      "ContinuationToken": {"shape": "Text", "location": "querystring", "locationName": "continuation-token"}}},
    "ListOutput": {"type": "structure", "members": {
      "IsTruncated": {"shape": "Flag"},
      "Contents": {"shape": "Objects"},
      "CommonPrefixes": {"shape": "Folders"},
      "NextContinuationToken": {"shape": "Text"}}},
    "Objects": {"type": "list", "member": {"shape": "Object"}, "flattened": true},
    "Object": {"type": "structure", "members": {
      "Key": {"shape": "Text"}, "LastModified": {"shape": "Moment"}, "Size": {"shape": "Size"}}},
    "Folders": {"type": "list", "member": {"shape": "Folder"}, "flattened": true},
    "Folder": {"type": "structure", "members": {"Prefix": {"shape": "Text"}}},
    "GetInput": {"type": "structure", "required": ["Bucket", "Key"], "members": {
      "Bucket": {"shape": "Text", "location": "uri", "locationName": "Bucket"},
      "Key": {"shape": "Text", "location": "uri", "locationName": "Key"},
      "Range": {"shape": "Text", "location": "header", "locationName": "Range"},
      "IfMatch": {"shape": "Text", "location": "header", "locationName": "If-Match"}}},
    "GetOutput": {"type": "structure", "payload": "Body", "members": {"Body": {"shape": "Bytes"}}}}
})json";

constexpr std::string_view kMessages = R"json({
  "metadata": {"apiVersion": "2012-11-05", "endpointPrefix": "sqs", "protocol": "json", "jsonVersion": "1.0",
               "targetPrefix": "AmazonSQS", "serviceId": "SQS"},
  "operations": {
    "ReceiveMessage": {
      "name": "ReceiveMessage", "http": {"method": "POST", "requestUri": "/"},
      "input": {"shape": "ReceiveInput"}, "output": {"shape": "ReceiveOutput"}},
    "DeleteMessage": {
      "name": "DeleteMessage", "http": {"method": "POST", "requestUri": "/"},
      "input": {"shape": "DeleteInput"}}},
  "shapes": {
    "Text": {"type": "string"}, "Number": {"type": "integer"},
    "ReceiveInput": {"type": "structure", "required": ["QueueUrl"], "members": {
      "QueueUrl": {"shape": "Text"}, "MaxNumberOfMessages": {"shape": "Number"},
      "WaitTimeSeconds": {"shape": "Number"}, "VisibilityTimeout": {"shape": "Number"}}},
    "ReceiveOutput": {"type": "structure", "members": {"Messages": {"shape": "Messages"}}},
    "Messages": {"type": "list", "member": {"shape": "Message"}},
    "Message": {"type": "structure", "members": {
      "MessageId": {"shape": "Text"}, "ReceiptHandle": {"shape": "Text"}, "Body": {"shape": "Text"}}},
    "DeleteInput": {"type": "structure", "required": ["QueueUrl", "ReceiptHandle"], "members": {
      "QueueUrl": {"shape": "Text"}, "ReceiptHandle": {"shape": "Text"}}}}
})json";

std::unique_ptr<Service> read(const char* name, std::string_view model) {
  auto service = Service::parse(name, model);
  if (!service) throw std::logic_error(service.error().message);  // a slip in the texts above: every test finds it
  return std::move(*service);
}

}  // namespace

const Service& object_calls() {
  static const auto service = read("s3", kObjects);
  return *service;
}

const Service& message_calls() {
  static const auto service = read("sqs", kMessages);
  return *service;
}

}  // namespace cadastre::aws
