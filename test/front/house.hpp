#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "server/chat/clock.hpp"
#include "server/chat/hub.hpp"
#include "server/chat/local_directory.hpp"
#include "server/front/front_ends.hpp"
#include "server/front/web/web.hpp"
#include "server/journal/journal.hpp"
#include "server/journal/make_journal.hpp"
#include "server/net/admission.hpp"
#include "server/net/turn.hpp"
#include "server/ops/log.hpp"

namespace hubbub::front {

/// A daemon but for its listeners, with a loop whose turns the test makes. Few bytes wait for a peer before
/// what he asks for waits, too.
struct House {
  class TurnClock final : public chat::Clock {
   public:
    explicit TurnClock(net::Turn& turn) : turn_(turn) {}
    chat::Now now() const override {
      return {.steady = turn_.now().steady,
              .wall = std::chrono::time_point_cast<std::chrono::milliseconds>(turn_.now().wall)};
    }

   private:
    net::Turn& turn_;
  };

  House() {
    ops::log::configure({.level = ops::log::Level::error});
    chat_settings.messages_per_second = 0;
    chat_settings.messages_per_second_per_address = 0;
    chat_settings.queries_per_second = 0;
    net_settings.send_queue = 6000;
    net_settings.send_queue_soft = 3000;
    web_settings.plain = WebSettings::Plain::anywhere;
  }
  House(const House&) = delete;
  House& operator=(const House&) = delete;
  ~House() { turn.abandon_all(); }

  boost::asio::io_context io{1};
  net::Turn turn{io, [this] { hub.end_turn(); }};
  chat::Settings chat_settings;
  net::Settings net_settings;
  net::Admission admission{net_settings};
  TurnClock clock{turn};
  std::unique_ptr<journal::Journal> journal{journal::make_journal({}, {}, io).value()};
  chat::LocalDirectory directory;
  accounts::Settings account_settings{.hash_memory = 8192, .hash_passes = 1};  // cheap hashes
  accounts::Registry accounts{account_settings, std::make_unique<ops::Worker>(io)};
  chat::Hub hub{chat_settings, clock, *journal, directory, accounts};
  WebSettings web_settings;
  Web web{.settings = web_settings,
          .admission = admission,
          .server_name = chat_settings.server_name,
          .metrics = [] { return std::string(); },
          .not_ready = [] { return std::nullopt; }};
  net::Protocols protocols{front_ends(hub, web)};
};

}  // namespace hubbub::front
