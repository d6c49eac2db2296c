#pragma once

#include <optional>
#include <string>

#include "client/script/script.hpp"

namespace hubbub::client {

/// Who is there, or which rooms there are: asked for page by page, from outside of all rooms. Oneself, who
/// has come only to ask, is not told of.
class Listing : public Script {
 public:
  explicit Listing(const Options& options) : Script(options) {}

  void on_event(const protocol::Event& event, std::string_view line, Arrival arrival) override;
  void on_ready() override;

 protected:
  void prepare(Settings& settings) override;

 private:
  void ask(std::optional<std::string> after);
  void take(const protocol::event::Members& page);
  void take(const protocol::event::Rooms& page);
  void show_members();

  protocol::event::Members members_;  ///< of all pages so far
};

}  // namespace hubbub::client
