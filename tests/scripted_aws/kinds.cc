#include "scripted_aws/kinds.h"

#include "base/text.h"

namespace cadastre::scripted {
namespace {

constexpr std::string_view kEnvironments[] = {"prod", "staging", "dev", "qa", "sandbox"};
constexpr std::string_view kTeams[] = {"payments", "search", "platform", "identity", "billing", "data-eng",
                                       "checkout", "growth", "security", "fraud",    "catalog", "shipping"};
constexpr std::string_view kServices[] = {"api",      "worker", "cache", "gateway", "scheduler", "indexer",
                                          "frontend", "proxy",  "batch", "etl",     "broker",    "auth"};

}  // namespace

json::object Telling::document() const {
  json::object document = item;
  for (const auto& detail : details) {
    for (const auto& [key, value] : detail.adds) document[key] = value;
  }
  return document;
}

const std::vector<KindFacts>& all_kinds() {
  static const auto kKinds = [] {
    std::vector<KindFacts> kinds;
    add_ec2_kinds(kinds);
    add_ec2_network_kinds(kinds);
    add_query_kinds(kinds);
    add_json_kinds(kinds);
    add_rest_json_kinds(kinds);
    add_rest_xml_kinds(kinds);
    return kinds;
  }();
  return kKinds;
}

const KindFacts* find_kind(std::string_view name) {
  auto found = std::ranges::find(all_kinds(), name, &KindFacts::name);
  return found == all_kinds().end() ? nullptr : &*found;
}

std::string Label::name(uint32_t number) const {
  return fmt::format("{}-{}-{}-{:05}", environment, team, service, number);
}

Label label_of(Dice& dice) {
  return {std::string(dice.pick(kEnvironments)), std::string(dice.pick(kTeams)), std::string(dice.pick(kServices))};
}

json::object tag_map_of(const Subject& subject, const Label& label, uint32_t revision) {
  return {{"Name", label.name(subject.number)},
          {"env", label.environment},
          {"team", label.team},
          {"owner", label.team + "-oncall@example.com"},
          {"cost-center", fmt::format("cc-{:05}", subject.number % 400)},
          {"aws:cloudformation:stack-name", fmt::format("{}-{}-{}", label.team, label.service, label.environment)},
          {"revision", std::to_string(revision)}};
}

json::array tags_of(const Subject& subject, const Label& label, uint32_t revision, std::string_view key,
                    std::string_view value) {
  json::array tags;
  for (const auto& [name, text] : tag_map_of(subject, label, revision)) {
    tags.push_back(json::object{{key, std::string_view(name)}, {value, text}});
  }
  return tags;
}

std::string stable_name(const Subject& subject) {
  auto first = subject;
  first.incarnation = 0;
  auto dice = dice_of(first);
  return label_of(dice).name(subject.number);
}

namespace {

// Text whose order depends on nothing but content: members by name, elements by their own texts.
void write_content(const json::value& value, std::string& out) {
  if (const auto* object = value.if_object()) {
    std::vector<std::string> members;
    for (const auto& [key, member] : *object) {
      if (member.is_null()) continue;
      std::string text = fmt::format("\"{}\":", std::string_view(key));
      write_content(member, text);
      members.push_back(std::move(text));
    }
    std::ranges::sort(members);
    out += "{" + join(members, ",") + "}";
  } else if (const auto* array = value.if_array()) {
    std::vector<std::string> elements;
    for (const auto& element : *array) write_content(element, elements.emplace_back());
    std::ranges::sort(elements);
    out += "[" + join(elements, ",") + "]";
  } else if (value.is_string() && std::string_view(value.get_string()).starts_with("hmac:")) {
    out += "\"hmac:\"";
  } else {
    out += to_json(value);
  }
}

}  // namespace

std::string content_text(const json::value& document) {
  std::string text;
  write_content(document, text);
  return text;
}

std::string content_digest(const json::value& document) { return to_hex(sha256(content_text(document)).substr(0, 8)); }

std::string document_digest(const KindFacts& kind, const json::value& document) {
  const auto* object = document.if_object();
  if (!object || kind.said_twice.empty() || !object->contains(kind.said_twice)) return content_digest(document);
  auto rest = *object;
  rest.erase(kind.said_twice);
  return content_digest(rest);
}

}  // namespace cadastre::scripted
