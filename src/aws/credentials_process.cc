#include "aws/credentials_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstring>

#include "aws/credentials_metadata.h"
#include "base/json.h"

extern char** environ;

namespace cadastre::aws {
namespace {

constexpr size_t kLargestOutput = 64 * 1024;

struct Descriptor {
  int fd = -1;
  ~Descriptor() { close(); }
  void close() {
    if (fd >= 0) ::close(fd);
    fd = -1;
  }
};

// The shell, in a process group of its own so that what it starts can be ended with it; writing to `output`.
Result<pid_t> start_shell(const std::string& command, int output) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawnattr_setpgroup(&attributes, 0);
  std::string shell = "sh", option = "-c", text = command;
  char* arguments[] = {shell.data(), option.data(), text.data(), nullptr};
  pid_t child = 0;
  int error = ::posix_spawn(&child, "/bin/sh", &actions, &attributes, arguments, environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) return fail(ErrorCode::failed, "cannot start /bin/sh", std::strerror(error));
  return child;
}

// Everything the child prints until it closes its output.
Result<std::string> read_output(int fd, Millis limit, std::stop_token stop) {
  Descriptor wakeup{::eventfd(0, EFD_CLOEXEC)};
  std::stop_callback on_stop(stop, [&] {
    uint64_t one = 1;
    [[maybe_unused]] auto written = ::write(wakeup.fd, &one, sizeof one);
  });
  auto deadline = std::chrono::steady_clock::now() + limit;
  std::string output;
  for (;;) {
    auto left = std::chrono::ceil<Millis>(deadline - std::chrono::steady_clock::now());
    if (left <= Millis(0)) return fail(ErrorCode::timeout, "did not end within " + format_duration(limit));
    pollfd both[2] = {{fd, POLLIN, 0}, {wakeup.fd, POLLIN, 0}};
    if (::poll(both, 2, static_cast<int>(left.count())) <= 0) continue;
    if (both[1].revents) return fail(ErrorCode::cancelled, "was cancelled");
    char buffer[4096];
    ssize_t count = ::read(fd, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return output;
    output.append(buffer, static_cast<size_t>(count));
    if (output.size() > kLargestOutput) return fail(ErrorCode::invalid, "printed more than 64 KiB");
  }
}

Result<std::string> run(const std::string& command, Millis limit, std::stop_token stop) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return fail(ErrorCode::failed, "cannot be run", std::strerror(errno));
  Descriptor reading{ends[0]}, writing{ends[1]};
  TRY_ASSIGN(pid_t child, start_shell(command, writing.fd));
  writing.close();
  auto output = read_output(reading.fd, limit, stop);
  if (!output) ::kill(-child, SIGKILL);
  reading.close();
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!output) return output;
  if (WIFSIGNALED(status)) return fail(ErrorCode::failed, fmt::format("was ended by signal {}", WTERMSIG(status)));
  if (WEXITSTATUS(status) != 0)
    return fail(ErrorCode::failed, fmt::format("ended with exit code {}", WEXITSTATUS(status)));
  return output;
}

}  // namespace

Result<Credentials> run_credential_process(const std::string& command, std::string_view profile, Millis limit,
                                           std::stop_token stop) {
  auto what = fmt::format("profile {}: its credential_process", profile);
  auto output = run(command, limit, stop);
  if (!output) {
    auto error = std::move(output.error());
    return fail(error.code, fmt::format("{} {}", what, error.message), error.cause);
  }
  auto parsed = parse_json(*output, what);
  if (!parsed || !parsed->is_object()) return fail(ErrorCode::invalid, what + " did not print a JSON object");
  const auto* version = parsed->get_object().if_contains("Version");
  if (!version || !version->is_int64() || version->get_int64() != 1) {
    return fail(ErrorCode::invalid, what + " printed no \"Version\": 1, the only version there is");
  }
  return parse_credentials_json(*output, what, "SessionToken");
}

}  // namespace cadastre::aws
