#include "test/client/recorder.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace hubbub::test {

namespace asio = boost::asio;
namespace event = protocol::event;
using client::Arrival;

void Recorder::on_event(const protocol::Event& event, std::string_view line, Arrival arrival) {
  lines.emplace_back(line);
  const auto tell = [&](const protocol::Message& message) {
    said.push_back(message.text);
    note((arrival == Arrival::missed ? "missed " : "") + message.from + ": " + message.text);
  };
  if (const auto* message = std::get_if<protocol::MessagePtr>(&event.body)) tell(**message);
  if (const auto* history = std::get_if<event::History>(&event.body)) {
    for (const auto& message : history->messages) tell(*message);
  }
  if (const auto* joined = std::get_if<event::Joined>(&event.body)) {
    note("joined " + joined->room);
    for (const auto& message : joined->history) tell(*message);
  }
  if (const auto* left = std::get_if<event::Left>(&event.body)) note("left " + left->room);
  if (const auto* kicked = std::get_if<event::Kicked>(&event.body))
    note("kicked " + kicked->name + " from " + kicked->room);
  const std::string when = arrival == Arrival::missed ? "missed " : "";
  if (const auto* edited = std::get_if<event::Edited>(&event.body))
    note(when + "edited " + std::to_string(edited->seq) + ": " + edited->text);
  if (const auto* deleted = std::get_if<event::Deleted>(&event.body))
    note(when + "deleted " + std::to_string(deleted->seqs.front()));
  if (const auto* failure = std::get_if<event::Failure>(&event.body)) {
    note("error " + std::string(to_string(failure->error.code)));
  }
}

void Recorder::on_link_lost(std::string_view why, std::chrono::milliseconds retry_in) {
  delays.push_back(retry_in);
  note("lost: " + std::string(why));
}

void Recorder::on_lag(std::chrono::milliseconds lag) {
  lags.push_back(lag);
  wake();
}

void Recorder::on_name_refused(const protocol::Error& error) {
  note("refused " + std::string(to_string(error.code)));
}

void Recorder::on_name_awaited(const protocol::Error& error) {
  note("awaited " + std::string(to_string(error.code)));
}

void Recorder::on_closed(client::Ending how, std::string_view sentence) {
  ending = how;
  note("closed: " + std::string(sentence));
}

asio::awaitable<void> Recorder::until(const std::string& what) {
  return until_true([this, what] { return std::find(notes.begin(), notes.end(), what) != notes.end(); });
}

asio::awaitable<void> Recorder::until_closed() {
  return until_true([this] { return ending.has_value(); });
}

asio::awaitable<void> Recorder::until_true(std::function<bool()> condition) {
  while (!condition()) {
    changed_.expires_at(std::chrono::steady_clock::time_point::max());
    co_await changed_.async_wait(asio::as_tuple(asio::use_awaitable));
  }
}

void Recorder::note(std::string what) {
  notes.push_back(std::move(what));
  wake();
}

}  // namespace hubbub::test
