#include "aws/model_archive.h"

#include <doctest/doctest.h>

#include "base/json.h"

extern "C" const char cadastre_models_begin[];
extern "C" const char cadastre_models_end[];

namespace cadastre::aws {
namespace {

std::string embedded() { return {cadastre_models_begin, cadastre_models_end}; }

TEST_CASE("a service unpacks without the others") {
  auto bytes = embedded();
  auto archive = ModelArchive::open(bytes);
  REQUIRE(archive);
  CHECK(archive->contains("ec2"));
  auto text = archive->service("sts");
  REQUIRE(text);
  auto model = parse_json(*text, "sts").value();
  CHECK(model.at("metadata").at("serviceId") == "STS");
  CHECK(model.at("operations").as_object().size() == 1);  // the roles' operations are spelled out in code
  CHECK(archive->service("ec3").error().code == ErrorCode::not_found);
}

TEST_CASE("damage is found, wherever it is") {
  auto whole = embedded();
  for (size_t size : {size_t(0), size_t(7), size_t(15), size_t(40), size_t(2000)}) {
    CAPTURE(size);
    auto archive = ModelArchive::open(std::string_view(whole).substr(0, size));
    REQUIRE_FALSE(archive);
    CHECK(archive.error().code == ErrorCode::malformed);
  }
  auto intact = ModelArchive::open(whole).value();
  auto first = intact.names().front(), last = intact.names().back();
  auto cut = ModelArchive::open(std::string_view(whole).substr(0, whole.size() - 1));
  REQUIRE(cut);
  CHECK(cut->service(first));
  CHECK(cut->service(last).error().code == ErrorCode::malformed);

  auto damaged = whole;
  for (size_t i = damaged.size() - 300; i < damaged.size(); ++i) damaged[i] = 'x';
  CHECK(ModelArchive::open(damaged).value().service(last).error().code == ErrorCode::malformed);
}

}  // namespace
}  // namespace cadastre::aws
