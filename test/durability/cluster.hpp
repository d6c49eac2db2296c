#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "test/support/etcd.hpp"
#include "test/support/process.hpp"
#include "test/support/proxy.hpp"
#include "test/support/temporary_directory.hpp"

namespace hubbub::durability {

/// Several daemons on one log, which an etcd of three members keeps. Each has its own address, which stays.
/// Errors: std::runtime_error.
class Cluster {
 public:
  struct Options {
    std::size_t nodes = 3;
    bool can_be_cut_off = false;  ///< nodes reach etcd through a network that the test controls
    bool can_be_full = false;     ///< etcd's quota is so small that it is filled in a second
  };
  explicit Cluster(const Options& options);

  std::size_t size() const { return nodes_.size(); }
  test::Etcd& etcd() { return etcd_; }
  std::vector<test::Address> addresses() const;
  const std::string& id(std::size_t node) const { return nodes_.at(node).id; }
  std::filesystem::path state_dir(std::size_t node) const { return directory_.path() / nodes_.at(node).id; }

  /// Does not wait until it serves.
  void start(std::size_t node) { start(node, {}); }
  /// The same; the log is begun anew from this node's journal.
  void begin_anew(std::size_t node) { start(node, {"--cluster-begin"}); }
  /// With SIGKILL; it is gone when this returns.
  void kill(std::size_t node);
  /// With SIGTERM; does not wait for its end.
  void ask_to_stop(std::size_t node);
  /// Its exit code after ask_to_stop(); a std::runtime_error when it does not end.
  int wait_for_end(std::size_t node);
  void freeze(std::size_t node) const;
  void thaw(std::size_t node) const;

  enum class Cut { silence, refusal };
  /// Nothing passes any more between the node and etcd: nobody is told, or what there is is reset, and what
  /// is new refused.
  void cut_off(std::size_t node, Cut how);
  void mend(std::size_t node);

  bool is_running(std::size_t node) const;
  /// Its exit code, when it has ended; nobody holds it against it then.
  std::optional<int> try_to_bury(std::size_t node);
  /// All that it has logged.
  std::string logged(std::size_t node) const;
  /// That of another one replaces what the node has, which must not run; the other one may.
  void copy_journal(std::size_t from, std::size_t to) const;
  /// Whether it serves, as its log has it.
  bool is_in_service(std::size_t node);
  bool all_are_in_service();
  /// A std::runtime_error when a node has ended by itself.
  void require_life();
  /// Copies the journals of all nodes, and all that they have logged, into that directory.
  void copy_to(const std::filesystem::path& directory) const;

 private:
  struct Node {
    std::string id{};
    test::Address address{};
    std::filesystem::path config{};
    std::vector<std::unique_ptr<test::Proxy>> ways{};  ///< to each member
    std::unique_ptr<test::Process> process{};
    bool may_end = false;       ///< it was asked to stop
    std::string former_logs{};  ///< of the processes before
  };

  void start(std::size_t node, const std::vector<std::string>& more);
  std::string config(std::size_t node) const;
  void end(Node& node);

  test::TemporaryDirectory directory_;
  test::Etcd etcd_;
  std::vector<Node> nodes_;
};

}  // namespace hubbub::durability
