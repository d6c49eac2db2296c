#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/request.hpp"
#include "server/front/line_client.hpp"

namespace hubbub::front {

/// A person with `nc` or telnet: greeted, named and put into the default room at once; each line is
/// said, or is a command (protocol/slash.hpp). One who types or pastes faster than the rate limit
/// allows is read more slowly, never refused.
class TextClient final : public LineClient {
 public:
  /// Makes the handler that takes over when the first line turns out to be a JSON `hello`.
  using MakeJson = std::unique_ptr<net::Handler> (*)(net::Connection& connection, chat::Hub& hub);

  /// `make_json` is given where silence was taken for a person's, and null where the first bytes were
  /// no JSON.
  TextClient(net::Connection& connection, chat::Hub& hub, MakeJson make_json);

  net::Time deadline() const override;
  void on_deadline(net::Time now) override;

  const chat::Format& format() const override;
  void send(const protocol::Event& event) override;

 private:
  bool take_line(std::string_view bytes) override;
  bool may_read_on() override;
  bool must_wait();
  bool turns_json(std::string_view line);
  void carry_out(protocol::request::Any& asked);
  bool switches_room(const protocol::request::Any& asked);
  void note(const protocol::Event& event);
  void show_topic(const std::string& room);
  void print(std::string_view line);
  const std::string& current_room() const;

  chat::Hub& hub_;
  MakeJson make_json_;
  std::optional<protocol::request::History> searched_;   ///< the search that is under way
  std::optional<protocol::request::History> search_on_;  ///< for the older hits of the last one
  std::vector<std::string> places_;  ///< the rooms one is in; the last one is where one speaks
  net::Time throttled_until_ = net::never;
};

}  // namespace hubbub::front
