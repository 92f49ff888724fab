// Words and texts: folding, nearness, and what a word looks like.
#include "query/words.h"

#include <doctest/doctest.h>

namespace cadastre::query {
namespace {

TEST_CASE("folding knows more than ASCII, keeps lengths, and leaves what is no UTF-8 alone") {
  CHECK(fold("Web-1") == "web-1");
  CHECK(fold("ZÜRICH Ŵ Ž") == "zürich ŵ ž");
  CHECK(fold("ΑΘΗΝΑ") == "αθηνα");
  CHECK(fold("МОСКВА Ё") == "москва ё");
  CHECK(fold("×÷ß東京") == "×÷ß東京");
  CHECK(fold("\xc3") == "\xc3");
  CHECK(fold("\xd0\xd0\x90") == "\xd0\xd0\xb0");
}

TEST_CASE("nearness in a text is that of the nearest place") {
  CHECK(nearness_in("payments-api", "pay") == Nearness::prefix);
  CHECK(nearness_in("payments-api", "api") == Nearness::word_start);
  CHECK(nearness_in("payments-api", "ments") == Nearness::inside);
  CHECK(nearness_in("capi-api", "api") == Nearness::word_start);
  CHECK(nearness_in("payments", "web") == Nearness::none);
  CHECK(nearness_in("été-été", "té") == Nearness::inside);
}

TEST_CASE("what is pasted looks like an id, and what is typed does not") {
  for (auto id : {"i-0123456789abcdef0", "sg-0a1b2c3d", "eni-attach-0123456789abcdef0", "10.0.0.1", "10.0.0.0/8",
                  "2001:db8::1", "arn:aws:s3:::bucket", "aws.ec2.volume/111111111111/eu-west-1/vol-1",
                  "AROAEXAMPLE1234567", "Z1D633PJN98FT9", "123e4567-e89b-12d3-a456-426614174000"}) {
    CAPTURE(id);
    CHECK(looks_like_id(id));
  }
  for (auto word : {"web", "web-1", "backup-20260101", "payments-api", "10.0", "i-*", "arn:aws", "deadbeef",
                    "111111111111", "", "-", "PRODUCTIONWEB", "shop.example.com"}) {
    CAPTURE(word);
    CHECK_FALSE(looks_like_id(word));
  }
}

TEST_CASE("DNS names") {
  for (auto name : {"shop.example.com", "shop.example.com.", "_dmarc.example.com", "a.bc"})
    CHECK(looks_like_host(name));
  for (auto word : {"web", "10.0.0.1", "a..bc", ".com", "1.5", "x@example.com", "a b.com", ""}) {
    CAPTURE(word);
    CHECK_FALSE(looks_like_host(word));
  }
  CHECK(plain_host("dualstack.Web-1.ELB.amazonaws.com.") == "web-1.elb.amazonaws.com");
}

}  // namespace
}  // namespace cadastre::query
