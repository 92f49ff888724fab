// What is for whoever drives the scripted AWS, not for its clients: paths that begin with "/_".
//
//   GET  /_truth            one JSON object a line, of every resource there is (?documents=1: whole)
//   GET  /_counts           calls by account, region, service and operation; DELETE forgets them
//   GET  /_faults           what is set and how often it struck; POST a JSON list sets them (an empty one lifts all)
//   POST /_mutate?round=1&rate=0.02   (&together=1: details change only with the list)
//   POST /_world            {"leave": ID} {"return": ID} {"suspend": ID} {"region_off": [ID, REGION]} {"region_on":
//   [ID, REGION]}
//                           {"remove": {"account", "region", "kind", "native"}} {"add": {"account", "region", "kind",
//                           "count"}}
#include "base/text.h"
#include "scripted_aws/scripted_aws.h"

namespace cadastre::scripted {
namespace {

HttpAnswer json_answer(std::string body, int status = 200) {
  HttpAnswer answer;
  answer.status = status;
  answer.content_type = "application/json";
  answer.body = std::move(body);
  answer.at_once = true;
  return answer;
}

HttpAnswer bad(const std::string& why) { return json_answer(to_json(json::object{{"error", why}}), 400); }

double number_in(std::string_view target, std::string_view name, double otherwise) {
  auto at = target.find(fmt::format("{}=", name));
  return at == target.npos ? otherwise : std::strtod(std::string(target.substr(at + name.size() + 1)).c_str(), nullptr);
}

std::string change_world(World& world, const json::object& wish) {
  for (const auto& [verb, value] : wish) {
    auto list = value.is_array() ? value.get_array() : json::array{value};
    if (verb == "remove" || verb == "add") {
      if (!value.is_object()) return "remove and add take an object";
      auto text = [&](const char* name) {
        const auto* member = value.get_object().if_contains(name);
        return member ? scalar_text(*member) : std::string();
      };
      auto* cell = world.cell(text("account"), text("region"), text("kind"));
      if (!cell) return "there is no such cell";
      if (verb == "add") {
        world.add(*cell, static_cast<uint32_t>(std::strtoul(text("count").c_str(), nullptr, 10)));
        continue;
      }
      auto at = std::ranges::find(cell->entries, text("native"), &Entry::native);
      if (at == cell->entries.end()) return "there is no such resource";
      world.remove(*cell, static_cast<size_t>(at - cell->entries.begin()));
      continue;
    }
    auto* account = list.empty() ? nullptr : world.account(scalar_text(list[0]));
    if (!account) return "there is no such account";
    auto region = list.size() > 1 ? scalar_text(list[1]) : "";
    if (verb == "leave")
      account->left = true;
    else if (verb == "return")
      account->left = false, account->status = "ACTIVE";
    else if (verb == "suspend")
      account->status = "SUSPENDED";
    else if (verb == "region_off")
      account->regions_off.push_back(region);
    else if (verb == "region_on")
      std::erase(account->regions_off, region);
    else
      return fmt::format("there is no '{}'", std::string_view(verb));
  }
  return {};
}

}  // namespace

HttpAnswer ScriptedAws::admin_answer(const HttpQuestion& http) {
  auto path = http.target.substr(0, http.target.find('?'));
  bool post = http.method == "POST";
  if (path == "/_truth") {
    std::string body;
    world_.write_truth(body, number_in(http.target, "documents", 0) != 0);
    return json_answer(std::move(body));
  }
  if (path == "/_counts") {
    std::string body;
    if (http.method == "DELETE")
      counts_.clear();
    else
      counts_.write(body);
    return json_answer(std::move(body));
  }
  if (path == "/_faults" && post) {
    auto wanted = parse_json(http.body, "the faults");
    if (!wanted || !wanted->is_array()) return bad("the faults are a JSON list");
    std::vector<Fault> faults;
    for (const auto& value : wanted->get_array()) {
      auto fault = Fault::from_json(value);
      if (!fault) return bad(fault.error().message);
      faults.push_back(std::move(*fault));
    }
    faults_.set(std::move(faults));
    return json_answer("{}");
  }
  if (path == "/_faults") {
    json::array list;
    for (const auto& fault : faults_.all()) list.push_back(fault.to_json());
    return json_answer(to_json(list));
  }
  if (path == "/_mutate" && post) {
    auto changes = world_.mutate(static_cast<uint64_t>(number_in(http.target, "round", 1)),
                                 number_in(http.target, "rate", 0.01), number_in(http.target, "together", 0) != 0);
    return json_answer(to_json(json::object{{"added", changes.added},
                                            {"changed", changes.changed},
                                            {"removed", changes.removed},
                                            {"replaced", changes.replaced}}));
  }
  if (path == "/_world" && post) {
    auto wish = parse_json(http.body, "the wish");
    if (!wish || !wish->is_object()) return bad("say what is to become of the world in a JSON object");
    auto problem = change_world(world_, wish->get_object());
    return problem.empty() ? json_answer("{}") : bad(problem);
  }
  return json_answer(
      to_json(json::object{
          {"resources", world_.size()}, {"accounts", world_.accounts().size()}, {"calls", counts_.total()}}),
      path == "/_" ? 200 : 404);
}

}  // namespace cadastre::scripted
