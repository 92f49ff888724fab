// cadastre kinds, iam-policy: what the catalogue holds, and what reading it needs.
#include <filesystem>

#include "base/file.h"
#include "base/text.h"
#include "cli/app.h"

namespace cadastre::cli {
namespace {

json::object kind_json(const catalog::Kind& kind) {
  json::array columns, links, calls;
  for (const auto& column : kind.columns) {
    columns.push_back(
        json::object{{"header", column.header}, {"value", column.value.source()}, {"unit", to_string(column.unit)}});
  }
  for (const auto& link : kind.links)
    links.push_back(json::object{{"to", link.to}, {"path", link.path.source()}, {"by", to_string(link.by)}});
  for (const auto& list : kind.lists) {
    for (const auto& each : list.each) {
      if (!each.call.empty()) calls.emplace_back(each.call);
    }
    calls.emplace_back(list.call);
  }
  for (const auto& enrichment : kind.enrich) calls.emplace_back(enrichment.call);
  return {{"kind", kind.name},
          {"title", kind.title},
          {"service", kind.service},
          {"scope", kind.global ? "global" : "regional"},
          {"columns", std::move(columns)},
          {"links", std::move(links)},
          {"calls", std::move(calls)},
          {"defined_at", fmt::format("{}:{}", kind.file, kind.line)}};
}

std::string markdown(const catalog::Kind& kind, const catalog::Catalog& catalog) {
  std::string page = fmt::format("# {}\n\n{}. Collected {}.\n\n", kind.name, kind.title,
                                 !kind.resource.empty() ? fmt::format("from dumps of clusters, as `{}`", kind.resource)
                                 : kind.global          ? "once per account"
                                                        : "in every region");
  page += "| column | from | unit |\n|---|---|---|\n";
  for (const auto& column : kind.columns)
    page += fmt::format("| {} | `{}` | {} |\n", column.header, replace_all(column.value.source(), "|", "\\|"),
                        to_string(column.unit));
  page += fmt::format("\nIdentified by `{}`.", kind.id.source());
  if (!kind.arn.empty()) page += fmt::format(" ARN: `{}`.", kind.arn.source());
  page += "\n";
  if (!kind.links.empty()) {
    page += "\n## Refers to\n\n| kind | by |\n|---|---|\n";
    for (const auto& link : kind.links)
      page += fmt::format("| {} | `{}`{} |\n", link.to, link.path.source(),
                          link.by == catalog::Link::By::id ? "" : fmt::format(" (by {})", to_string(link.by)));
  }
  if (!kind.lists.empty()) page += "\n## Reads\n\n";
  auto call = [&](const std::string& name, const std::string& what) {
    page += fmt::format("- `{}:{}`: {}. Needs {}.\n", kind.service, name, what,
                        fmt::join(catalog.permissions(kind.service, name), ", "));
  };
  for (const auto& list : kind.lists) {
    for (const auto& each : list.each) {
      if (!each.call.empty()) call(each.call, fmt::format("for each {}", each.as));
    }
    call(list.call, "the list that proves what exists");
  }
  for (const auto& enrichment : kind.enrich) {
    call(enrichment.call,
         fmt::format("{}{}{}", enrichment.name, enrichment.into.empty() ? "" : " → `" + enrichment.into + "`",
                     enrichment.every.count() ? ", every " + format_duration(enrichment.every) : ""));
  }
  auto paths = [&](std::string_view title, const std::vector<Path>& list) {
    if (list.empty()) return;
    page += fmt::format("\n{}: ", title);
    for (const auto& path : list) page += fmt::format("{}`{}`", &path == &list.front() ? "" : ", ", path.source());
    page += ".\n";
  };
  paths("Found by word search, besides id, name, ARN and tags", kind.search);
  paths("Changes of these make no version", kind.volatile_paths);
  paths("Never stored, only a keyed hash of it", kind.redact);
  paths("Of these, what looks like a secret is never stored, only a keyed hash of it", kind.redact_secrets);
  return page;
}

Result<int> write_pages(const catalog::Catalog& catalog, const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  std::string index =
      "# Kinds\n\nWhat Cadastre collects. Made by `cadastre kinds --markdown` from `catalog/`.\n\n| kind | what "
      "|\n|---|---|\n";
  for (const auto& kind : catalog.kinds()) {
    TRY(write_file(fmt::format("{}/{}.md", directory, kind.name), markdown(kind, catalog)));
    index += fmt::format("| [{0}]({0}.md) | {1} |\n", kind.name, kind.title);
  }
  TRY(write_file(directory + "/README.md", index));
  return kOk;
}

Result<int> kinds(const GlobalOptions& global, const KindsOptions& options) {
  aws::Models models;
  std::optional<Config> config;
  if (std::filesystem::exists(config_path(global))) {
    TRY_ASSIGN(config, load_config(config_path(global), process_environment()));
  }
  TRY_ASSIGN(auto catalog, load_catalog(models, config ? &*config : nullptr));
  if (!options.directory.empty()) return write_pages(catalog, options.directory);
  TRY_ASSIGN(auto selected, catalog.select(options.pattern.empty() ? "*" : options.pattern));
  if (options.format == "json") {
    json::array rows;
    for (const auto* kind : selected) rows.push_back(kind_json(*kind));
    print(to_pretty_json(rows) + "\n");
    return kOk;
  }
  Table table({"kind", "what", "scope", "columns"});
  for (const auto* kind : selected) {
    std::vector<std::string> headers;
    for (const auto& column : kind->columns) headers.push_back(column.header);
    table.add({kind->name, kind->title,
               !kind->resource.empty() ? "cluster"
               : kind->global          ? "global"
                                       : "regional",
               join(headers, ", ")});
  }
  table.print();
  return kOk;
}

// A managed policy holds 6,144 characters without white space: statements are kept to wildcards only where they are
// exact.
json::object policy(const std::vector<std::string>& actions) {
  json::array list;
  for (const auto& action : actions) list.emplace_back(action);
  return {{"Version", "2012-10-17"},
          {"Statement",
           json::array{json::object{
               {"Sid", "CadastreRead"}, {"Effect", "Allow"}, {"Action", std::move(list)}, {"Resource", "*"}}}}};
}

std::string role_template(const json::object& document, const PolicyOptions& options) {
  json::object trust{
      {"Effect", "Allow"},
      {"Action", "sts:AssumeRole"},
      {"Principal", json::object{{"AWS", json::object{{"Ref", "Principal"}}}}},
      {"Condition",
       json::object{{"StringEquals", json::object{{"sts:ExternalId", json::object{{"Ref", "ExternalId"}}}}}}}};
  json::object parameter_principal{{"Type", "String"},
                                   {"Description", "ARN of the role or user that Cadastre runs as"}};
  if (!options.principal.empty()) parameter_principal["Default"] = options.principal;
  json::object parameter_external{{"Type", "String"},
                                  {"NoEcho", true},
                                  {"MinLength", 2},
                                  {"Description", "The external_id written in cadastre.yaml"}};
  if (!options.external_id.empty()) parameter_external["Default"] = options.external_id;
  json::object role{
      {"Type", "AWS::IAM::Role"},
      {"Properties",
       json::object{
           {"RoleName", json::object{{"Ref", "RoleName"}}},
           {"Description", "Read-only inventory by Cadastre"},
           {"AssumeRolePolicyDocument",
            json::object{{"Version", "2012-10-17"}, {"Statement", json::array{std::move(trust)}}}},
           {"Policies", json::array{json::object{{"PolicyName", "cadastre-read"}, {"PolicyDocument", document}}}}}}};
  json::object root{
      {"AWSTemplateFormatVersion", "2010-09-09"},
      {"Description", "The role that Cadastre assumes to read this account"},
      {"Parameters", json::object{{"Principal", std::move(parameter_principal)},
                                  {"ExternalId", std::move(parameter_external)},
                                  {"RoleName", json::object{{"Type", "String"}, {"Default", "cadastre-read"}}}}},
      {"Resources", json::object{{"Role", std::move(role)}}},
      {"Outputs",
       json::object{{"RoleArn", json::object{{"Value", json::object{{"Fn::GetAtt", json::array{"Role", "Arn"}}}}}}}}};
  return to_pretty_json(root);
}

Result<int> iam_policy(const GlobalOptions& global, const PolicyOptions& options) {
  aws::Models models;
  Config config;
  if (std::filesystem::exists(config_path(global))) {
    TRY_ASSIGN(config, load_config(config_path(global), process_environment()));
  }
  TRY_ASSIGN(auto catalog, load_catalog(models, &config));
  collect::Selection selection;
  selection.kinds = options.kinds;
  TRY_ASSIGN(auto selected, collect::select_kinds(config, catalog, selection));
  auto document = policy(collect::needed_permissions(catalog, selected));
  print((options.format == "cloudformation" ? role_template(document, options) : to_pretty_json(document)) + "\n");
  return kOk;
}

}  // namespace

int run_kinds(const GlobalOptions& global, const KindsOptions& options) {
  auto code = kinds(global, options);
  return code ? *code : report_error(code.error(), global.verbose);
}

int run_iam_policy(const GlobalOptions& global, const PolicyOptions& options) {
  auto code = iam_policy(global, options);
  return code ? *code : report_error(code.error(), global.verbose);
}

}  // namespace cadastre::cli
