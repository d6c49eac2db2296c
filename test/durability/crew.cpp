#include "test/durability/crew.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>

namespace hubbub::durability {
namespace {

/// How long to wait for something to come before looking whether it is done.
constexpr int a_moment = 1;  // milliseconds

template <class Members, class Count>
std::size_t sum(const Members& members, Count count) {
  return std::accumulate(members.begin(), members.end(), std::size_t{0},
                         [&](std::size_t total, const auto& member) { return total + count(*member); });
}

}  // namespace

Crew::Crew(const CrewOptions& options) {
  for (std::size_t i = 1; i <= options.writers; ++i) {
    writers_.push_back(std::make_unique<Writer>("writer-" + std::to_string(i), options.rooms, options.window,
                                                options.seed * 1000 + i));
    peers_.push_back(writers_.back().get());
  }
  for (std::size_t i = 1; i <= options.readers; ++i) {
    readers_.push_back(std::make_unique<Reader>("reader-" + std::to_string(i), options.rooms));
    peers_.push_back(readers_.back().get());
  }
}

void Crew::connect(const test::Address& address) {
  for (auto* peer : peers_) peer->connect(address);
}

void Crew::say_more(std::size_t count_each) {
  for (const auto& writer : writers_) writer->say_more(count_each);
}

void Crew::run_until(const std::function<bool()>& done) {
  const test::Deadline deadline(test::patience);
  while (!done() && !all_left()) {
    if (deadline.left() == 0) throw std::runtime_error("the server does not go on; " + what_is_waited_for());
    turn();
  }
}

void Crew::run_until_welcome() {
  run_until([this] { return std::ranges::any_of(peers_, &Peer::welcomed); });
}

void Crew::run_to_the_end() {
  const auto caught_up = [](const auto& reader) { return !reader->is_behind() && reader->synchronised(); };
  run_until([this] { return all_is_acknowledged(); });
  for (const auto& reader : readers_) reader->synchronise();
  run_until([&] { return std::ranges::all_of(readers_, caught_up); });
  if (all_left()) throw std::runtime_error("the server has left in the midst of it");
}

void Crew::run_until_left() {
  run_until([] { return false; });
}

bool Crew::all_is_acknowledged() const {
  return std::ranges::all_of(writers_, [](const auto& writer) { return writer->is_done(); });
}

std::size_t Crew::acknowledged() const {
  return sum(writers_, [](const Writer& writer) { return writer.acknowledged(); });
}

std::size_t Crew::said() const {
  return sum(writers_, [](const Writer& writer) { return writer.said().size(); });
}

std::size_t Crew::said_again() const {
  return sum(writers_, [](const Writer& writer) { return writer.said_again(); });
}

Evidence Crew::evidence() const {
  Evidence evidence;
  for (const auto& writer : writers_) {
    evidence.said[writer->name()] = writer->said();
    evidence.witnesses.push_back({.name = writer->name(), .unbroken = false, .seen = writer->seen()});
  }
  for (const auto& reader : readers_) {
    evidence.witnesses.push_back({.name = reader->name(), .unbroken = true, .seen = reader->seen()});
  }
  return evidence;
}

bool Crew::all_left() const { return std::ranges::none_of(peers_, &Peer::connected); }

std::string Crew::what_is_waited_for() const {
  std::string text = "waiting:";
  for (const auto& writer : writers_) {
    if (!writer->is_done())
      text += ' ' + writer->name() + " for " + std::to_string(writer->under_way()) + " messages";
  }
  for (const auto& reader : readers_) {
    if (reader->is_behind()) text += ' ' + reader->name() + " for history";
    if (!reader->synchronised()) text += ' ' + reader->name() + " for a pong";
  }
  return text;
}

void Crew::turn() {
  std::vector<pollfd> interests;
  for (const auto* peer : peers_) interests.push_back(peer->interest());
  ::poll(interests.data(), interests.size(), a_moment);
  for (std::size_t i = 0; i < peers_.size(); ++i) {
    if (interests[i].revents != 0) peers_[i]->turn();
  }
}

}  // namespace hubbub::durability
