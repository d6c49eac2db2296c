#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "client/connection/connection.hpp"
#include "client/options.hpp"
#include "client/script/spare_name.hpp"
#include "client/script/standard_streams.hpp"
#include "protocol/event.hpp"

namespace hubbub::client {

/// The part that the modes without a person share: a connection that is given up when the server stays away,
/// complaints on standard error, and an exit status.
class Script : public Listener {
 public:
  explicit Script(const Options& options) : options_(options) {}

  /// Until it is over; the exit status.
  int run();

  void on_ready() override;
  void on_link_lost(std::string_view why, std::chrono::milliseconds retry_in) override;
  void on_link_back() override;
  void on_name_refused(const protocol::Error& error) override;
  void on_closed(Ending ending, std::string_view sentence) override;

 protected:
  /// What is different from the usual, before the connection is opened.
  virtual void prepare(Settings& /*settings*/) {}
  /// For prepare: goes by this name, and when it is taken by the next that is free, such as "alice-2"; empty:
  /// by one of the server's choice. Without it: by the name of the options, which is so unless it was typed.
  void go_by(std::string name, Settings& settings);
  const std::string& wanted_name() const { return names_.wanted(); }
  /// For on_event: warns of a room that is new, unless that is meant, since a mistyped name makes a room in
  /// which nobody hears what is said. By its `joined`: nobody else is in it, nothing was ever said there and
  /// it has no topic. The server's default room, where everybody begins, never is.
  void warn_of_new_room(const protocol::Event& event);
  /// Standard error.
  void tell(std::string_view sentence);
  StatusLine& status_line() { return status_line_; }

  void print(std::string_view bytes);
  /// The exit status will be 1; why is said at once.
  void fail(std::string_view sentence);
  /// It is over without a goodbye.
  void stop();
  /// It is over, and the process is ended by this signal, as if nobody had caught it.
  void die_of(int signal);
  bool ready() const { return ready_; }
  bool stopped() const { return stopped_; }
  const Options& options() const { return options_; }
  Connection& connection() { return *connection_; }
  boost::asio::io_context& io() { return io_; }

 private:
  void tell_when_slow();

  Options options_;
  boost::asio::io_context io_{1};
  boost::asio::steady_timer slow_{io_};
  std::shared_ptr<Connection> connection_;
  SpareNames names_;
  std::string default_room_;  ///< of the server
  StatusLine status_line_;
  bool ready_ = false;
  bool stopped_ = false;
  bool offline_ = false;
  int status_ = 0;
  int signal_ = 0;
};

// The modes, each until it is over; the exit status.
int run_json(const Options& options);
int run_listing(const Options& options);
int run_pipe(const Options& options);
int run_say(const Options& options);
int run_tail(const Options& options);

}  // namespace hubbub::client
