#include "base/file.h"

#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "support/folder.h"

namespace cadastre {
namespace {

using testing::Folder;

unsigned mode_of(const std::string& path) {
  struct stat status {};
  REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 0777;
}

TEST_CASE("what is written is read again, whatever the bytes") {
  Folder folder;
  auto path = folder / "x";
  std::string content("a\0b\n\xff", 5);
  content += std::string(300'000, 'z');
  REQUIRE(write_file(path, content));
  CHECK(*read_file(path) == content);
  REQUIRE(write_file(path, ""));
  CHECK(read_file(path)->empty());
}

TEST_CASE("a file is replaced whole: who has the old one open keeps it, and nothing is left beside it") {
  Folder folder;
  auto path = folder / "x";
  REQUIRE(write_file(path, "old"));
  auto before = std::filesystem::hard_link_count(path);
  std::filesystem::create_hard_link(path, folder / "held");
  REQUIRE(write_file(path, "new"));
  CHECK(*read_file(path) == "new");
  CHECK(*read_file(folder / "held") == "old");
  CHECK(std::filesystem::hard_link_count(path) == before);
  size_t files = 0;
  for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(folder.path())) ++files;
  CHECK(files == 2);
}

TEST_CASE("permissions are those that were asked for") {
  Folder folder;
  REQUIRE(write_file(folder / "secret", "x", 0600));
  CHECK(mode_of(folder / "secret") == 0600);
  // A leftover of a crash, readable by all, lends its permissions to nothing.
  auto leftover = fmt::format("{}.{}.tmp", folder / "y", ::getpid());
  REQUIRE(write_file(leftover, "stale", 0644));
  REQUIRE(write_file(folder / "y", "x", 0600));
  CHECK(mode_of(folder / "y") == 0600);
}

TEST_CASE("errors name the path and what the system said") {
  Folder folder;
  auto missing = read_file(folder / "missing");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().code == ErrorCode::not_found);
  CHECK(missing.error().message == fmt::format("cannot read {}: No such file or directory", folder / "missing"));
  auto directory = read_file(folder.path());
  REQUIRE_FALSE(directory);
  CHECK(directory.error().code == ErrorCode::io);
  CHECK(directory.error().message.ends_with("Is a directory"));
  auto nowhere = write_file(folder / "no/such/x", "y");
  REQUIRE_FALSE(nowhere);
  CHECK(nowhere.error().message.starts_with(fmt::format("cannot write {}", folder / "no/such/x")));
  // What could not be replaced is left alone, and the half that was written is gone.
  std::filesystem::create_directory(folder / "taken");
  REQUIRE(write_file(folder / "taken/inside", "x"));
  CHECK_FALSE(write_file(folder / "taken", "y"));
  CHECK(*read_file(folder / "taken/inside") == "x");
  CHECK_FALSE(std::filesystem::exists(fmt::format("{}.{}.tmp", folder / "taken", ::getpid())));
}

TEST_CASE("~ is the home directory, at the front only") {
  const char* home = std::getenv("HOME");
  REQUIRE(home);
  CHECK(expand_home("~") == home);
  CHECK(expand_home("~/a/~") == std::string(home) + "/a/~");
  CHECK(expand_home("a/~/b") == "a/~/b");
  CHECK(expand_home("~user/x") == "~user/x");
}

}  // namespace
}  // namespace cadastre
