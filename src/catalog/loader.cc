// Reads stanzas: YAML to kinds. What a stanza may say is in catalog/README.md.
#include "base/text.h"
#include "base/yaml.h"
#include "catalog/catalog.h"
#include "catalog/check.h"

namespace cadastre::catalog {
namespace {

constexpr std::array<std::string_view, 10> kUnits = {"none", "bytes", "GiB",     "MiB",  "s",
                                                     "ms",   "count", "percent", "time", "usd"};
constexpr std::array<std::string_view, 3> kBy = {"id", "arn", "dns"};
constexpr std::array<std::string_view, 3> kHistories = {"full", "latest", "none"};

// The file of Kubernetes' kinds: their documents come in dumps, and no model says what is in them.
constexpr std::string_view kKubernetes = "kubernetes";

// A stanza with what every kind of its file says: lists are joined, what it says itself comes before the rest.
YamlNode with_defaults(YamlNode stanza, const YamlNode* all) {
  if (!all) return stanza;
  for (const auto& [key, value] : all->members) {
    auto mine = std::ranges::find(stanza.members, key.scalar, [](const auto& member) { return member.first.scalar; });
    if (mine == stanza.members.end())
      stanza.members.emplace_back(key, value);
    else if (value.kind == YamlNode::Kind::list && mine->second.kind == YamlNode::Kind::list)
      mine->second.items.insert(mine->second.items.end(), value.items.begin(), value.items.end());
  }
  return stanza;
}

// Reads one file's stanzas; complaints go to errors, and what could be read is still read, so that all are found at
// once.
class StanzaReader {
 public:
  explicit StanzaReader(YamlErrors& errors) : errors_(errors) {}

  Template field(YamlMap& map, std::string_view key) {
    auto text = map.text(key);
    if (!text) return {};
    return parsed(*map.here().find(key), Template::parse_field(*text));
  }

  Template plain(YamlMap& map, std::string_view key) {
    auto text = map.text(key);
    if (!text) return {};
    return parsed(*map.here().find(key), Template::parse(*text));
  }

  // `whole`: "Groups[]" means "Groups", the array itself.
  std::vector<Path> paths(YamlMap& map, std::string_view key, bool whole = false) {
    std::vector<Path> result;
    for (auto& text : map.texts(key)) {
      if (whole && text.ends_with("[]")) text.resize(text.size() - 2);
      if (auto path = Path::parse(text))
        result.push_back(*path);
      else
        errors_.add(*map.here().find(key), path.error().message);
    }
    return result;
  }

  Params params(YamlMap& map, std::string_view key) {
    Params result;
    auto* node = map.map(key);
    if (!node) return result;
    for (const auto& [name, value] : node->members) {
      auto compiled = ValueTemplate::parse(yaml_to_json(value));
      if (compiled)
        result.emplace_back(name.scalar, std::move(*compiled));
      else
        errors_.add(value, compiled.error().message);
    }
    return result;
  }

  std::vector<Filter> filters(YamlMap& map, std::string_view key) {
    std::vector<Filter> result;
    auto* node = map.map(key);
    if (!node) return result;
    for (const auto& [name, value] : node->members) {
      Filter filter;
      filter.path = parsed(name, Path::parse(name.scalar));
      auto add = [&](const YamlNode& pattern) {
        filter.patterns.push_back(parsed(pattern, Template::parse(pattern.scalar)));
      };
      if (value.kind == YamlNode::Kind::list)
        std::ranges::for_each(value.items, add);
      else
        add(value);
      result.push_back(std::move(filter));
    }
    return result;
  }

  Each each(const YamlNode& node) {
    YamlMap map(node, "each", errors_);
    Each result;
    result.as = map.required_text("as");
    result.call = map.text("call").value_or("");
    result.params = params(map, "params");
    result.items = paths(map, "items");
    result.gone = map.texts("gone");
    result.distinct = map.boolean("distinct").value_or(false);
    result.batch = static_cast<size_t>(map.integer("batch", 1, 1000).value_or(0));
    if (auto* values = map.list("values")) {
      for (const auto& value : values->items) result.values.push_back(yaml_to_json(value));
    }
    if (result.call.empty() == result.values.empty()) {
      errors_.add(node, "each needs either 'call' with 'items', or 'values'");
    }
    map.finish();
    return result;
  }

  List list(const YamlNode& node) {
    YamlMap map(node, "list", errors_);
    List result;
    result.call = map.required_text("call");
    result.params = params(map, "params");
    result.items = paths(map, "items");
    result.item_as = map.text("item_as").value_or("");
    if (auto* keep = map.map("keep")) {
      for (const auto& [name, value] : keep->members) {
        result.keep.emplace_back(name.scalar, parsed(value, Template::parse(value.scalar)));
      }
    }
    result.where = filters(map, "where");
    result.unless = filters(map, "unless");
    result.regions = map.texts("regions");
    result.page_size = map.integer("page_size", 0, 100000).value_or(0);
    if (auto* each_node = map.node("each")) {
      if (each_node->kind == YamlNode::Kind::list) {
        for (const auto& item : each_node->items) result.each.push_back(each(item));
      } else {
        result.each.push_back(each(*each_node));
      }
    }
    map.finish();
    return result;
  }

  Enrichment enrichment(const std::string& name, const YamlNode& node) {
    YamlMap map(node, fmt::format("enrichment {}", name), errors_);
    Enrichment result;
    result.name = name;
    result.call = map.required_text("call");
    result.params = params(map, "params");
    result.batch = static_cast<size_t>(map.integer("batch", 1, 1000).value_or(0));
    result.items = map.path("items").value_or(Path());
    if (auto* match = map.map("match")) {
      YamlMap pair(*match, "match", errors_);
      result.match_item = pair.path("item").value_or(Path());
      result.match_document = pair.path("document").value_or(Path());
      pair.finish();
    }
    result.take = map.path("take").value_or(Path());
    result.into = map.text("into").value_or("");
    result.every = map.duration("every").value_or(Millis(0));
    result.none = map.texts("none");
    result.gone = map.texts("gone");
    if (result.batch > 0 && (!map.here().find("items") || !map.here().find("match"))) {
      errors_.add(
          node, fmt::format("enrichment {} has 'batch': it also needs 'items' and 'match: {{item, document}}'", name));
    }
    map.finish();
    return result;
  }

  Kind kind(const std::string& service, const std::string& word, const YamlNode& node) {
    Kind result;
    bool kubernetes = service == kKubernetes;
    result.service = service;
    result.name = kubernetes ? "k8s." + word : fmt::format("aws.{}.{}", replace_all(service, "-", "_"), word);
    result.file = errors_.file();
    result.line = node.line;
    YamlMap map(node, fmt::format("kind {}", result.name), errors_);
    result.title = map.required_text("title");
    if (kubernetes) {
      result.resource = map.required_text("resource");
    } else if (auto* lists = map.node("list"); !lists) {
      errors_.add(node, fmt::format("kind {} lacks 'list': the call that proves what exists", result.name));
    } else if (lists->kind == YamlNode::Kind::list) {
      for (const auto& item : lists->items) result.lists.push_back(list(item));
    } else {
      result.lists.push_back(list(*lists));
    }
    static constexpr std::array<std::string_view, 2> kScopes = {"regional", "global"};
    if (auto scope = map.choice("scope", kScopes)) {
      result.global = *scope == 1;
      scoped_ = true;
    } else {
      scoped_ = false;
    }
    result.id = field(map, "id");
    if (result.id.empty())
      errors_.add(node, fmt::format("kind {} lacks 'id': what is unique in account and region", result.name));
    result.arn = field(map, "arn");
    result.item_name = field(map, "name");
    result.state = field(map, "state");
    result.created = field(map, "created");
    result.region = field(map, "region");
    result.owner = field(map, "owner");
    result.incarnation = field(map, "incarnation");
    result.tags = map.path("tags").value_or(Path());
    if (auto* columns = map.map("columns")) {
      for (const auto& [header, value] : columns->members) result.columns.push_back(column(header.scalar, value));
    }
    result.search = paths(map, "search");
    result.sets = paths(map, "sets", true);
    // Inner arrays before those around them: an outer one is sorted by what is inside.
    std::ranges::stable_sort(result.sets, std::greater(), [](const Path& path) {
      return path.alternatives().empty() ? 0 : path.alternatives().front().size();
    });
    result.volatile_paths = paths(map, "volatile");
    result.redact = paths(map, "redact");
    result.redact_secrets = paths(map, "redact_secrets");
    if (auto* links = map.list("links")) {
      for (const auto& item : links->items) result.links.push_back(link(item));
    }
    if (auto* enrich = map.map("enrich")) {
      for (const auto& [name, value] : enrich->members) result.enrich.push_back(enrichment(name.scalar, value));
    }
    result.none = map.texts("none");
    if (auto history = map.choice("history", kHistories)) result.history = static_cast<History>(*history);
    result.window = map.duration("window");
    result.brake = map.boolean("brake").value_or(true);
    result.renamed_from = map.text("renamed_from").value_or("");
    result.console_url = plain(map, "console");
    result.cli_command = plain(map, "cli");
    map.finish();
    return result;
  }

  bool scoped() const { return scoped_; }  // did the last kind say its scope?

 private:
  template <typename T>
  T parsed(const YamlNode& at, Result<T> result) {
    if (result) return std::move(*result);
    errors_.add(at, result.error().message);
    return {};
  }

  Column column(const std::string& header, const YamlNode& node) {
    Column result;
    result.header = header;
    if (node.kind == YamlNode::Kind::scalar) {
      result.value = parsed(node, Template::parse_field(node.scalar));
      return result;
    }
    YamlMap map(node, fmt::format("column {}", header), errors_);
    result.value = field(map, "path");
    if (auto unit = map.choice("unit", kUnits)) result.unit = static_cast<Unit>(*unit);
    map.finish();
    return result;
  }

  Link link(const YamlNode& node) {
    YamlMap map(node, "link", errors_);
    Link result;
    result.to = map.required_text("to");
    result.path = map.path("path").value_or(Path());
    result.match = map.text("match").value_or("*");
    result.as = plain(map, "as");
    result.by = static_cast<Link::By>(map.choice("by", kBy).value_or(0));
    if (!map.here().find("path")) errors_.add(node, "a link lacks 'path'");
    map.finish();
    return result;
  }

  YamlErrors& errors_;
  bool scoped_ = false;
};

aws::Rate read_rate(const YamlNode& node, YamlErrors& errors) {
  YamlMap map(node, "rate", errors);
  aws::Rate rate;
  rate.per_second = map.number("per_second", 0.01, 10000).value_or(rate.per_second);
  rate.burst = map.number("burst", 1, 100000).value_or(std::max(1.0, rate.per_second));
  map.finish();
  return rate;
}

}  // namespace

std::string_view to_string(Unit unit) { return unit == Unit::none ? "" : kUnits[static_cast<size_t>(unit)]; }

std::string_view to_string(Link::By by) { return kBy[static_cast<size_t>(by)]; }

class Loader {
 public:
  Loader(Catalog& catalog, const aws::Models& models) : catalog_(catalog), models_(models) {}

  void load(const Source& source, bool check, std::string& complaints) {
    auto root = source.tree ? Result<YamlNode>(*source.tree) : parse_yaml(source.text, source.name);
    if (!root) {
      complain(complaints, root.error());
      return;
    }
    YamlErrors errors(source.name);
    YamlMap map(*root, "the file", errors);
    if (auto* health = map.node("health")) catalog_.health_.push_back({source.name, *health});
    // Rules of health are of no service.
    bool only_health = root->find("health") && !root->find("kinds");
    auto service = only_health ? map.text("service").value_or("") : map.required_text("service");
    auto& facts = catalog_.services_[service];
    facts.iam_prefix = map.text("iam_prefix").value_or(facts.iam_prefix);
    if (auto* permissions = map.map("permissions")) {
      YamlMap each(*permissions, "permissions", errors);
      for (const auto& [call, actions] : permissions->members) facts.permissions[call.scalar] = each.texts(call.scalar);
    }
    if (auto* rates = map.map("rates")) {
      for (const auto& [call, rate] : rates->members) facts.rates[call.scalar] = read_rate(rate, errors);
    }
    if (auto* prices = map.map("prices")) {
      YamlMap each(*prices, "prices", errors);
      for (const auto& [call, price] : prices->members)
        facts.prices[call.scalar] = each.number(call.scalar, 0, 1000).value_or(0);
    }
    auto* all = map.map("all");
    if (auto* kinds = map.map("kinds")) {
      for (const auto& [word, own] : kinds->members) {
        StanzaReader reader(errors);
        auto node = with_defaults(own, all);
        auto kind = reader.kind(service, word.scalar, node);
        if (!reader.scoped()) kind.global = kind.resource.empty() && models_.endpoints().is_global(service);
        if (check && errors.empty() && kind.resource.empty()) check_kind(kind, models_, node, errors);
        add(std::move(kind));
      }
    }
    map.finish();
    if (!errors.empty()) complain(complaints, errors.error());
  }

 private:
  static void complain(std::string& complaints, const Error& error) {
    if (!complaints.empty()) complaints += '\n';
    complaints += error.message;
  }

  void add(Kind kind) {
    auto same = std::ranges::find(catalog_.kinds_, kind.name, &Kind::name);
    if (same != catalog_.kinds_.end())
      *same = std::move(kind);
    else
      catalog_.kinds_.push_back(std::move(kind));
  }

  Catalog& catalog_;
  const aws::Models& models_;
};

Result<Catalog> Catalog::load(const aws::Models& models, std::vector<Source> embedded, std::vector<Source> mine,
                              bool check_embedded) {
  Catalog catalog;
  Loader loader(catalog, models);
  std::string complaints;
  for (const auto& source : embedded) loader.load(source, check_embedded, complaints);
  for (const auto& source : mine) loader.load(source, true, complaints);
  if (!complaints.empty()) return fail(ErrorCode::invalid, complaints);
  std::ranges::sort(catalog.kinds_, {}, &Kind::name);
  return catalog;
}

}  // namespace cadastre::catalog
