#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "server/front/web/page.hpp"
#include "server/front/web/settings.hpp"

namespace hubbub::net {
class Admission;
}

namespace hubbub::front {

/// Counts the requests of each address whose head has begun and not ended: who sends heads byte by byte holds
/// back nobody else.
class HalfOpenHeads {
 public:
  static constexpr std::size_t most_per_address = 32;

  class Place {
   public:
    Place(HalfOpenHeads& all, const std::string& address);
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    ~Place();

   private:
    HalfOpenHeads& all_;
    std::map<std::string, std::size_t>::iterator count_;
  };

  /// Whether the address may have one more. Empty, for whoever has none or comes by a trusted proxy: always.
  bool may_begin(const std::string& address) const;

 private:
  std::map<std::string, std::size_t> by_address_;
};

/// What HTTP needs of the daemon. All of it outlives the connections.
struct Web {
  const WebSettings& settings;
  net::Admission& admission;
  const std::string& server_name;
  std::function<std::string()> metrics;                        ///< as Prometheus reads them
  std::function<std::optional<std::string_view>()> not_ready;  ///< why nobody can talk now; nothing: all can
  HalfOpenHeads half_open{};
  http::Page page{};
};

}  // namespace hubbub::front
