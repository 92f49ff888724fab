#include "cli/secret_input.h"

#include <termios.h>
#include <unistd.h>

#include <cstdio>
#include <iostream>

#include "auth/password.h"
#include "cli/app.h"

namespace cadastre::cli {
namespace {

// Puts the terminal back as it was, whatever happens. Ctrl-C comes as a character, so that it cannot leave the terminal
// without echo.
class Silence {
 public:
  Silence() {
    if (tcgetattr(STDIN_FILENO, &before_) != 0) return;
    auto silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO | ICANON | ISIG);
    silent.c_cc[VMIN] = 1;
    silent.c_cc[VTIME] = 0;
    changed_ = tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent) == 0;
  }
  ~Silence() {
    if (changed_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  Silence(const Silence&) = delete;

 private:
  termios before_{};
  bool changed_ = false;
};

Result<std::string> ask(const std::string& prompt) {
  constexpr char kInterrupt = 3, kEnd = 4, kBackspace = 8, kKill = 21, kDelete = 127;
  std::fputs(prompt.c_str(), stderr);
  std::string text;
  {
    Silence silence;
    char c = 0;
    while (::read(STDIN_FILENO, &c, 1) == 1 && c != '\n' && c != '\r' && c != kEnd) {
      if (c == kInterrupt) {
        std::fputs("\n", stderr);
        return fail(ErrorCode::cancelled, "nothing was changed");
      }
      if (c == kKill) {
        text.clear();
      } else if (c != kBackspace && c != kDelete) {
        text += c;
      } else {
        while (!text.empty() && (text.back() & 0xC0) == 0x80) text.pop_back();  // a whole character
        if (!text.empty()) text.pop_back();
      }
    }
  }
  std::fputs("\n", stderr);
  return text;
}

}  // namespace

Result<std::string> ask_secret(const std::string& prompt) {
  if (!isatty(STDIN_FILENO)) return fail(ErrorCode::invalid, "there is no terminal to ask at; pipe it in instead");
  return ask(prompt);
}

Result<std::string> read_password(const PasswordOptions& options, const std::string& name) {
  if (options.generate) {
    auto password = auth::generate_password();
    std::fprintf(stderr, "The password of %s, shown this once:\n", name.c_str());
    print(password + "\n");
    return password;
  }
  if (options.from_stdin) {
    std::string line;
    std::getline(std::cin, line);
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty()) return fail(ErrorCode::invalid, "no password came from standard input");
    return line;
  }
  if (!isatty(STDIN_FILENO)) {
    return fail(ErrorCode::invalid,
                "there is no terminal to ask for a password at; add --password-stdin and pipe it in, or --generate");
  }
  TRY_ASSIGN(auto first, ask(fmt::format("Password for {}: ", name)));
  TRY(auth::check_password(first, name));
  TRY_ASSIGN(auto second, ask("The same again: "));
  if (first != second) return fail(ErrorCode::invalid, "the two passwords differ; nothing was changed");
  return first;
}

}  // namespace cadastre::cli
