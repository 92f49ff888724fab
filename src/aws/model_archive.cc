#include "aws/model_archive.h"

#include <zstd.h>

#include "base/json.h"

namespace cadastre::aws {

namespace {

constexpr std::string_view kMagic = "CADMODEL";
constexpr size_t kHeader = kMagic.size() + 8;
constexpr size_t kLargestText = 64 << 20;  // a size beyond it is damage, and is not allocated

size_t little_endian(std::string_view bytes, size_t at) {
  size_t value = 0;
  for (size_t i = 4; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

std::unexpected<Error> damaged(std::string_view what, std::string cause = {}) {
  return fail(ErrorCode::malformed, fmt::format("the embedded AWS models are damaged: {}", what), std::move(cause));
}

void free_dictionary(const ZSTD_DDict* dictionary) { ZSTD_freeDDict(const_cast<ZSTD_DDict*>(dictionary)); }

Result<std::string> unpack_frame(std::string_view packed, size_t size, const ZSTD_DDict* dictionary,
                                 std::string_view what) {
  if (size > kLargestText) return damaged(what, "its size cannot be");
  std::unique_ptr<ZSTD_DCtx, size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(), ZSTD_freeDCtx);
  if (!context) return damaged(what, "no memory to unpack it");
  std::string text(size, '\0');
  size_t got = dictionary ? ZSTD_decompress_usingDDict(context.get(), text.data(), size, packed.data(), packed.size(),
                                                       dictionary)
                          : ZSTD_decompressDCtx(context.get(), text.data(), size, packed.data(), packed.size());
  if (ZSTD_isError(got)) return damaged(what, ZSTD_getErrorName(got));
  if (got != size) return damaged(what, "it is shorter than the index says");
  return text;
}

}  // namespace

Result<ModelArchive> ModelArchive::open(std::string_view bytes) {
  if (bytes.size() < kHeader || !bytes.starts_with(kMagic)) return damaged("the beginning");
  size_t packed = little_endian(bytes, kMagic.size());
  if (packed > bytes.size() - kHeader) return damaged("the index", "it is cut short");
  TRY_ASSIGN(auto plain, unpack_frame(bytes.substr(kHeader, packed), little_endian(bytes, kMagic.size() + 4), nullptr,
                                      "the index"));
  json::monotonic_resource storage;
  TRY_ASSIGN(auto index, parse_json(plain, "the index of the embedded AWS models", &storage));

  auto number = [](const json::value& value) -> size_t {
    boost::system::error_code error;
    auto parsed = value.to_number<size_t>(error);
    return error ? SIZE_MAX : parsed;
  };
  auto* root = index.if_object();
  auto* version = root ? root->if_contains("botocore") : nullptr;
  auto* dictionary = root ? root->if_contains("dictionary") : nullptr;
  auto* endpoints = root ? root->if_contains("endpoints") : nullptr;
  auto* services = root ? root->if_contains("services") : nullptr;
  if (!version || !dictionary || !endpoints || !services || !services->is_object()) return damaged("the index");

  auto rest = bytes.substr(kHeader + packed);
  size_t dictionary_size = number(*dictionary);
  if (dictionary_size > rest.size()) return damaged("the dictionary", "it is cut short");
  ModelArchive archive;
  archive.botocore_version_ = scalar_text(*version);
  archive.texts_ = rest.substr(dictionary_size);
  archive.dictionary_.reset(ZSTD_createDDict(rest.data(), dictionary_size), free_dictionary);
  auto read = [&](const json::value& value) -> Text {
    auto* list = value.if_array();
    if (!list || list->size() != 3) return {SIZE_MAX, 0, 0};
    return {number((*list)[0]), number((*list)[1]), number((*list)[2])};
  };
  archive.endpoints_ = read(*endpoints);
  for (const auto& [name, value] : services->get_object()) archive.services_.emplace(name, read(value));
  return archive;
}

std::vector<std::string_view> ModelArchive::names() const {
  std::vector<std::string_view> names;
  for (const auto& [name, text] : services_) names.push_back(name);
  return names;
}

Result<std::string> ModelArchive::unpack(const Text& text, std::string_view what) const {
  if (text.offset > texts_.size() || text.packed > texts_.size() - text.offset) return damaged(what, "it is cut short");
  return unpack_frame(texts_.substr(text.offset, text.packed), text.size, dictionary_.get(), what);
}

Result<std::string> ModelArchive::endpoints() const { return unpack(endpoints_, "the endpoint table"); }

Result<std::string> ModelArchive::service(std::string_view name) const {
  auto found = services_.find(name);
  if (found == services_.end())
    return fail(ErrorCode::not_found, fmt::format("no model of the service '{}' is embedded", name));
  return unpack(found->second, fmt::format("the model of service '{}'", name));
}

}  // namespace cadastre::aws
