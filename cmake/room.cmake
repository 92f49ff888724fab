# room(NAME [DEPENDS room…] [LINKS library…])
#
# One folder of src/ is one library target. Sources are found by name: *.cc is the library, *_test.cc is its test program,
# so a new file needs no edit here. DEPENDS names the only rooms this one may include from (tests/rooms_test.py reads the
# calls of this function and checks every #include against them).
function(room name)
  cmake_parse_arguments(ROOM "" "" "DEPENDS;LINKS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cc)
  set(tests ${sources})
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$")
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER sources EXCLUDE REGEX "/cli/main\\.cc$")

  if(NOT sources)
    add_library(cadastre_${name} INTERFACE)
    return()
  endif()
  add_library(cadastre_${name} STATIC ${sources})
  target_include_directories(cadastre_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  list(TRANSFORM ROOM_DEPENDS PREPEND cadastre_)
  target_link_libraries(cadastre_${name} PUBLIC ${ROOM_DEPENDS} ${ROOM_LINKS})
  if(name STREQUAL "base")
    target_precompile_headers(cadastre_base PRIVATE ${PROJECT_SOURCE_DIR}/src/base/precompiled.h)
  else()
    target_precompile_headers(cadastre_${name} REUSE_FROM cadastre_base)
  endif()

  if(tests)
    add_executable(${name}_test ${tests} ${PROJECT_SOURCE_DIR}/tests/doctest_main.cc)
    target_link_libraries(${name}_test PRIVATE cadastre_${name})
    target_include_directories(${name}_test PRIVATE ${PROJECT_SOURCE_DIR}/tests)  # for "support/…"
    target_precompile_headers(${name}_test REUSE_FROM cadastre_base)
    target_compile_definitions(${name}_test PRIVATE CADASTRE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    add_test(NAME ${name} COMMAND ${name}_test)
    set_tests_properties(${name} PROPERTIES TIMEOUT 300)
  endif()
endfunction()
