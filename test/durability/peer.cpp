#include "test/durability/peer.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <stdexcept>
#include <system_error>

namespace hubbub::durability {

std::string_view text_in(const Event& event, std::string_view field) {
  const auto* value = event.if_contains(field);
  return value && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
}

Sighting sighting_of(const Event& message) {
  return {.seq = message.at("seq").to_number<std::uint64_t>(),
          .sender = std::string(text_in(message, "from")),
          .id = std::string(text_in(message, "id")),
          .text = std::string(text_in(message, "text"))};
}

void Peer::connect(const test::Address& address) {
  unsent_.clear();
  unread_.clear();
  welcomed_ = false;
  pings_ = 0;
  try {
    socket_.emplace(address);
  } catch (const std::system_error&) {
    if (!is_patient()) throw;
    return;
  }
  greet();
  if (!is_patient()) on_connect();
  flush();
}

void Peer::greet() {
  turned_away_ = false;
  send({{"type", "hello"}, {"version", 1}, {"name", name_}});
  flush();
}

void Peer::leave(bool politely) {
  if (politely) {
    send({{"type", "quit"}});
    flush();
  }
  socket_.reset();
}

pollfd Peer::interest() const {
  if (!socket_) return {-1, 0, 0};
  const int events = unsent_.empty() ? POLLIN : POLLIN | POLLOUT;
  return {socket_->descriptor(), static_cast<short>(events), 0};
}

void Peer::turn() {
  flush();
  while (socket_) {
    const auto bytes = socket_->receive(std::chrono::milliseconds(0));
    if (!bytes) break;
    if (bytes->empty()) {
      socket_.reset();
      return;
    }
    unread_ += *bytes;
    take_lines();
  }
  flush();
}

void Peer::synchronise() {
  ++pings_;
  send({{"type", "ping"}});
  flush();
}

void Peer::send(const Event& request) {
  unsent_ += boost::json::serialize(request);
  unsent_ += '\n';
}

/// One whom the other side has left finds out when it reads.
void Peer::flush() {
  if (!socket_ || unsent_.empty()) return;
  unsent_.erase(0, socket_->send_some(unsent_).value_or(unsent_.size()));
}

void Peer::take_lines() {
  std::size_t start = 0;
  std::size_t end = 0;
  while ((end = unread_.find('\n', start)) != std::string::npos) {
    take(unread_.substr(start, end - start));
    start = end + 1;
  }
  unread_.erase(0, start);
}

/// Whether that answer is one that may come.
bool Peer::is_borne(std::string_view type, std::string_view code) const {
  if (type == "bye") return code == "shutting_down";
  if (type != "error" || code == "storage_failed") return true;
  return is_patient() && code == "name_taken";
}

void Peer::take(const std::string& line) {
  // What a server that stops says to one of whom it has not read anything.
  if (is_patient() && line.starts_with("shutting_down:")) return;
  const Event event = boost::json::parse(line).as_object();
  const auto type = text_in(event, "type");
  const auto code = text_in(event, "code");
  if (!is_borne(type, code)) throw std::runtime_error(name_ + " was told: " + line);
  if (type == "error" && !welcomed_ && is_patient()) {
    turned_away_ = true;
    return;
  }
  if (type == "welcome") {
    welcomed_ = true;
    if (is_patient()) on_connect();
  }
  if (type == "ping") send({{"type", "pong"}});
  if (type == "pong") --pings_;
  on_event(event, type);
}

}  // namespace hubbub::durability
