#include "server/net/admitted_peer.hpp"

#include <chrono>
#include <string_view>
#include <utility>

#include "server/ops/log.hpp"

namespace hubbub::net {

AdmittedPeer::AdmittedPeer(Admission::Pass pass, const Endpoint& from, std::uint64_t number, Time opened)
    : pass_(std::move(pass)), number_(number), from_(from), opened_(opened) {}

void AdmittedPeer::log_end(const Handler& handler, const std::string& reason, Time now) const {
  if (!ops::log::enabled(ops::log::Level::info)) return;
  const auto word = handler.reason();
  const auto open_for = std::chrono::floor<std::chrono::milliseconds>(now - opened_);
  const auto why = word.empty() ? std::string_view(reason) : word;
  pass_.log().disconnected(address(), why, opened_, now,
                           {{"connection", number_},
                            {"address", url()},
                            {"name", handler.name()},
                            {"reason", why},
                            {"duration_ms", std::int64_t{open_for.count()}}});
}

}  // namespace hubbub::net
