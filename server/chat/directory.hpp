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
  std::optional<protocol::Error> why{};  ///< nothing: a session of the recipient has it
  std::chrono::milliseconds retry_after{};  ///< 0: trying again is no use now
  bool is_in_doubt = false;                 ///< it was delivered, and may arrive in spite of the error
};

/// Who bears which name. Each call is answered through its handler, once, at once or later, in the loop's
/// thread; only calls of tell() from one person to one other are answered in the order of the calls.
/// Whoever waits has an Answer in the handler: that keeps the session, and takes the answer of one that has
/// gone meanwhile.
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

  /// Holds the name for that person, whom the handler keeps; no name: one of the directory's choice. The
  /// person's own name is free for it, and may be claimed in another spelling. Otherwise whoever holds it, or
  /// one that looks like it, is asked whether he is there: he may have lost his connection, and be the one
  /// who claims.
  virtual void claim(Person& person, std::optional<protocol::Name> name, ClaimHandler handler) = 0;
  /// From now on the person bears a name that is held for it, and no more the one before, which is released.
  virtual void bear(Person& person, const protocol::Name& name) = 0;
  /// The name is free again: one that the person bears, or that is held for it.
  virtual void release(Person& person, const protocol::Name& name) = 0;
  /// Who bears that name; null: nobody.
  virtual void find(const protocol::Name& name, FindHandler handler) = 0;
  /// The names that people bear, those after the one with the key `after`, `limit` at most.
  virtual void names(const std::string& after, std::size_t limit, NamesHandler handler) = 0;
  /// Delivers a private message to whoever bears that name. The handler is called when it is known what has
  /// become of it, and once more after Told::is_in_doubt.
  virtual void tell(const protocol::Name& to, protocol::Message message, TellHandler handler) = 0;
};

/// A name that is held for somebody who has yet to bear it. Without that it is released.
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
  Directory* directory_;  ///< null: it is over
  Person& person_;
  protocol::Name name_;
};

/// The answer to a claim.
struct Claimed {
  std::optional<Claim> claim;  ///< nothing: the name is not free, because of …
  protocol::Name holder{};     ///< … this one
};

}  // namespace hubbub::chat
