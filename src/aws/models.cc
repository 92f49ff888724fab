#include "aws/models.h"

#include "aws/model_archive.h"
#include "base/text.h"

// The bytes that cmake/models.cmake embeds.
extern "C" const char cadastre_models_begin[];
extern "C" const char cadastre_models_end[];

namespace cadastre::aws {

namespace {

Result<std::unique_ptr<Service>> load(const ModelArchive& archive, std::string_view name) {
  TRY_ASSIGN(auto text, archive.service(name));
  return Service::parse(std::string(name), std::string_view(text));
}

}  // namespace

struct Models::Impl {
  // A service unpacks once, when it is first asked for; what went wrong is kept like what went right.
  struct Slot {
    std::once_flag once;
    Result<std::unique_ptr<Service>> service;
  };

  Result<ModelArchive> archive = ModelArchive::open({cadastre_models_begin, cadastre_models_end});
  std::map<std::string, Slot, std::less<>> slots;
  std::once_flag endpoints_once;
  Endpoints endpoints;
};

Models::Models() : impl_(std::make_unique<Impl>()) {
  if (!impl_->archive) return;
  for (auto name : impl_->archive->names()) impl_->slots[std::string(name)];
}

Models::~Models() = default;

Result<const Service*> Models::service(std::string_view name) const {
  if (!impl_->archive) return std::unexpected(impl_->archive.error());
  auto found = impl_->slots.find(name);
  if (found == impl_->slots.end()) {
    return fail(ErrorCode::unsupported, fmt::format("there is no AWS service '{}' with operations that may be called{}",
                                                    printable(name), did_you_mean(name, service_names())));
  }
  auto& slot = found->second;
  std::call_once(slot.once, [&] { slot.service = load(*impl_->archive, name); });
  if (!slot.service) return std::unexpected(slot.service.error());
  return slot.service->get();
}

Result<const Operation*> Models::operation(std::string_view service_name, std::string_view name) const {
  TRY_ASSIGN(const Service* owner, service(service_name));
  if (auto* found = owner->operation(name)) return found;
  std::vector<std::string_view> allowed;
  for (const auto& [key, operation] : owner->operations()) allowed.push_back(key);
  return fail(ErrorCode::refused, fmt::format("{} {} is not on the list of read-only operations that may be called{}",
                                              service_name, printable(name), did_you_mean(name, allowed)));
}

const Endpoints& Models::endpoints() const {
  std::call_once(impl_->endpoints_once, [&] {
    // A table that cannot be read resolves nothing, and says so for each call.
    auto text = impl_->archive ? impl_->archive->endpoints() : std::unexpected(impl_->archive.error());
    auto parsed = text ? Endpoints::parse(*text) : std::unexpected(text.error());
    if (parsed) impl_->endpoints = std::move(*parsed);
  });
  return impl_->endpoints;
}

std::vector<std::string_view> Models::service_names() const {
  std::vector<std::string_view> names;
  for (const auto& [name, slot] : impl_->slots) names.push_back(name);
  return names;
}

std::string_view Models::botocore_version() const {
  return impl_->archive ? std::string_view(impl_->archive->botocore_version()) : std::string_view();
}

}  // namespace cadastre::aws
