#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "test/durability/cluster.hpp"
#include "test/durability/cluster_checker.hpp"
#include "test/durability/company.hpp"
#include "test/support/dice.hpp"

namespace hubbub::durability {

/// What happens to nodes and members while people speak. Each of it is over when its function returns: all
/// run again, or are about to.
class Strikes {
 public:
  struct Kind {
    const char* name;
    void (Strikes::*strike)();
    /// People may believe that they bear a name that they have lost: their node does not know it yet.
    bool may_share_names = false;
  };
  static const std::vector<Kind>& kinds();

  Strikes(const ClusterCheckerOptions& options, Cluster& cluster, Company& company, test::Dice& dice)
      : options_(options), cluster_(cluster), company_(company), dice_(dice) {}

  void strike(const Kind& kind);

  // Of the last one:
  const std::string& told() const { return told_; }  ///< what was hit, and for how long
  struct Loss {
    std::size_t node;
    Clock::time_point when;
  };
  const std::optional<Loss>& loss() const { return loss_; }
  /// What nodes ought to have done, or said in their logs, and have not; and names borne twice.
  std::vector<std::string> take_faults() { return std::exchange(faults_, {}); }

  std::size_t any_node() { return dice_.below(cluster_.size()); }
  void run_and_watch(std::chrono::milliseconds time);
  /// A std::runtime_error with what is waited for when that does not come. `done` is asked at times.
  void run_until(const std::function<bool()>& done, const std::string& what);
  void wait_for_nodes();
  /// Also while nodes come and go, each has one bearer for a name.
  void look_at_names();

 private:
  void node();
  void stop();
  void leader() { lose_member(cluster_.etcd().leader()); }
  void member() { lose_member(any_member()); }
  void all();
  void everything();
  void quorum();
  void cut_off();
  void pause();
  void frozen();
  void slow();
  void full();
  void wiped();
  void restored();

  std::size_t any_member() { return dice_.below(cluster_.etcd().size()); }
  std::vector<std::size_t> in_any_order(std::size_t count);
  void go_on_for_a_while();
  void go_on_for(std::chrono::milliseconds least, std::chrono::milliseconds most);
  void go_on_for(std::chrono::milliseconds least) { go_on_for(least, options_.longest); }
  void lose_member(std::size_t victim);
  void start_all_nodes();
  void begin_anew();
  bool all_have_ended();

  void tell(std::string what) { told_ = std::move(what); }
  void found(std::string what) { faults_.push_back(std::move(what)); }
  /// In the node's log, since the last strike began.
  bool has_said(std::size_t node, const std::string& sentence) const;
  bool is_said_by_any(const std::string& sentence) const;

  const ClusterCheckerOptions& options_;
  Cluster& cluster_;
  Company& company_;
  test::Dice& dice_;
  std::string told_;
  std::optional<Loss> loss_;
  std::vector<std::string> faults_;
  std::vector<std::size_t> logged_;  ///< bytes of each node's log when the last one began
};

}  // namespace hubbub::durability
