#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "client/connection/connection.hpp"
#include "client/options.hpp"
#include "client/script/spare_name.hpp"
#include "client/script/standard_streams.hpp"
#include "protocol/event.hpp"
#include "protocol/secret.hpp"

namespace hubbub::client {

/// Base of the modes that run without a person: gives up the connection when the server stays unreachable,
/// reports errors on standard error, and sets an exit status.
class Script : public Listener {
 public:
  explicit Script(const Options& options) : options_(options) {}

  /// Runs until the connection is over; returns the exit status.
  int run();

  void on_ready() override;
  void on_link_lost(std::string_view why, std::chrono::milliseconds retry_in) override;
  void on_untrusted(std::string_view why) override;
  void on_no_tls() override { tell(not_encrypted); }
  void on_link_back() override;
  void on_name_refused(const protocol::Error& error) override;
  void on_closed(Ending ending, std::string_view sentence) override;

 protected:
  /// Changes a mode's settings before the connection is opened.
  virtual void prepare(Settings& /*settings*/) {}
  /// For prepare: uses this name, or if it is taken the next free one, such as "alice-2"; empty: the server
  /// picks one. By default run() calls this with the name of the options, unless the name was typed.
  void go_by(std::string name, Settings& settings);
  const std::string& wanted_name() const { return names_.wanted(); }
  /// For on_event: warns of a new room, unless the options allow one, since a mistyped name makes a room that
  /// nobody reads. A room is new if its `joined` shows no other members, no messages ever and no topic. The
  /// server's default room never counts as new.
  void warn_of_new_room(const protocol::Event& event);
  /// For on_event: whether it says that the token is not accepted any more, which is told then. `goes_on`: as
  /// a guest, if the token is the kept one, and the person has not asked for it in this call. Otherwise it is
  /// over.
  bool token_is_refused(const protocol::Event& event, bool goes_on);
  /// Standard error.
  void tell(std::string_view sentence);
  StatusLine& status_line() { return status_line_; }

  void print(std::string_view bytes);
  /// Prints the sentence, and sets the exit status to 1.
  void fail(std::string_view sentence);
  /// Ends at once, without `quit`.
  void stop();
  /// Ends at once, and lets this signal end the process, as if it had not been caught.
  void die_of(int signal);
  /// How the event puts this client out of a room, as a sentence; nothing: it does not.
  std::optional<std::string> put_out(const protocol::Event& event);
  bool ready() const { return ready_; }
  bool stopped() const { return stopped_; }
  bool has_several_servers() const { return options_.servers.size() > 1; }
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
  /// What was told last about the certificate of each server, by its address.
  std::map<std::string, std::string> untrusted_;
  int status_ = 0;
  int signal_ = 0;
};

/// What `login` need not ask for, as it was read from descriptors.
struct LoginSecrets {
  std::optional<protocol::Secret> password{};
  std::optional<protocol::Secret> invite{};
};

// The modes; each runs to its end and returns the exit status.
int run_json(const Options& options);
int run_listing(const Options& options);
int run_login(const Options& options, LoginSecrets given);
int run_logout(const Options& options);
int run_pipe(const Options& options);
int run_say(const Options& options);
int run_tail(const Options& options);

}  // namespace hubbub::client
