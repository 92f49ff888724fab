// The server's side of TLS: a certificate chain and its key, made ready for connections. Inside net/ only.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "net/http_server.h"

namespace cadastre {

using TlsContextPtr = std::shared_ptr<boost::asio::ssl::context>;  // a connection keeps the one it began with

// TLS 1.2 and later, ALPN "http/1.1". Errors: invalid, naming the file.
Result<TlsContextPtr> load_tls(const TlsFiles& files);

}  // namespace cadastre
