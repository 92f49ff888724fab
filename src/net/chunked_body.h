// A chunked body becomes its bytes. Pure; RFC 9112, 7.1. As strict as http_head.h, and for the same reason.
#pragma once

#include <string>
#include <string_view>

namespace cadastre {

// Not thread-safe.
class ChunkedBody {
 public:
  // trailer_bytes: the most that the lines after the last chunk may be, in all.
  ChunkedBody(size_t body_bytes, size_t trailer_bytes) : body_bytes_(body_bytes), trailer_bytes_(trailer_bytes) {}

  enum class State { size, data, data_end, trailers, done, malformed, too_large };
  // `bytes` is all that has come and was not used yet; appends to `body`. Returns how many of them were used.
  size_t feed(std::string_view bytes, std::string& body);
  State state() const { return state_; }

 private:
  size_t step(std::string_view bytes, std::string& body);
  size_t read_size(std::string_view bytes);
  size_t read_trailer(std::string_view bytes);
  size_t end(State state);
  enum class Line { whole, waiting, malformed };
  static Line line_of(std::string_view bytes, size_t most, std::string_view& line);

  const size_t body_bytes_;
  size_t trailer_bytes_;  // what is left of them
  size_t taken_ = 0;      // bytes of the body so far
  size_t left_ = 0;       // bytes of the present chunk to come
  State state_ = State::size;
};

}  // namespace cadastre
