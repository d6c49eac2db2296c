#pragma once

#include <string>
#include <string_view>

#include "protocol/event.hpp"
#include "protocol/request.hpp"
#include "server/chat/wire.hpp"

namespace hubbub::front {

/// Who reads: one's own events read "you", and a room is named where one is in several.
struct Reader {
  std::string_view self;  ///< empty: what is rendered is shared by several readers
  bool in_several_rooms = false;
  const protocol::request::History* searched = nullptr;  ///< what a `history` answers, if it was a search
  std::string_view address{};                            ///< where one is, for a `welcome`
  protocol::Timestamp now{};                             ///< when that is told
};

/// Appends an event as lines for people; nothing for those that mean nothing to them.
void to_text(const protocol::Event& event, const Reader& reader, std::string& out);

/// The formats of those who read plain text: in one room, and in several.
const chat::Format& text_format(bool in_several_rooms);

}  // namespace hubbub::front
