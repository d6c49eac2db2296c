#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "server/chat/hub.hpp"
#include "server/journal/journal.hpp"
#include "server/net/admission.hpp"
#include "server/net/turn.hpp"

namespace hubbub {

/// What the numbers for operators are read from.
struct Measured {
  const chat::Hub& hub;
  const journal::Journal& journal;
  const net::Admission& admission;
  const net::Turn& turn;
  struct Certificate {
    std::string file;
    std::chrono::seconds left;  ///< until it expires; negative: since then
  };
  std::vector<Certificate> certificates;
};

/// All numbers in the format that Prometheus reads
/// (https://prometheus.io/docs/instrumenting/exposition_formats). Their names are a promise.
std::string metrics(const Measured& measured);

}  // namespace hubbub
