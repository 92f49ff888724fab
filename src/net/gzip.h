// gzip (RFC 1952) over zlib, in one go or piece by piece.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace cadastre {

// Not thread-safe.
class Gzip {
 public:
  Gzip();
  ~Gzip();
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  // Appends to `out` what is ready of all that was added; all of it when `last`.
  void add(std::string_view bytes, std::string& out, bool last);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

std::string gzip(std::string_view bytes);

}  // namespace cadastre
