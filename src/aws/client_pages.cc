// Page after page of a list, until AWS says that there is no more.
#include <unordered_set>

#include "aws/client.h"
#include "base/hash.h"

namespace cadastre::aws {
namespace {

constexpr int64_t kLargestPage = 1000;

// Operations of EC2 that refuse a page of a thousand although their model gives no limit.
constexpr std::pair<std::string_view, int64_t> kSmallerPages[] = {
    {"DescribeHostReservationOfferings", 500},   {"DescribeHostReservations", 500},   {"DescribeHosts", 500},
    {"DescribeReservedInstancesOfferings", 100}, {"DescribeScheduledInstances", 300},
};

// The page size to ask for; 0: leave it to the service. Where the model names no limit the service's default is taken,
// because many refuse more than they allow; but EC2 answers without one in a single piece, which it punishes with a
// smaller rate.
int64_t page_size(const Service& service, const Operation& operation, const json::object& input) {
  const auto& paginator = *operation.paginator;
  if (paginator.limit_key.empty() || input.contains(paginator.limit_key)) return 0;
  if (service.name() == "ec2") {
    // DescribeInstances and its like refuse a page size beside a list of ids.
    bool by_id = std::ranges::any_of(input, [](const auto& member) { return member.key().ends_with("Ids"); });
    if (by_id) return 0;
    if (paginator.limit_max == 0) {
      auto smaller = std::ranges::find(kSmallerPages, std::string_view(operation.name),
                                       [](const auto& entry) { return entry.first; });
      return smaller == std::end(kSmallerPages) ? kLargestPage : smaller->second;
    }
  }
  return std::min(paginator.limit_max, kLargestPage);
}

void set_page_size(const Service& service, const Operation& operation, json::object& input) {
  int64_t size = page_size(service, operation, input);
  if (size == 0) return;
  const auto& key = operation.paginator->limit_key;
  const auto* member = operation.input ? operation.input->member(key) : nullptr;
  if (member && member->shape->type == ShapeType::string)
    input[key] = std::to_string(size);  // Route 53's MaxItems
  else
    input[key] = size;
}

bool absent(const json::value* token) {
  return !token || token->is_null() || (token->is_string() && token->get_string().empty());
}

// What a page says about the next one.
struct Next {
  bool last = false;
  json::array tokens;  // one for each input token; null: that one is left out
};

Result<Next> next_page(const Paginator& paginator, const json::value& page) {
  Next next;
  const json::value* more = paginator.has_more_results ? paginator.more_results.first(page) : nullptr;
  if (more && more->is_bool() && !more->get_bool()) {
    next.last = true;
    return next;
  }
  bool any = false;
  for (const auto& path : paginator.output_tokens) {
    const auto* token = path.first(page);
    any |= !absent(token);
    next.tokens.push_back(absent(token) ? json::value() : json::value(*token, json::storage_ptr()));
  }
  next.last = !any;
  if (next.last && more && more->is_bool()) {
    return fail(ErrorCode::malformed, "the answer says that there are more pages, but not how to get them");
  }
  return next;
}

}  // namespace

CallResult<void> Client::pages(const Session& session, Call call, std::stop_token stop,
                               const std::function<bool(json::value& page)>& page) {
  const auto& paginator = call.operation->paginator;
  if (paginator) set_page_size(*call.service, *call.operation, call.input);
  std::unordered_set<Hash128> seen;
  PageSlots::Lease lease(slots());
  for (;;) {
    lease.give_back();  // before the next page is waited for
    auto answer = this->call(session, call, stop, lease);
    if (!answer) return std::unexpected(std::move(answer.error()));

    // Before the page is handed out, because its receiver may take it apart.
    auto next = paginator ? next_page(*paginator, *answer) : Next{.last = true, .tokens = {}};
    if (next && !next->last && !seen.insert(hash128(to_json(next->tokens))).second) {
      next = fail(ErrorCode::malformed, "the same page token came twice: the list would never end");
    }
    if (!next) {
      CallError problem;
      problem.error = std::move(next.error())
                          .in(fmt::format("{}:{} in {}{}{}", call.service->name(), call.operation->name, call.region,
                                          session.account.empty() ? "" : " of account ", session.account));
      return std::unexpected(std::move(problem));
    }
    if (!page(*answer) || next->last) return {};

    for (size_t i = 0; i < paginator->input_tokens.size() && i < next->tokens.size(); ++i) {
      const auto& name = paginator->input_tokens[i];
      if (next->tokens[i].is_null())
        call.input.erase(name);
      else
        call.input[name] = next->tokens[i];
    }
  }
}

}  // namespace cadastre::aws
