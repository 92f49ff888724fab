#include "aws/sigv4.h"

#include <openssl/evp.h>

#include "base/hash.h"
#include "base/text.h"

namespace cadastre::aws {
namespace {

using Digest = std::array<unsigned char, 32>;

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr size_t kMostCachedKeys = 4096;

// Headers that proxies and libcurl add or change on the way: signing them would break the signature.
constexpr std::string_view kUnsignedHeaders[] = {"authorization", "connection",        "expect",
                                                 "user-agent",    "transfer-encoding", "x-amzn-trace-id"};

std::string_view text(const Digest& digest) { return {reinterpret_cast<const char*>(digest.data()), digest.size()}; }

// SHA-256 over pieces. One context a thread, and the algorithm looked up once: OpenSSL 3 spends more on the lookup than
// on hashing a small text.
Digest sha256_of(std::initializer_list<std::string_view> pieces) {
  static const EVP_MD* algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  struct Context {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    ~Context() { EVP_MD_CTX_free(context); }
  };
  static thread_local Context thread;
  Digest digest;
  EVP_DigestInit_ex2(thread.context, algorithm, nullptr);
  for (auto piece : pieces) EVP_DigestUpdate(thread.context, piece.data(), piece.size());
  EVP_DigestFinal_ex(thread.context, digest.data(), nullptr);
  return digest;
}

// HMAC-SHA-256 (RFC 2104) over the digest above.
Digest hmac(std::string_view key, std::string_view message) {
  Digest shortened;
  if (key.size() > 64) {
    shortened = sha256_of({key});
    key = text(shortened);
  }
  char inner[64], outer[64];
  for (size_t i = 0; i < 64; ++i) {
    char byte = i < key.size() ? key[i] : '\0';
    inner[i] = static_cast<char>(byte ^ 0x36);
    outer[i] = static_cast<char>(byte ^ 0x5c);
  }
  Digest inside = sha256_of({{inner, 64}, message});
  return sha256_of({{outer, 64}, text(inside)});
}

// Derived once a day for each (secret, region, service); found again by a hash, so that no secret stays in the cache.
Digest signing_key(const Credentials& credentials, const SigningScope& scope, std::string_view date) {
  static thread_local std::unordered_map<Hash128, Digest> cache;
  std::string what;
  what.reserve(128);
  for (std::string_view part : {std::string_view(credentials.secret_access_key), date, std::string_view(scope.region),
                                std::string_view(scope.service)}) {
    what.append(part).push_back('\0');
  }
  auto id = hash128(what);
  if (auto found = cache.find(id); found != cache.end()) return found->second;
  if (cache.size() >= kMostCachedKeys) cache.clear();
  Digest key = hmac("AWS4" + credentials.secret_access_key, date);
  for (std::string_view part :
       {std::string_view(scope.region), std::string_view(scope.service), std::string_view("aws4_request")}) {
    key = hmac(text(key), part);
  }
  return cache[id] = key;
}

// "20150830T123600Z".
std::string basic_time(Time now) {
  auto days = std::chrono::floor<std::chrono::days>(now);
  std::chrono::year_month_day date(days);
  std::chrono::hh_mm_ss time(now - days);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count());
}

// Removes empty and "." segments, and resolves "..", as RFC 3986 does.
std::string normalized(std::string_view path) {
  std::vector<std::string_view> kept;
  auto segments = split(path, '/');
  for (auto segment : segments) {
    if (segment.empty() || segment == ".") continue;
    if (segment != "..")
      kept.push_back(segment);
    else if (!kept.empty())
      kept.pop_back();
  }
  std::string out;
  for (auto segment : kept) out.append("/").append(segment);
  auto last = segments.back();
  if (out.empty() || last.empty() || last == "." || last == "..") out += '/';
  return out;
}

bool unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
         c == '.' || c == '~';
}

// The part of a query in its one canonical encoding.
std::string encoded_once(std::string_view part) {
  if (std::ranges::all_of(part, unreserved)) return std::string(part);
  return percent_encode(percent_decode(part));
}

std::string canonical_query(std::string_view query) {
  if (query.empty()) return {};
  std::vector<std::pair<std::string, std::string>> parameters;
  for (auto parameter : split(query, '&')) {
    if (parameter.empty()) continue;
    size_t equals = std::min(parameter.find('='), parameter.size());
    auto value = equals < parameter.size() ? parameter.substr(equals + 1) : std::string_view();
    parameters.emplace_back(encoded_once(parameter.substr(0, equals)), encoded_once(value));
  }
  std::ranges::sort(parameters);
  std::string out;
  out.reserve(query.size() + 16);
  for (const auto& [name, value] : parameters) {
    if (!out.empty()) out += '&';
    out.append(name).append("=").append(value);
  }
  return out;
}

// Trimmed, runs of blanks made one.
void append_header_value(std::string& out, std::string_view value) {
  bool blank = false;
  for (char c : trim(value)) {
    if (c == ' ' || c == '\t') {
      blank = true;
      continue;
    }
    if (blank) out += ' ';
    blank = false;
    out += c;
  }
}

struct CanonicalHeaders {
  std::string lines, names;
};

CanonicalHeaders canonical_headers(const SigningRequest& request) {
  std::vector<std::pair<std::string, std::string_view>> headers;
  headers.reserve(request.headers.size() + 1);
  headers.emplace_back("host", request.host);
  for (const auto& header : request.headers) {
    auto name = lower(header.name);
    if (std::ranges::find(kUnsignedHeaders, name) == std::end(kUnsignedHeaders))
      headers.emplace_back(std::move(name), header.value);
  }
  std::ranges::stable_sort(headers, {}, [](const auto& header) -> const std::string& { return header.first; });
  CanonicalHeaders out;
  out.lines.reserve(512);
  for (size_t i = 0; i < headers.size(); ++i) {
    bool again = i > 0 && headers[i].first == headers[i - 1].first;  // values of one name are joined
    if (again) {
      out.lines.back() = ',';
    } else {
      if (i > 0) out.names += ';';
      out.names += headers[i].first;
      out.lines.append(headers[i].first).push_back(':');
    }
    append_header_value(out.lines, headers[i].second);
    out.lines += '\n';
  }
  return out;
}

std::string canonical_path(std::string_view path, const SigningOptions& options) {
  std::string out = options.normalize_path ? normalized(path) : std::string(path.empty() ? "/" : path);
  bool plain = std::ranges::all_of(out, [](char c) { return unreserved(c) || c == '/'; });
  return options.double_encode && !plain ? percent_encode(out, /*keep_slash=*/true) : out;
}

std::string payload_hash(const SigningRequest& request, const SigningOptions& options) {
  return options.unsigned_payload ? "UNSIGNED-PAYLOAD" : to_hex(text(sha256_of({request.body})));
}

SigningSteps steps(const SigningRequest& request, const Credentials& credentials, const SigningScope& scope,
                   std::string_view timestamp, std::string_view payload, const SigningOptions& options) {
  auto date = timestamp.substr(0, 8);
  auto headers = canonical_headers(request);
  auto credential_scope = fmt::format("{}/{}/{}/aws4_request", date, scope.region, scope.service);
  SigningSteps out;
  out.canonical_request = fmt::format("{}\n{}\n{}\n{}\n{}\n{}", request.method, canonical_path(request.path, options),
                                      canonical_query(request.query), headers.lines, headers.names, payload);
  out.string_to_sign = fmt::format("{}\n{}\n{}\n{}", kAlgorithm, timestamp, credential_scope,
                                   to_hex(text(sha256_of({out.canonical_request}))));
  auto signature = to_hex(text(hmac(text(signing_key(credentials, scope, date)), out.string_to_sign)));
  out.authorization = fmt::format("{} Credential={}/{}, SignedHeaders={}, Signature={}", kAlgorithm,
                                  credentials.access_key_id, credential_scope, headers.names, signature);
  return out;
}

// A request that is signed again, for a retry, must not carry two of them.
void set_header(SigningRequest& request, std::string_view name, std::string value) {
  for (auto& header : request.headers) {
    if (iequals(header.name, name)) {
      header.value = std::move(value);
      return;
    }
  }
  request.headers.push_back({std::string(name), std::move(value)});
}

// Adds the headers that are themselves signed; returns the payload's hash.
std::string add_signed_headers(SigningRequest& request, const Credentials& credentials, std::string_view timestamp,
                               const SigningOptions& options) {
  set_header(request, "X-Amz-Date", std::string(timestamp));
  if (!credentials.session_token.empty()) set_header(request, "X-Amz-Security-Token", credentials.session_token);
  auto payload = payload_hash(request, options);
  if (options.content_sha256) set_header(request, "X-Amz-Content-Sha256", payload);
  return payload;
}

}  // namespace

void sign(SigningRequest& request, const Credentials& credentials, const SigningScope& scope, Time now,
          const SigningOptions& options) {
  auto timestamp = basic_time(now);
  auto payload = add_signed_headers(request, credentials, timestamp, options);
  set_header(request, "Authorization", steps(request, credentials, scope, timestamp, payload, options).authorization);
}

SigningSteps signing_steps(const SigningRequest& request, const Credentials& credentials, const SigningScope& scope,
                           Time now, const SigningOptions& options) {
  auto timestamp = basic_time(now);
  SigningRequest copy = request;
  auto payload = add_signed_headers(copy, credentials, timestamp, options);
  return steps(copy, credentials, scope, timestamp, payload, options);
}

}  // namespace cadastre::aws
