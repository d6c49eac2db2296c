#pragma once

namespace hubbub::test {

/// The main function of a test program: runs the tests that the arguments choose, and returns the exit code.
int run_tests(int argc, char* argv[]);

}  // namespace hubbub::test
