#include "aws/endpoint.h"

#include "base/text.h"

namespace cadastre::aws {

namespace {

constexpr std::string_view kRegion = "{region}";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

// PREFIX-word-digits: the one form that AWS's patterns for regions have.
bool matches(std::string_view region, std::string_view prefix) {
  if (!region.starts_with(prefix)) return false;
  auto parts = split(region.substr(prefix.size()), '-');
  return parts.size() == 3 && parts[0].empty() && !parts[1].empty() && std::ranges::all_of(parts[1], is_word) &&
         !parts[2].empty() && std::ranges::all_of(parts[2], is_digit);
}

const json::value* member(const json::value& value, std::string_view name) {
  auto* object = value.if_object();
  return object ? object->if_contains(name) : nullptr;
}

std::string text(const json::value& value, std::string_view name) {
  auto* found = member(value, name);
  return found ? scalar_text(*found) : std::string();
}

std::vector<std::string> texts(const json::value& value, std::string_view name) {
  std::vector<std::string> found;
  auto* list = member(value, name);
  if (list && list->is_array()) {
    for (const auto& element : list->get_array()) found.push_back(scalar_text(element));
  }
  return found;
}

Endpoint in_region(const Endpoint& usual, std::string_view region) {
  Endpoint endpoint{replace_all(usual.url, kRegion, region), replace_all(usual.signing_region, kRegion, region),
                    usual.signing_name};
  if (endpoint.signing_region.empty()) endpoint.signing_region = region;
  return endpoint;
}

}  // namespace

Endpoint Endpoints::read_endpoint(const json::value& value) {
  return {text(value, "url"), text(value, "signing_region"), text(value, "signing_name")};
}

std::map<std::string, Endpoint, std::less<>> Endpoints::read_endpoints(const json::value* value) {
  std::map<std::string, Endpoint, std::less<>> endpoints;
  if (value && value->is_object()) {
    for (const auto& [region, endpoint] : value->get_object()) endpoints.emplace(region, read_endpoint(endpoint));
  }
  return endpoints;
}

Endpoints::Place Endpoints::read_place(const json::value* value) {
  if (!value) return {};
  Place place{read_endpoint(*value), read_endpoints(member(*value, "except")), std::nullopt};
  if (auto* listed = member(*value, "listed")) place.listed = scalar_text(*listed);
  return place;
}

Result<Endpoints> Endpoints::parse(std::string_view table) {
  json::monotonic_resource storage;  // a tree of many small parts, read once and dropped whole
  TRY_ASSIGN(json::value root, parse_json(table, "the endpoint table", &storage));
  auto* partitions = member(root, "partitions");
  auto* services = member(root, "services");
  if (!partitions || !partitions->is_array() || partitions->get_array().empty() || !services ||
      !services->is_object()) {
    return fail(ErrorCode::malformed, "the endpoint table has no partitions or no services");
  }
  Endpoints endpoints;
  for (const auto& entry : partitions->get_array()) {
    endpoints.partitions_.push_back({text(entry, "name"), text(entry, "global_region"), texts(entry, "prefixes"),
                                     texts(entry, "regions"), texts(entry, "pseudo")});
  }
  for (const auto& [name, entry] : services->get_object()) {
    auto* places = member(entry, "partitions");
    if (!places)
      return fail(ErrorCode::malformed, fmt::format("the endpoint table's service '{}' has no partitions", name));
    Service service{member(entry, "global") != nullptr, {}, read_endpoints(member(entry, "other"))};
    for (const auto& partition : endpoints.partitions_) {
      service.places.push_back(read_place(member(*places, partition.name)));
      const auto& listed = service.places.back().listed;
      if (listed && listed->size() != partition.regions.size()) {
        return fail(ErrorCode::malformed,
                    fmt::format("the endpoint table lists service '{}' for {} of {} regions of {}", name,
                                listed->size(), partition.regions.size(), partition.name));
      }
    }
    endpoints.services_.emplace(name, std::move(service));
  }
  return endpoints;
}

const Endpoints::Partition* Endpoints::partition_of(std::string_view region) const {
  for (const auto& partition : partitions_) {
    if (std::ranges::binary_search(partition.regions, region) ||
        std::ranges::find(partition.pseudo, region) != partition.pseudo.end() ||
        std::ranges::any_of(partition.prefixes, [&](const auto& prefix) { return matches(region, prefix); })) {
      return &partition;
    }
  }
  return nullptr;
}

const Endpoints::Partition* Endpoints::partition_named(std::string_view name) const {
  auto found = std::ranges::find(partitions_, name, &Partition::name);
  return found == partitions_.end() ? nullptr : &*found;
}

Error Endpoints::no_region(std::string_view region) const {
  std::vector<std::string_view> known;
  for (const auto& partition : partitions_)
    known.insert(known.end(), partition.regions.begin(), partition.regions.end());
  return {ErrorCode::invalid,
          fmt::format("there is no AWS region '{}'{}", printable(region), did_you_mean(region, known)),
          {}};
}

Result<Endpoint> Endpoints::resolve(std::string_view service, std::string_view region,
                                    std::string_view operation) const {
  auto found = operation.empty() ? services_.end() : services_.find(fmt::format("{}.{}", service, operation));
  if (found == services_.end()) found = services_.find(service);
  if (found == services_.end()) {
    std::vector<std::string_view> known;
    for (const auto& [name, entry] : services_) known.push_back(name);
    return fail(ErrorCode::unsupported,
                fmt::format("there is no AWS service '{}'{}", printable(service), did_you_mean(service, known)));
  }
  const Service& entry = found->second;
  auto* partition = partition_of(region);
  if (!partition) {
    auto other = entry.other.find(region);
    if (other == entry.other.end()) return std::unexpected(no_region(region));
    return in_region(other->second, region);
  }
  const Place& place = entry.places[static_cast<size_t>(partition - partitions_.data())];
  auto exception = place.except.find(region);
  const Endpoint& endpoint = exception == place.except.end() ? place.usual : exception->second;
  if (endpoint.url.empty()) {
    return fail(ErrorCode::unsupported,
                fmt::format("the service '{}' has no endpoint in the region {}", service, region));
  }
  return in_region(endpoint, region);
}

bool Endpoints::is_global(std::string_view service) const {
  auto found = services_.find(service);
  return found != services_.end() && found->second.global;
}

bool Endpoints::available(std::string_view service, std::string_view region) const {
  auto found = services_.find(service);
  auto* partition = partition_of(region);
  if (found == services_.end() || !partition) return true;
  const auto& listed = found->second.places[static_cast<size_t>(partition - partitions_.data())].listed;
  auto known = std::ranges::lower_bound(partition->regions, region);
  // A region that is newer than the table: nothing is known of it.
  if (!listed || known == partition->regions.end() || *known != region) return true;
  return (*listed)[static_cast<size_t>(known - partition->regions.begin())] == '1';
}

std::string_view Endpoints::partition(std::string_view region) const {
  auto* partition = partition_of(region);
  return partition ? std::string_view(partition->name) : "aws";
}

std::vector<std::string> Endpoints::regions(std::string_view partition) const {
  auto* found = partition_named(partition);
  return found ? found->regions : std::vector<std::string>();
}

std::string_view Endpoints::global_region(std::string_view partition) const {
  auto* found = partition_named(partition);
  return found ? std::string_view(found->global_region) : std::string_view();
}

}  // namespace cadastre::aws
