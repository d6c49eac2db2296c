#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "protocol/event.hpp"

namespace hubbub::journal {

/// Records of who is here, where several nodes share a log: so all of them agree on who bears a name and who
/// is in a room, and each knows it again after another start. A daemon that is alone makes none.
///
/// A person is known by its node, the start of that node (its epoch), and the number that the node has given
/// to it. An account that is here by way of several nodes is a person on each of them, of one name.
namespace presence {

/// A name, with what it is compared by, as account::OwnedName has it.
struct BorneName {
  std::string shown;
  std::string key;        ///< protocol::Name::key
  std::string look;       ///< protocol::skeleton
  bool is_mixed = false;  ///< protocol::mixes_alphabets

  bool operator==(const BorneName&) const = default;
};

/// The person comes with that name, or takes it in the place of the one that it has. Refused if that is
/// somebody else's: borne by another person, or by one of another account; or one that looks the same, where
/// one of the two mixes alphabets; or the name of an account that is not the person's, or looks like it.
struct Named {
  std::uint64_t person = 0;
  std::uint64_t account = 0;  ///< 0: a guest
  BorneName name;
};
/// The person has gone from its node, and with that from all rooms. Refused if it is not there.
struct Departed {
  std::uint64_t person = 0;
  std::string reason{};
};
/// The person is in that room. Refused if the person is not there, or is in the room already.
struct Entered {
  std::uint64_t person = 0;
  std::string room;  ///< its key
  std::string name;  ///< as shown
  /// On its way in: what the person is there (chat::Rank) if nobody else is; where it comes out: what it is.
  std::uint64_t rank = 0;
};
/// What the person is in a room that it is in, as long as it is there, without an account. Refused if it is
/// not there.
struct Granted {
  std::uint64_t epoch = 0;
  std::uint64_t person = 0;
  std::string room;        ///< its key
  std::uint64_t rank = 0;  ///< chat::Rank
  std::string by{};        ///< as shown; empty: nobody has asked for it
};
/// For everybody who is here. It is not kept.
struct Announced {
  std::string text;
  std::string by{};
  protocol::Timestamp at{};
};
/// Refused if it was not in the room.
struct Left {
  std::uint64_t person = 0;
  std::string room;  ///< its key
  std::string reason{};
};
/// The room has nothing but attributes, and nobody has been in it for journal::state_age: it loses them.
/// Refused if somebody is in it, if the room is lasting, or if it has been spoken or ruled in since this was
/// asked for.
struct Deserted {
  std::string room;  ///< its key
};
/// A private message that is not kept, to a person who is here by way of other nodes. Refused if nobody of
/// that name is. Only those nodes can read it: what is written to the log is sealed.
struct Told {
  std::uint64_t person = 0;  ///< who says it
  std::string to;            ///< the key of a name
  /// On its way in, and where it comes out.
  protocol::MessagePtr message{};
  struct Sealed {
    std::uint64_t epoch = 0;  ///< of the start of the node that it is for
    std::uint64_t person = 0;
    std::string bytes{};  ///< before it is sealed: none
  };
  std::vector<Sealed> sealed{};
};
/// What has become of a private message that was sealed for this node.
struct Receipt {
  enum class Fate : std::uint8_t {
    taken,
    busy,      ///< it was not delivered, and may be sent again
    in_doubt,  ///< it was delivered, and may arrive or not; another one follows
    gone,      ///< the recipient has left
    refused,   ///< it cannot be sent like that
  };
  std::uint64_t epoch = 0;   ///< of the start of the sender's node
  std::uint64_t told = 0;    ///< the number of the message's record
  std::uint64_t person = 0;  ///< who has it, or not
  Fate fate = Fate::taken;
  std::string text{};        ///< why, for the sender
  protocol::Timestamp at{};  ///< the time of the message that was taken: of the first, if this has come again
};
/// The person types in a room, or to somebody.
struct Typed {
  std::uint64_t person = 0;
  std::string target;  ///< the key of a room, or a name
  bool is_private = false;
  std::string state{};  ///< as the protocol has it
};
/// Something for the node of a person to do. Refused if the person is not there, or not in the room that it
/// is to be put out of.
struct Urged {
  enum class What : std::uint8_t {
    doubt,     ///< somebody else claims the name: to ask whether the person is there still
    give_way,  ///< the name is another's: to bear one of the server's choice
    put_out,   ///< of that room
    invited,   ///< to be told so; `room`: as shown
  };
  What what = What::doubt;
  std::uint64_t epoch = 0;
  std::uint64_t person = 0;
  std::string room{};  ///< its key
  std::string by{};
  std::string reason{};
};
/// Nothing: when it comes back, its node has read all that was there when it was asked for.
struct Asked {};
/// That start of the node begins, or has ended: then all its people have gone.
struct NodeCame {};
struct NodeGone {};

using Any = std::variant<Named, Departed, Entered, Left, Deserted, Told, Typed, Urged, Asked, NodeCame,
                         NodeGone, Granted, Announced, Receipt>;

/// The key of the room in which it may forbid somebody what was allowed; null: in none. What was said before
/// its author knew of that is looked at again, as behind an attribute that may_forbid().
inline const std::string* ruled_room(const Any& body) {
  if (const auto* granted = std::get_if<Granted>(&body)) return &granted->room;
  const auto* const urged = std::get_if<Urged>(&body);
  return urged != nullptr && urged->what == Urged::What::put_out ? &urged->room : nullptr;
}

}  // namespace presence

struct PresenceRecord {
  std::string node{};       ///< whose person it is
  std::uint64_t epoch = 0;  ///< of that start of the node
  std::uint64_t seq = 0;    ///< its number; 0: none yet, or what a node does
  presence::Any body{};
  /// If it was refused: the name in the way, as shown, if one is.
  std::string holder{};
};
using PresencePtr = std::shared_ptr<const PresenceRecord>;

}  // namespace hubbub::journal
