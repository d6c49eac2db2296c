#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/chat/local_directory.hpp"

namespace hubbub::chat {

/// A directory that answers when the test says so, in any order that Directory allows. Every second claim is
/// made at once and answered late; the other claims are made late too.
class LateDirectory final : public Directory {
 public:
  void claim(const PersonPtr& person, std::optional<protocol::Name> name, std::uint64_t account,
             ClaimHandler handler) override {
    if (++claims_ % 2 == 0) {
      wait({}, [this, person, name = std::move(name), account, handler = std::move(handler)] {
        local_.claim(person, name, account, handler);
      });
      return;
    }
    local_.claim(person, std::move(name), account, [&](Claimed claimed) {
      wait({}, [claimed = std::make_shared<Claimed>(std::move(claimed)), handler = std::move(handler)] {
        handler(std::move(*claimed));
      });
    });
  }
  void bear(Person& person, const protocol::Name& name) override { local_.bear(person, name); }
  void give_back(const Person& person, const protocol::Name& name, std::uint64_t grant) override {
    local_.give_back(person, name, grant);
  }
  void release(Person& person, std::string_view reason) override { local_.release(person, reason); }
  void join(const PersonPtr& person, JoinHandler handler) override {
    wait({}, [this, person, handler = std::move(handler)] { local_.join(person, handler); });
  }
  void find(const protocol::Name& name, FindHandler handler) override {
    wait({}, [this, name, handler = std::move(handler)] { local_.find(name, handler); });
  }
  void bearers(const protocol::Name& name, BearersHandler handler) override {
    wait({}, [this, name, handler = std::move(handler)] { local_.bearers(name, handler); });
  }
  std::uint64_t account_of(const protocol::Name& name) const override { return local_.account_of(name); }
  void names(const std::string& after, std::size_t limit, NamesHandler handler) override {
    wait({}, [this, after, limit, handler = std::move(handler)] { local_.names(after, limit, handler); });
  }
  void tell(const protocol::Name& to, protocol::Message message, TellHandler handler) override {
    wait(message.from + '\n' + to.key,
         [this, to, message, handler = std::move(handler)] { local_.tell(to, message, handler); });
  }

  std::size_t waiting() const { return waiting_.size(); }
  /// Answers a pending call; if that call may not overtake another one, answers the other one.
  void answer(std::size_t number) {
    if (waiting_.empty()) return;
    const auto chosen = waiting_.begin() + static_cast<std::ptrdiff_t>(number % waiting_.size());
    auto first = chosen;
    if (!chosen->order.empty()) {
      first = waiting_.begin();
      while (first->order != chosen->order) ++first;
    }
    const auto go = std::move(first->go);
    waiting_.erase(first);
    go();
  }
  /// Answers all pending calls, and those made meanwhile.
  void answer_all() {
    while (waiting() > 0) answer(0);
  }
  /// The directory's present state.
  LocalDirectory& local() { return local_; }

 private:
  struct Waiting {
    std::string order;  ///< calls with the same value are answered in order; empty: in any order
    std::function<void()> go;
  };
  void wait(std::string order, std::function<void()> go) {
    waiting_.push_back({std::move(order), std::move(go)});
  }

  LocalDirectory local_;
  std::vector<Waiting> waiting_;
  std::size_t claims_ = 0;
};

}  // namespace hubbub::chat
