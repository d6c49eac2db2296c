#include "test/durability/company.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace hubbub::durability {
namespace {

/// How long to wait for something to come before looking at the time.
constexpr int an_instant = 2;  // milliseconds
/// Above twice cluster.patience: for so long a node may not know what has become of a message.
constexpr std::chrono::seconds patience_of_all{60};

template <class Members, class Count>
std::size_t total(const Members& members, Count count) {
  return std::accumulate(members.begin(), members.end(), std::size_t{0},
                         [&](std::size_t sum, const auto& member) { return sum + count(*member); });
}

/// Of what both were told, what came to them in another order; empty: nothing.
std::string disorder(const std::vector<std::string>& one, const std::vector<std::string>& other) {
  const auto common = [](const auto& from, const auto& among) {
    std::vector<std::string> found;
    for (const auto& each : from) {
      const bool is_known = std::ranges::find(among, each) != among.end();
      if (is_known && std::ranges::find(found, each) == found.end()) found.push_back(each);
    }
    return found;
  };
  const auto of_one = common(one, other);
  const auto of_other = common(other, one);
  const auto differs = std::ranges::mismatch(of_one, of_other);
  if (differs.in1 == of_one.end()) return {};
  return "one had first \"" + *differs.in1 + "\", the other \"" + *differs.in2 + '"';
}

}  // namespace

Company::Company(CompanyOptions options) : options_(std::move(options)) {
  const auto seed = options_.seed * 1000;
  for (std::size_t i = 1; i <= options_.talkers; ++i) {
    talkers_.push_back(std::make_unique<Talker>(
        "talker-" + std::to_string(i),
        TalkerOptions{.rooms = options_.rooms, .window = options_.window, .seed = seed + i}, pulse_));
  }
  for (std::size_t i = 1; i <= options_.readers; ++i) {
    readers_.push_back(
        std::make_unique<Reader>("reader-" + std::to_string(i), options_.rooms, Greeting::patient));
  }
  for (std::size_t i = 1; i <= options_.rivals; ++i) {
    rivals_.push_back(
        std::make_unique<Rival>("star", "rival-" + std::to_string(i), options_.rooms, seed + 200 + i));
    rivals_journeys_.push_back(std::make_unique<Journey>(
        *rivals_.back(), options_.nodes,
        Habits{.stay = std::chrono::milliseconds(500), .pause = std::chrono::milliseconds(100)},
        seed + 300 + i));
  }
  for (auto* const witness : witnesses()) {
    journeys_.push_back(
        std::make_unique<Journey>(*witness, options_.nodes, Habits{}, seed + 100 + journeys_.size()));
  }
}

std::vector<Reader*> Company::witnesses() const {
  std::vector<Reader*> all;
  for (const auto& talker : talkers_) all.push_back(talker.get());
  for (const auto& reader : readers_) all.push_back(reader.get());
  return all;
}

void Company::begin(const std::string& label) {
  for (const auto& talker : talkers_) talker->talk(true, label);
  for (const auto& rival : rivals_) rival->talk(true, label);
  for (const auto& journey : journeys_) journey->wander(true);
  rivals_are_out_ = true;
  pulse_.begin(Clock::now());
}

void Company::fall_silent() {
  for (const auto& talker : talkers_) talker->talk(false, {});
  for (const auto& rival : rivals_) rival->talk(false, {});
  for (const auto& journey : journeys_) journey->wander(false);
  const auto are_done = [this] {
    return all_are_there() &&
           std::ranges::all_of(talkers_, [](const auto& talker) { return talker->is_done(); });
  };
  run_until(are_done, "all messages to come back");
  rivals_are_out_ = false;
  for (const auto& rival : rivals_) rival->leave(true);
  // What was said last has come to everybody when each has seen it.
  for (const auto* const witness : witnesses()) {
    for (const auto& [room, messages] : witness->seen())
      if (!messages.empty()) newest_[room] = std::max(newest_[room], messages.back().seq);
  }
  run_until([this] { return all_are_there() && what_is_lacking().empty(); },
            "everybody to see the last message");
}

/// Who has not seen what.
std::string Company::what_is_lacking() const {
  std::string text;
  for (const auto* const witness : witnesses()) {
    for (const auto& [room, newest] : newest_) {
      const auto& seen = witness->seen().at(room);
      const auto last = seen.empty() ? 0 : seen.back().seq;
      if (last < newest) {
        text += witness->name() + " has seen " + room + " up to " + std::to_string(last) + ", and there is " +
                std::to_string(newest) + "; ";
      }
    }
  }
  return text;
}

void Company::speak_all_at_once() {
  for (const auto& talker : talkers_) talker->fill_window();
}

bool Company::all_are_there() const {
  const auto is_there = [](const auto& journey) { return journey->is_there(); };
  const auto is_in = [](const Reader* witness) { return witness->is_in() && !witness->is_behind(); };
  return std::ranges::all_of(journeys_, is_there) && std::ranges::all_of(witnesses(), is_in);
}

bool Company::talk_flows(Clock::time_point since) const {
  return pulse_.newest() > since && std::ranges::all_of(talkers_, [&](const auto& talker) {
           const auto waits_since = talker->waits_since();
           return !waits_since || *waits_since > since;
         });
}

void Company::run_for(std::chrono::milliseconds time) {
  const auto end = Clock::now() + time;
  while (Clock::now() < end) turn();
}

void Company::run_until(const std::function<bool()>& done, const std::string& what) {
  const auto end = Clock::now() + patience_of_all;
  while (!done()) {
    if (Clock::now() > end)
      throw std::runtime_error("waiting in vain for " + what + "; " + what_is_waited_for());
    turn();
  }
}

void Company::turn() {
  std::vector<Journey*> all;
  for (const auto& journey : journeys_) all.push_back(journey.get());
  for (const auto& journey : rivals_journeys_) all.push_back(journey.get());
  std::vector<pollfd> interests;
  for (auto* const journey : all) interests.push_back(journey->peer().interest());
  ::poll(interests.data(), interests.size(), an_instant);
  for (std::size_t i = 0; i < all.size(); ++i)
    if (interests[i].revents != 0) all[i]->peer().turn();
  const auto now = Clock::now();
  for (const auto& journey : journeys_) journey->turn(now);
  if (!rivals_are_out_) return;
  for (const auto& journey : rivals_journeys_) journey->turn(now);
}

std::string Company::what_is_waited_for() const {
  std::string text;
  for (const auto& talker : talkers_) {
    if (!talker->is_done() || !talker->connected() || !talker->welcomed() || !talker->is_in())
      text += talker->what_is_waited_for() + "; ";
  }
  for (const auto& journey : journeys_) {
    if (!journey->is_there())
      text += journey->peer().name() + " wants to be at node " + std::to_string(journey->node()) + "; ";
  }
  text += what_is_lacking();
  for (const auto& reader : readers_)
    if (!reader->is_in() || reader->is_behind()) text += reader->name() + " is not in all rooms, or reads; ";
  return text;
}

Evidence Company::evidence() const {
  Evidence evidence;
  for (const auto& talker : talkers_) {
    evidence.said.merge(talker->said());
    evidence.witnesses.push_back(
        {.name = talker->name() + " (answers)", .unbroken = false, .seen = talker->told()});
  }
  for (const auto* const witness : witnesses())
    evidence.witnesses.push_back({.name = witness->name(), .unbroken = true, .seen = witness->seen()});
  for (const auto& rival : rivals_) {
    auto& said = evidence.said[rival->name()];
    said.insert(said.end(), rival->said().begin(), rival->said().end());
    evidence.witnesses.push_back({.name = "a rival", .unbroken = false, .seen = rival->seen()});
  }
  return evidence;
}

std::vector<std::string> Company::contradictions() const {
  std::vector<std::string> found;
  const auto all = witnesses();
  std::set<std::string> epochs;
  for (const auto* const witness : all) epochs.insert(witness->epochs().begin(), witness->epochs().end());
  for (const auto* const witness : all) {
    if (epochs.size() < 2) break;
    std::string told;
    for (const auto& epoch : witness->epochs()) told += " \"" + epoch + '"';
    found.push_back("the nodes tell of several journals (epoch), " + witness->name() + " of" + told);
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (const auto& [room, topics] : all[i]->topics()) {
      if (const auto others = all.front()->topics().find(room);
          others != all.front()->topics().end() && others->second.back() != topics.back()) {
        found.push_back("in " + room + ' ' + all.front()->name() + " has the topic \"" +
                        others->second.back() + "\", " + all[i]->name() + " has \"" + topics.back() + '"');
      }
      for (std::size_t k = 0; k < i; ++k) {
        const auto other = all[k]->topics().find(room);
        if (other == all[k]->topics().end()) continue;
        const auto what = disorder(topics, other->second);
        if (!what.empty()) {
          found.push_back("in " + room + " the topics came to " + all[i]->name() + " and " + all[k]->name() +
                          " in different orders: " + what);
        }
      }
    }
  }
  return found;
}

std::map<std::string, std::string> Company::topics() const {
  std::map<std::string, std::string> last;
  for (const auto& [room, topics] : witnesses().front()->topics()) last[room] = topics.back();
  return last;
}

std::vector<Clock::duration> Company::absences(std::size_t node, Clock::time_point since) const {
  std::vector<Clock::duration> times;
  for (const auto& journey : journeys_) {
    for (const auto& loss : journey->losses())
      if (loss.node == node && loss.when >= since && loss.back) times.push_back(*loss.back - loss.when);
  }
  return times;
}

std::size_t Company::shared_visits(Clock::time_point since) const {
  std::size_t count = 0;
  const auto overlap = [](const Journey::Visit& one, const Journey::Visit& other) {
    const auto is_before = [](const auto& first, const auto& second) {
      return first.end && *first.end <= second.begin;
    };
    return !is_before(one, other) && !is_before(other, one);
  };
  for (std::size_t i = 0; i < rivals_journeys_.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      for (const auto& one : rivals_journeys_[i]->visits()) {
        for (const auto& other : rivals_journeys_[k]->visits())
          if (one.begin >= since && other.begin >= since && overlap(one, other)) ++count;
      }
    }
  }
  return count;
}

std::size_t Company::said() const {
  return total(talkers_, [](const Talker& talker) { return talker.count(); }) +
         total(rivals_, [](const Rival& rival) { return rival.said().size(); });
}

std::size_t Company::said_again() const {
  return total(talkers_, [](const Talker& talker) { return talker.said_again(); });
}

std::size_t Company::refusals() const {
  return total(talkers_, [](const Talker& talker) { return talker.refusals(); });
}

}  // namespace hubbub::durability
