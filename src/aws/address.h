// Where one call goes, and how it is signed for there. Inside aws/ only.
#pragma once

#include "aws/client.h"
#include "aws/url.h"

namespace cadastre::aws {

struct Address {
  Url url;  // of the endpoint: scheme, authority and, for an endpoint that was configured, a path
  SigningScope scope;
  bool custom = false;  // configured, not AWS's own
  bool s3 = false;      // S3 signs differently
};

// The endpoint that is configured for the service, else AWS's in `region`. Errors: those of parse_url and
// Endpoints::resolve.
Result<Address> find_address(const Endpoints& endpoints, const ClientOptions& options, const Service& service,
                             const Operation& operation, std::string_view region);

// The request as it goes to the address: host prefix or bucket in the host name, full path. Not yet signed; `body`
// views into `wire`.
SigningRequest place_request(const Address& address, const Operation& operation, const WireRequest& wire);

SigningOptions signing_options(const Address& address, const Operation& operation);

// The region that S3 says a bucket lives in, when that is why it refused a call signed for `asked`; "" otherwise.
std::string bucket_region(const HttpResponse& response, std::string_view asked);

}  // namespace cadastre::aws
