#include "store/documents.h"

#include <doctest/doctest.h>

namespace cadastre::store {
namespace {

TEST_CASE("documents come back with the dictionary they were written with, and with no other") {
  Dictionary dictionary(
      R"({"InstanceType":"m5.large","State":{"Code":16,"Name":"running"},"Placement":{"Tenancy":"default"}})");
  Dictionary other(std::string(200, 'z'));
  std::string document = R"({"InstanceType":"m5.large","State":{"Code":16,"Name":"running"},"Id":1})";
  for (const Dictionary* used :
       {static_cast<const Dictionary*>(nullptr), static_cast<const Dictionary*>(&dictionary)}) {
    auto stored = compress(document, used);
    auto back = decompress(stored, document.size(), used);
    REQUIRE(back);
    CHECK(*back == document);
  }
  auto with = compress(document, &dictionary);
  CHECK(with.size() < compress(document, nullptr).size());
  auto wrong = decompress(with, document.size(), &other);
  CHECK((!wrong || *wrong != document));
}

TEST_CASE("damaged bytes are an error") {
  std::string document(3000, 'd');
  auto stored = compress(document, nullptr);
  CHECK_FALSE(decompress(stored.substr(0, stored.size() - 1), document.size(), nullptr));
  CHECK_FALSE(decompress(stored, document.size() - 1, nullptr));
  CHECK_FALSE(decompress(stored, document.size() + 1, nullptr));
  CHECK_FALSE(decompress("", 1, nullptr));
  CHECK(decompress(compress("", nullptr), 0, nullptr)->empty());
}

}  // namespace
}  // namespace cadastre::store
