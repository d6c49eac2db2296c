#include "server/ops/digest.hpp"

#include "test/support/catch.hpp"

namespace hubbub::ops {

TEST_CASE("hashes are those of other programs") {
  // printf %s abc | openssl sha1 -binary | base64, and the like
  CHECK(sha1_base64("abc") == "qZk+NkcGgWq6PiVxeFDCbJzQ2J0=");
  CHECK(sha256_base64("abc") == "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
  CHECK(token_hash("abc") == "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST_CASE("a token is known by its hash, and nothing else is") {
  const auto hash = token_hash("open sesame");
  CHECK(is_token("open sesame", hash));
  CHECK_FALSE(is_token("open sesame ", hash));
  CHECK_FALSE(is_token("", hash));
  CHECK_FALSE(is_token(hash, hash));
  CHECK_FALSE(is_token("open sesame", std::string_view(hash).substr(0, hash.size() - 1)));
  CHECK_FALSE(is_token("open sesame", ""));
}

}  // namespace hubbub::ops
