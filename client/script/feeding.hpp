#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <string>

#include "client/script/script.hpp"
#include "client/script/standard_streams.hpp"

namespace hubbub::client {

/// The part that the modes that say something share: lines are read from the input as fast as the outbox has
/// room; at the end of the input all answers are waited for, and then comes `quit`.
class Feeding : public Script {
 public:
  explicit Feeding(const Options& options);

  void on_ready() override;
  void on_answered() override;
  void on_name_refused(const protocol::Error& error) override;

 protected:
  /// Sends one line of the input. False: the outbox is full, and the line will be given again.
  virtual bool take(const std::string& line) = 0;
  /// Where the lines come from.
  virtual boost::asio::awaitable<std::optional<std::string>> next_line() { return input_.next(); }
  Input& input() { return input_; }
  /// All of the input has been taken.
  bool ended() const { return ended_; }

 private:
  void tell_name();
  boost::asio::awaitable<void> take_all();
  void quit_when_done();

  Input input_;
  boost::asio::steady_timer room_;  ///< cancelled when the outbox may have room
  bool ended_ = false;
};

/// For bots: every line from the server is printed as it came, every line of the input is a request. The
/// connection says hello, enters the rooms, comes back and sends again what was not answered.
class JsonMode : public Feeding {
 public:
  using Feeding::Feeding;

  void on_event(const protocol::Event&, std::string_view line, Arrival) override { show(line); }
  void on_unknown_line(std::string_view line) override { show(line); }

 protected:
  bool take(const std::string& line) override { return line.empty() || connection().send_line(line); }

 private:
  void show(std::string_view line) { print(std::string(line) + '\n'); }
};

/// Each line of the input is said in the first room as it is, also when it begins with a slash; what is
/// said in any of the rooms is printed plainly. Where Options::say is given, it is said instead, and nothing
/// printed.
class Pipe : public Feeding {
 public:
  explicit Pipe(const Options& options) : Feeding(options), text_(options.say) {}

  void on_event(const protocol::Event& event, std::string_view line, Arrival arrival) override;

 protected:
  bool take(const std::string& line) override;
  boost::asio::awaitable<std::optional<std::string>> next_line() override;
  void prepare(Settings& settings) override { settings.profile.replay = 0; }

 private:
  void refused(const protocol::Error& error);

  std::optional<std::string> text_;  ///< that is still to be said
  std::string room_;
};

}  // namespace hubbub::client
