#include "base/csv.h"

#include <doctest/doctest.h>

using namespace cadastre;

TEST_CASE("what a spreadsheet would run is a text") {
  CHECK(csv_field("=1+1") == "'=1+1");
  CHECK(csv_field("@SUM(A1)") == "'@SUM(A1)");
  CHECK(csv_field("+cmd|' /C calc'!A0") == "'+cmd|' /C calc'!A0");
  CHECK(csv_field("-2+3") == "'-2+3");
  CHECK(csv_field(" =1+1") == "' =1+1");
  CHECK(csv_field("\t=1") == "'\t=1");
  CHECK(csv_field("\n=1") == "\"'\n=1\"");
}

TEST_CASE("numbers stay numbers, words stay words") {
  CHECK(csv_field("-1") == "-1");
  CHECK(csv_field("+3.5") == "+3.5");
  CHECK(csv_field("web-1") == "web-1");
  CHECK(csv_field("") == "");
  CHECK(csv_field("-") == "'-");
}

TEST_CASE("separators, quotes and line breaks are quoted") {
  const std::string fields[] = {"a,b", "say \"hi\"", "two\r\nlines", "plain"};
  CHECK(csv_line(fields) == "\"a,b\",\"say \"\"hi\"\"\",\"two\r\nlines\",plain\r\n");
}
