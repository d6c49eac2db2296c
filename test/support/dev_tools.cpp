#include "test/support/dev_tools.hpp"

#include <poll.h>
#include <unistd.h>

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cerrno>
#include <stdexcept>
#include <utility>

#include "test/support/patience.hpp"

namespace hubbub::test {
namespace {

std::string text_in(const boost::json::object& object, std::string_view field) {
  const auto* const value = object.if_contains(field);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

}  // namespace

DevTools::DevTools(Descriptor to_browser, Descriptor from_browser, OnEvent on_event)
    : to_browser_(std::move(to_browser)),
      from_browser_(std::move(from_browser)),
      on_event_(std::move(on_event)) {}

std::uint64_t DevTools::send(std::string_view method, const boost::json::object& params,
                             std::string_view session) {
  boost::json::object message{{"id", ++last_}, {"method", method}, {"params", params}};
  if (!session.empty()) message["sessionId"] = session;
  const auto bytes = boost::json::serialize(message) + '\0';
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const auto sent = ::write(to_browser_.get(), rest.data(), rest.size());
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) throw std::runtime_error("the browser has gone");
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
  return last_;
}

boost::json::object DevTools::next() {
  const Deadline deadline(patience);
  for (;;) {
    if (const auto end = unread_.find('\0'); end != std::string::npos) {
      auto message = boost::json::parse(std::string_view(unread_).substr(0, end)).as_object();
      unread_.erase(0, end + 1);
      return message;
    }
    pollfd ready{from_browser_.get(), POLLIN, 0};
    const int found = ::poll(&ready, 1, deadline.left());
    if (found < 0 && errno == EINTR) continue;
    if (found == 0) throw std::runtime_error("the browser does not answer");
    std::array<char, 65536> buffer{};
    const auto bytes = ::read(from_browser_.get(), buffer.data(), buffer.size());
    if (bytes <= 0) throw std::runtime_error("the browser has gone");
    unread_.append(buffer.data(), static_cast<std::size_t>(bytes));
  }
}

boost::json::object DevTools::call(std::string_view method, const boost::json::object& params,
                                   std::string_view session) {
  const auto id = send(method, params, session);
  for (;;) {
    auto message = next();
    if (const auto* const answered = message.if_contains("id"); answered != nullptr) {
      if (answered->to_number<std::uint64_t>() != id) continue;
      if (const auto* const error = message.if_contains("error"))
        throw std::runtime_error(std::string(method) + ": " + boost::json::serialize(*error));
      return std::move(message["result"].as_object());
    }
    on_event_(text_in(message, "sessionId"), text_in(message, "method"), message["params"].as_object());
  }
}

void DevTools::tell(std::string_view method) { send(method, {}, {}); }

}  // namespace hubbub::test
