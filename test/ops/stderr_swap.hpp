#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <string>

#include "test/support/descriptor.hpp"

namespace hubbub::test {

/// Stderr is `replacement` while this lives.
class StderrSwap {
 public:
  explicit StderrSwap(int replacement) : saved_(dup(STDERR_FILENO)) { dup2(replacement, STDERR_FILENO); }
  ~StderrSwap() { dup2(saved_.get(), STDERR_FILENO); }
  StderrSwap(const StderrSwap&) = delete;
  StderrSwap& operator=(const StderrSwap&) = delete;

 private:
  Descriptor saved_;
};

/// A pipe that nobody waits for: reading an empty one and writing into a full one fail at once.
class Pipe {
 public:
  /// O_DIRECT makes it a packet pipe (pipe(2)): each read returns what one write wrote.
  explicit Pipe(int flags = 0) {
    int ends[2];  // NOLINT(*-avoid-c-arrays): pipe2(2) takes one
    if (pipe2(ends, flags | O_CLOEXEC | O_NONBLOCK) != 0) throw std::runtime_error("no pipe");
    reader_ = Descriptor(ends[0]);
    writer_ = Descriptor(ends[1]);
  }

  int writer() const { return writer_.get(); }
  void close_reader() { reader_.reset(); }

  /// What one read returns; empty when nothing is there.
  std::string read_once() {
    std::string bytes(std::size_t{1} << 17U, '\0');
    const auto count = ::read(reader_.get(), bytes.data(), bytes.size());
    bytes.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
    return bytes;
  }
  std::string read_all() {
    std::string all;
    for (auto part = read_once(); !part.empty(); part = read_once()) all += part;
    return all;
  }

 private:
  Descriptor reader_;
  Descriptor writer_;
};

/// An environment variable has a value, or none, while this lives.
class Environment {
 public:
  Environment(const char* name, const std::optional<std::string>& value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    set(value);
  }
  ~Environment() { set(before_); }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  void set(const std::optional<std::string>& value) const {
    if (value) {
      setenv(name_, value->c_str(), 1);
    } else {
      unsetenv(name_);
    }
  }

  const char* name_;
  std::optional<std::string> before_;
};

}  // namespace hubbub::test
