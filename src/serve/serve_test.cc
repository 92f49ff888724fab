// The small parts of the server that need no server.
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"
#include "serve/keeper.h"
#include "serve/notify.h"
#include "serve/reload.h"
#include "serve/setup_link.h"
#include "support/fakes.h"
#include "support/folder.h"

using namespace cadastre;
using namespace cadastre::serve;
using cadastre::testing::FakeClock;
using cadastre::testing::Folder;
using std::chrono::hours;

namespace {

Config config_of(std::string_view text) {
  auto environment = process_environment();
  auto config = parse_config(text, "c.yaml", environment);
  REQUIRE_MESSAGE(config, (config ? std::string() : config.error().message));
  return std::move(*config);
}

}  // namespace

TEST_CASE("what a reload changes is named, without a secret") {
  auto before = config_of(
      "accounts:\n  - {id: \"111111111111\", name: prod, access_key_id: AKIAOLD, secret_access_key: oldsecret}\n"
      "  - {id: \"222222222222\", name: old}\nlisten: 127.0.0.1:1\n");
  auto after = config_of(
      "accounts:\n  - {id: \"111111111111\", name: prod, access_key_id: AKIANEW, secret_access_key: newsecret}\n"
      "  - {id: \"333333333333\", name: new}\nlisten: 127.0.0.1:2\nschedule: {default: 5m}\n");
  auto found = differences(before, after);
  std::string applied;
  for (const auto& text : found.applied) applied += text + ";";
  CHECK(applied == "account prod changed;account new added;account old removed;schedule;");
  CHECK(found.waiting == std::vector<std::string>{"listen"});
  CHECK(differences(before, before).applied.empty());
  CHECK(differences(before, before).waiting.empty());
}

TEST_CASE("a kind keeps what its own entry says, else what the catalogue says, else the default") {
  catalog::Kind stanza;
  stanza.window = hours(24 * 90);
  std::map<std::string, RetentionConfig> entries = {{"default", {hours(24 * 400), std::nullopt}},
                                                    {"sagemaker.*", {hours(24 * 30), 5}}};
  CHECK(retention_of("aws.sagemaker.training_job", &stanza, entries)->keep == hours(24 * 30));
  CHECK(retention_of("aws.sagemaker.training_job", &stanza, entries)->versions == 5);
  CHECK(retention_of("aws.ec2.vpc", &stanza, entries)->keep == hours(24 * 90));
  CHECK(retention_of("aws.ec2.vpc", nullptr, entries)->keep == hours(24 * 400));
  CHECK_FALSE(retention_of("aws.ec2.vpc", nullptr, {}));
}

TEST_CASE("the first start leaves a link that only its owner can read, and no later one does") {
  Folder folder;
  FakeClock clock;
  auto store = store::open_store("sqlite:" + (folder / "c.db"), clock);
  REQUIRE(store);
  auth::Auth auth(**store, {}, clock);
  auto file = folder / "c.db.setup";
  auto written = write_setup_link(auth, **store, file, "http://here");
  REQUIRE(written);
  REQUIRE(*written == file);
  struct stat status {};
  REQUIRE(::stat(file.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  auto link = read_file(file);
  REQUIRE(link);
  CHECK(link->starts_with("http://here/api/setup#"));
  REQUIRE(auth::add_user(
      **store, {.name = "ana", .password = "correct horse battery staple", .role = auth::Role::admin, .scope = {}},
      "test", clock.now()));
  auto again = write_setup_link(auth, **store, file, "http://here");
  REQUIRE(again);
  CHECK_FALSE(*again);
  CHECK_FALSE(read_file(file));
}

TEST_CASE("the service manager is told in its own words") {
  Folder folder;
  int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  auto path = folder / "notify";
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  REQUIRE(::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
  notify("READY=1");
  ::unsetenv("NOTIFY_SOCKET");
  char text[64] = {};
  auto size = ::recv(socket, text, sizeof text, MSG_DONTWAIT);
  ::close(socket);
  CHECK(std::string_view(text, static_cast<size_t>(std::max<ssize_t>(size, 0))) == "READY=1");

  ::setenv("WATCHDOG_USEC", "30000000", 1);
  CHECK(watchdog_interval() == std::chrono::seconds(15));
  ::setenv("WATCHDOG_PID", "1", 1);
  CHECK_FALSE(watchdog_interval());
  ::unsetenv("WATCHDOG_PID");
  ::unsetenv("WATCHDOG_USEC");
  CHECK_FALSE(watchdog_interval());
}
