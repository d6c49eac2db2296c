#pragma once

#include <memory>
#include <utility>

#include "server/accounts/book.hpp"
#include "server/accounts/hasher.hpp"
#include "server/accounts/settings.hpp"
#include "server/accounts/tries.hpp"
#include "server/ops/worker.hpp"

namespace hubbub::accounts {

/// All that there is to know of accounts: who has one, how their passwords are tried, and how often that may
/// be.
class Registry {
 public:
  /// The settings outlive it, and may change. The worker is for passwords alone.
  Registry(const Settings& settings, std::unique_ptr<ops::Worker> worker)
      : settings_(settings),
        worker_(std::move(worker)),
        hasher_(std::make_unique<Hasher>(*worker_, settings)) {}
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;
  ~Registry() { close(); }

  /// The end: no password is tried any more, and whoever waits for one is forgotten.
  void close() {
    hasher_.reset();
    worker_.reset();
  }

  const Settings& settings() const { return settings_; }
  Book& book() { return book_; }
  const Book& book() const { return book_; }
  Hasher& hasher() {
    // Where the system has no further thread the loop does the sums. Talk goes before hashes where both want
    // the last processor.
    constexpr int niceness = 5;
    if (std::exchange(needs_thread_, false)) worker_->begin(niceness);
    return *hasher_;
  }
  Tries& tries() { return tries_; }

  /// From the first password on they are tried on a thread: a daemon without accounts needs none.
  void use_thread() { needs_thread_ = true; }
  /// Others than this machine can connect.
  void set_public() { is_public_ = true; }
  /// Who may have an account: never `automatic`.
  Settings::Registration registration() const {
    if (settings_.registration != Settings::Registration::automatic) return settings_.registration;
    return is_public_ ? Settings::Registration::invite : Settings::Registration::open;
  }

 private:
  const Settings& settings_;
  Book book_;
  std::unique_ptr<ops::Worker> worker_;
  std::unique_ptr<Hasher> hasher_;
  Tries tries_;
  bool is_public_ = false;
  bool needs_thread_ = false;
};

}  // namespace hubbub::accounts
