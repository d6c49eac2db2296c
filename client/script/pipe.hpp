#pragma once

#include <optional>
#include <string>

#include "client/script/feeding.hpp"
#include "client/view/wording.hpp"

namespace hubbub::client {

/// Each line of the input is said in the first room as it is, also when it begins with a slash; what is
/// said in any of the rooms is printed plainly.
class Pipe : public Feeding {
 public:
  explicit Pipe(const Options& options);

  void on_event(const protocol::Event& event, std::string_view line, Arrival arrival) override;

 protected:
  bool take(const std::string& line) override;
  void prepare(Settings& settings) override { settings.profile.replay = 0; }
  virtual void show(const protocol::Message& message);

 private:
  void refused(const protocol::Error& error);

  Wording wording_;
  bool several_rooms_;
  std::string room_;
};

/// One thing is said, and nothing printed.
class Saying : public Pipe {
 public:
  explicit Saying(const Options& options);

 protected:
  boost::asio::awaitable<std::optional<std::string>> next_line() override;
  void show(const protocol::Message&) override {}

 private:
  std::optional<std::string> text_;
};

}  // namespace hubbub::client
