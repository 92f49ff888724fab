#include "api/files.h"

#include <filesystem>

#include "api/answer.h"
#include "api/problem.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/text.h"

namespace cadastre::api {
namespace {

constexpr std::pair<std::string_view, std::string_view> kTypes[] = {{".html", "text/html; charset=utf-8"},
                                                                    {".js", "text/javascript; charset=utf-8"},
                                                                    {".css", "text/css; charset=utf-8"},
                                                                    {".json", "application/json"},
                                                                    {".txt", "text/plain; charset=utf-8"},
                                                                    {".svg", "image/svg+xml"},
                                                                    {".png", "image/png"},
                                                                    {".ico", "image/x-icon"},
                                                                    {".woff2", "font/woff2"},
                                                                    {".webmanifest", "application/manifest+json"}};

std::string type_of(std::string_view path) {
  for (const auto& [ending, type] : kTypes) {
    if (path.ends_with(ending)) return std::string(type);
  }
  return "application/octet-stream";
}

constexpr std::string_view kNoDashboard =
    "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Cadastre</title></head><body>\n"
    "<h1>Cadastre</h1>\n<p>The dashboard is not installed here. The API is: see <a href=\"/api\">/api</a>.</p>\n"
    "</body></html>\n";

bool wants_page(const ServerRequest& request) {
  const auto* accept = request.header("Accept");
  return accept && accept->find("text/html") != std::string::npos && !request.path.starts_with("/_next");
}

// Whether an Accept-Encoding names it, and not with q=0.
bool accepts(const ServerRequest& request, std::string_view encoding) {
  const auto* header = request.header("Accept-Encoding");
  if (!header) return false;
  for (auto part : split(*header, ',')) {
    auto pieces = split(part, ';');
    if (!iequals(trim(pieces[0]), encoding)) continue;
    auto q = pieces.size() > 1 ? trim(pieces[1]) : std::string_view();
    return !(q.starts_with("q=0") && q.find_first_not_of("0.", 2) == std::string_view::npos);
  }
  return false;
}

}  // namespace

Result<StaticFiles> StaticFiles::load(const std::string& directory) {
  namespace fs = std::filesystem;
  StaticFiles loaded;
  std::error_code error;
  if (directory.empty() || !fs::is_directory(directory, error)) return loaded;
  for (fs::recursive_directory_iterator at(directory, error), end; !error && at != end; at.increment(error)) {
    if (!at->is_regular_file(error)) continue;
    auto path = "/" + fs::relative(at->path(), directory, error).generic_string();
    auto content = read_file(at->path().string());
    if (!content) return std::unexpected(std::move(content).error());
    bool gzip = path.ends_with(".gz"), brotli = path.ends_with(".br");
    auto& file = loaded.files_[gzip || brotli ? path.substr(0, path.size() - 3) : path];
    (gzip ? file.gzip : brotli ? file.brotli : file.plain) = std::move(*content);
  }
  if (error)
    return fail(ErrorCode::io, fmt::format("cannot read the dashboard's files in {} ({})", directory, error.message()));
  std::erase_if(loaded.files_, [](const auto& entry) { return entry.second.plain.empty(); });
  for (auto& [path, file] : loaded.files_) {
    file.type = type_of(path);
    file.tag = "\"" + to_hex(hash128(file.plain).bytes()) + "\"";
    file.lasting = path.starts_with("/_next/static/");
  }
  return loaded;
}

const StaticFiles::File* StaticFiles::find(const std::string& path) const {
  auto base = path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
  for (const auto& candidate : {path, base + ".html", base + "/index.html"}) {
    if (auto at = files_.find(candidate); at != files_.end()) return &at->second;
  }
  return nullptr;
}

ServerResponse StaticFiles::send(const File& file, const ServerRequest& request) {
  bool brotli = !file.brotli.empty() && accepts(request, "br");
  bool gzip = !brotli && !file.gzip.empty() && accepts(request, "gzip");
  auto response = text_answer(brotli ? file.brotli : gzip ? file.gzip : file.plain, file.type);
  if (brotli || gzip) response.set("Content-Encoding", brotli ? "br" : "gzip");
  response.set("Vary", "Accept-Encoding");
  response.set("ETag", file.tag);
  response.set("Cache-Control", file.lasting ? "public, max-age=31536000, immutable" : "no-cache");
  return response;
}

ServerResponse StaticFiles::answer(const ServerRequest& request) const {
  if (request.method != "GET" && request.method != "HEAD") {
    auto response = problem(request, 405, "there are files only here; the API is under /api/v1");
    response.set("Allow", "GET, HEAD");
    return response;
  }
  if (const auto* file = find(request.path)) return send(*file, request);
  if (const auto* index = find("/index.html"); index && wants_page(request)) return send(*index, request);
  if (!any() && request.path == "/") return text_answer(std::string(kNoDashboard), "text/html; charset=utf-8");
  return problem(request, 404, "there is no such page");
}

}  // namespace cadastre::api
