#include "server/chat/may.hpp"

#include <string>

namespace hubbub::chat {

protocol::Error refusal(Action action, protocol::Code code) {
  const auto& right = rights.at(static_cast<std::size_t>(action));
  return {code, "you may not " + std::string(right.what) + "; that is for " +
                    std::string(called(right.least)) + " and those above"};
}

}  // namespace hubbub::chat
