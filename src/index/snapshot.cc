#include "index/snapshot.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace cadastre::index {
namespace {

// Of the form of the file and of how rows are read off documents: a release that changes either counts on.
constexpr char kMagic[16] = "cadastre index5";

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

std::unexpected<Error> io_error(const std::string& file) {
  auto code = errno == ENOSPC || errno == EDQUOT ? ErrorCode::full : ErrorCode::io;
  return fail(code, fmt::format("cannot write the index's snapshot {}", file), std::strerror(errno));
}

// The file beside, empty, and ours alone: a server and a command may come to it at the same time.
Result<File> open_beside(const std::string& beside) {
  int descriptor = ::open(beside.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return io_error(beside);
  File file(::fdopen(descriptor, "wb"));
  if (!file) {
    auto error = io_error(beside);
    ::close(descriptor);
    return error;
  }
  struct stat held {
  }, named{};
  // Who had it before may have renamed it meanwhile: then ours is the finished one.
  bool ours = ::flock(descriptor, LOCK_EX | LOCK_NB) == 0 && ::fstat(descriptor, &held) == 0 &&
              ::stat(beside.c_str(), &named) == 0 && held.st_ino == named.st_ino && held.st_dev == named.st_dev;
  if (!ours) return fail(ErrorCode::io, fmt::format("{} is being written by another process", beside));
  if (::ftruncate(descriptor, 0) != 0) return io_error(beside);
  return file;
}

}  // namespace

Result<void> write_snapshot(const std::string& file, SnapshotHead head, const View& view) {
  auto beside = file + ".new";
  TRY_ASSIGN(auto out, open_beside(beside));
  ArchiveWriter archive(out.get());
  bool begun = std::fwrite(kMagic, sizeof(kMagic), 1, out.get()) == 1;
  head.parts = view.parts.size();
  std::vector<std::string> kinds;
  std::vector<int64_t> from;
  for (const auto& [kind, since] : view.kinds_from) {
    kinds.push_back(kind);
    from.push_back(since);
  }
  archive(head, kinds, from);
  for (const auto& part : view.parts) {
    part.segment->write(archive);
    archive(*part.live, part.count, part.all_ended());
  }
  bool written = begun && archive.finish() && std::fflush(out.get()) == 0 && ::fsync(fileno(out.get())) == 0;
  if (written && std::rename(beside.c_str(), file.c_str()) == 0) return {};
  auto error = io_error(beside);
  ::unlink(beside.c_str());
  return error;
}

Result<Snapshot> read_snapshot(const std::string& file, const std::function<Result<void>(const SnapshotHead&)>& fits) {
  File in(std::fopen(file.c_str(), "rbe"));
  if (!in)
    return fail(errno == ENOENT ? ErrorCode::not_found : ErrorCode::io, fmt::format("cannot read {}", file),
                std::strerror(errno));
  std::setvbuf(in.get(), nullptr, _IONBF, 0);  // blocks are large
  auto damaged = fail(ErrorCode::invalid, fmt::format("{} is damaged, or of another release", file));
  char magic[sizeof(kMagic)] = {};
  std::fseek(in.get(), 0, SEEK_END);
  auto size = std::ftell(in.get());
  std::rewind(in.get());
  if (size < static_cast<long>(sizeof(magic)) || std::fread(magic, sizeof(magic), 1, in.get()) != 1 ||
      std::memcmp(magic, kMagic, sizeof(magic)) != 0)
    return damaged;
  ArchiveReader archive(in.get(), static_cast<uint64_t>(size) - sizeof(magic));
  Snapshot snapshot;
  archive(snapshot.head);
  if (!archive.ok()) return damaged;
  TRY(fits(snapshot.head));
  std::vector<std::string> kinds;
  std::vector<int64_t> from;
  archive(kinds, from);
  if (kinds.size() != from.size()) return damaged;
  for (size_t i = 0; i < kinds.size(); ++i) snapshot.kinds_from[kinds[i]] = from[i];
  for (uint64_t i = 0; i < snapshot.head.parts && archive.ok(); ++i) {
    Part part;
    auto live = std::make_shared<Bits>();
    part.segment = std::make_shared<const Segment>(archive);
    std::vector<Ended> ended;
    archive(*live, part.count, ended);
    auto rows = part.segment->rows();
    bool whole = live->size() == rows && std::ranges::all_of(ended, [&](const Ended& one) { return one.row < rows; });
    if (!whole) archive.damaged();
    part.set_ended(std::move(ended));
    part.live = std::move(live);
    snapshot.parts.push_back(std::move(part));
  }
  if (!archive.done()) return damaged;
  return snapshot;
}

}  // namespace cadastre::index
