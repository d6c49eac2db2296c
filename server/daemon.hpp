#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/accounts/registry.hpp"
#include "server/chat/clock.hpp"
#include "server/chat/directory.hpp"
#include "server/chat/hub.hpp"
#include "server/config.hpp"
#include "server/front/web/web.hpp"
#include "server/journal/journal.hpp"
#include "server/net/admission.hpp"
#include "server/net/listener.hpp"
#include "server/net/tls.hpp"
#include "server/net/turn.hpp"
#include "server/ops/worker.hpp"

namespace hubbub {

/// The whole daemon, which main() builds and runs. Its members stand in the order in which they are built;
/// each knows only those above it.
class Daemon {
 public:
  /// `descriptors`: how many this process may have.
  Daemon(config::Config config, config::Flags flags, const config::DescriptorLimit& descriptors);
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;
  ~Daemon();

  /// Opens every listener. On failure one sentence for stderr, and nothing stays open.
  std::optional<std::string> open();
  /// Runs until SIGTERM or SIGINT; the exit code.
  int run();

 private:
  /// The clocks of the turn, as the chat asks for them.
  class LoopClock final : public chat::Clock {
   public:
    explicit LoopClock(net::Turn& turn) : turn_(turn) {}
    chat::Now now() const override;

   private:
    net::Turn& turn_;
  };

  std::optional<protocol::Error> open_listeners();
  std::optional<protocol::Error> open_office();
  chat::Operations operations();
  void end_turn();
  void wait_for_signal();
  void on_signal(int signal);
  /// The error says why the configuration stays as it was.
  std::optional<protocol::Error> reload();
  std::optional<protocol::Error> load_accounts();
  std::optional<protocol::Error> load_certificates();
  void keep_certificates(net::Settings& wanted) const;
  void tell_doubts() const;
  void begin_shutdown(int signal);
  void begin_to_listen();
  void look_at_service();
  void wake_for_hub();
  void tick();
  void keep_watchdog_quiet();
  void tell_counted(net::Time now);
  std::string status() const;
  std::optional<std::string_view> not_ready() const;
  std::string numbers() const;

  config::Config config_;
  config::Flags flags_;
  const config::DescriptorLimit descriptors_;
  boost::asio::io_context io_;
  net::Turn turn_;
  LoopClock clock_;
  std::unique_ptr<journal::Journal> journal_;
  accounts::Registry accounts_;
  std::unique_ptr<chat::Directory> directory_;
  chat::Hub hub_;
  net::Admission admission_;
  ops::Worker handshaker_;
  net::Tls tls_;
  front::Web web_;
  net::Protocols protocols_;
  net::Entrance entrance_;
  std::vector<std::unique_ptr<net::Listener>> listeners_;
  std::unique_ptr<net::Listener> office_;  ///< null: operators cannot come in
  std::chrono::system_clock::time_point started_;
  boost::asio::signal_set signals_;
  boost::asio::steady_timer tick_timer_;
  boost::asio::steady_timer hub_timer_;
  net::Time hub_wakes_ = net::never;
  boost::asio::steady_timer watchdog_timer_;
  boost::asio::steady_timer deadline_timer_;
  std::string told_status_;
  bool listens_ = false;
  bool service_changed_ = false;
  bool stopping_ = false;
  bool committed_ = false;  ///< while stopping: the journal has committed all messages
  int exit_code_ = 0;
};

}  // namespace hubbub
