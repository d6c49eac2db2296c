#pragma once

#include <string>

#include "client/view/palette.hpp"
#include "protocol/event.hpp"

namespace hubbub::client {

/// Messages in plain lines, for pipes. Everything that came from others is made safe for a terminal here.
class Wording {
 public:
  explicit Wording(Palette palette) : palette_(palette) {}

  /// Who one is oneself ("you"), and whether to say which room a message belongs to.
  struct Scene {
    std::string me;
    bool several_rooms = false;
  };

  /// "alice: hi", "[dev] alice: hi", "* alice waves", "[bob -> you] hi", ended by "\n"; further lines of the
  /// text are indented.
  std::string message(const protocol::Message& message, const Scene& scene) const;

 private:
  Palette palette_;
};

}  // namespace hubbub::client
