#pragma once

namespace hubbub::test {

/// What the main of a program of tests does: runs those that the arguments choose, and returns its exit code.
int run_tests(int argc, char* argv[]);

}  // namespace hubbub::test
