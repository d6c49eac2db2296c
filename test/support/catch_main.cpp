// The main function of a test program, apart from Catch2 itself, so that a program that uses the harness may
// have a main function of its own.
#include "test/support/catch_runner.hpp"

int main(int argc, char* argv[]) { return hubbub::test::run_tests(argc, argv); }
