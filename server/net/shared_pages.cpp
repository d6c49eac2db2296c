#include "server/net/shared_pages.hpp"

#include <sys/mman.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace hubbub::net {
namespace {

// Below these, laying out costs more than it saves; measured, see server/README.md.
constexpr std::size_t least_bytes = std::size_t{8} * 1024;
constexpr unsigned least_readers = 8;
// Texts laid out in a turn: each connection searches them for its own.
constexpr std::size_t most_places = 16;

}  // namespace

SharedPages::SharedPages() : file_(::memfd_create("hubbub-shared-pages", MFD_CLOEXEC)) {
  places_.reserve(most_places);
}

SharedPages::~SharedPages() { give_up(); }

std::optional<std::size_t> SharedPages::send(int socket, const protocol::Text& text, std::string_view bytes,
                                             boost::system::error_code& ec) {
  if (bytes.size() < least_bytes) return std::nullopt;
  const auto* const at = place(text);
  if (at == nullptr) return std::nullopt;
  auto offset = static_cast<off_t>(at->begin) + (bytes.data() - text.text.data());
  const auto sent = ::sendfile(socket, file_, &offset, bytes.size());
  if (sent > 0) return static_cast<std::size_t>(sent);
  const int error = sent == 0 ? EINVAL : errno;
  if (error == EAGAIN || error == EINTR) {
    ec.assign(error, boost::system::system_category());
    return 0;
  }
  if (error == EINVAL || error == ENOSYS || error == EPERM) give_up();
  return std::nullopt;
}

void SharedPages::close() {
  is_open_ = false;
  if (places_.empty()) return;
  places_.clear();
  end_ = 0;
  if (::ftruncate(file_, 0) != 0) give_up();
}

// From the end: mostly the text asked for last is asked for again.
const SharedPages::Place* SharedPages::place(const protocol::Text& text) {
  const auto known = std::find_if(places_.rbegin(), places_.rend(),
                                  [&](const Place& place) { return place.text.get() == &text; });
  if (known != places_.rend()) return &*known;
  if (!is_open_ || file_ < 0 || places_.size() == most_places || text.use_count() < least_readers)
    return nullptr;
  const auto size = text.text.size();
  const auto written = ::pwrite(file_, text.text.data(), size, static_cast<off_t>(end_));
  if (written != static_cast<ssize_t>(size)) {
    is_open_ = false;  // there may be memory again in the next turn
    return nullptr;
  }
  places_.push_back({protocol::Bytes(&text), end_});
  end_ += size;
  return &places_.back();
}

void SharedPages::give_up() {
  places_.clear();
  if (file_ >= 0) ::close(file_);
  file_ = -1;
}

}  // namespace hubbub::net
