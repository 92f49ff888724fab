# The AWS models and the endpoint table, made from the pinned botocore and embedded in the aws room. Made again only when the
# scripts, the allow-list or the pinned versions change.
set(CADASTRE_PYTHON ${PROJECT_SOURCE_DIR}/build/venv/bin/python3 CACHE FILEPATH
    "a python3 that has the packages of tools/requirements.txt")
if(NOT EXISTS ${CADASTRE_PYTHON})
  message(FATAL_ERROR "there is no ${CADASTRE_PYTHON}: run `python3 -m venv build/venv && build/venv/bin/pip install -r "
                      "tools/requirements.txt`, or set CADASTRE_PYTHON to a python3 that has those packages")
endif()

set(models ${PROJECT_BINARY_DIR}/aws_models.bin)
add_custom_command(
  OUTPUT ${models}
  COMMAND ${CADASTRE_PYTHON} ${PROJECT_SOURCE_DIR}/tools/build_models.py --out ${models}
  DEPENDS ${PROJECT_SOURCE_DIR}/tools/build_models.py ${PROJECT_SOURCE_DIR}/tools/endpoint_table.py
          ${PROJECT_SOURCE_DIR}/tools/operations.py ${PROJECT_SOURCE_DIR}/tools/requirements.txt
          ${PROJECT_SOURCE_DIR}/catalog/aws/operations.txt
  COMMENT "Cutting the AWS models down to catalog/aws/operations.txt"
  VERBATIM)
embed(cadastre_aws cadastre_models ${models})

