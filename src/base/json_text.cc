// Documents as text. Every document of every collection is written to be hashed, so this is written for speed: bytes go
// straight to where they belong, eight at a time.
#include <charconv>
#include <cmath>
#include <cstring>

#include "base/json.h"

namespace cadastre {
namespace {

// Is there a byte that cannot stand in a JSON text as it is? Bytes from 0x80 on are of UTF-8 sequences and can.
template <typename Word>
bool has_awkward_byte(Word bytes) {
  constexpr auto kOnes = static_cast<Word>(0x0101010101010101), kHighs = static_cast<Word>(0x8080808080808080);
  auto zeros = [](Word word) { return (word - kOnes) & ~word; };  // the high bit of a byte that is zero
  Word controls = (bytes - kOnes * 0x20) & ~bytes;
  return ((controls | zeros(bytes ^ kOnes * '"') | zeros(bytes ^ kOnes * '\\')) & kHighs) != 0;
}

class Writer {
 public:
  explicit Writer(std::string& out) : out_(out), at_(out.size()) {}
  ~Writer() { out_.resize(at_); }

  void byte(char c) {
    room(1);
    out_[at_++] = c;
  }
  void plain(std::string_view text) {
    room(text.size());
    std::memcpy(out_.data() + at_, text.data(), text.size());
    at_ += text.size();
  }

  void string(std::string_view text) {
    room(text.size() + 2);
    quoted(text);
  }
  // `"name":`, behind a comma when it is not the first.
  void key(std::string_view name, bool first) {
    room(name.size() + 4);
    out_[at_] = ',';
    at_ += !first;
    quoted(name);
    byte(':');
  }

  template <typename Number>
  void number(Number number) {
    constexpr size_t kLongest = 32;
    room(kLongest + 2);
    char* to = out_.data() + at_;
    auto [end, error] = std::to_chars(to, to + kLongest, number);
    if constexpr (std::is_floating_point_v<Number>) {
      // 1e3 and 5 would read back as other types: keep doubles recognisable.
      if (std::string_view(to, end).find_first_of(".eEn") == std::string_view::npos) {
        *end++ = '.';
        *end++ = '0';
      }
    }
    at_ = static_cast<size_t>(end - out_.data());
  }

 private:
  static bool is_awkward(char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; }

  void quoted(std::string_view text) {
    char* to = out_.data() + at_;
    *to++ = '"';
    size_t done = copy_while_plain(text, to);
    at_ = static_cast<size_t>(to - out_.data()) + done;
    if (done != text.size()) return escaped(text.substr(done));
    out_[at_++] = '"';
  }

  // Copies all of it and returns its size; or stops short of the first awkward byte (by up to a word) and says where.
  static size_t copy_while_plain(std::string_view text, char* to) {
    const char* from = text.data();
    size_t size = text.size(), done = 0;
    auto copy = [&]<typename Word>(size_t at, Word) {
      Word word;
      std::memcpy(&word, from + at, sizeof word);
      if (has_awkward_byte(word)) return false;
      std::memcpy(to + at, &word, sizeof word);
      return true;
    };
    if (size >= 8) {
      for (; size - done >= 8; done += 8) {
        if (!copy(done, uint64_t{})) return done;
      }
      // The last eight once more, for those that are left.
      return done == size || copy(size - 8, uint64_t{}) ? size : done;
    }
    if (size >= 4) return copy(0, uint32_t{}) && copy(size - 4, uint32_t{}) ? size : 0;
    for (; done < size && !is_awkward(from[done]); ++done) to[done] = from[done];
    return done;
  }

  // The rest of a text, some byte of it awkward, and the closing quote.
  void escaped(std::string_view rest) {
    for (char c : rest) {
      if (!is_awkward(c)) {
        byte(c);
        continue;
      }
      switch (c) {
        case '"':
          plain("\\\"");
          break;
        case '\\':
          plain("\\\\");
          break;
        case '\n':
          plain("\\n");
          break;
        case '\r':
          plain("\\r");
          break;
        case '\t':
          plain("\\t");
          break;
        default:
          plain(fmt::format("\\u{:04x}", static_cast<unsigned char>(c)));
      }
    }
    byte('"');
  }

  void room(size_t more) {
    if (out_.size() - at_ < more) [[unlikely]]
      grow(more);
  }
  void grow(size_t more) { out_.resize(std::max({out_.size() * 2, out_.capacity(), at_ + more + 256})); }

  std::string& out_;  // longer than what is written, until the end
  size_t at_;
};

// `skip(part)` says which members and elements are left out.
template <typename Skip>
void write(const json::value& value, const Skip& skip, Writer& out) {
  switch (value.kind()) {
    case json::kind::null:
      out.plain("null");
      break;
    case json::kind::bool_:
      out.plain(value.get_bool() ? "true" : "false");
      break;
    case json::kind::int64:
      out.number(value.get_int64());
      break;
    case json::kind::uint64:
      out.number(value.get_uint64());
      break;
    case json::kind::double_:
      if (std::isfinite(value.get_double()))
        out.number(value.get_double());
      else
        out.plain("null");
      break;
    case json::kind::string:
      out.string(value.get_string());
      break;
    case json::kind::array: {
      out.byte('[');
      bool first = true;
      for (const auto& element : value.get_array()) {
        if (skip(element)) continue;
        if (!std::exchange(first, false)) out.byte(',');
        write(element, skip, out);
      }
      out.byte(']');
      break;
    }
    case json::kind::object: {
      out.byte('{');
      bool first = true;
      for (const auto& member : value.get_object()) {
        if (skip(member.value())) continue;
        out.key(member.key(), std::exchange(first, false));
        write(member.value(), skip, out);
      }
      out.byte('}');
      break;
    }
  }
}

// A Writer makes all the room that its text has, and takes back what it did not use: a text of its own for each scalar,
// or the whole would be made anew with every one.
void write_pretty(const json::value& value, std::string& out, size_t depth) {
  auto indent = [&](size_t levels) { out.append(levels * 2, ' '); };
  if (auto* object = value.if_object(); object && !object->empty()) {
    out += "{\n";
    bool first = true;
    for (const auto& [key, member] : *object) {
      if (!std::exchange(first, false)) out += ",\n";
      indent(depth + 1);
      out += to_json(json::value(json::string(key)));
      out += ": ";
      write_pretty(member, out, depth + 1);
    }
    out += '\n';
    indent(depth);
    out += '}';
  } else if (auto* array = value.if_array(); array && !array->empty()) {
    out += "[\n";
    bool first = true;
    for (const auto& element : *array) {
      if (!std::exchange(first, false)) out += ",\n";
      indent(depth + 1);
      write_pretty(element, out, depth + 1);
    }
    out += '\n';
    indent(depth);
    out += ']';
  } else {
    out += to_json(value);
  }
}

}  // namespace

void write_json(const json::value& value, std::string& out) {
  Writer writer(out);
  write(
      value, [](const json::value&) { return false; }, writer);
}

void write_json_without(const json::value& value, std::span<const json::value* const> leave_out, std::string& out) {
  if (leave_out.empty()) return write_json(value, out);
  std::vector<const json::value*> sorted(leave_out.begin(), leave_out.end());
  std::ranges::sort(sorted);
  Writer writer(out);
  write(
      value, [&](const json::value& part) { return std::ranges::binary_search(sorted, &part); }, writer);
}

std::string to_json(const json::value& value) {
  std::string out;
  write_json(value, out);
  return out;
}

std::string to_pretty_json(const json::value& value) {
  std::string out;
  write_pretty(value, out, 0);
  return out;
}

}  // namespace cadastre
