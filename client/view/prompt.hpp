#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "client/model/model.hpp"
#include "client/view/look.hpp"

namespace hubbub::client {

/// A piece of the prompt; its text is safe for a terminal.
struct Segment {
  std::string text;
  Style style = Style::plain;

  friend bool operator==(const Segment&, const Segment&) = default;
};

/// What stands before the line that is typed: `1:lobby · 2:dev 3 new · 3:ops 1 for you (lag 2.1 s) > `. The
/// numbers are those of Alt; where one is in one room alone it has none. The other rooms are those in which
/// something is unread; of muted ones only mentions are shown. `state` may be empty. It takes up no more than
/// half of the columns: words are left out (`2:dev 3 · 3:ops @1`), then rooms without mentions (`…`), then
/// the state, then the names (`3:@1`), and then the current room is cut and the mentions are added up (`@7`).
std::vector<Segment> prompt(const std::vector<Glance>& rooms, std::string_view state, std::size_t columns,
                            const Glyphs& glyphs);

/// "offline, retry in 7 s"; "offline, trying" when it is now.
std::string offline_state(std::chrono::milliseconds retry_in);
/// "lag 2.1 s"
std::string lag_state(std::chrono::milliseconds lag);

}  // namespace hubbub::client
