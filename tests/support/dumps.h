// Dumps in memory: files that can be changed, cut and counted, and the manifest that goes with them. For tests.
#pragma once

#include <zlib.h>

#include <map>

#include "kubernetes/cksum.h"
#include "kubernetes/dump.h"

namespace cadastre::testing {

// Gives `step` bytes at a time.
class TextSource final : public kubernetes::ByteSource {
 public:
  explicit TextSource(std::string text, size_t step = SIZE_MAX) : text_(std::move(text)), step_(step) {}
  Result<size_t> read(std::span<char> buffer) override {
    size_t count = std::min({buffer.size(), step_, text_.size() - at_});
    text_.copy(buffer.data(), count, at_);
    at_ += count;
    return count;
  }

 private:
  std::string text_;
  size_t step_, at_ = 0;
};

inline std::string gzipped(std::string_view text) {
  z_stream stream{};
  deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()) + 32, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

// The files of a dump by name, and a manifest made from them when it is asked for.
class MemoryDump final : public kubernetes::DumpFiles {
 public:
  MemoryDump(std::string cluster, std::string started) : cluster_(std::move(cluster)), started_(std::move(started)) {}

  // A kind and its pages: pods.1.json, pods.2.json, …
  MemoryDump& add(const std::string& resource, const std::vector<std::string>& pages,
                  const std::string& outcome = "complete", const std::string& message = {}) {
    std::string listed;
    for (size_t i = 0; i < pages.size(); ++i) {
      auto name = fmt::format("{}.{}.json", resource, i + 1);
      files[name] = pages[i];
      kubernetes::Cksum sum;
      sum.add(pages[i]);
      listed += fmt::format(R"({}{{"name":"{}","bytes":{},"cksum":{}}})", i ? "," : "", name, sum.size(), sum.value());
    }
    kinds_ += fmt::format(R"({}{{"resource":"{}","version":"v1","outcome":"{}","exit":0,"message":"{}","files":[{}]}})",
                          kinds_.empty() ? "" : ",", resource, outcome, message, listed);
    return *this;
  }

  std::string manifest() const {
    return fmt::format(
        R"({{"format":1,"tool":"t","cluster":"{}","dump":"d","started":"{}","ended":"{}","kubectl":"v1","server":"v1",)"
        R"("kinds":[{}]}})",
        cluster_, started_, started_, kinds_);
  }

  Result<std::unique_ptr<kubernetes::ByteSource>> open(const std::string& name) override {
    auto found = files.find(name);
    if (found != files.end()) return std::make_unique<TextSource>(found->second);
    if (name == kubernetes::kManifest) return std::make_unique<TextSource>(manifest());
    return fail(ErrorCode::not_found, fmt::format("{} is missing", name));
  }

  std::map<std::string, std::string> files;  // as stored; a manifest in it replaces the one that is made

 private:
  std::string cluster_, started_, kinds_;
};

}  // namespace cadastre::testing
