// TLS, with certificates that openssl makes here, and clients that nobody here wrote: libcurl, openssl, Python.
#include <doctest/doctest.h>

#include <cstdio>

#include "base/file.h"
#include "net/http_server.h"
#include "support/folder.h"
#include "support/server.h"

using namespace cadastre;
using testing::Folder;
using testing::RawSocket;
using testing::TestServer;

namespace {

// Runs a shell command, and returns what it printed.
std::string run(const std::string& command) {
  std::string out;
  auto* pipe = ::popen((command + " 2>&1").c_str(), "r");
  REQUIRE(pipe);
  std::array<char, 4096> part;
  for (size_t count; (count = std::fread(part.data(), 1, part.size(), pipe)) > 0;) out.append(part.data(), count);
  int status = ::pclose(pipe);
  if (status != 0) out += fmt::format("\n[exit {}]", WEXITSTATUS(status));
  return out;
}

// A private authority, and servers' certificates by it.
struct Authority {
  Folder folder;
  std::string ca = folder / "ca.pem";

  Authority() {
    run(fmt::format(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout {0}/ca.key -out {0}/ca.pem "
        "-days 2 -subj '/CN=Test authority' -addext basicConstraints=critical,CA:TRUE "
        "-addext keyUsage=critical,keyCertSign",
        folder.path()));
    REQUIRE(read_file(ca));
  }
  // names: "DNS:localhost,IP:127.0.0.1"
  TlsFiles issue(const std::string& file, const std::string& subject, const std::string& names) {
    auto base = folder / file;
    run(fmt::format(
        "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout {0}.key -out {0}.csr "
        "-subj '/CN={1}' && printf 'subjectAltName={2}' > {0}.ext && openssl x509 -req -in {0}.csr -CA {3}/ca.pem "
        "-CAkey {3}/ca.key -CAcreateserial -days 2 -extfile {0}.ext -out {0}.pem",
        base, subject, names, folder.path()));
    REQUIRE(read_file(base + ".pem"));
    return {base + ".pem", base + ".key"};
  }
};

ServerResponse hello(const ServerRequest& request) {
  return {.body = fmt::format("hello {} {}", request.secure, std::string(200'000, 'x'))};
}

ServerOptions with_tls(const TlsFiles& files) {
  ServerOptions options;
  options.tls = files;
  return options;
}

}  // namespace

TEST_SUITE_BEGIN("slow");

TEST_CASE("a client that trusts the authority is served, and any other refuses us") {
  Authority authority;
  TestServer served(hello, with_tls(authority.issue("server", "here", "DNS:localhost,IP:127.0.0.1")));
  auto https = [&](std::string_view host) { return fmt::format("https://{}:{}/", host, served.port()); };

  HttpClient trusting({.ca_bundle = authority.ca});
  for (auto host : {"localhost", "127.0.0.1"}) {
    auto answer = trusting.send({.url = https(host)}, {});
    REQUIRE(answer);
    CHECK(answer->body == "hello true " + std::string(200'000, 'x'));
  }
  auto again = trusting.send({.url = https("localhost")}, {});
  CHECK(again->status == 200);
  CHECK(served.server->counts().accepted == 2);

  auto unknown = HttpClient().send({.url = https("localhost")}, {});
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().code == ErrorCode::network);

  TestServer other(hello, with_tls(authority.issue("other", "there", "DNS:elsewhere.example")));
  auto wrong_host = trusting.send({.url = fmt::format("https://localhost:{}/", other.port())}, {});
  REQUIRE_FALSE(wrong_host);
  CHECK(wrong_host.error().code == ErrorCode::network);
}

TEST_CASE("protocols: 1.2 and 1.3 and nothing older; http/1.1 by ALPN") {
  Authority authority;
  TestServer served(hello, with_tls(authority.issue("server", "here", "DNS:localhost")));
  auto connect = [&](std::string_view more) {
    return run(fmt::format("openssl s_client -connect 127.0.0.1:{} -servername localhost -CAfile {} {} </dev/null",
                           served.port(), authority.ca, more));
  };
  CHECK(connect("-tls1_2").find("Verify return code: 0 (ok)") != std::string::npos);
  auto newest = connect("-tls1_3 -alpn h2,http/1.1");
  CHECK(newest.find("Verify return code: 0 (ok)") != std::string::npos);
  CHECK(newest.find("ALPN protocol: http/1.1") != std::string::npos);
  CHECK(connect("-tls1_1 -cipher ALL:@SECLEVEL=0").find("[exit 1]") != std::string::npos);
  CHECK(connect("-alpn h2").find("no application protocol") != std::string::npos);
}

TEST_CASE("another certificate is used from the reload on, and open connections go on") {
  Authority authority;
  auto files = authority.issue("server", "first", "DNS:localhost");
  TestServer served(hello, with_tls(files));
  auto subject = [&] {
    return run(
        fmt::format("openssl s_client -connect 127.0.0.1:{} -servername localhost </dev/null | openssl x509 -noout "
                    "-subject",
                    served.port()));
  };
  CHECK(subject().find("first") != std::string::npos);
  HttpClient open({.ca_bundle = authority.ca});
  auto url = fmt::format("https://localhost:{}/", served.port());
  REQUIRE(open.send({.url = url}, {}));
  auto connections = served.server->counts().accepted;

  auto renewed = authority.issue("renewed", "second", "DNS:localhost");
  REQUIRE(write_file(files.certificate, *read_file(renewed.certificate)));
  auto half = served.server->reload_tls();  // the key is still the old one
  REQUIRE_FALSE(half);
  CHECK(half.error().code == ErrorCode::invalid);
  CHECK(half.error().message.find(files.key) != std::string::npos);
  CHECK(subject().find("first") != std::string::npos);

  REQUIRE(write_file(files.key, *read_file(renewed.key)));
  REQUIRE(served.server->reload_tls());
  CHECK(subject().find("second") != std::string::npos);
  CHECK(open.send({.url = url}, {})->status == 200);
  CHECK(served.server->counts().accepted == connections + 2);  // the two of openssl

  REQUIRE(write_file(files.certificate, "nonsense"));
  CHECK_FALSE(served.server->reload_tls());
  CHECK(subject().find("second") != std::string::npos);
}

TEST_CASE("certificates that cannot be used are refused at the start") {
  ServerOptions options = with_tls({"/no/such.pem", "/no/such.key"});
  options.listen = "127.0.0.1:0";
  auto server = HttpServer::start(options, hello);
  REQUIRE_FALSE(server);
  CHECK(server.error().code == ErrorCode::invalid);
  CHECK(server.error().message.find("/no/such.pem") != std::string::npos);
}

TEST_CASE("who never ends the handshake, or speaks no TLS, is let go") {
  Authority authority;
  auto options = with_tls(authority.issue("server", "here", "DNS:localhost"));
  options.limits.header_time = Millis(100);
  TestServer served(hello, options);
  RawSocket silent(served.port()), plain(served.port());
  plain.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(plain.receive_all().find("HTTP/1.1 200") == std::string::npos);
  CHECK(plain.at_end);
  CHECK(silent.receive_all() == "");
  CHECK(silent.at_end);
}

TEST_CASE("Python's client understands it: plain and TLS, whole and in pieces") {
  Authority authority;
  auto handler = [](const ServerRequest& request) {
    ServerResponse response;
    response.set("Content-Type", "text/plain; charset=utf-8");
    if (request.path == "/stream") {
      auto left = std::make_shared<int>(100);
      response.stream = [left](std::string& piece) -> Result<bool> {
        piece = std::string(10'000, 'y');
        return --*left > 0;
      };
    } else {
      response.set("ETag", "\"v1\"");
      response.body = request.method + " " + request.path + " " + request.body + " " + std::string(5000, 'x');
    }
    return response;
  };
  TestServer plain(handler);
  TestServer secure(handler, with_tls(authority.issue("server", "here", "DNS:localhost")));
  auto said = run(fmt::format("{0}/build/venv/bin/python {0}/tests/net_client.py {1} {2} {3}", CADASTRE_SOURCE_DIR,
                              plain.port(), secure.port(), authority.ca));
  CHECK(said == "as expected\n");
}

TEST_SUITE_END();
