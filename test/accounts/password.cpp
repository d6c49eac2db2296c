// Passwords and their hashes.
#include "server/accounts/password.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "test/support/catch.hpp"

namespace hubbub::accounts {
namespace {

constexpr HashCost cheap{.memory_kib = 64, .passes = 1};

}  // namespace

TEST_CASE("a password is known by its hash, and no other is") {
  const auto hash = hash_password("correct horse", cheap);
  CHECK(is_password("correct horse", hash));
  for (const auto* const other : {"correct horsf", "correct hors", "correct horse ", "Correct horse", ""})
    CHECK_FALSE(is_password(other, hash));
  CHECK(cost_of(hash) == cheap);
  CHECK(is_password("", hash_password("", cheap)));
}

TEST_CASE("two hashes of one password have nothing in common") {
  const auto one = hash_password("correct horse", cheap);
  const auto two = hash_password("correct horse", cheap);
  CHECK(one.salt != two.salt);
  CHECK(one.hash != two.hash);
}

TEST_CASE("the hash is Argon2id of version 1.3, as others compute it") {
  // By `echo -n password | argon2 somesaltsomesalt -id -t 2 -k 64 -p 1 -l 32 -r` of the reference
  // implementation.
  journal::PasswordHash known{.passes = 2, .memory_kib = 64};
  const std::string salt = "somesaltsomesalt";
  std::copy(salt.begin(), salt.end(), known.salt.begin());
  REQUIRE_FALSE(is_password("password", known));
  constexpr std::string_view digits = "1a98fba8e6394425c9bdc333a9c750aaf811df070f5fb4a5788e1cf4db5793a1";
  for (std::size_t i = 0; i < known.hash.size(); ++i)
    known.hash[i] = static_cast<unsigned char>(std::stoi(std::string(digits.substr(2 * i, 2)), nullptr, 16));
  CHECK(is_password("password", known));
}

TEST_CASE("a password is long enough, not too long, and not the name") {
  CHECK_FALSE(fault_of_password("12345678", "nina"));
  CHECK_FALSE(fault_of_password("пароль12", "nina"));
  CHECK_FALSE(fault_of_password("一二三四五六七八", "nina"));
  CHECK_FALSE(fault_of_password("with blanks in it", "nina"));
  CHECK(fault_of_password("1234567", "nina") == "the password is too short; it takes 8 characters or more");
  CHECK(fault_of_password("一二三四五六七", "nina").has_value());
  CHECK(fault_of_password(std::string(1025, 'x'), "nina") == "the password is longer than 1024 bytes");
  CHECK_FALSE(fault_of_password(std::string(1024, 'x'), "nina"));
  CHECK(fault_of_password("AlexanderS", "alexanders") == "the password is the name; choose another");
  CHECK_FALSE(fault_of_password("alexanders1", "alexanders"));
}

TEST_CASE("a password is the same from every keyboard") {
  const auto hash = hash_password("caf\u00E9 au lait", cheap);
  CHECK(is_password("cafe\u0301 au lait", hash));
  CHECK(is_password("caf\u00E9\u00A0au\u3000lait", hash));
  CHECK_FALSE(is_password("cafe au lait", hash));
  CHECK_FALSE(is_password("Caf\u00E9 au lait", hash));
  CHECK(fault_of_password("e\u0301e\u0301e\u0301e\u0301", "nina").has_value());  // four letters
  CHECK(fault_of_password("12345678\xFF", "nina") == "the password is not UTF-8");
  CHECK(is_password("\xFF\xFE", hash_password("\xFF\xFE", cheap)));
}

}  // namespace hubbub::accounts
