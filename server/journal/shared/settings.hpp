#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace hubbub::journal::shared {

/// Where a member of the engine takes its clients.
struct EngineAddress {
  bool is_tls = false;
  std::string host{};  ///< a name, or an IP address without brackets
  std::uint16_t port = 2379;

  bool operator==(const EngineAddress&) const = default;
};

/// Of a node that shares its log with others.
struct ClusterSettings {
  std::string name{};  ///< of the cluster: several may share an engine
  std::string node{};  ///< this node's id in it
  /// The members of the engine. The first is asked as long as it answers, so it is the nearest one.
  std::vector<EngineAddress> engines{};
  /// How long others wait for a node that is not heard of. Whole seconds; etcd takes 2 at least.
  std::chrono::milliseconds lease = std::chrono::seconds{5};
  /// How long what was appended may wait for an engine.
  std::chrono::milliseconds patience = std::chrono::seconds{15};
  /// Bytes of entries that the log goes back, at least.
  std::size_t window = std::size_t{256} * 1024 * 1024;
  std::string user{};              ///< empty: the engine asks for none
  std::string password_file{};     ///< whose first line is the password
  std::string password{};          ///< as it was read
  std::string ca_file{};           ///< authorities in PEM; empty: the system's
  std::string certificate_file{};  ///< what is shown to the engine, in PEM; empty: nothing
  std::string key_file{};          ///< its key
  /// Bytes of the engine's database beyond which it takes nothing more; above half of it there is a warning.
  std::uint64_t quota = std::uint64_t{8} * 1024 * 1024 * 1024;
};

}  // namespace hubbub::journal::shared
