#include "base/json.h"
#include "base/text.h"
#include "kubernetes/dump.h"

namespace cadastre::kubernetes {
namespace {

constexpr std::array<std::string_view, 5> kOutcomes = {"complete", "denied", "absent", "cut", "failed"};

// Reads members, and keeps the first complaint: where it is, and what is wrong.
class Reader {
 public:
  Reader(const json::value& value, std::string where, std::string& complaint)
      : object_(value.if_object()), where_(std::move(where)), complaint_(complaint) {
    if (!object_) complain("is no object");
  }

  std::string text(std::string_view name) {
    auto* value = find(name);
    auto* text = value ? value->if_string() : nullptr;
    if (value && !text) complain(fmt::format("has a '{}' that is no text", name));
    return text ? std::string(*text) : std::string();
  }

  template <typename Number>
  Number number(std::string_view name) {
    auto* value = find(name);
    if (!value) return 0;
    boost::system::error_code error;
    auto number = value->to_number<Number>(error);
    if (error) complain(fmt::format("has a '{}' that is no number of its kind", name));
    return error ? 0 : number;
  }

  Time time(std::string_view name) {
    auto written = text(name);
    auto time = parse_rfc3339(written);
    if (!time) complain(fmt::format("has a '{}' that is no time", name));
    return time.value_or(Time{});
  }

  void each(std::string_view name, const std::function<void(Reader)>& visit) {
    auto* value = find(name);
    auto* array = value ? value->if_array() : nullptr;
    if (value && !array) complain(fmt::format("has '{}' that are no list", name));
    if (!array) return;
    for (size_t i = 0; i < array->size(); ++i)
      visit(Reader((*array)[i], fmt::format("{}: {} {}", where_, name, i + 1), complaint_));
  }

  void complain(const std::string& what) {
    if (complaint_.empty()) complaint_ = fmt::format("{} {}", where_, what);
  }

 private:
  const json::value* find(std::string_view name) {
    auto* value = object_ ? object_->if_contains(name) : nullptr;
    if (!value) complain(fmt::format("lacks '{}'", name));
    return value;
  }

  const json::object* object_;
  std::string where_;
  std::string& complaint_;
};

// A file's name is one step below the dump's place: nothing that could lead elsewhere.
bool is_file_name(std::string_view name) {
  return !name.empty() && name.size() <= 255 && name != "." && name != ".." && name != kManifest &&
         std::ranges::all_of(name, [](unsigned char c) { return c > ' ' && c < 0x7f && c != '/' && c != '\\'; });
}

Manifest::File read_file(Reader file) {
  Manifest::File result{file.text("name"), file.number<uint64_t>("bytes"), file.number<uint32_t>("cksum")};
  if (!is_file_name(result.name)) file.complain("has a 'name' that is no file's name");
  return result;
}

Manifest::Kind read_kind(Reader kind) {
  Manifest::Kind result;
  result.resource = kind.text("resource");
  if (result.resource.empty()) kind.complain("has an empty 'resource'");
  result.version = kind.text("version");
  auto outcome = kind.text("outcome");
  auto found = std::ranges::find(kOutcomes, outcome);
  if (found == kOutcomes.end())
    kind.complain(fmt::format("has the outcome '{}', which is not known", printable(outcome)));
  else
    result.outcome = static_cast<Manifest::Outcome>(found - kOutcomes.begin());
  result.exit = kind.number<int>("exit");
  result.message = kind.text("message");
  kind.each("files", [&](Reader file) { result.files.push_back(read_file(std::move(file))); });
  return result;
}

}  // namespace

Result<Manifest> parse_manifest(std::string_view text) {
  auto parsed = parse_json(text, "the manifest");
  if (!parsed) return fail(ErrorCode::invalid, parsed.error().message, parsed.error().cause);
  std::string complaint;
  Reader root(*parsed, "the manifest", complaint);
  Manifest manifest;
  // First, for all else may differ in another format.
  if (auto format = root.number<int>("format"); format != 1)
    root.complain(fmt::format("is of format {}, which this release does not know", format));
  manifest.tool = root.text("tool");
  manifest.cluster = root.text("cluster");
  manifest.dump = root.text("dump");
  manifest.kubectl = root.text("kubectl");
  manifest.server = root.text("server");
  manifest.started = root.time("started");
  manifest.ended = root.time("ended");
  root.each("kinds", [&](Reader kind) {
    manifest.kinds.push_back(read_kind(kind));
    auto same = std::ranges::count(manifest.kinds, manifest.kinds.back().resource, &Manifest::Kind::resource);
    if (same > 1) kind.complain(fmt::format("has the resource '{}' again", printable(manifest.kinds.back().resource)));
  });
  if (!complaint.empty()) return fail(ErrorCode::invalid, complaint);
  return manifest;
}

}  // namespace cadastre::kubernetes
