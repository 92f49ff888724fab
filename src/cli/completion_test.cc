// The completion scripts, run by their shells: a stand-in for cadastre notes what it is asked and answers.
#include <doctest/doctest.h>

#include "base/file.h"
#include "base/text.h"
#include "cli/read.h"
#include "support/folder.h"

namespace cadastre::cli {
namespace {

std::string run(const std::string& command) {
  auto* pipe = ::popen((command + " 2>&1").c_str(), "r");
  REQUIRE(pipe);
  std::string output;
  char buffer[4096];
  while (auto got = std::fread(buffer, 1, sizeof buffer, pipe)) output.append(buffer, got);
  ::pclose(pipe);
  return output;
}

bool installed(const std::string& shell) { return !run("command -v " + shell).empty(); }

struct Rig {
  Rig() {
    REQUIRE(write_file(folder / "cadastre",
                       "#!/bin/sh\nprintf '[%s]' \"$@\" >'" + asked() +
                           "'\nprintf '%s\\n' kind:aws.ec2.instance kind:aws.ec2.internet_gateway\n",
                       0755));
    for (const char* shell : {"bash", "zsh", "fish"}) REQUIRE(write_file(folder / shell, completion_script(shell)));
  }
  std::string asked() const { return folder / "asked"; }
  std::string in_path() const { return "PATH='" + (folder / "") + "':$PATH "; }
  testing::Folder folder;
};

TEST_CASE("bash") {
  Rig rig;
  auto complete = [&](const std::string& line, const std::string& more = "") {
    return run(fmt::format(
        "{}bash --norc -c 'compopt() {{ :; }}; {} source \"{}\"; COMP_LINE=\"{}\"; COMP_POINT=${{#COMP_LINE}}; "
        "_cadastre; printf \"<%s>\" \"${{COMPREPLY[@]}}\"'",
        rig.in_path(), more, rig.folder / "bash", line));
  };
  // Bash takes what stands before the colon for another word.
  CHECK(complete("cadastre find web kind:ec2.i") == "<aws.ec2.instance><aws.ec2.internet_gateway>");
  CHECK(*read_file(rig.asked()) == "[complete][--][find][web][kind:ec2.i]");
  CHECK(complete("cadastre find kind:ec2.i", "COMP_WORDBREAKS=\" \";") ==
        "<kind:aws.ec2.instance><kind:aws.ec2.internet_gateway>");
  complete("cadastre find ");
  CHECK(*read_file(rig.asked()) == "[complete][--][find][]");
}

TEST_CASE("zsh") {
  if (!installed("zsh")) return;
  Rig rig;
  auto found =
      run(fmt::format("{}zsh -fc 'compdef() {{ :; }}; source \"{}\"; compadd() {{ print -r -- \"$@\" $whole; }}; "
                      "words=(cadastre find kind:ec2.i); CURRENT=3; _cadastre'",
                      rig.in_path(), rig.folder / "zsh"));
  CHECK(found == "-a whole kind:aws.ec2.instance kind:aws.ec2.internet_gateway\n");
  CHECK(*read_file(rig.asked()) == "[complete][--][find][kind:ec2.i]");
}

TEST_CASE("fish") {
  if (!installed("fish")) return;
  Rig rig;
  auto found =
      run(fmt::format("{}HOME='{}' fish --no-config -c 'source \"{}\"; complete -C \"cadastre find kind:aws.ec2.i\"'",
                      rig.in_path(), rig.folder / "", rig.folder / "fish"));
  CHECK(found == "kind:aws.ec2.instance\nkind:aws.ec2.internet_gateway\n");
  CHECK(*read_file(rig.asked()) == "[complete][--][find][kind:aws.ec2.i]");
}

TEST_CASE("words that are half written") {
  CommandLine line{{{"--config", true}}, {{"find", {{"--sort", true}, {"--deleted", false}}}, {"completion", {}}}};
  struct Case {
    std::vector<std::string> words, candidates;
  };
  const Case cases[] = {{{"fi"}, {"find"}},
                        {{""}, {"find", "completion"}},
                        {{"--config", "x", "fi"}, {"find"}},
                        {{"find", "--"}, {"--config", "--sort", "--deleted"}},
                        {{"find", "-o", "n"}, {"ndjson"}},
                        {{"find", "--sort", ""}, {}},
                        {{"completion", "z"}, {"zsh"}}};
  for (const auto& [words, candidates] : cases) {
    CAPTURE(join(words, " "));
    CHECK(completions(words, line) == candidates);
  }
}

}  // namespace
}  // namespace cadastre::cli
