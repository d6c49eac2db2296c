#include "protocol/error.hpp"

#include <set>
#include <stdexcept>

#include "test/support/catch.hpp"

using namespace hubbub::protocol;

TEST_CASE("every code has a name of its own, and is found by it") {
  std::set<std::string_view> names;
  for (int number = 0; number <= static_cast<int>(Code::shutting_down); ++number) {
    const auto code = static_cast<Code>(number);
    const std::string_view name = to_string(code);
    CAPTURE(name);
    CHECK(names.insert(name).second);
    CHECK(code_from(name) == code);
  }
  CHECK(names.size() == 52);
}

TEST_CASE("codes have the names of the wire protocol") {
  CHECK(to_string(Code::bad_json) == "bad_json");
  CHECK(to_string(Code::name_taken) == "name_taken");
  CHECK(to_string(Code::storage_failed) == "storage_failed");
  CHECK(to_string(Code::unsupported_version) == "unsupported_version");
  CHECK(to_string(Code::shutting_down) == "shutting_down");
  CHECK_FALSE(code_from("no_such_code"));
  CHECK_FALSE(code_from(""));
  CHECK_FALSE(code_from("BAD_JSON"));
}

TEST_CASE("codes say whether they close the connection") {
  CHECK_FALSE(is_closing(Code::bad_json));
  CHECK_FALSE(is_closing(Code::storage_failed));
  CHECK(is_closing(Code::unsupported_version));
  CHECK(is_closing(Code::line_too_long));
  CHECK(is_closing(Code::shutting_down));
}

TEST_CASE("the value of a failed result is an exception that names the code and the sentence") {
  const Result<int> failed = Error{Code::denied, "that is not yours to do"};
  REQUIRE(failed.has_error());
  CHECK_THROWS_WITH(failed.value(), "denied: that is not yours to do");
}
