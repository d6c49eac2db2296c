#pragma once

#include <algorithm>
#include <boost/asio/signal_set.hpp>
#include <cstddef>
#include <optional>
#include <string>

#include "client/script/feeding.hpp"

namespace hubbub::client {

/// Something is said in one room, each line of the input or one text, and nothing printed. Empty lines are
/// passed over. Whoever interrupts it is told how far it has come, and whoever waits for it at a terminal
/// sees it.
class Say : public Feeding {
 public:
  explicit Say(const Options& options);

  void on_event(const protocol::Event& event, std::string_view line, Arrival arrival) override;
  void on_ready() override;
  void on_closed(Ending ending, std::string_view sentence) override;

 protected:
  void prepare(Settings& settings) override;
  bool take(const std::string& line) override;
  boost::asio::awaitable<std::optional<std::string>> next_line() override;

 private:
  boost::asio::awaitable<std::optional<std::string>> whole_input();
  void refused(const protocol::Event& event, const protocol::Error& error);
  bool from_lines() const { return !options().say && !options().one_message; }
  std::string how_far();
  void watch_progress();
  void show_progress();
  /// Of the messages, those that the server has said or refused.
  std::size_t answered() { return queued_ - std::min(queued_, connection().outstanding()); }

  boost::asio::signal_set signals_;
  boost::asio::steady_timer progress_;
  std::string pace_;                 ///< of the server, in words
  std::optional<std::string> text_;  ///< that is still to be said
  bool taken_ = false;               ///< the only message there is was
  std::size_t line_ = 0;             ///< number of the input's line that was read last
  std::size_t queued_ = 0;           ///< messages
  std::size_t refused_ = 0;          ///< of them
};

}  // namespace hubbub::client
