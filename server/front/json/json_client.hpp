#pragma once

#include <memory>
#include <optional>
#include <string_view>

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

/// The format of those who read JSON lines.
const chat::Format& json_format();

/// One who speaks JSON lines: each line becomes a request, each event a line.
class JsonClient final : public net::Handler, public chat::Wire {
 public:
  JsonClient(net::Connection& connection, chat::Hub& hub);
  ~JsonClient() override;

  // net::Handler
  std::size_t on_input(std::string_view bytes) override;
  bool on_end(std::string_view rest) override;
  void on_too_slow() override;
  void on_closed() override;
  net::Time deadline() const override;
  void on_deadline(net::Time now) override;

  // chat::Wire
  const chat::Format& format() const override { return json_format(); }
  void deliver(chat::Slice bytes) override;
  void send(const protocol::Event& event) override;
  void resume() override;
  void close() override;

 private:
  bool take(protocol::DecodedRequest request);

  net::Connection& connection_;
  std::shared_ptr<chat::Session> session_;
  Patience patience_;
  /// A request that the session could not take yet; its line counts as used.
  std::optional<protocol::DecodedRequest> waiting_;
  bool rest_taken_ = false;  ///< the unfinished line before the end of the input was taken
};

}  // namespace hubbub::front
