#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "protocol/event.hpp"
#include "protocol/request.hpp"
#include "server/chat/wire.hpp"

namespace hubbub::front {

/// The reader of plain text, whose own events read "you", and who is told the room's name when in several.
struct Reader {
  std::string_view self;       ///< empty: what is rendered is shared by several readers
  std::string_view account{};  ///< empty: a guest, or the same
  bool in_several_rooms = false;
  const protocol::request::History* searched = nullptr;  ///< what a `history` answers, if it was a search
  std::string_view address{};                            ///< the reader's address, for a `welcome`
  protocol::Timestamp now{};                             ///< the time of rendering
  std::size_t listed = 0;                                ///< how many a list has had on the pages before
};

/// Appends an event as lines for people; nothing for events that are for programs only.
void to_text(const protocol::Event& event, const Reader& reader, std::string& out);

/// The formats of plain text: for a reader in one room, and in several.
const chat::Format& text_format(bool in_several_rooms);

}  // namespace hubbub::front
