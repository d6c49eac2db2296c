#include "test/durability/load.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <stdexcept>

namespace hubbub::durability {
namespace {

constexpr std::chrono::milliseconds warm_up{500};
/// How long unsent bytes or the end of the time may wait.
constexpr std::chrono::milliseconds a_while{1};

/// Runs the senders by poll(2); a few descriptors are no reason for more.
class Field {
 public:
  Field(const test::Address& address, const LoadOptions& options) : options_(options) {
    for (std::size_t i = 0; i < options.senders; ++i) {
      senders_.push_back(std::make_unique<Sender>(address, i, options));
      descriptors_.push_back({senders_.back()->descriptor(), POLLIN, 0});
    }
  }

  std::vector<std::unique_ptr<Sender>>& senders() { return senders_; }

  std::size_t returned() const {
    std::size_t sum = 0;
    for (const auto& sender : senders_) sum += sender->returned();
    return sum;
  }

  void fill_windows() {
    const auto now = LoadClock::now();
    for (const auto& sender : senders_) {
      while (sender->under_way() < options_.window) sender->say(now);
    }
  }

  /// Sends what was said and takes what comes, for that long at most.
  void turn(LoadClock::duration time) {
    for (const auto& sender : senders_) sender->flush();
    const auto left = std::chrono::nanoseconds(std::clamp<LoadClock::duration>(time, {}, a_while)).count();
    const timespec wait{0, left};
    if (::ppoll(descriptors_.data(), descriptors_.size(), &wait, nullptr) <= 0) return;
    for (std::size_t i = 0; i < senders_.size(); ++i) {
      if (descriptors_[i].revents != 0) senders_[i]->read();
    }
  }

  Load result(std::size_t count, LoadClock::duration time) const {
    Load load{.per_second = static_cast<double>(count) / std::chrono::duration<double>(time).count()};
    for (const auto& sender : senders_) {
      load.times.insert(load.times.end(), sender->times().begin(), sender->times().end());
    }
    std::ranges::sort(load.times);
    return load;
  }

 private:
  LoadOptions options_;
  std::vector<std::unique_ptr<Sender>> senders_;
  std::vector<pollfd> descriptors_;
};

}  // namespace

Sender::Sender(const test::Address& address, std::size_t number, const LoadOptions& options)
    : socket_(address), text_(options.text, 'x') {
  const std::string name = "sender-" + std::to_string(number);
  mark_ = R"("id":")" + name + '-';
  unsent_ = R"({"type":"hello","version":1,"name":")" + name + "\"}\n" +
            R"({"type":"join","room":"lobby","replay":0})" + '\n';
}

void Sender::say(LoadClock::time_point when) {
  unsent_ += R"({"type":"say","room":"lobby","text":")";
  unsent_ += text_;
  unsent_ += "\",";
  unsent_ += mark_;
  unsent_ += std::to_string(said_.size());
  unsent_ += "\"}\n";
  said_.push_back(when);
}

void Sender::flush() {
  if (unsent_.empty()) return;
  const auto sent = socket_.send_some(unsent_);
  if (!sent) throw std::runtime_error("the server has closed the connection");
  unsent_.erase(0, *sent);
}

void Sender::read() {
  const auto bytes = socket_.receive(std::chrono::milliseconds(0));
  if (!bytes) return;
  if (bytes->empty()) throw std::runtime_error("the server has closed the connection");
  unread_ += *bytes;
  look(LoadClock::now());
}

/// Counts the marks in whole lines; the beginning of a line waits for its end.
void Sender::look(LoadClock::time_point now) {
  const auto end = unread_.rfind('\n');
  if (end == std::string::npos) return;
  const char* at = unread_.data();
  const char* const last = at + end;
  const auto find = [&](std::string_view what) {
    const void* found = ::memmem(at, static_cast<std::size_t>(last - at), what.data(), what.size());
    return static_cast<const char*>(found);
  };
  if (find(R"({"type":"error")") != nullptr) throw std::runtime_error("a message was refused: " + unread_);
  for (const char* mark = nullptr; (mark = find(mark_)) != nullptr; at = mark + mark_.size()) {
    times_.push_back(std::chrono::duration<double, std::milli>(now - said_.at(returned_)).count());
    ++returned_;
  }
  unread_.erase(0, end + 1);
}

Load saturate(const test::Address& address, const LoadOptions& options, std::chrono::milliseconds time) {
  Field field(address, options);
  const auto run_to = [&](LoadClock::time_point end) {
    while (LoadClock::now() < end) {
      field.fill_windows();
      field.turn(a_while);
    }
  };
  run_to(LoadClock::now() + warm_up);
  const auto start = LoadClock::now();
  const std::size_t before = field.returned();
  run_to(start + time);
  return field.result(field.returned() - before, LoadClock::now() - start);
}

Load pace(const test::Address& address, const LoadOptions& options, std::chrono::milliseconds time,
          std::size_t per_second) {
  Field field(address, options);
  const auto interval = std::chrono::nanoseconds(std::chrono::seconds(1)) / per_second;
  const auto start = LoadClock::now();
  auto due = start;
  for (std::size_t i = 0; due < start + time; ++i, due += interval) {
    while (LoadClock::now() < due) field.turn(due - LoadClock::now());
    field.senders()[i % options.senders]->say(due);
  }
  const auto end = LoadClock::now() + test::patience;
  const auto waits = [](const auto& sender) { return sender->under_way() > 0; };
  while (std::ranges::any_of(field.senders(), waits) && LoadClock::now() < end) field.turn(a_while);
  return field.result(field.returned(), LoadClock::now() - start);
}

}  // namespace hubbub::durability
