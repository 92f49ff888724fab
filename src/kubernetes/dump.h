// A dump: what a cluster pushed out, file by file, with a manifest that says what is whole. dropbox/FORMAT.md is its
// form.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/time.h"

namespace cadastre::kubernetes {

constexpr std::string_view kManifest = "manifest.json";

// The bytes of a file, in order, as they are stored (gzip is undone by who reads them).
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Up to buffer.size() bytes; 0: the end. Errors: io, timeout (try again); not_found; invalid (damaged).
  virtual Result<size_t> read(std::span<char> buffer) = 0;
};

// Where a dump's files are: a folder, a list of files, a bucket. Used by one thread.
class DumpFiles {
 public:
  virtual ~DumpFiles() = default;
  // Errors: not_found, saying which file is missing; io, denied, timeout.
  virtual Result<std::unique_ptr<ByteSource>> open(const std::string& name) = 0;
};

struct Manifest {
  enum class Outcome { complete, denied, absent, cut, failed };
  struct File {
    std::string name;
    uint64_t bytes = 0;
    uint32_t cksum = 0;  // POSIX cksum
  };
  struct Kind {
    std::string resource, version;  // "deployments.apps", "v1"
    Outcome outcome = Outcome::failed;
    int exit = 0;
    std::string message;
    std::vector<File> files;
  };
  std::string tool, cluster, dump, kubectl, server;
  Time started{}, ended{};
  std::vector<Kind> kinds;
};

// Errors: invalid, naming the member that is missing or wrong. File names with a '/' or ".." are refused.
Result<Manifest> parse_manifest(std::string_view text);

}  // namespace cadastre::kubernetes
