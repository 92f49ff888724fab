#include "base/access_portal.h"

#include <fmt/format.h>

#include "base/text.h"

namespace cadastre {

std::string AccessPortal::through(std::string_view account, std::string_view account_name, std::string link) const {
  if (url.empty() || link.empty()) return link;
  auto own = roles.find(std::string(account));
  if (own == roles.end()) own = roles.find(std::string(account_name));
  const auto& name = own == roles.end() ? role : own->second;
  if (name.empty()) return link;
  return fmt::format("{}/#/console?account_id={}&role_name={}&destination={}", url, percent_encode(account),
                     percent_encode(name), percent_encode(link));
}

}  // namespace cadastre
