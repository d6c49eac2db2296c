#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "client/view/palette.hpp"
#include "client/view/phrases.hpp"
#include "protocol/event.hpp"

namespace hubbub::client {

/// Events in words, for people. Everything that came from others is made safe for a terminal here. What
/// is returned is whole lines, each ended by "\n", or nothing where there is nothing to tell.
class Wording {
 public:
  explicit Wording(Palette palette) : palette_(palette), phrases_(palette) {}

  /// Who one is oneself ("you"), and whether to say which room a message belongs to.
  struct Scene {
    std::string me;
    bool several_rooms = false;
  };

  /// "alice: hi", "[dev] alice: hi", "* alice waves", "[bob -> you] hi"; further lines are indented.
  std::string message(const protocol::Message& message, const Scene& scene) const;

  std::string presence(const protocol::event::Presence& presence, const Scene& scene) const;
  std::string renamed(const protocol::event::Renamed& renamed, const Scene& scene) const;
  std::string topic(const protocol::event::Topic& topic) const;
  /// The topic of a room as it stands.
  std::string topic_of(std::string_view room, std::string_view topic) const;
  std::string entered(const protocol::event::Joined& joined) const;
  std::string left(std::string_view room) const;
  std::string members(const protocol::event::Members& members) const;
  std::string rooms(const protocol::event::Rooms& rooms) const;
  /// What stands before and after the hits of a search, and what there is instead when there are none.
  std::string found(std::string_view room) const;
  std::string found_nothing(std::string_view room) const;
  std::string found_more() const;
  /// "! the sentence (code)"
  std::string error(const protocol::Error& error) const;
  /// "* something that the client has to say"; may have several lines.
  std::string notice(std::string_view text) const;

 private:
  std::string star(const std::string& text) const;

  Palette palette_;
  Phrases phrases_;
};

}  // namespace hubbub::client
