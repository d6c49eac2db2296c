#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/listed.hpp"
#include "protocol/request.hpp"
#include "protocol/slash.hpp"
#include "server/front/session_client.hpp"
#include "server/net/sniffer.hpp"

namespace hubbub::front {

/// A line without the commands that a telnet client puts between its bytes (RFC 854: IAC and what
/// follows it; RFC 855: subnegotiations). None of them is answered, which refuses them all.
std::string without_telnet_commands(std::string_view line);

/// What a connection that was greeted as a person's may still turn out to be, until its first line: a program
/// that waited to be greeted, or whose first bytes were late.
struct SecondLook {
  /// Makes the handler that takes over when the first line turns out to be a JSON `hello`.
  std::unique_ptr<net::Handler> (*make_json)(net::Connection& connection, chat::Hub& hub);
  net::Verdict (*is_json)(std::string_view bytes);
  /// Bytes before the JSON that are to be skipped.
  std::size_t (*json_preamble)(std::string_view bytes);
  net::Protocols others;  ///< protocols that are not spoken here, to be turned away
};

/// A person with `nc` or telnet: greeted, named and put into the default room at once; each line is said, or
/// is a command (protocol/slash.hpp). Input that is faster than the rate limit allows is read more slowly,
/// never refused. A line of JSON is said only by a user who has said something else before: otherwise it is a
/// program's, and not meant to be read.
class TextClient final : public SessionClient {
 public:
  /// `second_look` outlives the client; null where the listener is pinned to plain text.
  TextClient(net::Connection& connection, chat::Hub& hub, const SecondLook* second_look);

  std::size_t on_input(std::string_view bytes) override;
  bool on_end(std::string_view rest) override;
  net::Time deadline() const override;
  void on_deadline(net::Time now) override;

  const chat::Format& format() const override;
  std::string_view front() const override { return "text"; }
  void deliver_event(const protocol::Event& event) override;
  /// A person who types lines cannot be asked.
  void doubt() override {}

 private:
  Framing& framing() const override;
  bool take_message(std::string_view bytes) override;
  std::chrono::milliseconds pause_before_next() override;
  bool must_wait();
  std::optional<std::size_t> turn_into_another(std::string_view bytes);
  void become(std::unique_ptr<net::Handler> handler);
  protocol::Result<protocol::slash::Parsed> parse(std::string_view line);
  bool may_say(std::string_view text);
  void carry_out(protocol::request::Any& asked);
  bool logs_in_first(const protocol::request::Any& asked);
  void say_how_to_come_in(const protocol::Error& why);
  void go_on_after(const protocol::Event& event);
  void tell_unread(const protocol::Event& event);
  bool switches_room(const protocol::request::Any& asked);
  void note(const protocol::Event& event);
  void forget_lost_places();
  void answer(const protocol::slash::Parsed& question);
  void show_help(const std::string& about);
  void show_self();
  void show_topic(const std::string& room);
  void print(std::string_view line);
  const std::string& current_room() const;

  chat::Hub& hub_;
  const SecondLook* second_look_;                        ///< null once a line was typed
  bool has_spoken_ = false;                              ///< in some room
  std::optional<protocol::request::History> searched_;   ///< the search that is under way
  std::optional<protocol::request::History> search_on_;  ///< for older hits of the last search
  bool has_searched_ = false;
  protocol::Listed listed_;
  std::vector<std::string> places_;  ///< the user's rooms; the last one is where lines are said
};

}  // namespace hubbub::front
