#include "config/config.h"
#include "must.h"

using namespace cadastre;

// Whatever is written in the file, it is a configuration or a list of complaints that name it.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const ConfigEnvironment environment{
      [](const char* name) -> const char* { return std::string_view(name) == "KEY" ? "value" : nullptr; },
      [](const std::string& path) -> Result<std::string> {
        if (path == "/secret") return "from-the-file\n";
        return fail(ErrorCode::not_found, "cannot read " + path + ": No such file or directory");
      }};
  auto config = parse_config({reinterpret_cast<const char*>(data), size}, "/etc/cadastre.yaml", environment);
  if (!config) {
    MUST(config.error().code == ErrorCode::invalid);
    MUST(config.error().message.find("/etc/cadastre.yaml") != std::string::npos);
  }
  return 0;
}
