#pragma once

#include <string_view>

#include "server/front/line_client.hpp"

namespace hubbub::front {

/// The format of those who read JSON lines.
const chat::Format& json_format();

/// One who speaks JSON lines: each line becomes a request, each event a line.
class JsonClient final : public LineClient {
 public:
  using LineClient::LineClient;

  net::Time deadline() const override;
  void on_deadline(net::Time now) override;

  const chat::Format& format() const override { return json_format(); }
  void send(const protocol::Event& event) override;
  void doubt() override;

 private:
  /// Whether it is there.
  void ask();
  bool take_line(std::string_view line) override;
};

}  // namespace hubbub::front
