#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/request.hpp"

namespace hubbub::client {

/// The account's markers of what has been read, by place: a room, or a private view by its name. Says what
/// the server is to be told: only what is newer than what it knows, and for each place one request at a time.
class Marks {
 public:
  /// The reader has seen everything in the place up to that message.
  void look(std::string_view place, std::uint64_t seq);
  /// The server knows of that: an event `read`, `joined` or `conversations`.
  void know(std::string_view place, std::uint64_t seq);
  /// A request to send now, which counts as under way; nothing: there is none.
  std::optional<protocol::request::Read> next();
  /// The request was answered, refused or cannot be sent: it is not made again for the same message.
  void settle(const protocol::request::Read& asked);
  /// A private view has another name now.
  void rename(std::string_view old_place, std::string_view new_place);
  /// Another account, or messages are numbered anew.
  void clear() { places_.clear(); }

 private:
  struct Place {
    std::string name;
    std::uint64_t looked = 0;
    std::uint64_t known = 0;
    std::uint64_t asked = 0;  ///< 0: no request is under way
  };
  Place& at(std::string_view place);

  std::map<std::string, Place> places_;  ///< by the key of the name
};

}  // namespace hubbub::client
