#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "server/accounts/password.hpp"

namespace hubbub::accounts {

/// What an operator may choose about accounts. All of it may change while the daemon runs.
struct Settings {
  /// Who may have an account. `automatic`: anybody where only this machine can connect, else those with an
  /// invitation.
  enum class Registration { automatic, open, invite, closed };
  /// What somebody without an account may do.
  enum class Guests { speak, read, none };
  /// Over which connections a password or a token is taken, besides those with TLS: those of this machine,
  /// all, or none.
  enum class PlainLogin { loopback, anywhere, never };

  Registration registration = Registration::automatic;
  Guests guests = Guests::speak;
  PlainLogin plain_login = PlainLogin::loopback;
  std::size_t hash_memory = std::size_t{19} * 1024 * 1024;  ///< bytes; see HashCost
  std::size_t hash_passes = 2;
  /// A token that was not used for so long is not taken any more; 0: it always is.
  std::chrono::milliseconds token_age = std::chrono::hours{24 * 90};

  HashCost cost() const {
    return {.memory_kib = static_cast<std::uint32_t>(hash_memory / 1024),
            .passes = static_cast<std::uint32_t>(hash_passes)};
  }
};

constexpr std::string_view to_string(Settings::Registration registration) {
  switch (registration) {
    case Settings::Registration::automatic:
      return "automatic";
    case Settings::Registration::open:
      return "open";
    case Settings::Registration::invite:
      return "invite";
    case Settings::Registration::closed:
      return "closed";
  }
  return {};
}

constexpr std::string_view to_string(Settings::Guests guests) {
  switch (guests) {
    case Settings::Guests::speak:
      return "speak";
    case Settings::Guests::read:
      return "read";
    case Settings::Guests::none:
      return "none";
  }
  return {};
}

constexpr std::string_view to_string(Settings::PlainLogin plain) {
  switch (plain) {
    case Settings::PlainLogin::loopback:
      return "loopback";
    case Settings::PlainLogin::anywhere:
      return "anywhere";
    case Settings::PlainLogin::never:
      return "never";
  }
  return {};
}

}  // namespace hubbub::accounts
