#include "test/client/fake_server.hpp"

#include <fcntl.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <stdexcept>

#include "test/support/patience.hpp"

namespace hubbub::test {

namespace asio = boost::asio;
namespace json = boost::json;
using asio::ip::tcp;

asio::awaitable<std::string> Peer::read_line() {
  const auto [error, bytes] = co_await asio::async_read_until(socket_, asio::dynamic_buffer(unread_), '\n',
                                                              asio::as_tuple(asio::use_awaitable));
  if (error) co_return std::string();
  std::string line = unread_.substr(0, bytes - 1);
  unread_.erase(0, bytes);
  co_return line;
}

asio::awaitable<Peer::Json> Peer::expect(std::string type) {
  const std::string line = co_await read_line();
  if (line.empty()) throw std::runtime_error("expected " + type + ", but the client has gone");
  Json request = json::parse(line).as_object();
  if (request["type"] != json::string(type)) throw std::runtime_error("expected " + type + ", not " + line);
  co_return request;
}

asio::awaitable<void> Peer::expect_end() {
  const std::string line = co_await read_line();
  if (!line.empty()) throw std::runtime_error("expected the end, not " + line);
}

asio::awaitable<void> Peer::take_bytes() {
  std::array<char, std::size_t{4} * 1024> bytes{};
  co_await socket_.async_read_some(asio::buffer(bytes), asio::as_tuple(asio::use_awaitable));
}

asio::awaitable<void> Peer::send(std::string line) {
  line += '\n';
  co_await send_bytes(std::move(line));
}

asio::awaitable<void> Peer::send_bytes(std::string bytes) {
  co_await asio::async_write(socket_, asio::buffer(bytes), asio::as_tuple(asio::use_awaitable));
}

asio::awaitable<Peer::Json> Peer::welcome(std::string name, std::string limits) {
  const Json hello = co_await expect("hello");
  name_ = name;
  const std::string line =
      R"({"type":"welcome","version":1,"server":"fake","account":false,"default_room":"lobby",)"
      R"("name":")" +
      name + R"(","limits":{"text":4096)" + limits + "}}";
  co_await send(line);
  co_return hello;
}

asio::awaitable<Peer::Json> Peer::let_in(std::string more) {
  const Json join = co_await expect("join");
  const std::string line = R"({"type":"joined","topic":"","count":1,"members":[")" + name_ + R"("],"room":)" +
                           json::serialize(join.at("room")) + R"(,"ref":)" + json::serialize(join.at("ref")) +
                           "," + more + "}";
  co_await send(line);
  co_return join;
}

asio::awaitable<Peer::Json> Peer::take_say(std::uint64_t seq) {
  const Json say = co_await expect("say");
  const std::string more =
      R"(,"id":)" + json::serialize(say.at("id")) + R"(,"ref":)" + json::serialize(say.at("ref"));
  const std::string line = message_json(std::string_view(say.at("room").as_string()), seq, name_,
                                        std::string_view(say.at("text").as_string()), more);
  co_await send(line);
  co_return say;
}

std::string message_json(std::string_view room, std::uint64_t seq, std::string_view from,
                         std::string_view text, std::string_view more) {
  std::string line = R"({"type":"message","time":"2026-11-21T09:30:00.000Z","room":")";
  line.append(room).append(R"(","seq":)").append(std::to_string(seq)).append(R"(,"from":")").append(from);
  line.append(R"(","text":")").append(text).append("\"").append(more).append("}");
  return line;
}

FakeServer::FakeServer()
    : acceptor_(io_, {asio::ip::address_v4::loopback(), 0}), endpoint_(acceptor_.local_endpoint()) {
  ::fcntl(acceptor_.native_handle(), F_SETFD,
          FD_CLOEXEC);  // a program started by the test would go on listening
}

void FakeServer::open_again() { acceptor_ = tcp::acceptor(io_, endpoint_); }

asio::awaitable<Peer> FakeServer::accept() {
  tcp::socket socket = co_await acceptor_.async_accept(asio::use_awaitable);
  socket.set_option(tcp::no_delay(true));
  co_return Peer(std::move(socket));
}

void FakeServer::run(std::function<asio::awaitable<void>()> script) {
  bool done = false;
  std::exception_ptr failure;
  asio::co_spawn(io_, script, [&](const std::exception_ptr& thrown) {
    done = true;
    failure = thrown;
    io_.stop();
  });
  io_.restart();
  io_.run_for(patience);
  if (failure) std::rethrow_exception(failure);
  if (!done) throw std::runtime_error("the script did not come to its end");
}

}  // namespace hubbub::test
