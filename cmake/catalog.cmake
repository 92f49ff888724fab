# The catalogue's files, embedded in the catalog room.
file(GLOB catalog_files CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/catalog/aws/*.yaml
     ${PROJECT_SOURCE_DIR}/catalog/kubernetes.yaml)
set(catalog_bundle ${PROJECT_BINARY_DIR}/catalog.bundle)
add_custom_command(
  OUTPUT ${catalog_bundle}
  COMMAND ${CADASTRE_PYTHON} ${PROJECT_SOURCE_DIR}/tools/bundle.py ${catalog_bundle} ${PROJECT_SOURCE_DIR} ${catalog_files}
  DEPENDS ${PROJECT_SOURCE_DIR}/tools/bundle.py ${catalog_files}
  VERBATIM)
embed(cadastre_catalog cadastre_catalog_bundle ${catalog_bundle})
