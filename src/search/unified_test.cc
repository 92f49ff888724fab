#include "search/unified.h"

#include <doctest/doctest.h>

#include <random>

#include "base/file.h"
#include "base/text.h"
#include "support/folder.h"

namespace cadastre::search {
namespace {

std::string run(const std::string& command) {
  auto* pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe);
  std::string output;
  char buffer[4096];
  while (auto got = std::fread(buffer, 1, sizeof buffer, pipe)) output.append(buffer, got);
  ::pclose(pipe);
  return output;
}

// Without the two lines that name the files.
std::string hunks(const std::string& diff) {
  auto first = diff.find("@@");
  return first == diff.npos ? "" : diff.substr(first);
}

size_t changed_lines(const std::string& diff) {
  size_t count = 0;
  auto text = hunks(diff);
  for (auto line : split(text, '\n')) count += line.starts_with('+') || line.starts_with('-');
  return count;
}

std::string numbered(int first, int last) {
  std::string text;
  for (int i = first; i <= last; ++i) text += fmt::format("line {}\n", i);
  return text;
}

TEST_CASE("as `diff -u` writes it") {
  testing::Folder folder;
  auto twenty = numbered(1, 20);
  std::pair<std::string, std::string> cases[] = {
      {"", "a\n"},
      {"a\n", ""},
      {"a\nb\nc\n", "a\nx\nc\n"},
      {"a\nb", "a\nb\n"},
      {"a\nb\n", "a\nb"},
      {"a", "b"},
      {twenty, replace_all(replace_all(twenty, "line 3\n", "third\n"), "line 18\n", "")},
      {twenty, replace_all(replace_all(twenty, "line 5\n", ""), "line 12\n", "twelve\n")},
      {twenty, replace_all(replace_all(twenty, "line 5\n", ""), "line 13\n", "13th\n14th\n")},
      {numbered(2, 9), numbered(1, 9)},
      {numbered(1, 9), numbered(1, 11)},
  };
  for (const auto& [before, after] : cases) {
    CAPTURE(before);
    CAPTURE(after);
    REQUIRE(write_file(folder / "a", before));
    REQUIRE(write_file(folder / "b", after));
    auto theirs = run(fmt::format("diff -u '{}' '{}'", folder / "a", folder / "b"));
    CHECK(hunks(unified_diff(before, after, "a", "b")) == hunks(theirs));
  }
  CHECK(unified_diff("same\n", "same\n", "a", "b") == "");
  CHECK(unified_diff("x\n", "y\n", "old\tthen", "new\tnow").starts_with("--- old\tthen\n+++ new\tnow\n@@ -1 +1 @@\n"));
}

// Follows the hunks, holding every line that is kept or taken away against the text.
std::string patched(const std::string& before, const std::string& diff) {
  auto old = split(before, '\n');
  size_t at = 0;
  std::string after;
  auto keep = [&](size_t until) {
    while (at < until) after += std::string(old[at++]) + "\n";
  };
  auto text = hunks(diff);
  for (auto line : split(text, '\n')) {
    if (line.starts_with("@@")) {
      auto range = line.substr(4, line.find(' ', 4) - 4);
      auto start = std::stoul(std::string(range));
      keep(range.ends_with(",0") ? start : start - 1);
    } else if (line.starts_with('+')) {
      after += std::string(line.substr(1)) + "\n";
    } else if (!line.empty()) {
      REQUIRE(old[at] == line.substr(1));
      if (line[0] == ' ') after += std::string(old[at]) + "\n";
      ++at;
    }
  }
  keep(old.size() - 1);  // what stands after the last newline is nothing
  return after;
}

TEST_CASE("the hunks make the one of the other, and no line is changed in vain") {
  auto seed = std::random_device()();
  MESSAGE("seed " << seed);
  std::mt19937_64 random(seed);
  testing::Folder folder;
  auto text = [&] {
    std::string lines;
    for (size_t i = random() % 30; i > 0; --i) lines += fmt::format("{}\n", random() % 6);
    return lines;
  };
  for (int i = 0; i < 100; ++i) {
    auto before = text(), after = text();
    auto ours = unified_diff(before, after, "a", "a");
    REQUIRE(write_file(folder / "a", before));
    REQUIRE(write_file(folder / "b", after));
    CAPTURE(ours);
    CHECK(changed_lines(ours) == changed_lines(run(fmt::format("diff -d -u '{}' '{}'", folder / "a", folder / "b"))));
    CHECK(patched(before, ours) == after);
  }
}

}  // namespace
}  // namespace cadastre::search
