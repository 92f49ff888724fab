// Completion of the command line: a script for each shell, which asks `cadastre complete -- WORDS` at every tab.
#include <unistd.h>

#include "base/text.h"
#include "cli/app.h"
#include "cli/local_index.h"
#include "cli/read.h"
#include "search/reader.h"

namespace cadastre::cli {
namespace {

// Bash breaks words at colons, we do not: what stands before the last one is taken off the candidates again.
constexpr std::string_view kBash = R"sh(_cadastre() {
  local line=${COMP_LINE:0:COMP_POINT} words=() word before= candidate
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  word=${words[${#words[@]}-1]}
  [[ $COMP_WORDBREAKS == *:* ]] && before=${word%"${word##*[:=]}"}
  COMPREPLY=()
  while IFS= read -r candidate; do
    COMPREPLY+=("${candidate#"$before"}")
  done < <("${words[0]}" complete -- "${words[@]:1}" 2>/dev/null)
  case ${COMPREPLY[0]} in *[:.=]) compopt -o nospace ;; esac
}
complete -F _cadastre cadastre
)sh";

constexpr std::string_view kZsh = R"sh(#compdef cadastre
_cadastre() {
  local -a candidates open whole
  candidates=("${(@f)$("${words[1]}" complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  open=(${(M)candidates:#*[:.=]})
  whole=(${candidates:#*[:.=]})
  (( $#open )) && compadd -S '' -a open
  (( $#whole )) && compadd -a whole
}
compdef _cadastre cadastre
)sh";

constexpr std::string_view kFish = R"sh(function __cadastre_complete
    set -l words (commandline -opc) (commandline -ct)
    command $words[1] complete -- $words[2..-1] 2>/dev/null
end
complete -c cadastre -f -a '(__cadastre_complete)'
)sh";

constexpr std::string_view kFormats[] = {"table", "wide", "json", "ndjson", "csv", "ids"};

class Completer {
 public:
  Completer(std::span<const std::string> words, const CommandLine& line) : words_(words), line_(line) {
    if (!words.empty()) word_ = words.back();
  }

  std::vector<std::string> run() {
    read_words();
    if (!command_ && !word_.starts_with('-')) {
      for (const auto& command : line_.commands) offer(command.name);
    } else if (option_takes_value_) {
      if (option_ == "-o" || option_ == "--output")
        for (auto format : kFormats) offer(format);
    } else if (word_.starts_with("--") || word_ == "-") {
      for (const auto& option : line_.options) offer(option.name);
      if (command_)
        for (const auto& option : command_->options) offer(option.name);
    } else if (command_->name == "completion") {
      for (auto shell : {"bash", "zsh", "fish"}) offer(shell);
    } else if (command_->name == "find" || command_->name == "changes" || command_->name == "diff") {
      terms();
    } else if (command_->name == "kinds" || kind_option()) {
      kinds();
    }
    return std::move(found_);
  }

 private:
  void offer(std::string_view text) {
    if (text.starts_with(word_)) found_.emplace_back(text);
  }

  bool kind_option() const { return option_ == "-k" || option_ == "--kind"; }

  const CommandLine::Option* option_named(const std::string& name) const {
    auto in = [&](const std::vector<CommandLine::Option>& options) -> const CommandLine::Option* {
      auto at = std::ranges::find(options, name, &CommandLine::Option::name);
      return at == options.end() ? nullptr : &*at;
    };
    auto* option = command_ ? in(command_->options) : nullptr;
    return option ? option : in(line_.options);
  }

  // The command, the configuration, and the option whose value stands at the caret.
  void read_words() {
    for (size_t i = 0; i + 1 < words_.size(); ++i) {
      const auto& word = words_[i];
      bool value = word == "-c" || word == "-o" || word == "-k" || word == "-a" || word == "-r" || word == "-s";
      if (auto* option = option_named(word)) value = option->takes_value;
      if (word.starts_with('-')) {
        bool last = i + 2 == words_.size();
        if (value && last) {
          option_ = word;
          option_takes_value_ = true;
        }
        if (value && !last && (word == "-c" || word == "--config")) global_.config = words_[i + 1];
        if (value) ++i;
      } else if (!command_) {
        auto at = std::ranges::find(line_.commands, word, &CommandLine::Command::name);
        if (at != line_.commands.end()) command_ = &*at;
      }
    }
  }

  void terms() {
    auto app = App::open(global_);
    if (!app) return;
    auto& open = **app;
    auto index = local_index(open, Without::leave);
    search::Reader reader(*open.store, open.catalog, open.models.endpoints(), open.config.owner_tags, open.clock,
                          index.get());
    auto suggestions = reader.suggest(word_, word_.size(), {});
    if (!suggestions) return;
    for (const auto& suggestion : *suggestions) {
      // A script takes a line for a candidate, and a shell would take what is quoted apart.
      auto text = word_.substr(0, suggestion.from) + suggestion.text;
      bool plain = std::ranges::none_of(
          text, [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '"' || c == 127; });
      if (plain) found_.push_back(text);
    }
  }

  void kinds() {
    aws::Models models;
    auto catalog = load_catalog(models, nullptr);
    if (!catalog) return;
    for (const auto& kind : catalog->kinds()) {
      offer(kind.name);
      if (kind.name.starts_with("aws.")) offer(std::string_view(kind.name).substr(4));
    }
  }

  std::span<const std::string> words_;
  const CommandLine& line_;
  std::string word_;
  const CommandLine::Command* command_ = nullptr;
  std::string option_;
  bool option_takes_value_ = false;
  GlobalOptions global_;
  std::vector<std::string> found_;
};

}  // namespace

std::string_view completion_script(std::string_view shell) {
  return shell == "bash" ? kBash : shell == "zsh" ? kZsh : kFish;
}

int run_completion(const std::string& shell) {
  print(completion_script(shell));
  return kOk;
}

std::vector<std::string> completions(std::span<const std::string> words, const CommandLine& line) {
  return Completer(words, line).run();
}

int run_complete(const std::vector<std::string>& words, const CommandLine& line) {
  for (const auto& candidate : completions(words, line)) print(candidate + "\n");
  return kOk;
}

}  // namespace cadastre::cli
