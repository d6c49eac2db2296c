// A bot that counts votes: `!vote tea` is a vote, `!votes` asks for the result. To be copied as a start:
//   hubbub_example_bot bot@127.0.0.1:7717
// Several servers of one chat, with commas between them, are taken in turn when one is lost.
#include <boost/asio/io_context.hpp>
#include <iostream>
#include <map>

#include "client/connection/connection.hpp"

using namespace hubbub;

struct VoteBot : client::Listener {
  std::shared_ptr<client::Connection> connection;
  std::map<std::string, std::string> votes;  // by voter

  // Messages missed while the link was down come too, once and in order: no vote is lost.
  void on_event(const protocol::Event& event, std::string_view, client::Arrival) override {
    for (const auto& message : client::messages_of(event)) hear(*message);
  }

  void on_closed(client::Ending, std::string_view why) override { std::cerr << "bot: " << why << '\n'; }

  void hear(const protocol::Message& message) {
    if (message.text.starts_with("!vote ")) votes[message.from] = message.text.substr(6);
    if (message.text == "!votes") connection->send(protocol::request::Say{message.room, result(), {}, false});
  }

  std::string result() const {
    std::map<std::string, int> counts;
    for (const auto& [voter, choice] : votes) ++counts[choice];
    std::string text = counts.empty() ? "nobody has voted" : "votes:";
    for (const auto& [choice, count] : counts) text += " " + choice + " " + std::to_string(count);
    return text;
  }
};

int main(int argc, char** argv) {
  const auto servers = client::parse_addresses(argc > 1 ? argv[1] : "bot@127.0.0.1");
  if (!servers) return std::cerr << "bot: " << servers.error().text << '\n', 2;
  boost::asio::io_context io;
  VoteBot bot;
  client::Settings settings{.servers = *servers};
  settings.profile.replay = 0;  // earlier messages are no votes for this run
  bot.connection = client::Connection::open(io.get_executor(), settings, bot);
  io.run();
  return 1;  // run() returns when the server refuses the bot, or cannot be reached at first
}
