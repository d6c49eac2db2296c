#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "client/connection/connection.hpp"
#include "client/options.hpp"

namespace hubbub::client {

/// What the modes without a person share: a connection that ends by itself when the server stays away,
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
  /// For prepare: goes by this name, and when it is taken by the next that is free, such as "alice-2".
  /// A name that nobody can have is left to the server.
  void go_by(std::string_view name, Settings& settings);

  void print(std::string_view bytes);
  /// The exit status will be 1; why is said at once.
  void fail(std::string_view sentence);
  void fail(const protocol::Error& error);
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
  Options options_;
  boost::asio::io_context io_{1};
  std::shared_ptr<Connection> connection_;
  std::string wanted_name_;   ///< others are made of it; empty: no other will do
  unsigned names_tried_ = 1;  ///< since it last came in
  bool ready_ = false;
  bool stopped_ = false;
  bool offline_ = false;
  int status_ = 0;
  int signal_ = 0;
};

}  // namespace hubbub::client
