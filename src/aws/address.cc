#include "aws/address.h"

namespace cadastre::aws {
namespace {

std::string configured_url(const ClientOptions& options, const Service& service) {
  if (options.endpoint_url_of) {
    if (auto url = options.endpoint_url_of(service.service_id()); !url.empty()) return url;
  }
  return options.endpoint_url;
}

// May this bucket's name be a label of a host name? One with dots may not: no certificate covers it.
bool fits_host_name(std::string_view bucket) {
  auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  return bucket.size() >= 3 && bucket.size() <= 63 && plain(bucket.front()) && plain(bucket.back()) &&
         std::ranges::all_of(bucket, [&](char c) { return plain(c) || c == '-'; });
}

}  // namespace

Result<Address> find_address(const Endpoints& endpoints, const ClientOptions& options, const Service& service,
                             const Operation& operation, std::string_view region) {
  auto resolved = endpoints.resolve(service.name(), region, operation.name);
  auto configured = configured_url(options, service);
  if (!resolved && configured.empty()) return std::unexpected(std::move(resolved.error()));
  Address address;
  address.custom = !configured.empty();
  TRY_ASSIGN(address.url, parse_url(address.custom ? configured : resolved->url));
  // A configured endpoint stands for AWS's: it is signed for as that one would be.
  address.scope.region = resolved && !resolved->signing_region.empty() ? resolved->signing_region : std::string(region);
  address.scope.service = resolved && !resolved->signing_name.empty() ? resolved->signing_name : service.signing_name();
  address.s3 = address.scope.service == "s3" || address.scope.service == "s3express";
  return address;
}

SigningRequest place_request(const Address& address, const Operation& operation, const WireRequest& wire) {
  SigningRequest request{.method = wire.method,
                         .host = address.url.authority,
                         .path = wire.path,
                         .query = wire.query,
                         .headers = wire.headers,
                         .body = wire.body};
  if (!address.custom) {
    request.host = wire.host_prefix + request.host;
    if (address.s3 && operation.request_uri.starts_with("/{Bucket}")) {
      auto slash = std::min(request.path.find('/', 1), request.path.size());
      auto bucket = request.path.substr(1, slash - 1);
      if (fits_host_name(bucket)) {
        request.host = fmt::format("{}.{}", bucket, request.host);
        request.path.erase(0, slash);
        if (request.path.empty()) request.path = "/";
      }
    }
  }
  request.path = address.url.path + request.path;
  return request;
}

SigningOptions signing_options(const Address& address, const Operation& operation) {
  return {.double_encode = !address.s3,
          .normalize_path = !address.s3,
          .content_sha256 = address.s3,
          .unsigned_payload = operation.unsigned_body};
}

std::string bucket_region(const HttpResponse& response, std::string_view asked) {
  if (response.status != 301 && response.status != 307 && response.status != 400) return {};
  std::string region;
  if (const auto* header = response.header("x-amz-bucket-region")) {
    region = *header;
  } else if (size_t at = response.body.find("<Region>"); at != std::string::npos) {
    // AuthorizationHeaderMalformed says it only in its body.
    region = response.body.substr(at + 8, response.body.find('<', at + 8) - at - 8);
  }
  return region == asked ? "" : region;
}

}  // namespace cadastre::aws
