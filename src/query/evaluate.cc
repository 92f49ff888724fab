#include "query/evaluate.h"

#include <charconv>
#include <set>

#include "base/text.h"
#include "query/parser.h"

namespace cadastre::query {
namespace {

constexpr auto kRecently = std::chrono::hours(24);  // is:new, is:changed

bool fits(const Value& value, std::string_view text) {
  return value.literal ? iequals(value.text, text) : glob_match(lower(value.text), lower(text));
}

bool any_value(const Term& term, const std::function<bool(const Value&)>& test) {
  return std::ranges::any_of(term.values, test);
}

bool compares(const Term& term, const Value& value, double number) {
  double wanted = value.number.value_or(0);
  switch (term.comparison) {
    case Comparison::equal:
      return number == wanted;
    case Comparison::less:
      return number < wanted;
    case Comparison::less_equal:
      return number <= wanted;
    case Comparison::greater:
      return number > wanted;
    case Comparison::greater_equal:
      return number >= wanted;
    case Comparison::between:
      return number >= wanted && number <= value.upper.value_or(wanted);
  }
  return false;
}

std::optional<double> number_of(std::string_view text) {
  double number = 0;
  auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// Every scalar at the path, arrays walked wherever they stand.
void walk(const json::value& value, std::span<const std::string> path,
          const std::function<void(const json::value&)>& visit) {
  if (auto* array = value.if_array()) {
    for (const auto& element : *array) walk(element, path, visit);
  } else if (path.empty()) {
    visit(value);
  } else if (auto* object = value.if_object()) {
    if (path.front() == "*") {
      for (const auto& member : *object) walk(member.value(), path.subspan(1), visit);
    } else if (auto* member = object->if_contains(path.front())) {
      walk(*member, path.subspan(1), visit);
    }
  }
}

bool data_matches(const Term& term, const Subject& subject) {
  bool found = false;
  if (!subject.document) return false;
  walk(*subject.document, term.path, [&](const json::value& value) {
    if (found) return;
    found = any_value(term, [&](const Value& wanted) {
      bool exists = !wanted.literal && wanted.text == "*" && term.comparison == Comparison::equal;
      if (exists) return !value.is_null();
      if (value.is_structured()) return false;
      auto text = scalar_text(value);
      if (term.comparison == Comparison::equal) return fits(wanted, text);
      auto number = number_of(text);
      return number && compares(term, wanted, *number);
    });
  });
  return found;
}

bool network_matches(const Network& wanted, const Subject& subject) {
  return std::ranges::any_of(subject.networks, [&](const Network& network) {
    // 0.0.0.0/0 and ::/0 contain everything, which tells nothing.
    bool everything = network.bits == 0 || network.bits == 96;
    return wanted.contains(network) || (!everything && network.contains(wanted));
  });
}

bool word_matches(const Value& value, const Subject& subject) {
  auto word = lower(value.text);
  bool glob = !value.literal && word.find_first_of("*?") != word.npos;
  auto inside = [&](const std::string& text) {
    return glob ? glob_match("*" + word + "*", text) : text.find(word) != text.npos;
  };
  if (std::ranges::any_of(subject.texts, inside)) return true;
  auto network = parse_network(value.text);
  return network && network_matches(*network, subject);
}

double bytes_of(catalog::Unit unit) {
  switch (unit) {
    case catalog::Unit::gib:
      return 1073741824.0;
    case catalog::Unit::mib:
      return 1048576.0;
    default:
      return 1;
  }
}

// The size is the kind's first column that is one.
bool size_matches(const Term& term, const Subject& subject) {
  if (!subject.kind || !subject.document) return false;
  for (const auto& column : subject.kind->columns) {
    bool is_size =
        column.unit == catalog::Unit::bytes || column.unit == catalog::Unit::gib || column.unit == catalog::Unit::mib;
    if (!is_size) continue;
    auto number = number_of(
        catalog::column_text(*subject.kind, column, *subject.document, {subject.account, subject.region, ""}));
    return number && any_value(term, [&](const Value& value) {
             return compares(term, value, value.has_unit ? *number * bytes_of(column.unit) : *number);
           });
  }
  return false;
}

bool links_match(const Term& term, const Subject& subject) {
  if (!subject.kind || !subject.document) return false;
  auto links = catalog::links_of(*subject.kind, *subject.document);
  return std::ranges::any_of(links, [&](const auto& link) {
    return any_value(term, [&](const Value& value) {
      // "vol-1" is what an ARN that ends in it refers to as well.
      return fits(value, link.second) || link.second.ends_with("/" + value.text) ||
             link.second.ends_with(":" + value.text);
    });
  });
}

bool age_matches(const Term& term, std::optional<Time> since, Time now) {
  if (!since) return false;
  return any_value(
      term, [&](const Value& value) { return compares(term, value, static_cast<double>((now - *since).count())); });
}

bool is_matches(const Value& value, const Subject& subject, Time now) {
  if (value.text == "deleted") return subject.deleted;
  if (value.text == "stale") return subject.stale;
  if (value.text == "new") return now - subject.first_seen <= kRecently;
  return now - subject.changed <= kRecently && subject.changed != subject.first_seen;
}

bool term_matches(const Term& term, const Subject& subject, Time now) {
  auto text = [&](std::string_view mine) {
    return any_value(term, [&](const Value& value) { return fits(value, mine); });
  };
  switch (term.key) {
    case Key::word:
      return any_value(term, [&](const Value& value) { return word_matches(value, subject); });
    case Key::kind:
      return any_value(term, [&](const Value& value) { return names_kind(value.text, subject.kind_name); });
    case Key::service: {
      auto parts = split(subject.kind_name, '.');
      return parts.size() > 1 && text(parts[1]);
    }
    case Key::account:
      return text(subject.account) || text(subject.account_name);
    case Key::group:
      return std::ranges::any_of(subject.groups, [&](const auto& group) {
        return (term.name.empty() || term.name == group.first) && text(group.second);
      });
    case Key::region:
      return text(subject.region);
    case Key::name:
      return text(subject.name);
    case Key::id:
      return text(subject.native) || text(subject.id);
    case Key::state:
      return text(subject.state);
    case Key::arn:
      return text(subject.arn);
    case Key::owner:
      return text(subject.owner);
    case Key::tag:
      return std::ranges::any_of(subject.tags, [&](const auto& tag) {
        if (!iequals(tag.first, term.name)) return false;
        if (term.comparison == Comparison::equal) return text(tag.second);
        auto number = number_of(tag.second);
        return number && any_value(term, [&](const Value& value) { return compares(term, value, *number); });
      });
    case Key::ip:
      return any_value(term, [&](const Value& value) {
        auto network = parse_network(value.text);
        if (network) return network_matches(*network, subject);
        return std::ranges::any_of(subject.texts, [&](const auto& mine) {
          return parse_network(mine) && glob_match(lower(value.text) + "*", mine);
        });
      });
    case Key::dns:
      return std::ranges::any_of(subject.texts, [&](const auto& mine) {
        bool host = mine.find('.') != mine.npos && mine.find_first_of(" /@") == mine.npos && !parse_network(mine);
        return host && any_value(term, [&](const Value& value) {
                 return fits(value, mine) ||
                        (mine.ends_with('.') && fits(value, std::string_view(mine).substr(0, mine.size() - 1)));
               });
      });
    case Key::is:
      return any_value(term, [&](const Value& value) { return is_matches(value, subject, now); });
    case Key::links:
      return links_match(term, subject);
    case Key::data:
      return data_matches(term, subject);
    case Key::age:
    case Key::created:
      return age_matches(term, subject.created, now);
    case Key::changed:
      return age_matches(term, subject.changed, now);
    case Key::size:
      return size_matches(term, subject);
  }
  return false;
}

void collect_networks(const json::value& value, std::vector<Network>& networks) {
  if (auto* object = value.if_object()) {
    for (const auto& member : *object) collect_networks(member.value(), networks);
  } else if (auto* array = value.if_array()) {
    for (const auto& element : *array) collect_networks(element, networks);
  } else if (auto* text = value.if_string()) {
    auto network = parse_network(*text);
    if (network && std::ranges::find(networks, *network) == networks.end()) networks.push_back(*network);
  }
}

// What every match must have, by conjunction: the values of a key's terms, or nothing when the key is not bound.
void required(const Expression& expression, Key key, std::vector<const Term*>& found) {
  if (expression.kind == Expression::Kind::term && expression.term.key == key) found.push_back(&expression.term);
  if (expression.kind == Expression::Kind::all) {
    for (const auto& part : expression.parts) required(part, key, found);
  }
}

}  // namespace

Subject subject_of(const store::Resource& resource, const json::value& document, const Estate& estate) {
  Subject subject;
  subject.kind = estate.catalog.find(resource.cell.kind);
  subject.kind_name = resource.cell.kind;
  subject.account = resource.cell.account;
  if (auto account = estate.accounts.find(resource.cell.account); account != estate.accounts.end()) {
    subject.account_name = account->second.name;
    subject.groups = account->second.groups;
  }
  subject.region = resource.region;
  subject.id = resource.id();
  subject.native = resource.native;
  subject.name = resource.name;
  subject.state = resource.state;
  subject.arn = resource.arn;
  subject.created = resource.created;
  subject.first_seen = resource.first_seen;
  subject.changed = resource.changed;
  subject.deleted = resource.deleted.has_value();
  subject.stale = resource.unverified_since.has_value() && !subject.deleted;
  subject.document = &document;
  if (auto tags = parse_json(resource.tags, "tags"); tags && tags->is_object()) {
    for (const auto& [key, value] : tags->get_object()) subject.tags.emplace_back(key, scalar_text(value));
  }
  for (const auto& name : estate.owner_tags) {
    auto tag = std::ranges::find(subject.tags, name, &std::pair<std::string, std::string>::first);
    if (tag != subject.tags.end()) {
      subject.owner = tag->second;
      break;
    }
  }
  auto add = [&](std::string_view text) {
    if (!text.empty()) subject.texts.push_back(lower(text));
  };
  add(subject.native);
  add(subject.name);
  add(subject.arn);
  for (const auto& [key, value] : subject.tags) add(value);
  if (subject.kind) {
    for (const auto& text : catalog::search_texts(*subject.kind, document)) add(text);
  }
  collect_networks(document, subject.networks);
  return subject;
}

bool matches(const Expression& expression, const Subject& subject, Time now) {
  auto holds = [&](const Expression& part) { return matches(part, subject, now); };
  switch (expression.kind) {
    case Expression::Kind::all:
      return std::ranges::all_of(expression.parts, holds);
    case Expression::Kind::any:
      return std::ranges::any_of(expression.parts, holds);
    case Expression::Kind::no:
      return !holds(expression.parts.front());
    case Expression::Kind::term:
      return term_matches(expression.term, subject, now);
  }
  return false;
}

store::Filter narrow(const Expression& expression, const Estate& estate, std::span<const store::Cell> cells) {
  store::Filter filter;
  std::vector<const Term*> terms;
  required(expression, Key::kind, terms);
  if (!terms.empty()) {
    std::set<std::string> names;
    for (const auto& kind : estate.catalog.kinds()) names.insert(kind.name);
    for (const auto& cell : cells) names.insert(cell.key.kind);
    for (const auto& name : names) {
      bool all = std::ranges::all_of(terms, [&](const Term* term) {
        return any_value(*term, [&](const Value& value) { return names_kind(value.text, name); });
      });
      if (all) filter.kinds.push_back(name);
    }
    if (filter.kinds.empty()) filter.kinds.emplace_back();  // no kind is both: nothing matches
  }
  terms.clear();
  required(expression, Key::account, terms);
  if (!terms.empty()) {
    for (const auto& [id, account] : estate.accounts) {
      bool all = std::ranges::all_of(terms, [&](const Term* term) {
        return any_value(*term, [&](const Value& value) { return fits(value, id) || fits(value, account.name); });
      });
      if (all) filter.accounts.push_back(id);
    }
    if (filter.accounts.empty()) filter.accounts.emplace_back();
  }
  terms.clear();
  required(expression, Key::region, terms);
  if (terms.size() == 1) {
    bool plain = std::ranges::all_of(
        terms[0]->values, [](const Value& value) { return value.text.find_first_of("*?") == value.text.npos; });
    if (plain) {
      for (const auto& value : terms[0]->values) filter.regions.push_back(lower(value.text));
    }
  }
  bool closed = mentions(expression, [](const Term& term) {
    return term.key == Key::is && any_value(term, [](const Value& value) { return value.text == "deleted"; });
  });
  filter.closed = closed;
  return filter;
}

}  // namespace cadastre::query
