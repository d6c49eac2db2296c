#include "server/ops/log.hpp"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <boost/log/attributes/value_extraction.hpp>
#include <boost/log/core.hpp>
#include <boost/log/sinks/basic_sink_backend.hpp>
#include <boost/log/sinks/sync_frontend.hpp>
#include <boost/log/sources/record_ostream.hpp>
#include <boost/log/sources/severity_channel_logger.hpp>
#include <boost/log/utility/exception_handler.hpp>
#include <boost/log/utility/manipulators/add_value.hpp>
#include <boost/make_shared.hpp>
#include <cerrno>
#include <chrono>
#include <climits>
#include <csignal>
#include <cstdlib>
#include <utility>

#include "protocol/system.hpp"
#include "protocol/text.hpp"
#include "server/ops/log_line.hpp"

namespace hubbub::ops::log {
namespace {

namespace sinks = boost::log::sinks;

constexpr std::array<std::string_view, 5> level_names{"trace", "debug", "info", "warning", "error"};
constexpr std::array<std::string_view, 5> format_names{"automatic", "human", "plain", "systemd", "json"};

/// systemd.exec(5): $JOURNAL_STREAM is "device:inode" of the stream to the journal; when stderr is
/// something else by now (`2>file`), nobody would read the priorities.
bool stderr_is_the_journal() {
  const char* stream = std::getenv("JOURNAL_STREAM");
  struct stat status {};
  if (stream == nullptr || fstat(STDERR_FILENO, &status) != 0) return false;
  return stream == std::to_string(status.st_dev) + ":" + std::to_string(status.st_ino);
}

Style style_for(Format format) {
  const bool terminal = isatty(STDERR_FILENO) == 1;
  if (format == Format::automatic) {
    if (stderr_is_the_journal()) {
      format = Format::systemd;
    } else {
      format = terminal ? Format::human : Format::plain;
    }
  }
  // https://no-color.org: set to any value, it means no colours.
  return {format, format == Format::human && terminal && protocol::environment("NO_COLOR").empty()};
}

/// Writes whole lines to stderr, each in one write(2), so that lines of several processes do not mix. A
/// reader that is gone or full costs lines, never the daemon: the log does not wait and does not throw. A
/// descriptor that polls as writable takes PIPE_BUF bytes without waiting (pipe(7)), so no line is longer.
/// (O_NONBLOCK would do, but other processes often share stderr.)
class StderrBackend : public sinks::basic_formatted_sink_backend<char, sinks::synchronized_feeding> {
 public:
  // A pipe whose reader has gone answers EPIPE rather than a signal that would end the daemon.
  StderrBackend() { std::signal(SIGPIPE, SIG_IGN); }

  void set_style(Style style) { style_ = style; }

  void consume(const boost::log::record_view& /*record*/, const std::string& line) {
    if (!takes_a_line()) {
      ++lost_;
      return;
    }
    // After a line that was cut short, the next one still begins on a line of its own.
    if (cut_short_ && !write_all("\n")) return;
    cut_short_ = false;
    if (lost_ > 0) {
      if (!write_all(notice_of_loss(std::exchange(lost_, 0))) || !takes_a_line()) return;
    }
    write_all(shortened(line));
  }

 private:
  static bool takes_a_line() {
    pollfd stderr_now{.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
    return ::poll(&stderr_now, 1, 0) == 1;
  }

  std::string notice_of_loss(std::uint64_t lost) const {
    const std::array<Field, 1> fields{{{.key = "count", .value = lost}}};
    return line(style_, Level::warning, protocol::now(), "log",
                {.what = "lines were lost: nobody read them", .fields = fields});
  }

  static std::string shortened(const std::string& line) {
    constexpr std::string_view ending = "...\n";
    if (line.size() <= PIPE_BUF) return line;
    return std::string(protocol::prefix(line, PIPE_BUF - ending.size())).append(ending);
  }

  bool write_all(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto written = ::write(STDERR_FILENO, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(written));
      cut_short_ = !bytes.empty();
    }
    return true;
  }

  Style style_;
  std::uint64_t lost_ = 0;
  bool cut_short_ = false;
};

using Sink = sinks::synchronous_sink<StderrBackend>;
using Logger = boost::log::sources::severity_channel_logger_mt<Level, std::string>;

std::atomic<Level>& threshold() {
  static std::atomic<Level> level{Settings{}.level};
  return level;
}

/// The sink works in the thread that writes, so the pointer to the event is valid until it returns.
void set_style(Sink& sink, Style style) {
  sink.set_formatter([style](const boost::log::record_view& record, boost::log::formatting_ostream& out) {
    const auto event = boost::log::extract<const Event*>("Event", record);
    if (!event) return;
    out << line(style, boost::log::extract_or_default<Level>("Severity", record, Level::info),
                protocol::now(),
                boost::log::extract_or_default<std::string>("Channel", record, std::string()), **event);
  });
  sink.locked_backend()->set_style(style);
}

boost::shared_ptr<Sink> make_sink() {
  auto sink = boost::make_shared<Sink>();
  set_style(*sink, style_for(Settings{}.format));
  const auto core = boost::log::core::get();
  core->set_exception_handler(boost::log::make_exception_suppressor());
  core->add_sink(sink);
  return sink;
}

Sink& the_sink() {
  static const boost::shared_ptr<Sink> sink = make_sink();
  return *sink;
}

Logger& the_logger() {
  static Logger logger;
  return logger;
}

}  // namespace

std::optional<Level> level_from(std::string_view name) {
  const auto* const found = std::find(level_names.begin(), level_names.end(), name);
  if (found == level_names.end()) return std::nullopt;
  return static_cast<Level>(found - level_names.begin());
}

std::string_view to_string(Level level) { return level_names.at(static_cast<std::size_t>(level)); }
std::string_view to_string(Format format) { return format_names.at(static_cast<std::size_t>(format)); }

void configure(const Settings& settings) {
  threshold().store(settings.level, std::memory_order_relaxed);
  set_style(the_sink(), style_for(settings.format));
}

bool enabled(Level level) { return level >= threshold().load(std::memory_order_relaxed); }

void write(Level level, std::string_view channel, std::string_view what, FieldSpan fields) {
  if (!enabled(level)) return;
  try {
    the_sink();
    const Event event{.what = what, .fields = fields};
    const Event* const there = &event;
    BOOST_LOG_CHANNEL_SEV(the_logger(), std::string(channel), level) << boost::log::add_value("Event", there);
  } catch (...) {
    // Out of memory, most likely. A log line must not make its caller fail.
  }
}

}  // namespace hubbub::ops::log
