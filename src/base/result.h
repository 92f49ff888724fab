// Result<T>: a value, or an Error that says in one outward sentence what failed and what to do.
//
// An Error has a code (what callers branch on), a message (outward: names the object, never a secret, fit for a user),
// and a cause (inward: what the library or the peer said, for logs and --verbose). Errors are returned, and logged
// once, at the boundary. Values; no thread-safety concerns.
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace cadastre {

enum class ErrorCode {
  invalid,      // the caller's input is wrong: a file, a flag, a query
  not_found,    // the named thing does not exist
  gone,         // the named thing existed and was deleted
  io,           // file or database
  full,         // no space left on the device
  network,      // could not reach the peer, or the connection broke
  timeout,      // a deadline passed
  cancelled,    // the user or the program asked to stop
  denied,       // the peer refused: permissions
  throttled,    // the peer asked us to slow down, and still did after every retry
  expired,      // credentials expired and could not be renewed
  region_off,   // the region is not enabled for the account
  unsupported,  // the service or operation does not exist there
  malformed,    // the peer's answer could not be understood, or was cut short
  refused,      // we refuse to do it: not on the read-only allow-list
  failed,       // any other failure the peer reported
  internal,     // a defect of ours
};

std::string_view to_string(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;
  std::string cause;

  // The same error, with its outward sentence led by where it happened: "account 1111: " + message.
  Error in(std::string_view where) && {
    return {code, std::string(where) + ": " + std::move(message), std::move(cause)};
  }
};

template <typename T>
using Result = std::expected<T, Error>;

// fail(ErrorCode::io, "cannot open x") converts to any Result<T>.
inline std::unexpected<Error> fail(ErrorCode code, std::string message, std::string cause = {}) {
  return std::unexpected(Error{code, std::move(message), std::move(cause)});
}

// TRY(expr): evaluate a Result<void>-like expression and return its error. TRY_ASSIGN(decl, expr): bind its value.
#define CADASTRE_CONCAT_(a, b) a##b
#define CADASTRE_CONCAT(a, b) CADASTRE_CONCAT_(a, b)
#define TRY(expr)                                                                                        \
  do {                                                                                                   \
    if (auto try_result_ = (expr); !try_result_) return std::unexpected(std::move(try_result_).error()); \
  } while (false)
#define TRY_ASSIGN(decl, expr)                                                                                      \
  auto CADASTRE_CONCAT(try_, __LINE__) = (expr);                                                                    \
  if (!CADASTRE_CONCAT(try_, __LINE__)) return std::unexpected(std::move(CADASTRE_CONCAT(try_, __LINE__)).error()); \
  decl = std::move(*CADASTRE_CONCAT(try_, __LINE__))

}  // namespace cadastre
