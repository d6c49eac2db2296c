#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "client/view/wording.hpp"
#include "protocol/event.hpp"

namespace hubbub::client {

/// Events as they stand on the screen: in words, each with its time.
class Transcript {
 public:
  explicit Transcript(Palette palette) : palette_(palette), wording_(palette) {}

  using Scene = Wording::Scene;

  /// Whole lines, or nothing where there is nothing to tell.
  std::string of(const protocol::Event& event, const Scene& scene, protocol::Timestamp now) const;
  /// What a search has found.
  std::string found(const protocol::event::History& history, const Scene& scene,
                    protocol::Timestamp now) const;
  /// Something the client itself has to say.
  std::string notice(std::string_view text, protocol::Timestamp now) const;
  std::string error(const protocol::Error& error, protocol::Timestamp now) const;
  std::string topic(std::string_view room, std::string_view topic, protocol::Timestamp now) const;

 private:
  std::string messages(const std::vector<protocol::MessagePtr>& messages, const Scene& scene,
                       protocol::Timestamp now) const;
  std::string stamped_at(std::string_view lines, protocol::Timestamp time, protocol::Timestamp now) const;
  std::string welcome(const protocol::event::Welcome& welcome) const;

  Palette palette_;
  Wording wording_;
};

}  // namespace hubbub::client
