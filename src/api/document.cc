// The API's own description: the OpenAPI document, and a page to browse it. All of it is part of the program.
#include "api/answer.h"
#include "api/route.h"

#define CADASTRE_EMBEDDED(name)         \
  extern "C" const char name##_begin[]; \
  extern "C" const char name##_end[]

CADASTRE_EMBEDDED(cadastre_api_openapi);
CADASTRE_EMBEDDED(cadastre_api_index);
CADASTRE_EMBEDDED(cadastre_api_setup);
CADASTRE_EMBEDDED(cadastre_api_script);
CADASTRE_EMBEDDED(cadastre_api_style);

namespace cadastre::api {
namespace {

auto sender(const char* begin, const char* end, std::string type) {
  return [begin, end, type = std::move(type)](const Call&) -> Result<ServerResponse> {
    auto response = text_answer(std::string(begin, end), type);
    response.set("Cache-Control", "no-cache");
    return response;
  };
}

}  // namespace

Routes document_routes() {
  using enum auth::Permission;
  std::string html = "text/html; charset=utf-8";
  return {{"GET",
           "/api/v1/openapi.json",
           open,
           "document",
           "openapi",
           "This document",
           {},
           sender(cadastre_api_openapi_begin, cadastre_api_openapi_end, "application/json")},
          {"GET",
           "/api",
           open,
           "document",
           "page",
           "This document as a page",
           {},
           sender(cadastre_api_index_begin, cadastre_api_index_end, html)},
          {"GET",
           "/api/setup",
           open,
           "document",
           "setupPage",
           "The form for the first administrator",
           {},
           sender(cadastre_api_setup_begin, cadastre_api_setup_end, html)},
          {"GET",
           "/api/page.js",
           open,
           "document",
           "pageScript",
           "The page's script",
           {},
           sender(cadastre_api_script_begin, cadastre_api_script_end, "text/javascript; charset=utf-8")},
          {"GET",
           "/api/page.css",
           open,
           "document",
           "pageStyle",
           "The page's style",
           {},
           sender(cadastre_api_style_begin, cadastre_api_style_end, "text/css; charset=utf-8")}};
}

}  // namespace cadastre::api
