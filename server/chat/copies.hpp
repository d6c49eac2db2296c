#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

#include "server/chat/directory.hpp"

namespace hubbub::chat {

/// One private message for several sessions of a person, or for several nodes where it is: said when one of
/// them has taken it, in doubt while one may still take it, refused when all have refused it.
class Copies : public std::enable_shared_from_this<Copies> {
 public:
  /// `handler`: as that of Directory::tell().
  Copies(std::size_t count, Directory::TellHandler handler)
      : undecided_(count), handler_(std::move(handler)) {}

  /// For one of them: once for each.
  Directory::TellHandler one() {
    // Of one that is copied, too.
    const auto is_in_doubt = std::make_shared<bool>(false);
    return [self = shared_from_this(), is_in_doubt](const Told& told) {
      --(*is_in_doubt ? self->in_doubt_ : self->undecided_);
      *is_in_doubt = told.is_in_doubt;
      if (told.is_in_doubt) ++self->in_doubt_;
      self->decide(told);
    };
  }

 private:
  void decide(const Told& told) {
    if (told.is_in_doubt && !doubt_) doubt_ = told;
    const bool is_over = !told.why || undecided_ + in_doubt_ == 0;
    if (is_over && handler_) {
      std::exchange(handler_, nullptr)(told);
    } else if (undecided_ == 0 && doubt_ && !std::exchange(has_told_doubt_, true) && handler_) {
      handler_(*doubt_);
    }
  }

  std::size_t undecided_;
  std::size_t in_doubt_ = 0;
  std::optional<Told> doubt_;
  bool has_told_doubt_ = false;
  Directory::TellHandler handler_;
};

}  // namespace hubbub::chat
