#include "net/tls_context.h"

namespace cadastre {
namespace {

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned count, void*) {
  static constexpr unsigned char ours[] = "\x08http/1.1";
  auto* out = const_cast<unsigned char*>(*chosen);
  int found = SSL_select_next_proto(&out, size, ours, sizeof ours - 1, offered, count);
  *chosen = out;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

}  // namespace

Result<TlsContextPtr> load_tls(const TlsFiles& files) {
  auto context = std::make_shared<boost::asio::ssl::context>(boost::asio::ssl::context::tls_server);
  auto* native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_alpn_select_cb(native, choose_protocol, nullptr);
  boost::system::error_code problem;
  context->use_certificate_chain_file(files.certificate, problem);
  if (problem) {
    return fail(
        ErrorCode::invalid,
        fmt::format("cannot use the certificate {}: it must be a PEM file with the whole chain, the server's own "
                    "certificate first",
                    files.certificate),
        problem.message());
  }
  context->use_private_key_file(files.key, boost::asio::ssl::context::pem, problem);
  if (problem) {
    return fail(
        ErrorCode::invalid,
        fmt::format("cannot use the private key {}: it must be a PEM file without a passphrase, and belong to the "
                    "certificate {}",
                    files.key, files.certificate),
        problem.message());
  }
  return context;
}

}  // namespace cadastre
