#include "catalog/check.h"

#include "base/text.h"

namespace cadastre::catalog {
namespace {

// The node under `key`, or the stanza itself: where a complaint is shown.
const YamlNode& at(const YamlNode& stanza, std::string_view key) {
  auto* found = stanza.find(key);
  return found ? *found : stanza;
}

class Checker {
 public:
  Checker(const Kind& kind, const aws::Models& models, const YamlNode& stanza, YamlErrors& errors)
      : kind_(kind), models_(models), stanza_(stanza), errors_(errors) {}

  void run() {
    bool calls_known = true;
    for (const auto& list : kind_.lists) calls_known &= lists(list, at(stanza_, "list"));
    for (const auto& enrichment : kind_.enrich) {
      const auto& where = at(at(stanza_, "enrich"), enrichment.name);
      calls_known &= call(enrichment.call, enrichment.params, where);
      auto names = kPlace;
      if (enrichment.batch > 0) names.push_back("batch");
      for (const auto& [name, value] : enrichment.params) {
        value.each([&](const Template& text) { variables(text, names, where, fmt::format("parameter {}", name)); });
      }
    }
    if (!calls_known) return;
    auto view = document_view(kind_, models_);
    if (!view) {
      errors_.add(at(stanza_, "list"), view.error().message);
      return;
    }
    for (const auto& [key, field] :
         std::initializer_list<std::pair<std::string_view, const Template*>>{{"id", &kind_.id},
                                                                             {"arn", &kind_.arn},
                                                                             {"name", &kind_.item_name},
                                                                             {"state", &kind_.state},
                                                                             {"created", &kind_.created},
                                                                             {"region", &kind_.region},
                                                                             {"owner", &kind_.owner},
                                                                             {"incarnation", &kind_.incarnation},
                                                                             {"console", &kind_.console_url},
                                                                             {"cli", &kind_.cli_command}}) {
      pieces(*field, *view, at(stanza_, key), key);
    }
    if (!kind_.tags.source().empty()) path(kind_.tags, *view, at(stanza_, "tags"), "tags");
    for (const auto& list : kind_.lists) {
      for (const auto* group : {&list.where, &list.unless}) {
        for (const auto& filter : *group)
          path(filter.path, *view, at(stanza_, "list"), group == &list.where ? "where" : "unless");
      }
      for (const auto& [name, value] : list.keep) {
        for (const auto& piece : value.pieces()) {
          if (piece.source == Template::Source::document)
            path(piece.path, *view, at(stanza_, "list"), fmt::format("keep {}", name));
        }
      }
    }
    const auto& columns = at(stanza_, "columns");
    for (const auto& column : kind_.columns) {
      pieces(column.value, *view, at(columns, column.header), fmt::format("column {}", column.header));
    }
    for (const auto& [key, group] : std::initializer_list<std::pair<std::string_view, const std::vector<Path>*>>{
             {"search", &kind_.search},
             {"sets", &kind_.sets},
             {"volatile", &kind_.volatile_paths},
             {"redact", &kind_.redact},
             {"redact_secrets", &kind_.redact_secrets}}) {
      for (const auto& each : *group) path(each, *view, at(stanza_, key), key);
    }
    for (const auto& link : kind_.links)
      path(link.path, *view, at(stanza_, "links"), fmt::format("link to {}", link.to));
    for (const auto& enrichment : kind_.enrich) {
      if (enrichment.batch > 0)
        path(enrichment.match_document, *view, at(at(stanza_, "enrich"), enrichment.name), "match document");
      for (const auto& [name, value] : enrichment.params) {
        value.each([&](const Template& text) {
          pieces(text, *view, at(at(stanza_, "enrich"), enrichment.name), fmt::format("parameter {}", name));
        });
      }
    }
  }

 private:
  // The variables of every stanza.
  inline static const std::vector<std::string_view> kPlace = {"account", "region", "partition"};

  // The calls of a list, and what their placeholders may refer to: the place, and what the steps before have found.
  bool lists(const List& list, const YamlNode& where) {
    bool known = true;
    auto names = kPlace;
    auto check = [&](std::string_view name, const Params& params) {
      for (const auto& [parameter, value] : params) {
        value.each([&](const Template& text) {
          variables(text, names, where, fmt::format("parameter {} of {}", parameter, name), true);
        });
      }
    };
    for (const auto& each : list.each) {
      check(each.call, each.params);
      if (!each.call.empty() && call(each.call, each.params, where)) {
        auto output = ShapeView::of((*models_.operation(kind_.service, each.call))->output);
        for (const auto& items : each.items) path(items, output, where, fmt::format("items of {}", each.call));
      } else {
        known &= each.call.empty();
      }
      names.push_back(each.as);
    }
    check(list.call, list.params);
    for (const auto& [name, value] : list.keep) variables(value, names, where, fmt::format("keep {}", name));
    for (const auto* group : {&list.where, &list.unless}) {
      for (const auto& filter : *group) {
        for (const auto& pattern : filter.patterns) variables(pattern, names, where, filter.path.source());
      }
    }
    return call(list.call, list.params, where) && known;
  }

  // `no_document`: what is to be listed is not there yet.
  void variables(const Template& text, const std::vector<std::string_view>& names, const YamlNode& where,
                 std::string_view what, bool no_document = false) {
    for (const auto& piece : text.pieces()) {
      if (piece.source == Template::Source::variable && std::ranges::find(names, piece.text) == names.end()) {
        errors_.add(where, fmt::format("kind {}: {} '{}': there is no '${}' here{}", kind_.name, what, text.source(),
                                       piece.text, did_you_mean(piece.text, names)));
      } else if (no_document && piece.source != Template::Source::variable &&
                 piece.source != Template::Source::literal) {
        errors_.add(where, fmt::format("kind {}: {} '{}': there is no document yet; only {{$…}} can be used here",
                                       kind_.name, what, text.source()));
      }
    }
  }

  bool call(const std::string& name, const Params& params, const YamlNode& where) {
    auto operation = models_.operation(kind_.service, name);
    if (!operation) {
      errors_.add(where, fmt::format("kind {}: {}", kind_.name, operation.error().message));
      return false;
    }
    auto* input = (*operation)->input;
    for (const auto& [parameter, value] : params) {
      if (input && input->member(parameter)) continue;
      std::vector<std::string_view> names;
      if (input) {
        for (const auto& member : input->members) names.push_back(member.name);
      }
      errors_.add(where, fmt::format("kind {}: {} takes no parameter '{}'{}", kind_.name, name, parameter,
                                     did_you_mean(parameter, names)));
    }
    return true;
  }

  void pieces(const Template& text, const ShapeView& view, const YamlNode& where, std::string_view what) {
    for (const auto& piece : text.pieces()) {
      if (piece.source == Template::Source::document) path(piece.path, view, where, what);
    }
    // Fields and columns; parameters know more variables, and have been looked at.
    if (!what.starts_with("parameter ")) variables(text, kPlace, where, what);
  }

  void path(const Path& path, const ShapeView& view, const YamlNode& where, std::string_view what) {
    if (auto found = view.resolve(path); !found) {
      errors_.add(where, fmt::format("kind {}: {} '{}': {}", kind_.name, what, path.source(), found.error().message));
    }
  }

  const Kind& kind_;
  const aws::Models& models_;
  const YamlNode& stanza_;
  YamlErrors& errors_;
};

}  // namespace

Result<ShapeView> document_view(const Kind& kind, const aws::Models& models) {
  ShapeView view;
  for (const auto& list : kind.lists) {
    TRY_ASSIGN(auto operation, models.operation(kind.service, list.call));
    auto output = ShapeView::of(operation->output);
    ShapeView item;
    if (list.items.empty()) item.merge(output);
    for (const auto& path : list.items) {
      auto found = output.resolve(path);
      if (!found) return std::unexpected(std::move(found).error().in(fmt::format("items '{}'", path.source())));
      item.merge(*found);
    }
    if (list.item_as.empty())
      view.merge(item);
    else
      view.add_member(list.item_as, ShapeView::anything());
    for (const auto& [name, value] : list.keep) view.add_member(name, ShapeView::anything());
  }
  for (const auto& enrichment : kind.enrich) {
    TRY_ASSIGN(auto operation, models.operation(kind.service, enrichment.call));
    auto answer = ShapeView::of(operation->output);
    if (!enrichment.items.source().empty()) {
      TRY_ASSIGN(answer, answer.resolve(enrichment.items));
      if (auto match = answer.resolve(enrichment.match_item); enrichment.batch > 0 && !match) {
        return std::unexpected(std::move(match).error().in(fmt::format("match item of {}", enrichment.name)));
      }
    }
    auto taken = answer.resolve(enrichment.take);
    if (!taken) return std::unexpected(std::move(taken).error().in(fmt::format("take of {}", enrichment.name)));
    if (enrichment.into.empty())
      view.merge(*taken);
    else
      view.add_member(enrichment.into, *taken);
  }
  return view;
}

void check_kind(const Kind& kind, const aws::Models& models, const YamlNode& stanza, YamlErrors& errors) {
  Checker(kind, models, stanza, errors).run();
}

}  // namespace cadastre::catalog
