#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "server/chat/answer.hpp"
#include "server/journal/journal.hpp"

namespace hubbub::chat {

class Hub;

/// Reads of the journal for one answer, one after the other, so that no more than one of them waits. The
/// first that fails is the answer.
class ReadInTurn : public std::enable_shared_from_this<ReadInTurn> {
 public:
  /// Takes the page of the query with that index.
  using Take = std::function<void(std::size_t index, journal::Page page)>;
  /// Answers when all pages have been taken, unless the client has gone.
  using End = std::function<void(Answer& answer)>;

  static void begin(Answer answer, std::vector<journal::Query> queries, Take take, End end);

 private:
  ReadInTurn(Hub& hub, Answer answer, std::vector<journal::Query> queries, Take take, End end)
      : hub_(hub),
        answer_(std::move(answer)),
        queries_(std::move(queries)),
        take_(std::move(take)),
        end_(std::move(end)) {}

  void read_on();
  void take(protocol::Result<journal::Page> page);

  Hub& hub_;
  Answer answer_;
  std::vector<journal::Query> queries_;
  Take take_;
  End end_;
  std::size_t next_ = 0;
  bool is_waiting_ = false;  ///< for the journal to answer
  bool is_in_loop_ = false;
};

}  // namespace hubbub::chat
