#include "test/load/modes.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <thread>

#include "test/load/background.hpp"
#include "test/load/process.hpp"

namespace hubbub::load {

namespace {

using Seconds = std::chrono::duration<double>;

/// One measurement: everybody joins, something happens, and everything is accounted for.
class Measurement {
 public:
  explicit Measurement(const Options& options) : options_(options), crowd_(options), backgrounds_(options) {
    if (options.pid != 0) process_.emplace(options.pid);
  }

  Report run() {
    join();
    if (options_.mode == "saturate") {
      saturate();
    } else if (options_.mode == "paced") {
      paced();
    } else if (options_.mode == "slow") {
      slow();
    } else if (options_.mode == "idle") {
      idle();
    } else {
      throw std::runtime_error("--mode is saturate, paced, idle or slow");
    }
    crowd_.drain(Seconds(options_.patience));
    if (options_.mode == "slow") report_.catch_up_seconds = since(reading_again_);
    report_.times = crowd_.times();
    report_.faults = crowd_.faults();
    report_.cipher = crowd_.cipher();
    report_.load_average = load_average();
    return report_;
  }

 private:
  static double since(Clock::time_point start) { return Seconds(Clock::now() - start).count(); }
  static Clock::time_point after(double seconds) {
    return Clock::now() + std::chrono::duration_cast<Clock::duration>(Seconds(seconds));
  }
  std::uint64_t memory() const { return process_ ? process_->memory() : 0; }

  void join() {
    report_.memory_before = memory();
    const auto start = Clock::now();
    crowd_.gather();
    report_.connections = crowd_.connections();
    report_.joins_per_second = static_cast<double>(report_.connections) / since(start);
    rest();
    report_.memory_joined = memory();
  }

  /// Until the server has told everybody of everybody, and has put away what it needed for that.
  void rest() {
    const auto end = after(options_.mode == "idle" ? options_.rest : 0.2);
    while (Clock::now() < end) {
      crowd_.turn();
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }

  void begin() {
    start_ = Clock::now();
    report_.messages = crowd_.said();
    report_.deliveries = crowd_.delivered();
    reads_ = crowd_.reads();
    report_.processor_time = process_ ? process_->processor_time() : 0;
  }

  void end() {
    report_.processor_time = (process_ ? process_->processor_time() : 0) - report_.processor_time;
    report_.seconds = since(start_);
    report_.messages = crowd_.said() - report_.messages;
    report_.deliveries = crowd_.delivered() - report_.deliveries;
    const auto reads = std::max<std::uint64_t>(crowd_.reads() - reads_, 1);
    report_.deliveries_per_read = static_cast<double>(report_.deliveries) / static_cast<double>(reads);
  }

  void saturate() {
    for (std::size_t sender = 0; sender < crowd_.senders(); ++sender) {
      for (std::size_t i = 0; i < options_.window; ++i) crowd_.say(sender, {});
    }
    const auto run_for = [this](double seconds) {
      for (const auto end = after(seconds); Clock::now() < end;) {
        crowd_.turn();
        crowd_.fill_windows(options_.window);
      }
    };
    run_for(options_.warm_up);
    begin();
    run_for(options_.seconds);
    end();
  }

  /// Each message is measured from when it was due, so that a server that stands still is seen to.
  template <class EachTurn>
  void talk(double seconds, const EachTurn& each_turn) {
    const auto interval = std::chrono::nanoseconds(std::chrono::seconds(1)) / options_.rate;
    const auto end = after(seconds);
    for (auto due = Clock::now(); due < end; due += interval, ++turn_) {
      while (Clock::now() < due) {
        crowd_.turn();
        each_turn(due);
      }
      crowd_.say(turn_ % crowd_.senders(), due);
    }
  }

  /// Whether every message has been read, and the next one is not due before something else can be done.
  bool is_quiet(Clock::time_point now, Clock::time_point due) const {
    return due - now >= std::chrono::milliseconds(1) && crowd_.missing() == 0;
  }

  void paced() {
    const auto others = [this](Clock::time_point due) {
      const auto now = Clock::now();
      backgrounds_.turn(now, backgrounds_.handshakes && is_quiet(now, due));
    };
    talk(options_.warm_up, others);
    crowd_.measure_times(true);
    begin();
    const auto done = [](const auto& background) { return background ? background->done() : 0; };
    const auto handshakes = done(backgrounds_.handshakes);
    const auto scrapes = done(backgrounds_.scrapes);
    talk(options_.seconds, others);
    end();
    report_.handshakes = done(backgrounds_.handshakes) - handshakes;
    report_.scrapes = done(backgrounds_.scrapes) - scrapes;
  }

  void slow() {
    talk(options_.warm_up, [](auto) {});
    report_.memory_joined = memory();
    crowd_.stop_reading(options_.slow);
    crowd_.measure_times(true);
    begin();
    auto look = Clock::now();
    talk(options_.seconds, [&](auto) {
      if (Clock::now() < look) return;
      report_.memory_after = std::max(report_.memory_after, memory());
      look += std::chrono::milliseconds(250);
    });
    end();
    report_.memory_after = std::max(report_.memory_after, memory());
    crowd_.measure_times(false);
    crowd_.read_again();
    reading_again_ = Clock::now();
    // The others go on while it catches up.
    talk(1, [](auto) {});
  }

  void idle() {
    begin();
    if (options_.talk) {
      const auto pause = std::chrono::microseconds(options_.rooms > 1 ? 100 : 0);
      for (std::size_t sender = 0; sender < crowd_.senders(); ++sender) {
        crowd_.say(sender, {});
        const auto deadline = after(options_.patience);
        while (crowd_.under_way(sender) > 0 && Clock::now() < deadline) crowd_.turn();
        for (const auto next = Clock::now() + pause; Clock::now() < next;) crowd_.turn();
      }
      rest();
    }
    end();
    report_.memory_after = memory();
  }

  Options options_;
  Crowd crowd_;
  Backgrounds backgrounds_;
  std::optional<Process> process_{};
  Report report_{};
  Clock::time_point start_{};
  Clock::time_point reading_again_{};
  std::uint64_t reads_ = 0;
  std::size_t turn_ = 0;
};

}  // namespace

Report measure(const Options& options) { return Measurement(options).run(); }

}  // namespace hubbub::load
