// Catch2's implementation: version 2 is a header that one file has to define, version 3 a library.
#if !__has_include(<catch2/catch_all.hpp>)
#define CATCH_CONFIG_RUNNER
#endif
#include "test/support/catch_runner.hpp"

#include "test/support/catch.hpp"
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_session.hpp>
#endif

namespace hubbub::test {

int run_tests(int argc, char* argv[]) { return Catch::Session().run(argc, argv); }

}  // namespace hubbub::test
