#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "client/connection/session.hpp"

namespace hubbub::test {

/// Writes down what a connection tells, for a test to look at and to wait for.
class Recorder : public client::Listener {
 public:
  explicit Recorder(boost::asio::io_context& io) : changed_(io) {}

  void on_event(const protocol::Event& event, std::string_view line, client::Arrival arrival) override;
  void on_link_lost(std::string_view why, std::chrono::milliseconds retry_in) override;
  void on_lag(std::chrono::milliseconds lag) override;
  void on_untrusted(std::string_view why) override { note("untrusted: " + std::string(why)); }
  void on_no_tls() override { note("no TLS"); }
  void on_link_back() override { note("back"); }
  void on_ready() override { note("ready"); }
  void on_answered() override { wake(); }
  void on_name_refused(const protocol::Error& error) override;
  void on_name_awaited(const protocol::Error& error) override;
  void on_closed(client::Ending how, std::string_view sentence) override;

  /// Waits until that was noted; what was noted before counts too.
  boost::asio::awaitable<void> until(const std::string& what);
  boost::asio::awaitable<void> until_closed();
  /// The condition may change with what is told.
  boost::asio::awaitable<void> until_true(std::function<bool()> condition);

  std::vector<std::string> notes{};  ///< "joined lobby", "lost: no answer", "alice: hi", "missed alice: hi" …
  std::vector<std::string> said{};   ///< texts of the messages, wherever they came from, in order
  std::vector<std::string> lines{};  ///< of all events
  std::vector<std::chrono::milliseconds> delays{};
  std::vector<std::chrono::milliseconds> lags{};
  std::optional<client::Ending> ending{};

 private:
  void note(std::string what);
  void wake() { changed_.cancel(); }

  boost::asio::steady_timer changed_;
};

}  // namespace hubbub::test
