#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/json.hpp"
#include "server/chat/wire.hpp"
#include "server/front/patience.hpp"
#include "server/net/handler.hpp"

namespace hubbub::chat {
class Hub;
class Session;
}  // namespace hubbub::chat

namespace hubbub::net {
class Connection;
}

namespace hubbub::front {

/// A person with `nc` or telnet: greeted, named and put into the default room at once; each line is
/// said, or is a command (protocol/slash.hpp). One who types or pastes faster than the rate limit
/// allows is read more slowly, never refused.
class TextClient final : public net::Handler, public chat::Wire {
 public:
  /// Makes the handler that takes over when the first line turns out to be a JSON `hello`.
  using MakeJson = std::unique_ptr<net::Handler> (*)(net::Connection& connection, chat::Hub& hub);

  /// `make_json` is given where silence was taken for a person's, and null where the first bytes were
  /// no JSON.
  TextClient(net::Connection& connection, chat::Hub& hub, MakeJson make_json);
  ~TextClient() override;

  // net::Handler
  std::size_t on_input(std::string_view bytes) override;
  bool on_end(std::string_view rest) override;
  void on_too_slow() override;
  void on_closed() override;
  net::Time deadline() const override;
  void on_deadline(net::Time now) override;

  // chat::Wire
  const chat::Format& format() const override;
  void deliver(chat::Slice bytes) override;
  void send(const protocol::Event& event) override;
  void resume() override;
  void close() override;

 private:
  bool take_line(std::string_view bytes);
  bool must_wait();
  bool take(protocol::DecodedRequest asked);
  bool throttle();
  bool turns_json(std::string_view line);
  bool switches_room(const protocol::request::Any& asked);
  void note(const protocol::Event& event);
  void show_topic(const std::string& room);
  void print(std::string_view line);
  const std::string& current_room() const;

  net::Connection& connection_;
  chat::Hub& hub_;
  MakeJson make_json_;
  std::shared_ptr<chat::Session> session_;
  Patience patience_;
  std::vector<std::string> places_;  ///< the rooms one is in; the last one is where one speaks
  std::optional<protocol::DecodedRequest> waiting_;
  net::Time throttled_until_ = net::never;
  bool rest_taken_ = false;  ///< the unfinished line before the end of the input was taken
};

}  // namespace hubbub::front
