# The API's document and the page that shows it, embedded in the api room.
set(api_page ${PROJECT_SOURCE_DIR}/src/api/page)
embed(cadastre_api cadastre_api_openapi ${PROJECT_SOURCE_DIR}/docs/api/openapi.json)
embed(cadastre_api cadastre_api_index ${api_page}/index.html)
embed(cadastre_api cadastre_api_setup ${api_page}/setup.html)
embed(cadastre_api cadastre_api_script ${api_page}/page.js)
embed(cadastre_api cadastre_api_style ${api_page}/page.css)
