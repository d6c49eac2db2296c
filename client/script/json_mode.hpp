#pragma once

#include <string>

#include "client/script/feeding.hpp"

namespace hubbub::client {

/// For bots: every line from the server is printed as it came, every line of the input is a request. The
/// client itself says hello, enters the rooms, keeps the link up and sends again what got lost.
class JsonMode : public Feeding {
 public:
  using Feeding::Feeding;

  void on_event(const protocol::Event&, std::string_view line, Arrival) override { show(line); }
  void on_unknown_line(std::string_view line) override { show(line); }

 protected:
  bool take(const std::string& line) override { return line.empty() || connection().send_line(line); }

 private:
  void show(std::string_view line) { print(std::string(line) + '\n'); }
};

}  // namespace hubbub::client
