# Puts the page together in a copy of its sources, and makes a source file that has its files in it (.incbin) and tells of
# them: path, hash, and the bytes of each form. Run by page.cmake with NODE, SOURCES and BUILD.

# A copy without what a developer has beside the sources, and without what is no longer among them.
file(GLOB before LIST_DIRECTORIES true ${BUILD}/sources/*)
list(FILTER before EXCLUDE REGEX "/node_modules$")
if(before)
  file(REMOVE_RECURSE ${before})
endif()
file(COPY ${SOURCES}/ DESTINATION ${BUILD}/sources PATTERN node_modules EXCLUDE)

execute_process(COMMAND ${NODE} ${BUILD}/sources/assemble.mjs ${BUILD}/page RESULT_VARIABLE failed)
if(failed)
  message(FATAL_ERROR "assemble.mjs could not put the page together, for the reason above")
endif()

set(bytes "")
set(names "")
set(rows "")
set(count 0)
# form_of FILE INTO: has the file among the bytes, and tells where, as a C++ expression.
function(form_of file into)
  if(NOT EXISTS ${file})
    set(${into} "{}" PARENT_SCOPE)
    return()
  endif()
  file(SIZE ${file} size)
  set(name hubbub_page_${count})
  math(EXPR next "${count} + 1")
  set(count ${next} PARENT_SCOPE)
  set(bytes "${bytes}    \"${name}: .incbin \\\"${file}\\\"\\n\"\n" PARENT_SCOPE)
  set(names "${names}extern const char ${name}[];\n" PARENT_SCOPE)
  set(${into} "{${name}, ${size}}" PARENT_SCOPE)
endfunction()

file(GLOB_RECURSE files RELATIVE ${BUILD}/page ${BUILD}/page/*)
list(FILTER files EXCLUDE REGEX "\\.(br|gz)$")
foreach(path IN LISTS files)
  file(SHA256 ${BUILD}/page/${path} hash)
  string(SUBSTRING ${hash} 0 16 hash)
  form_of(${BUILD}/page/${path} plain)
  form_of(${BUILD}/page/${path}.br brotli)
  form_of(${BUILD}/page/${path}.gz gzip)
  string(APPEND rows "    {\"/${path}\", \"${hash}\", ${plain}, ${brotli}, ${gzip}},\n")
  if(path MATCHES "/licences\\.txt$")
    file(COPY_FILE ${BUILD}/page/${path} ${BUILD}/licences.txt)
  endif()
endforeach()

file(WRITE ${BUILD}/page_files.cpp "// Made by embed_page.cmake of the files in ${BUILD}/page.
#include <array>

#include \"server/front/web/page.hpp\"

asm(\".pushsection .rodata\\n\"
${bytes}    \".popsection\\n\");

extern \"C\" {
${names}}

namespace hubbub::front::http {

std::span<const PageFile> built_in_page() {
  static const std::array files{std::to_array<PageFile>({
${rows}  })};
  return files;
}

}  // namespace hubbub::front::http
")
