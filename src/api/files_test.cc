#include "api/files.h"

#include <doctest/doctest.h>

#include "base/file.h"
#include "support/folder.h"

using namespace cadastre;

namespace {

std::string header(const ServerResponse& response, std::string_view name) {
  for (const auto& each : response.headers) {
    if (each.name == name) return each.value;
  }
  return "";
}

struct Site {
  cadastre::testing::Folder folder;
  api::StaticFiles files;
  Site() {
    std::filesystem::create_directories(folder / "web/_next/static");
    REQUIRE(write_file(folder / "secret.txt", "not for anybody"));
    REQUIRE(write_file(folder / "web/index.html", "<p>index"));
    REQUIRE(write_file(folder / "web/about.html", "<p>about"));
    REQUIRE(write_file(folder / "web/_next/static/a.js", "let a"));
    REQUIRE(write_file(folder / "web/_next/static/a.js.br", "BR"));
    REQUIRE(write_file(folder / "web/_next/static/a.js.gz", "GZ"));
    auto loaded = api::StaticFiles::load(folder / "web");
    REQUIRE(loaded);
    files = std::move(*loaded);
  }
  ServerResponse get(std::string path, std::string accept = "", std::string encodings = "",
                     std::string method = "GET") {
    ServerRequest request;
    request.method = std::move(method);
    request.path = std::move(path);
    if (!accept.empty()) request.headers.push_back({"Accept", std::move(accept)});
    if (!encodings.empty()) request.headers.push_back({"Accept-Encoding", std::move(encodings)});
    return files.answer(request);
  }
};

}  // namespace

TEST_CASE("a path is a file, a page, or one that the dashboard knows") {
  Site site;
  CHECK(site.get("/").body == "<p>index");
  CHECK(site.get("/about").body == "<p>about");
  CHECK(site.get("/resources/aws.ec2.instance", "text/html").body == "<p>index");
  CHECK(site.get("/resources/aws.ec2.instance").status == 404);
  CHECK(site.get("/_next/static/none.js", "text/html").status == 404);
  CHECK(site.get("/about", "", "", "POST").status == 405);
}

TEST_CASE("nothing beside the folder can be asked for") {
  Site site;
  for (const char* path : {"/../secret.txt", "/web/../../secret.txt", "//secret.txt", "/about.html/../../secret.txt"})
    CHECK(site.get(path).status == 404);
}

TEST_CASE("what is compressed already is sent so to those who take it") {
  Site site;
  auto file = [&](const char* encodings) { return site.get("/_next/static/a.js", "", encodings); };
  CHECK(file("gzip, br").body == "BR");
  CHECK(header(file("gzip, br"), "Content-Encoding") == "br");
  CHECK(file("gzip").body == "GZ");
  CHECK(file("br;q=0, gzip;q=0.5").body == "GZ");
  CHECK(file("").body == "let a");
  CHECK(header(file(""), "Cache-Control").find("immutable") != std::string::npos);
  CHECK(header(site.get("/"), "Cache-Control") == "no-cache");
  CHECK(site.get("/_next/static/a.js.br").status == 404);
}

TEST_CASE("without a dashboard a page says what is here") {
  api::StaticFiles none;
  ServerRequest request;
  request.method = "GET";
  request.path = "/";
  auto answer = none.answer(request);
  CHECK(answer.status == 200);
  CHECK(answer.body.find("/api") != std::string::npos);
  request.path = "/other";
  CHECK(none.answer(request).status == 404);
}
