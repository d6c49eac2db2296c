#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "protocol/error.hpp"
#include "protocol/event.hpp"
#include "protocol/name.hpp"
#include "server/chat/person.hpp"

namespace hubbub::chat {

class Claim;

/// What has become of a private message.
struct Told {
  protocol::MessagePtr message;          ///< as it is delivered: `to` is spelled as the recipient spells it
  std::optional<protocol::Error> why{};  ///< nothing: a session of the recipient has taken it
  std::chrono::milliseconds retry_after{};  ///< 0: trying again is no use now
  bool is_in_doubt = false;                 ///< the message was delivered, and may arrive in spite of `why`
};

/// Which person bears which name. Each call is answered through its handler, at once or later, in the loop's
/// thread; only calls of tell() from one person to one other are answered in the order of the calls. A
/// handler that belongs to a request owns its Answer: that keeps the session alive, and ignores an answer to
/// a client that has gone meanwhile.
class Directory {
 public:
  using ClaimHandler = std::function<void(struct Claimed)>;
  using FindHandler = std::function<void(const PersonPtr& person)>;
  using NamesHandler = std::function<void(protocol::event::Members page)>;
  using TellHandler = std::function<void(const Told& told)>;

  Directory() = default;
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  virtual ~Directory() = default;

  /// Holds the name for that person, whom the handler keeps alive; no name: one of the directory's choice.
  /// The person's own name is free for it, and may be claimed in another spelling. Otherwise the sessions of
  /// the person who holds the name, or one that looks like it, are asked whether they are still there: the
  /// claim may come from the same user after a lost connection.
  virtual void claim(Person& person, std::optional<protocol::Name> name, ClaimHandler handler) = 0;
  /// The person bears a name that was held for it; the name that it bore before is released.
  virtual void bear(Person& person, const protocol::Name& name) = 0;
  /// Frees a name that the person bears, or that is held for it.
  virtual void release(Person& person, const protocol::Name& name) = 0;
  /// The person who bears that name; null: none.
  virtual void find(const protocol::Name& name, FindHandler handler) = 0;
  /// The names that people bear, those after the one with the key `after`, `limit` at most.
  virtual void names(const std::string& after, std::size_t limit, NamesHandler handler) = 0;
  /// Delivers a private message to the person who bears that name. The handler is called when the outcome is
  /// known, and once more after Told::is_in_doubt.
  virtual void tell(const protocol::Name& to, protocol::Message message, TellHandler handler) = 0;
};

/// A name that is held for a person who does not bear it yet. Unless bear() is called, the name is released
/// at the end.
class Claim {
 public:
  Claim(Directory& directory, Person& person, protocol::Name name)
      : directory_(&directory), person_(person), name_(std::move(name)) {}
  Claim(Claim&& other) noexcept
      : directory_(std::exchange(other.directory_, nullptr)),
        person_(other.person_),
        name_(std::move(other.name_)) {}
  Claim& operator=(Claim&&) = delete;
  ~Claim() {
    if (directory_ != nullptr) directory_->release(person_, name_);
  }

  void bear() { std::exchange(directory_, nullptr)->bear(person_, name_); }

 private:
  Directory* directory_;  ///< null: borne, or moved from
  Person& person_;
  protocol::Name name_;
};

/// The answer to a claim.
struct Claimed {
  std::optional<Claim> claim;  ///< nothing: the name is not free
  protocol::Name holder{};     ///< if `claim` is nothing: the name in its way
};

}  // namespace hubbub::chat
