// The main of a program of tests. It is apart from Catch2 itself, so that programs that use the harness may
// have a main of their own.
#include "test/support/catch_runner.hpp"

int main(int argc, char* argv[]) { return hubbub::test::run_tests(argc, argv); }
