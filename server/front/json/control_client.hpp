#pragma once

#include "server/front/json/json_client.hpp"

namespace hubbub::front {

/// An operator, by a socket that lets in nobody else: lines of JSON, and nobody has to say hello.
class ControlClient final : public JsonClient {
 public:
  ControlClient(net::Connection& connection, chat::Hub& hub) : JsonClient(connection, hub, json_lines()) {}

  bool is_operator() const override { return true; }
  std::string_view front() const override { return "ctl"; }
  net::Time deadline() const override;
  void on_deadline(net::Time now) override;
};

}  // namespace hubbub::front
