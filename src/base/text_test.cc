#include "base/text.h"

#include <doctest/doctest.h>

#include <random>

namespace cadastre {
namespace {

TEST_CASE("globs are anchored at both ends") {
  for (auto [pattern, text] : {std::pair{"*", ""},
                               {"*", "x"},
                               {"aws.ec2.*", "aws.ec2.instance"},
                               {"*ec2*", "aws.ec2.vpc"},
                               {"a?c", "abc"},
                               {"a*b*c", "a1b2b3c"},
                               {"**a", "a"},
                               {"", ""},
                               {"i-*", "i-"},
                               {"*a*a*", "aba"},
                               {"igw-*", "igw-1"}}) {
    CHECK_MESSAGE(glob_match(pattern, text), pattern, " ", text);
  }
  for (auto [pattern, text] : {std::pair{"a", "ab"},
                               {"b", "ab"},
                               {"a?c", "ac"},
                               {"?", ""},
                               {"", "a"},
                               {"a*b", "abc"},
                               {"*aa*", "aba"},
                               {"A", "a"}}) {
    CHECK_FALSE_MESSAGE(glob_match(pattern, text), pattern, " ", text);
  }
  // Linear in practice: no pattern makes it try for ever.
  CHECK_FALSE(glob_match("*a*a*a*a*a*a*a*a*a*a*b", std::string(5000, 'a')));
}

TEST_CASE("base64 gives RFC 4648's examples and takes them back") {
  for (auto [plain, coded] : {std::pair{"", ""},
                              {"f", "Zg=="},
                              {"fo", "Zm8="},
                              {"foo", "Zm9v"},
                              {"foob", "Zm9vYg=="},
                              {"foobar", "Zm9vYmFy"}}) {
    CHECK(to_base64(plain) == coded);
    CHECK(from_base64(coded) == plain);
  }
  CHECK(from_base64("Zm8") == "fo");  // without its padding
  CHECK(from_base64(" Zm9v\n") == "foo");
  std::mt19937 random(7);
  for (size_t size = 0; size < 70; ++size) {
    std::string bytes(size, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    CHECK(from_base64(to_base64(bytes)) == bytes);
  }
}

TEST_CASE("what is not base64 is not read as if it were") {
  for (std::string_view text :
       {"Zm9v!", "Z", "Zm9vY", "Z===", "====", "Zg==Zg==", "Z=g=", "Zm9v----", "Zm\n9v", "Zm9vé"}) {
    CHECK_MESSAGE(!from_base64(text), std::string(text));
  }
}

TEST_CASE("percent encoding is RFC 3986's") {
  CHECK(percent_encode("a b/c?d=é&~-_.") == "a%20b%2Fc%3Fd%3D%C3%A9%26~-_.");
  CHECK(percent_encode("a/b+c", true) == "a/b%2Bc");
  CHECK(percent_decode("a%20b%2fc%2Fd+e") == "a b/c/d+e");
  CHECK(percent_decode("100%") == "100%");
  CHECK(percent_decode("%4") == "%4");
  CHECK(percent_decode("%zz%41") == "%zzA");
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  CHECK(percent_decode(percent_encode(all)) == all);
}

TEST_CASE("snake_case keeps abbreviations together") {
  for (auto [camel, snake] : {std::pair{"InstanceType", "instance_type"},
                              {"VPCId", "vpc_id"},
                              {"DBInstances", "db_instances"},
                              {"ARNs", "arns"},
                              {"EC2Instance", "ec2_instance"},
                              {"plain", "plain"},
                              {"Private IP", "private_ip"},
                              {"Multi-AZ", "multi_az"},
                              {"", ""}}) {
    CHECK(snake_case(camel) == snake);
  }
}

TEST_CASE("the word that was meant is suggested, an unlike one is not") {
  std::vector<std::string_view> words = {"accounts", "organization", "regions", "rate", "kinds"};
  CHECK(closest("acounts", words) == "accounts");
  CHECK(closest("Accounts", words) == "accounts");
  CHECK(closest("organisation", words) == "organization");
  CHECK(closest("rates", words) == "rate");
  CHECK_FALSE(closest("schedule", words));
  CHECK_FALSE(closest("x", {}));
  CHECK(did_you_mean("regoins", words) == " (did you mean 'regions'?)");
  CHECK(did_you_mean("zzzzzzz", words).empty());
}

TEST_CASE("splitting and joining, trimming and comparing") {
  using Parts = std::vector<std::string_view>;
  CHECK(split("a:b::c", ':') == Parts{"a", "b", "", "c"});
  CHECK(split("", ':') == Parts{""});
  CHECK(split(":", ':') == Parts{"", ""});
  CHECK(join(std::vector<std::string>{"a", "b"}, ", ") == "a, b");
  CHECK(join({}, ", ").empty());
  CHECK(trim(" \t a b\r\n") == "a b");
  CHECK(trim(" \n ").empty());
  CHECK(iequals("Content-Type", "content-tYPE"));
  CHECK_FALSE(iequals("a", "ab"));
  CHECK(replace_all("aXbXX", "X", "--") == "a--b----");
  CHECK(replace_all("aa", "a", "aa") == "aaaa");
  CHECK(replace_all("a", "", "x") == "a");
  CHECK(lower("AbÉ") == "abÉ");
}

TEST_CASE("nothing that is shown can steer a terminal") {
  CHECK(printable("a\x1b[31mb\n\x7f") == "a\\x1b[31mb\\x0a\\x7f");
  CHECK(printable("naïve 漢") == "naïve 漢");
  // U+009B is the escape's other spelling.
  CHECK(printable("a\xc2\x9b"
                  "31mb") == "a\\x9b31mb");
  CHECK(printable("caf\xc2\xa0") == "caf\xc2\xa0");
}

TEST_CASE("numbers and widths for people") {
  CHECK(thousands(0) == "0");
  CHECK(thousands(999) == "999");
  CHECK(thousands(1000) == "1,000");
  CHECK(thousands(1234567) == "1,234,567");
  CHECK(thousands(18446744073709551615ull) == "18,446,744,073,709,551,615");
  CHECK(display_width("naïve") == 5);
  CHECK(display_width("") == 0);
  CHECK(to_hex(std::string_view("\x00\xff\x10", 3)) == "00ff10");
}

}  // namespace
}  // namespace cadastre
