#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "client/model/model.hpp"
#include "client/view/glyphs.hpp"
#include "client/view/palette.hpp"

namespace hubbub::client {

/// A piece of the prompt; its text is safe for a terminal.
struct Segment {
  std::string text;
  Style style = Style::plain;

  friend bool operator==(const Segment&, const Segment&) = default;
};

/// What stands before the line that is typed: `lobby · dev +3 · ops +5 @1 (lag 2.1 s) > `. The other rooms
/// are those in which something is unread, in their order; of muted ones only mentions are shown. `state` may
/// be empty. It takes up no more than half of the columns: rooms are left out, the least urgent first, then
/// the state, and then the current room is cut.
std::vector<Segment> prompt(const std::vector<Glance>& rooms, std::string_view state, std::size_t columns,
                            const Glyphs& glyphs);

/// The same without colours.
std::string plain_text(const std::vector<Segment>& segments);

/// "offline, retry in 7 s"; "offline, trying" when it is now.
std::string offline_state(std::chrono::milliseconds retry_in);
/// "lag 2.1 s"
std::string lag_state(std::chrono::milliseconds lag);

}  // namespace hubbub::client
