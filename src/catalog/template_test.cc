#include "catalog/template.h"

#include <doctest/doctest.h>

namespace cadastre::catalog {
namespace {

json::value parsed(std::string_view text) {
  auto value = parse_json(text, "a test's text");
  REQUIRE_MESSAGE(value, std::string(text));
  return std::move(*value);
}

// A document, its enclosing element, and the variables of a call.
struct World {
  json::value document = parsed(R"({
    "Id": "i-1", "Count": 3, "On": true, "Nothing": null, "Empty": "", "Arn": "arn:aws:x:1:task/app/web", "Zone": "example.com.",
    "State": {"Name": "running"}, "Groups": [{"Id": "sg-1"}, {"Id": "sg-2"}], "Names": ["a", "b"],
    "Tags": [{"Key": "Name", "Value": "web"}, {"Key": "cost:center", "Value": "7"}]})");
  json::value enclosing = parsed(R"({"OwnerId": "111111111111", "Instances": []})");
  Path tags = *Path::parse("Tags");
  Scope scope;
  World() {
    scope.document = &document;
    scope.enclosing = &enclosing;
    scope.tags = &tags;
    scope.set("region", json::value("eu-west-1"));
    scope.set("zone", parsed(R"({"Id": "/hostedzone/Z1", "Config": {"Private": false}})"));
    scope.set("types", parsed(R"(["m5.large", "t3.micro"])"));
    scope.set("batch", parsed(R"([{"Arn": "a1"}, {"Arn": "a2"}, {}])"));
  }
};

Template compiled(std::string_view text) {
  auto result = Template::parse(text);
  REQUIRE_MESSAGE(result, (result ? "" : result.error().message));
  return std::move(*result);
}

std::string text(std::string_view source) {
  World world;
  return compiled(source).text(world.scope);
}
std::string whole(std::string_view source) {
  World world;
  return compiled(source).whole_text(world.scope);
}
std::string value(std::string_view source) {
  World world;
  return to_json(compiled(source).value(world.scope));
}

TEST_CASE("placeholders read the document, its tags, what encloses it, and variables") {
  CHECK(text("plain") == "plain");
  CHECK(text("") == "");
  CHECK(text("{Id}") == "i-1");
  CHECK(text("<{Id}/{State.Name}>") == "<i-1/running>");
  CHECK(text("{ Id }{Count}{On}") == "i-13true");
  CHECK(text("{tag:Name} {tag:cost:center}") == "web 7");
  CHECK(text("{tag:none}") == "");
  CHECK(text("{^OwnerId}") == "111111111111");
  CHECK(text("{$region}/{$zone.Id}/{$zone.Config.Private}") == "eu-west-1//hostedzone/Z1/false");
  CHECK(text("{$types[1]}") == "t3.micro");
  CHECK(text("{Missing || State.Name}") == "running");
  CHECK(text("{Names}") == "a, b");  // a list is its elements
  CHECK(text("{Missing}{Nothing}{$unknown}{^Missing}") == "");
}

TEST_CASE("a placeholder without its subject is empty, not a crash") {
  Scope nothing;
  for (std::string_view source : {"{Id}", "{tag:Name}", "{^Id}", "{$x}", "{$batch.Id}"})
    CHECK(compiled(source).text(nothing).empty());
}

TEST_CASE("filters") {
  CHECK(text("{Arn|last:/}") == "web");
  CHECK(text("{Arn|first:/}") == "arn:aws:x:1:task");
  CHECK(text("{Zone|strip:.}") == "example.com");
  CHECK(text("{Id|or:none}/{Missing|or:0}") == "i-1/0");
  CHECK(text("{Id|strip:.}") == "i-1");
  CHECK(text("{Id|last:/}") == "i-1");  // without the separator: the whole
  CHECK(text("{Id|first:/}") == "i-1");
  CHECK(text("{Arn|last::task/}") == "app/web");
  CHECK(text("{Missing || Arn|last:/}") == "web");
  CHECK(text("{$zone.Id|last:/}") == "Z1");
  CHECK(text("{tag:Name|first:e}") == "w");
}

TEST_CASE("half an identifier is none") {
  CHECK(whole("arn:{$region}/{Id}") == "arn:eu-west-1/i-1");
  CHECK(whole("arn:{$region}/{Missing}") == "");
  CHECK(whole("{Empty}") == "");
  CHECK(whole("{Id}-{Missing?}") == "i-1-");
  CHECK(whole("{Missing?}") == "");
  CHECK(whole("constant") == "constant");
}

TEST_CASE("a value that is one placeholder keeps its type") {
  CHECK(value("{Count}") == "3");
  CHECK(value("{On}") == "true");
  CHECK(value("{State}") == R"({"Name":"running"})");
  CHECK(value("{$types}") == R"(["m5.large","t3.micro"])");
  CHECK(value("{Groups[].Id}") == R"(["sg-1","sg-2"])");
  CHECK(value("{$batch.Arn}") == R"(["a1","a2"])");
  CHECK(value("{$batch}") == R"([{"Arn":"a1"},{"Arn":"a2"},{}])");
  CHECK(value("{Missing[].Id}") == "[]");
  CHECK(value("{Missing}") == "null");
  CHECK(value("{$unknown}") == "null");
  CHECK(value("n{Count}") == "\"n3\"");
  CHECK(value("{Count|last:/}") == "\"3\"");
  CHECK(value("{tag:Name}") == "\"web\"");
}

TEST_CASE("parameters are values with templates inside; what finds nothing is not given") {
  World world;
  auto params = ValueTemplate::parse(parsed(R"({
    "Ids": ["{Id}", "fixed"], "Filters": [{"Name": "vpc", "Values": "{Groups[].Id}"}], "Max": 5, "No": false, "Gone": "{Missing}",
    "Deep": {"Gone": "{Missing}", "Here": "{$region}"}})"));
  REQUIRE(params);
  CHECK(
      to_json(params->value(world.scope)) ==
      R"({"Ids":["i-1","fixed"],"Filters":[{"Name":"vpc","Values":["sg-1","sg-2"]}],"Max":5,"No":false,"Deep":{"Here":"eu-west-1"}})");
  std::vector<std::string> sources;
  params->each([&](const Template& one) { sources.push_back(one.source()); });
  CHECK(sources == std::vector<std::string>{"{Id}", "{Groups[].Id}", "{Missing}", "{Missing}", "{$region}"});
  CHECK_FALSE(ValueTemplate::parse(parsed(R"({"a": ["{broken"]})")));
}

TEST_CASE("fields are paths, or templates when they have a brace") {
  World world;
  auto field = [&](std::string_view source) {
    auto result = Template::parse_field(source);
    REQUIRE(result);
    return result->text(world.scope);
  };
  CHECK(field("State.Name") == "running");
  CHECK(field("Arn|last:/") == "web");
  CHECK(field("x-{Id}") == "x-i-1");
  CHECK(field("tag:Name") == "web");
}

TEST_CASE("malformed templates are quoted in the complaint") {
  for (auto [source, why] : {std::pair{"a{b", "without its '}'"},
                             {"{}", "empty placeholder"},
                             {"{Id|upper:x}", "unknown filter"},
                             {"{Id|last}", "unknown filter"},
                             {"{Id|last:}", "unknown filter"},
                             {"{$}", "variable's name"},
                             {"{tag:}", "tag's key"},
                             {"{a[}", "'['"},
                             {"{a..b}", "empty step"}}) {
    auto result = Template::parse(source);
    REQUIRE_FALSE_MESSAGE(result, std::string(source));
    CHECK(result.error().code == ErrorCode::invalid);
    CHECK_MESSAGE(result.error().message.find(why) != std::string::npos, result.error().message);
  }
}

TEST_CASE("setting a variable again replaces it") {
  Scope scope;
  scope.set("x", json::value(1));
  scope.set("x", json::value(2));
  CHECK(scope.variables.size() == 1);
  CHECK(*scope.variable("x") == json::value(2));
  CHECK(scope.variable("y") == nullptr);
}

TEST_CASE("tags in all of AWS's spellings") {
  auto tags = [](std::string_view source) {
    std::string out;
    each_tag(parsed(source),
             [&](std::string_view key, std::string_view value) { out += fmt::format("{}={};", key, value); });
    return out;
  };
  CHECK(tags(R"([{"Key":"a","Value":"1"},{"Key":"b","Value":""}])") == "a=1;b=;");
  CHECK(tags(R"([{"key":"a","value":"1"}])") == "a=1;");
  CHECK(tags(R"([{"TagKey":"a","TagValue":"1"}])") == "a=1;");
  CHECK(tags(R"([{"Key":"a"}])") == "a=;");
  CHECK(tags(R"({"b":"2","a":"1"})") == "b=2;a=1;");
  CHECK(tags(R"([{"Value":"1"},"x",5])") == "");
  CHECK(tags("null") == "");
}

}  // namespace
}  // namespace cadastre::catalog
