#pragma once

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "test/support/address.hpp"

namespace hubbub::journal::shared {

/// Stands before a member of etcd, and passes everything on, in the test's own loop; but to one request it
/// answers something else.
class LyingMember {
  using Tcp = boost::asio::ip::tcp;

 public:
  LyingMember(boost::asio::io_context& loop, const test::Address& member)
      : loop_(&loop),
        member_(boost::asio::ip::make_address(member.host), member.port),
        acceptor_(loop, Tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)) {
    accept();
  }

  test::Address address() const { return {.host = "127.0.0.1", .port = acceptor_.local_endpoint().port()}; }

  /// The next request that begins so is answered with that body and status, whether the member gets it or
  /// not. Each lie waits for the one before.
  void lie(std::string request, bool is_passed_on, std::string status, const std::string& body) {
    lies_->push_back({.request = std::move(request),
                      .is_passed_on = is_passed_on,
                      .answer = "HTTP/1.1 " + status +
                                "\r\nContent-Type: application/json\r\nContent-Length: " +
                                std::to_string(body.size()) + "\r\n\r\n" + body});
  }
  bool has_lied() const { return lies_->empty(); }
  /// From now on all that it answers is dated so (RFC 9110, 5.6.7); empty: as it is.
  void date(std::string date) { *date_ = std::move(date); }

 private:
  struct Lie {
    std::string request{};
    bool is_passed_on = false;
    std::string answer{};
  };
  struct Pair : std::enable_shared_from_this<Pair> {
    Pair(Tcp::socket from, boost::asio::io_context& loop, std::shared_ptr<std::deque<Lie>> what,
         std::shared_ptr<const std::string> when)
        : client(std::move(from)), server(loop), to_tell(std::move(what)), date(std::move(when)) {}

    void pass_up() {
      client.async_read_some(boost::asio::buffer(up), [self = shared_from_this()](auto error, auto count) {
        if (error) return self->end();
        const std::string_view bytes(self->up.data(), count);
        auto& to_tell = *self->to_tell;
        if (!to_tell.empty() && bytes.starts_with(to_tell.front().request)) {
          self->lie = std::move(to_tell.front().answer);
          const bool is_passed_on = to_tell.front().is_passed_on;
          to_tell.pop_front();
          if (!is_passed_on) {
            self->answer(std::exchange(self->lie, {}));
            return self->pass_up();
          }
        }
        boost::asio::async_write(self->server, boost::asio::buffer(self->up, count),
                                 [self](auto failed, auto) {
                                   if (failed) return self->end();
                                   self->pass_up();
                                 });
      });
    }
    void pass_down() {
      server.async_read_some(boost::asio::buffer(down), [self = shared_from_this()](auto error, auto count) {
        if (error) return self->end();
        // The answers that are lied about are short.
        const auto lie = std::exchange(self->lie, {});
        self->answer(lie.empty() ? std::string(self->down.data(), count) : lie);
        self->pass_down();
      });
    }
    void answer(std::string bytes) {
      const auto dated = bytes.find("\r\nDate: ");
      if (!date->empty() && dated != std::string::npos)
        bytes.replace(dated + 2, bytes.find("\r\n", dated + 2) - dated - 2, "Date: " + *date);
      boost::system::error_code ignored;
      boost::asio::write(client, boost::asio::buffer(bytes), ignored);
    }
    void end() {
      boost::system::error_code ignored;
      client.close(ignored);
      server.close(ignored);
    }

    Tcp::socket client;
    Tcp::socket server;
    std::shared_ptr<std::deque<Lie>> to_tell;
    std::shared_ptr<const std::string> date;
    std::string lie{};  ///< in place of the next answer; empty: none
    std::array<char, 65536> up{};
    std::array<char, 65536> down{};
  };

  void accept() {
    acceptor_.async_accept([this](boost::system::error_code error, Tcp::socket client) {
      if (error) return;
      const auto pair = std::make_shared<Pair>(std::move(client), *loop_, lies_, date_);
      pair->server.connect(member_, error);
      if (!error) {
        pair->pass_up();
        pair->pass_down();
      }
      accept();
    });
  }

  boost::asio::io_context* loop_;
  Tcp::endpoint member_;
  Tcp::acceptor acceptor_;
  std::shared_ptr<std::deque<Lie>> lies_ = std::make_shared<std::deque<Lie>>();
  std::shared_ptr<std::string> date_ = std::make_shared<std::string>();
};

}  // namespace hubbub::journal::shared
