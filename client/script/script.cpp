#include "client/script/script.hpp"

#include <csignal>

#include "client/script/output.hpp"
#include "client/script/spare_name.hpp"
#include "hubbub_version.hpp"
#include "protocol/name.hpp"

namespace hubbub::client {
namespace {

/// Nobody is there to end it, so it ends by itself when the server stays away.
constexpr std::chrono::minutes offline{2};

/// One's own programs that go by one name; whoever has more of them has lost count.
constexpr unsigned most_names = 99;

}  // namespace

int Script::run() {
  Settings settings;
  settings.address = options_.address;
  settings.profile.name = options_.address.name;
  settings.profile.rooms = options_.rooms;
  settings.profile.program = std::string("hubbub/") + version;
  settings.patience.offline = offline;
  prepare(settings);
  // The name there is now is the one; the address's would come back in place of an empty one.
  settings.address.name.clear();
  connection_ = Connection::open(io_.get_executor(), std::move(settings), *this);
  io_.run();
  if (signal_ != 0) {
    std::signal(signal_, SIG_DFL);
    std::raise(signal_);
  }
  return status_;
}

void Script::go_by(std::string_view name, Settings& settings) {
  const auto parsed = protocol::parse_name(name);
  settings.profile.name = parsed ? parsed->shown : "";
  settings.ask_for_name = !settings.profile.name.empty();
  wanted_name_ = settings.profile.name;
}

void Script::on_ready() {
  ready_ = true;
  // The next time the search is for a name that is free then, near the wanted one, and not for ever a further
  // one.
  names_tried_ = 1;
}

void Script::on_name_refused(const protocol::Error& error) {
  if (error.code == protocol::Code::name_taken && names_tried_ < most_names) {
    connection_->rename(spare_name(wanted_name_, ++names_tried_));
    return;
  }
  fail(to_string(options_.address) + ": " + error.text);
  stop();
}

void Script::on_link_lost(std::string_view why, std::chrono::milliseconds) {
  if (!std::exchange(offline_, true))
    complain("the connection is lost: " + std::string(why) + "; trying again");
}

void Script::on_link_back() {
  offline_ = false;
  complain("connected again");
}

void Script::on_closed(Ending ending, std::string_view sentence) {
  if (ending == Ending::closed) fail(sentence);
  stop();
}

void Script::print(std::string_view bytes) {
  if (bytes.empty() || stopped_) return;
  const Output output = write_out(bytes);
  if (output == Output::failed) status_ = 1;
  if (output != Output::written) stop();
}

void Script::fail(std::string_view sentence) {
  status_ = 1;
  complain(sentence);
}

void Script::fail(const protocol::Error& error) { fail(error.text); }

void Script::stop() {
  stopped_ = true;
  connection_->stop();
  io_.stop();
}

void Script::die_of(int signal) {
  signal_ = signal;
  stop();
}

}  // namespace hubbub::client
