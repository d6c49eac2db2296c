#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

/// What a client asks for, as plain data. Fields are as they came: whether a name is well formed or
/// a room exists is for whoever carries the request out.
namespace hubbub::protocol::request {

struct Hello {
  std::uint64_t version = 1;
  std::optional<std::string> name;
  std::optional<std::string> password;
  std::optional<std::string> token;
  std::optional<std::string> client;  ///< the program and its version, for the log
};

struct Rename {
  std::string name;
};

/// `since` asks for everything after that sequence number; without it `replay` asks for that many of
/// the newest messages (default: the server's `history.replay`). `epoch` is what `joined` said along with the
/// number: under another one `since` counts as not given.
struct Join {
  std::string room;
  std::optional<std::uint64_t> since;
  std::optional<std::string> epoch{};
  std::optional<std::uint64_t> replay;
  std::optional<std::string> key;
};

struct Leave {
  std::string room;
};

struct Say {
  std::string room;
  std::string text;
  std::optional<std::string> id;
  bool action = false;
};

struct Tell {
  std::string to;
  std::string text;
  std::optional<std::string> id;
};

/// Without a room: everybody on the server. `after`: the last name of the page before.
struct Who {
  std::optional<std::string> room;
  std::optional<std::string> after;
};

struct Rooms {
  std::optional<std::string> after;
};

struct Topic {
  std::string room;
  std::string text;
};

/// `before` pages back (the newest before it), `after` pages forward (the oldest after it); with
/// neither, the newest. `search` and `from` are for those that have some words, or are somebody's; with one
/// of them `room` may be empty, which is every room that one is in.
struct History {
  std::string room;
  std::optional<std::uint64_t> before;
  std::optional<std::uint64_t> after;
  std::optional<std::uint64_t> limit;
  std::optional<std::string> search;
  std::optional<std::string> from{};  ///< a name
  bool count = false;                 ///< whether to count them all: event::History::count
};

struct Ping {};
/// The answer to the server's own `ping`; it is not answered.
struct Pong {};

struct Quit {
  std::optional<std::string> text;
};

using Any = std::variant<Hello, Rename, Join, Leave, Say, Tell, Who, Rooms, Topic, History, Ping, Pong, Quit>;

}  // namespace hubbub::protocol::request

namespace hubbub::protocol {

/// One line from a client. `ref` comes back in its reply and in its errors; empty is none.
struct Request {
  request::Any body;
  std::string ref;
};

}  // namespace hubbub::protocol
