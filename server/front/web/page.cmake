# The page of client/web, for the daemon to have in itself: put together with node and npm in a copy below the build folder,
# so that the sources stay as they are. Whoever works on the page has the daemon read a folder instead, each time anew.
option(HUBBUB_WEB "Build the page into the daemon, which takes nodejs and npm; else / only tells how to join" ON)
set(HUBBUB_WEB_DIR "" CACHE PATH
  "Folder, as client/web/assemble.mjs makes it, that is served instead of what is built in; for who works on the page")

set(page_sources ${PROJECT_SOURCE_DIR}/client/web)
set(page_build ${PROJECT_BINARY_DIR}/web)
set(page_files ${CMAKE_CURRENT_SOURCE_DIR}/front/web/no_page.cpp)
if(HUBBUB_WEB AND NOT HUBBUB_WEB_DIR)
  find_program(HUBBUB_NODE NAMES node nodejs)
  find_program(HUBBUB_NPM npm)
  if(NOT HUBBUB_NODE OR NOT HUBBUB_NPM)
    message(FATAL_ERROR "The page is built with nodejs and npm, which are not here; -DHUBBUB_WEB=OFF builds the daemon without it")
  endif()
  # What the page consists of; for tests, what looks after it, too.
  set(page_packages ${page_build}/packages.txt)
  set(omitted --omit=dev)
  if(HUBBUB_TESTS)
    set(page_packages ${page_build}/packages_with_tools.txt)
    set(omitted "")
  endif()
  add_custom_command(
    OUTPUT ${page_packages}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${page_build}/sources
    COMMAND ${CMAKE_COMMAND} -E copy ${page_sources}/package.json ${page_sources}/package-lock.json ${page_build}/sources
    COMMAND ${CMAKE_COMMAND} -E chdir ${page_build}/sources
      ${HUBBUB_NPM} ci --ignore-scripts --no-audit --no-fund --loglevel=error ${omitted}
    COMMAND ${CMAKE_COMMAND} -E rm -f ${page_build}/packages.txt ${page_build}/packages_with_tools.txt
    COMMAND ${CMAKE_COMMAND} -E touch ${page_packages}
    DEPENDS ${page_sources}/package.json ${page_sources}/package-lock.json
    COMMENT "Fetching the packages of the page (npm; without it: -DHUBBUB_WEB=OFF)"
    VERBATIM)
  file(GLOB_RECURSE page_depends CONFIGURE_DEPENDS
    ${page_sources}/*.js ${page_sources}/*.mjs ${page_sources}/*.css ${page_sources}/*.html ${page_sources}/*.svg
    ${page_sources}/*.webmanifest)
  list(FILTER page_depends EXCLUDE REGEX "/node_modules/")
  set(page_files ${page_build}/page_files.cpp)
  set(embed_page ${CMAKE_CURRENT_SOURCE_DIR}/front/web/embed_page.cmake)
  add_custom_command(
    OUTPUT ${page_files} ${page_build}/licences.txt
    COMMAND ${CMAKE_COMMAND} -DNODE=${HUBBUB_NODE} -DSOURCES=${page_sources} -DBUILD=${page_build} -P ${embed_page}
    DEPENDS ${page_depends} ${page_packages} ${embed_page}
    COMMENT "Putting the page together"
    VERBATIM)
  # By itself, also where several files are compiled as one: it changes with every word of the page.
  set_source_files_properties(${page_files} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON SKIP_PRECOMPILE_HEADERS ON)
  install(FILES ${page_build}/licences.txt DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME page-licences.txt COMPONENT server)
endif()
if(HUBBUB_WEB_DIR)
  set_source_files_properties(front/web/page.cpp PROPERTIES COMPILE_DEFINITIONS HUBBUB_WEB_DIR="${HUBBUB_WEB_DIR}")
endif()
