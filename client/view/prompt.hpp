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

/// The prompt before the typed line: `1:lobby · 2:dev 3 new · 3:ops 1 for you (lag 2.1 s) > `. The numbers
/// are those of the Alt keys; a single room has none. Other rooms are shown when they have unread messages,
/// muted rooms when they have mentions. `state` may be empty. The prompt takes at most half of the columns.
/// To fit, it leaves out words (`2:dev 3 · 3:ops @1`), then rooms without mentions (`…`), then the state,
/// then names (`3:@1`); at last it cuts the current room's name and adds the mentions up (`@7`).
std::vector<Segment> prompt(const std::vector<Glance>& rooms, std::string_view state, std::size_t columns,
                            const Glyphs& glyphs);

/// "offline, retry in 7 s"; "offline, trying" when `retry_in` is over.
std::string offline_state(std::chrono::milliseconds retry_in);
/// Why what is typed is not taken: "moderated", "muted, until 09:30", "wait 12 s, slow mode".
std::string silence_state(const Silence& silence, protocol::Timestamp now);
/// "lag 2.1 s"
std::string lag_state(std::chrono::milliseconds lag);

}  // namespace hubbub::client
