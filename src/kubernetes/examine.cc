#include "kubernetes/examine.h"

#include "base/text.h"

namespace cadastre::kubernetes {
namespace {

constexpr size_t kMostEvidence = 16, kMostEvents = 3, kLongestValue = 400;
constexpr std::string_view kAge = "\x01";  // in a sentence: where its age goes

std::string shortened(std::string text) {
  if (text.size() <= kLongestValue) return text;
  size_t end = kLongestValue;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // not amid a character
  return text.substr(0, end) + "…";
}

std::string value_text(const json::value& value) {
  return shortened(value.is_object() || value.is_array() ? to_json(value) : scalar_text(value));
}

// A sentence ends in a full stop, whatever it was made of.
std::string sentence(std::string text) {
  auto trimmed = trim(text);
  text = shortened(std::string(trimmed));
  if (!text.empty() && !text.ends_with('.') && !text.ends_with("…")) text += '.';
  return text;
}

class Examination {
 public:
  Examination(const HealthRules& rules, ClusterDocuments& documents, Time as_of, const History& history)
      : rules_(rules), documents_(documents), moment_{.now = as_of}, history_(history) {}

  Result<Examined> run() {
    for (const auto& rule : rules_.rules()) {
      for (const auto& document : documents_.of(rule.kind)) TRY(examine(rule, document));
    }
    std::ranges::stable_sort(findings_, [](const Finding& a, const Finding& b) {
      return std::tuple(b.severity, std::string_view(a.rule), std::string_view(a.kind), std::string_view(a.id)) <
             std::tuple(a.severity, std::string_view(b.rule), std::string_view(b.kind), std::string_view(b.id));
    });
    return Examined{std::move(findings_), moment_.next};
  }

 private:
  // One finding a resource, however many of its elements the rule holds for; the first gives the reason.
  Result<void> examine(const HealthRules::Rule& rule, const Document& document) {
    std::optional<Finding> finding;
    size_t more = 0;
    each_element(rule.each, document.value, [&](const json::value& element, const std::string& place) {
      Here here(element, document.value);
      if (!all_hold(rule.when, here, rule.kind, documents_, moment_)) return true;
      auto since = rule.since ? instant_of(*rule.since, here) : std::nullopt;
      if (rule.lasting && since && !for_long(rule, *since)) return true;
      if (finding)
        ++more;
      else
        finding = make(rule, document, here, place, since);
      return true;
    });
    if (!finding) return {};
    if (rule.lasting && !finding->since) {
      TRY_ASSIGN(auto held, history_(document, [&](const json::value& then) { return held_of(rule, then); }));
      bool long_enough = !held.since || for_long(rule, *held.since);
      if (!long_enough && held.seen_beginning) return {};
      // Nothing shows how it was before it was first seen: it counts, and nobody knows since when.
      if (long_enough) finding->since = held.since;
    }
    if (more > 0) finding->evidence.emplace_back("also", fmt::format("{} more of the same", more));
    add_events(*finding, document);
    findings_.push_back(std::move(*finding));
    return {};
  }

  bool for_long(const HealthRules::Rule& rule, Time since) {
    moment_.turns_at(since + *rule.lasting);
    return moment_.now - since >= *rule.lasting;
  }

  bool held_of(const HealthRules::Rule& rule, const json::value& then) {
    bool held = false;
    each_element(rule.each, then, [&](const json::value& element, const auto&) {
      Here here(element, then);
      held = all_hold(rule.when, here, rule.kind, documents_, moment_);
      return !held;
    });
    return held;
  }

  Finding make(const HealthRules::Rule& rule, const Document& document, Here& here, const std::string& place,
               std::optional<Time> since) {
    const auto& row = document.row;
    if (since) here.scope.set("for", json::value(kAge));
    Finding finding{.rule = rule.id,
                    .severity = rule.severity,
                    .account = row.cell.account,
                    .cluster = row.cell.region,
                    .kind = row.cell.kind,
                    .id = row.native.empty() ? "" : row.id(),
                    .native = row.native,
                    .name = row.name,
                    .space = {},
                    .reason = {},
                    .sentence = sentence(rule.say.text(here.scope)),
                    .evidence = {},
                    .since = since};
    age(finding, moment_.now);
    if (size_t slash = row.native.find('/'); slash != row.native.npos) finding.space = row.native.substr(0, slash);
    auto add = [&](const Field& field) {
      auto name = field.of_document ? field.source.substr(1)
                  : place.empty()   ? field.source
                                    : fmt::format("{}.{}", place, field.source);
      each_value(field, here, [&](const json::value& value) {
        auto text = value_text(value);
        bool known = std::ranges::find(finding.evidence, std::pair(name, text)) != finding.evidence.end();
        if (!known && !text.empty() && finding.evidence.size() < kMostEvidence)
          finding.evidence.emplace_back(name, std::move(text));
      });
    };
    for (const auto& condition : rule.when) std::ranges::for_each(condition.fields, add);
    std::ranges::for_each(rule.evidence, add);
    if (rule.since) add(*rule.since);
    return finding;
  }

  // The newest warnings about the object, as Kubernetes' own words on it.
  void add_events(Finding& finding, const Document& document) {
    const auto* events = rules_.events();
    if (!events) return;
    Here here(document.value, document.value);
    auto found = documents_.found(events->kind, events->about, events->object.whole_text(here.scope));
    std::ranges::stable_sort(found, std::greater(),
                             [&](const Document* event) { return events->at.text(event->value); });
    if (found.size() > kMostEvents) found.resize(kMostEvents);
    for (const auto* event : found) {
      Here there(event->value, event->value);
      auto at = events->at.text(event->value);
      finding.evidence.emplace_back(at.empty() ? "event" : "event " + at, shortened(events->say.text(there.scope)));
    }
  }

  const HealthRules& rules_;
  ClusterDocuments& documents_;
  Moment moment_;
  const History& history_;
  std::vector<Finding> findings_;
};

}  // namespace

Result<Examined> examine(const HealthRules& rules, ClusterDocuments& documents, Time as_of, const History& history) {
  return Examination(rules, documents, as_of, history).run();
}

void age(Finding& finding, Time as_of) {
  auto lasted = finding.since ? std::max(Millis(0), as_of - *finding.since) : Millis(0);
  finding.reason = replace_all(finding.sentence, kAge, format_duration(lasted));
}

}  // namespace cadastre::kubernetes
