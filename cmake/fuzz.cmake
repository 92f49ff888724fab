# fuzz_target(NAME LIBRARY…): tests/fuzz/NAME_fuzz.cc becomes the program fuzz_NAME.
#
# Built as everything else is, it runs over the files of tests/fuzz/corpus/NAME, as a test. With the preset "fuzz" (clang)
# it is libFuzzer's: fuzz_NAME -max_total_time=60 NEW_CORPUS tests/fuzz/corpus/NAME
function(fuzz_target name)
  add_executable(fuzz_${name} ${name}_fuzz.cc)
  target_link_libraries(fuzz_${name} PRIVATE ${ARGN})
  target_precompile_headers(fuzz_${name} REUSE_FROM cadastre_base)
  if(CADASTRE_SANITIZE STREQUAL "fuzz")
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
  else()
    target_sources(fuzz_${name} PRIVATE replay_main.cc)
    add_test(NAME fuzz_${name} COMMAND fuzz_${name} ${CMAKE_CURRENT_SOURCE_DIR}/corpus/${name})
  endif()
endfunction()
