#pragma once

#include <functional>
#include <string>

#include "server/ops/log.hpp"
#include "test/ops/stderr_swap.hpp"

namespace hubbub::test {

/// What comes out meanwhile on a stderr that is a pipe, as far as that has room (64 KiB).
inline std::string logged(const ops::log::Settings& settings, const std::function<void()>& events) {
  Pipe pipe;
  const StderrSwap swap(pipe.writer());
  ops::log::configure(settings);
  events();
  return pipe.read_all();
}
inline std::string logged(const std::function<void()>& events) {
  return logged({ops::log::Level::info, ops::log::Format::systemd}, events);
}

}  // namespace hubbub::test
