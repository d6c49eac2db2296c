#include "test/durability/checker.hpp"

#include <algorithm>
#include <sstream>

#include "test/support/catch.hpp"

// A few rounds of what hubbub_checker does at length.
namespace hubbub::durability {
namespace {

std::vector<Fault> found(const CheckerOptions& options) {
  std::ostringstream progress;
  const Report report = check(options, progress);
  UNSCOPED_INFO(progress.str());
  std::vector<Fault> faults;
  for (const auto& verdict : report.verdicts) {
    UNSCOPED_INFO(name_of(verdict.fault) << ": " << verdict.text);
    faults.push_back(verdict.fault);
  }
  return faults;
}

}  // namespace

TEST_CASE("nothing is lost, repeated or changed by a fault") {
  const auto fault = GENERATE(from_range(faults()));
  CAPTURE(fault);
  CHECK(found({.rounds = 2, .messages = 150, .engine = "sqlite", .fault = fault}).empty());
}

TEST_CASE("nothing is lost of an older journal, whatever befalls the daemon that brings it up to date") {
  CHECK(found({.rounds = 3, .messages = 50, .engine = "sqlite", .upgrade_every = 1}).empty());
}

TEST_CASE("the checker finds what a journal in memory loses") {
  const auto faults = found({.rounds = 1, .engine = "memory", .fault = "kill"});
  CHECK(std::ranges::find(faults, Fault::lost) != faults.end());
}

}  // namespace hubbub::durability
