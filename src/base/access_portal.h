// The organization's access portal (IAM Identity Center): links to AWS's console that work in every account. A plain
// link opens in whichever account the browser happens to be signed in to; one through the portal signs in to the right
// one first. A plain value.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace cadastre {

struct AccessPortal {
  std::string url;   // "https://d-1234567890.awsapps.com/start", without a slash at its end; empty: none
  std::string role;  // the permission set to come in with; empty: only where `roles` has one
  std::map<std::string, std::string> roles;  // account id or name → permission set, before `role`

  // `link` as the portal opens it in that account; `link` itself when there is no portal, or no role for the account.
  // The form is AWS's: "Creating shortcut links to AWS Management Console destinations", IAM Identity Center's guide.
  std::string through(std::string_view account, std::string_view account_name, std::string link) const;
  bool operator==(const AccessPortal&) const = default;
};

}  // namespace cadastre
