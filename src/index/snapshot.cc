#include "index/snapshot.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace cadastre::index {
namespace {

// Of the form of the file and of how rows are read off documents: a release that changes either counts on.
constexpr char kMagic[16] = "cadastre index1";

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

// One stretch of bytes: its length, its hash, itself.
class Writer {
 public:
  explicit Writer(std::FILE* file) : file_(file) {}
  void bytes(const void* data, size_t size) {
    auto hash = hash128({static_cast<const char*>(data), size});
    uint64_t head[3] = {size, hash.high, hash.low};
    ok_ = ok_ && std::fwrite(head, sizeof(head), 1, file_) == 1 &&
          (size == 0 || std::fwrite(data, 1, size, file_) == size);
  }
  template <typename T>
  void values(const std::vector<T>& values) {
    static_assert(std::is_trivially_copyable_v<T>);
    bytes(values.data(), values.size() * sizeof(T));
  }
  void lists(const Lists& lists) {
    values(lists.ends);
    values(lists.values);
  }
  void names(const std::vector<std::string>& names) {
    std::string all;
    std::vector<uint64_t> ends;
    for (const auto& name : names) ends.push_back((all += name).size());
    values(ends);
    bytes(all.data(), all.size());
  }
  bool ok() const { return ok_; }

 private:
  std::FILE* file_;
  bool ok_ = true;
};

class Reader {
 public:
  Reader(std::FILE* file, uint64_t size) : file_(file), left_(size) {}
  template <typename T>
  void values(T& values) {
    using Value = typename T::value_type;
    uint64_t head[3] = {};
    ok_ = ok_ && left_ >= sizeof(head) && std::fread(head, sizeof(head), 1, file_) == 1;
    if (!ok_) return;
    left_ -= sizeof(head);
    ok_ = head[0] <= left_ && head[0] % sizeof(Value) == 0;
    if (!ok_) return;
    left_ -= head[0];
    values.resize(head[0] / sizeof(Value));
    ok_ = (head[0] == 0 || std::fread(values.data(), 1, head[0], file_) == head[0]) &&
          hash128({reinterpret_cast<const char*>(values.data()), head[0]}) == Hash128{head[1], head[2]};
  }
  void lists(Lists& lists) {
    values(lists.ends);
    values(lists.values);
  }
  void names(std::vector<std::string>& names) {
    std::vector<uint64_t> ends;
    std::string all;
    values(ends);
    values(all);
    uint64_t begin = 0;
    for (auto end : ends) {
      ok_ = ok_ && begin <= end && end <= all.size();
      if (!ok_) return;
      names.push_back(all.substr(begin, end - begin));
      begin = end;
    }
  }
  bool done() const { return ok_ && left_ == 0; }

 private:
  std::FILE* file_;
  uint64_t left_;
  bool ok_ = true;
};

void write_table(Writer& writer, const Table& table) {
  std::vector<std::string> cells;
  for (const auto& cell : table.cells) cells.insert(cells.end(), {cell.account, cell.region, cell.kind});
  std::vector<uint32_t> ends;
  for (uint32_t text = 0; text < table.texts.size(); ++text)
    ends.push_back(table.texts.offset(text) + static_cast<uint32_t>(table.texts[text].size()));
  writer.values(ends);
  writer.bytes(table.texts.arena().data(), table.texts.arena().size());
  writer.names(cells);
  for (const auto* names : {&table.regions, &table.states, &table.owners, &table.tag_keys}) writer.names(*names);
  writer.values(table.tags);
  writer.values(table.networks);
  writer.values(table.rows);
  for (const auto* lists : {&table.texts_of, &table.tags_of, &table.links_of, &table.networks_of}) writer.lists(*lists);
}

// The checksums hold; that the numbers fit each other is as good as the release that wrote them.
bool read_table(Reader& reader, Table& table) {
  std::vector<std::string> cells;
  std::vector<uint32_t> ends;
  std::string arena;
  reader.values(ends);
  reader.values(arena);
  for (auto* names : {&cells, &table.regions, &table.states, &table.owners, &table.tag_keys}) reader.names(*names);
  reader.values(table.tags);
  reader.values(table.networks);
  reader.values(table.rows);
  for (auto* lists : {&table.texts_of, &table.tags_of, &table.links_of, &table.networks_of}) reader.lists(*lists);
  if (!reader.done() || cells.size() % 3 != 0 || (ends.empty() ? 0 : ends.back()) != arena.size()) return false;
  for (size_t i = 0; i < cells.size(); i += 3) table.cells.push_back({cells[i], cells[i + 1], cells[i + 2]});
  table.texts = Texts(std::move(arena), std::move(ends));
  return true;
}

std::unexpected<Error> io_error(const std::string& file) {
  auto code = errno == ENOSPC || errno == EDQUOT ? ErrorCode::full : ErrorCode::io;
  return fail(code, fmt::format("cannot write the index's snapshot {}", file), std::strerror(errno));
}

}  // namespace

Result<void> write_snapshot(const std::string& file, const SnapshotHead& head, const Table& table) {
  auto beside = file + ".new";
  {
    File out(std::fopen(beside.c_str(), "wb"));
    if (!out) return io_error(beside);
    Writer writer(out.get());
    bool begun = std::fwrite(kMagic, sizeof(kMagic), 1, out.get()) == 1;
    writer.bytes(&head, sizeof(head));
    write_table(writer, table);
    if (!begun || !writer.ok() || std::fflush(out.get()) != 0 || ::fsync(fileno(out.get())) != 0) {
      auto error = io_error(beside);
      ::unlink(beside.c_str());
      return error;
    }
  }
  if (std::rename(beside.c_str(), file.c_str()) != 0) return io_error(file);
  return {};
}

Result<Snapshot> read_snapshot(const std::string& file) {
  File in(std::fopen(file.c_str(), "rb"));
  if (!in)
    return fail(errno == ENOENT ? ErrorCode::not_found : ErrorCode::io, fmt::format("cannot read {}", file),
                std::strerror(errno));
  auto damaged = fail(ErrorCode::invalid, fmt::format("{} is damaged, or of another release", file));
  char magic[sizeof(kMagic)] = {};
  std::fseek(in.get(), 0, SEEK_END);
  auto size = std::ftell(in.get());
  std::rewind(in.get());
  if (size < static_cast<long>(sizeof(magic)) || std::fread(magic, sizeof(magic), 1, in.get()) != 1 ||
      std::memcmp(magic, kMagic, sizeof(magic)) != 0)
    return damaged;
  Reader reader(in.get(), static_cast<uint64_t>(size) - sizeof(magic));
  std::vector<SnapshotHead> heads;
  reader.values(heads);
  Snapshot snapshot;
  if (heads.size() != 1 || !read_table(reader, snapshot.table)) return damaged;
  snapshot.head = heads[0];
  return snapshot;
}

}  // namespace cadastre::index
