#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "client/connection/connection.hpp"
#include "client/model/roster.hpp"
#include "client/options.hpp"
#include "client/terminal/line_editor.hpp"
#include "client/view/transcript.hpp"

namespace hubbub::client::terminal {

/// A person at a terminal: what is said scrolls by above the line that is being typed.
class Terminal : public Listener {
 public:
  explicit Terminal(const Options& options);

  /// Until it is over; the exit status.
  int run();

  void on_event(const protocol::Event& event, std::string_view line, Arrival arrival) override;
  void on_link_lost(std::string_view why, std::chrono::milliseconds retry_in) override;
  void on_link_back() override;
  void on_ready() override;
  void on_name_refused(const protocol::Error& error) override;
  void on_closed(Ending ending, std::string_view sentence) override;

 private:
  // What is typed.
  void on_line(std::optional<std::string> line);
  void carry_out(const protocol::request::Any& asked, const std::string& line);
  bool turns_to_room(const protocol::request::Any& asked);
  void send(const protocol::request::Any& asked, const std::string& line);
  protocol::Request addressed(const protocol::request::Any& asked);
  void leave(std::optional<std::string> text);

  // The screen.
  bool shows_search(const protocol::Event& event);
  void show(std::string_view lines);
  void show_unshown();
  void show_prompt();
  void notice(std::string_view text);

  void read_input();
  void wait_for_signal();
  void on_signal(int signal);

  Options options_;
  bool color_;
  Transcript transcript_;
  boost::asio::io_context io_{1};
  boost::asio::posix::stream_descriptor input_;
  boost::asio::signal_set signals_;
  std::optional<LineEditor> editor_;
  std::shared_ptr<Connection> connection_;
  Roster roster_;
  std::string going_to_;                                 ///< the room of the last /join, until one is in it
  std::optional<protocol::request::History> searched_;   ///< the last search
  std::optional<protocol::request::History> search_on_;  ///< for the older hits of the last one
  std::size_t searches_ = 0;                             ///< so far; in their refs
  std::string unshown_;
  bool offline_ = false;
  bool leaving_ = false;
  std::string last_word_;  ///< for when the terminal is as it was
  int status_ = 0;
};

}  // namespace hubbub::client::terminal
