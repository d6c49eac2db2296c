#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "server/chat/answer.hpp"
#include "server/chat/logins.hpp"
#include "server/journal/journal.hpp"

namespace hubbub::chat {

class Hub;

/// Whether the account has said it. What was said before messages in rooms were kept with their author is
/// known by the name that the account had then; what is from before it began is somebody else's.
struct Authorship {
  std::uint64_t account = 0;
  std::string name_key;
  protocol::Timestamp begun{};

  bool is_of(const protocol::Message& message) const;
};

/// Deletes all that an account has said, place after place: its conversations, and every room. The account
/// says nothing more meanwhile. What is deleted by then stays so if it breaks off.
class Erasing : public std::enable_shared_from_this<Erasing> {
 public:
  /// `then` is called when nothing is left; an error is answered here.
  using Then = std::function<void(Answer&& answer)>;
  static void begin(Answer&& answer, const Authorship& author, Then then);

 private:
  Erasing(Hub& hub, Answer&& answer, Authorship author, Then then)
      : hub_(hub), answer_(std::move(answer)), author_(std::move(author)), then_(std::move(then)) {}

  void fall_silent();
  void next_place();
  void read();
  void take(const protocol::Result<journal::Page>& page);
  void drop(std::vector<std::uint64_t> seqs, bool more);
  void fail(const protocol::Error& why);

  Hub& hub_;
  Answer answer_;
  Authorship author_;
  Then then_;
  std::vector<Logins::Silence> silences_;
  std::vector<std::string> places_;  ///< conversations, then a page of rooms; the last is the next
  std::string behind_;               ///< the room after which the next page begins
  bool has_more_rooms_ = true;
  std::string place_;
  std::uint64_t after_ = 0;
};

}  // namespace hubbub::chat
