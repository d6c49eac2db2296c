#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "client/connection/addresses.hpp"
#include "protocol/error.hpp"

namespace hubbub::client {

/// The tokens by which this person's devices log in, one for each chat, whose servers all have it: a TOML
/// file that nobody else may read (0600). Each call reads it anew, as other clients may have written it. A
/// file that cannot be read, or has anything else in it, is not used, and stays as it is.
class Tokens {
 public:
  struct Kept {
    std::string token;    ///< empty: none
    std::string warning;  ///< a sentence: others could read the file, until now; empty: they could not
  };

  /// An empty path: none is kept.
  explicit Tokens(std::string path) : path_(std::move(path)) {}

  /// The one for these servers: that of the first which has one. The error's text is a sentence that names
  /// the file, and the line if one is wrong.
  protocol::Result<Kept> find(const Addresses& servers) const;
  /// Replaces the one for each of these servers. With an empty one, that which `find` gives is forgotten,
  /// wherever it stands for them. Why that could not be done, as a sentence.
  std::optional<std::string> keep(const Addresses& servers, std::string_view token) const;

 private:
  std::string path_;
};

/// See in_config_directory.
std::string tokens_path();

/// The token on the first line of a descriptor (--token-fd); see first_line. The error's text is a sentence
/// without the token.
protocol::Result<std::string> token_in(int descriptor);

/// A token, and where it is from.
struct FoundToken {
  std::string token;    ///< empty: none
  std::string from;     ///< such as "HUBBUB_TOKEN"; empty: it is the kept one
  std::string warning;  ///< a sentence about the kept ones; empty: none
  std::string fault{};  ///< a sentence: the kept ones cannot be used; empty: they can, or are not needed
};

/// The token for these servers: `given`, unless it is empty, or else that of the environment
/// variable HUBBUB_TOKEN, or else in the file that HUBBUB_TOKEN_FILE names, or else the kept one. Afterwards
/// this process has no HUBBUB_TOKEN any more. The error's text is a sentence without the token. Kept ones
/// that cannot be used are a `fault`.
protocol::Result<FoundToken> find_token(const Tokens& kept, const Addresses& servers, std::string given = {});

}  // namespace hubbub::client
