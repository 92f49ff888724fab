#include "query/evaluate.h"

#include "base/text.h"
#include "query/parser.h"
#include "query/terms.h"

namespace cadastre::query {
namespace {

// An address of its own, a network inside the one asked for, or one around it. 0.0.0.0/0 and ::/0 are around
// everything, which tells nothing: they are found only by their own name.
bool everything(const Network& network) { return network.bits == 0 || network.bits == 96; }

bool network_matches(const Network& wanted, const Subject& subject) {
  return std::ranges::any_of(subject.networks, [&](const Network& network) {
    if (everything(network) || everything(wanted)) return same_network(network, wanted);
    return wanted.contains(network) || network.contains(wanted);
  });
}

// Where a DNS name of the query leads to: no part of a text will do.
bool is_target(const Value& value, const Subject& subject) {
  if (auto address = parse_network(value.text))
    return std::ranges::any_of(subject.networks,
                               [&](const Network& network) { return same_network(network, *address); });
  if (is_full_id(value.text)) return value.text == subject.id;
  return std::ranges::any_of(subject.texts, [&](const std::string& text) { return plain_host(text) == value.text; });
}

Nearness nearness_of(const Value& value, const Subject& subject) {
  if (value.resolved) return is_target(value, subject) ? Nearness::related : Nearness::none;
  auto word = fold(value.text);
  if (!value.literal && word.find_first_of("*?") != word.npos) {
    auto pattern = "*" + word + "*";
    auto inside = [&](const std::string& text) { return glob_match(pattern, text); };
    return std::ranges::any_of(subject.texts, inside) ? Nearness::inside : Nearness::none;
  }
  if (word == fold(subject.native) || word == fold(subject.arn) || word == fold(subject.id)) return Nearness::exact_id;
  if (word == fold(subject.name)) return Nearness::exact_name;
  auto network = parse_network(word);
  if (network && network->is_address() && std::ranges::find(subject.networks, *network) != subject.networks.end())
    return Nearness::exact_name;
  auto best = Nearness::none;
  for (const auto& text : subject.texts) best = std::min(best, nearness_in(text, word));
  if (best == Nearness::none && network && network_matches(*network, subject)) best = Nearness::related;
  return best;
}

Nearness nearness_of(const Term& term, const Subject& subject) {
  auto best = Nearness::none;
  for (const auto& value : term.values) best = std::min(best, nearness_of(value, subject));
  return best;
}

bool links_match(const Term& term, const Subject& subject) {
  if (!subject.kind || !subject.document) return false;
  auto links = catalog::links_of(*subject.kind, *subject.document);
  return std::ranges::any_of(links, [&](const auto& link) {
    return any_value(term, [&](const Value& value) { return fits_link(value, link.second); });
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
      return nearness_of(term, subject) != Nearness::none;
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
    case Key::cluster:
      return text(subject.cluster);
    case Key::space:
      return text(subject.space);
    case Key::name:
      return text(subject.name);
    case Key::id:
      return any_value(term, [&](const Value& value) {
        return fits(value, subject.native) || (is_full_id(value.text) && fits(value, subject.id));
      });
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
          return parse_network(mine) && glob_match(fold(value.text) + "*", mine);
        });
      });
    case Key::dns:
      return any_value(term, [&](const Value& value) {
        if (value.resolved) return is_target(value, subject);
        return std::ranges::any_of(subject.texts,
                                   [&](const auto& mine) { return is_host(mine) && fits_host(value, mine); });
      });
    case Key::is:
      return any_value(term, [&](const Value& value) { return is_matches(value, subject, now); });
    case Key::links:
      return links_match(term, subject);
    case Key::age:
    case Key::created:
      return age_matches(term, subject.created, now);
    case Key::changed:
      return age_matches(term, subject.changed, now);
    case Key::data:
    case Key::size:
      return subject.document &&
             document_matches(term, subject.kind, *subject.document, {subject.account, subject.region, ""});
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

}  // namespace

std::string_view cluster_of(const store::CellKey& cell) {
  return cell.kind.starts_with("k8s.") ? std::string_view(cell.region) : std::string_view();
}

std::string_view namespace_of(std::string_view kind, std::string_view native) {
  if (!kind.starts_with("k8s.")) return {};
  if (kind == "k8s.namespace") return native;
  auto slash = native.find('/');
  return slash == native.npos ? std::string_view() : native.substr(0, slash);
}

void read_off(store::Resource& resource, const json::value& document, const catalog::Catalog& catalog,
              std::string_view partition) {
  auto* kind = catalog.find(resource.cell.kind);
  if (!kind || !document.is_object()) return;
  auto row = catalog::read_row(*kind, document, {resource.cell.account, resource.region, std::string(partition)});
  resource.name = std::move(row.name);
  resource.state = std::move(row.state);
  resource.arn = std::move(row.arn);
  resource.created = row.created;
  json::object tags;
  for (auto& [key, value] : row.tags) tags[key] = value;
  resource.tags = to_json(tags);
}

Tags tags_of(const store::Resource& resource) {
  Tags tags;
  json::monotonic_resource memory;
  if (auto read = parse_json(resource.tags, "tags", &memory); read && read->is_object()) {
    for (const auto& [key, value] : read->get_object()) tags.emplace_back(key, scalar_text(value));
  }
  return tags;
}

std::string owner_of(const Tags& tags, const Estate& estate) {
  for (const auto& name : estate.owner_tags) {
    auto tag = std::ranges::find(tags, name, &Tags::value_type::first);
    if (tag != tags.end()) return tag->second;
  }
  return {};
}

bool is_stale(const store::Resource& resource) {
  return resource.unverified_since.has_value() && !resource.deleted.has_value();
}

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
  subject.cluster = cluster_of(resource.cell);
  subject.space = namespace_of(resource.cell.kind, resource.native);
  subject.id = resource.id();
  subject.native = resource.native;
  subject.name = resource.name;
  subject.state = resource.state;
  subject.arn = resource.arn;
  subject.created = resource.created;
  subject.first_seen = resource.first_seen;
  subject.changed = resource.changed;
  subject.deleted = resource.deleted.has_value();
  subject.stale = is_stale(resource);
  subject.document = &document;
  subject.tags = tags_of(resource);
  subject.owner = owner_of(subject.tags, estate);
  auto add = [&](std::string_view text) {
    if (!text.empty()) subject.texts.push_back(fold(text));
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

Nearness nearness(const Expression& expression, const Subject& subject, Time now) {
  auto of = [&](const Expression& part) { return nearness(part, subject, now); };
  switch (expression.kind) {
    case Expression::Kind::all: {
      auto farthest = Nearness::exact_id;
      for (const auto& part : expression.parts) {
        farthest = std::max(farthest, of(part));
        if (farthest == Nearness::none) break;
      }
      return farthest;
    }
    case Expression::Kind::any: {
      auto nearest = Nearness::none;
      for (const auto& part : expression.parts) {
        nearest = std::min(nearest, of(part));
        if (nearest == Nearness::exact_id) break;
      }
      return nearest;
    }
    case Expression::Kind::no:
      return of(expression.parts.front()) == Nearness::none ? Nearness::exact_id : Nearness::none;
    case Expression::Kind::term:
      if (expression.term.key == Key::word) return nearness_of(expression.term, subject);
      return term_matches(expression.term, subject, now) ? Nearness::exact_id : Nearness::none;
  }
  return Nearness::none;
}

bool matches(const Expression& expression, const Subject& subject, Time now) {
  return nearness(expression, subject, now) != Nearness::none;
}

}  // namespace cadastre::query
