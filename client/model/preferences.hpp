#pragma once

#include <string>
#include <vector>

namespace hubbub::client {

/// What a person wants to hear of.
struct Preferences {
  enum class Presence {
    smart,  ///< who comes and goes, where it may matter: see Doorway
    all,
    none
  };

  std::vector<std::string> highlight;  ///< words that count as one's own name does
  std::vector<std::string> ignore;     ///< people who are not heard
  std::vector<std::string> mute;       ///< rooms that are counted, but never urgent
  Presence presence = Presence::smart;
};

}  // namespace hubbub::client
