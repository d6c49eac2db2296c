// What is not to stay in memory does not.
#include "protocol/secret.hpp"

#include <array>
#include <cstddef>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include "test/support/catch.hpp"
#include "test/support/overwritten.hpp"

namespace hubbub::protocol {

using test::is_overwritten;

TEST_CASE("nothing of a secret stays where it was, be it in the string itself or elsewhere") {
  std::string text = GENERATE("short", "longer than what a string has room for in itself");
  const std::string same = text;
  Secret first;
  Secret second;
  const std::string& left_of_text = text;
  const Secret& left_of_first = first;
  const Secret& left_of_second = second;
  first = Secret(std::move(text));
  CHECK(is_overwritten(left_of_text));
  CHECK(first.text() == same);
  second = std::move(first);
  CHECK(left_of_first.empty());
  CHECK(second.text() == same);
  Secret third(std::move(second));
  CHECK(left_of_second.empty());
  CHECK(third.text() == same);
  third = Secret();
  CHECK(third.empty());
}

TEST_CASE("a secret is overwritten when it is given away or forgotten") {
  for (const std::size_t size : {5U, 15U, 16U, 100U}) {
    std::string given(size, 's');
    Secret secret(std::move(given));
    CHECK(secret.text() == std::string(size, 's'));
    const char* const inside = secret.text().data();
    Secret taken = std::move(secret);
    CHECK(taken.text() == std::string(size, 's'));
    CHECK(secret.text().empty());  // NOLINT(bugprone-use-after-move): which is the point
    if (size <= 15) CHECK(std::string_view(inside, size) == std::string(size, '\0'));
    if (size > 15) CHECK(taken.text().data() == inside);  // no copy stays behind
    Secret other(std::string(7, 'o'));
    other = std::move(taken);
    CHECK(other.text() == std::string(size, 's'));
    CHECK(taken.text().empty());  // NOLINT(bugprone-use-after-move)
  }
  // Where the text was given from, nothing of it stays, and nothing at its end.
  alignas(Secret) std::array<char, sizeof(Secret)> place{};
  std::string given = "hunter2hunter2";
  const char* const before = given.data();
  auto* const secret = new (place.data()) Secret(std::move(given));
  CHECK(std::string_view(before, 14).find("unter") == std::string_view::npos);
  secret->~Secret();
  CHECK(std::string_view(place.data(), place.size()).find("unter") == std::string_view::npos);
}

}  // namespace hubbub::protocol
