#include "test/durability/judge.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace hubbub::durability {
namespace {

/// One message's place among all that was said.
struct Place {
  const Said* said = nullptr;
  std::string sender{};
  std::size_t order = 0;  ///< among those of its sender
};

/// A sender and an id: what names a message for good.
using Key = std::pair<std::string, std::string>;
/// A room and a number in it.
using Number = std::pair<std::string, std::uint64_t>;

std::string describe(const Sighting& message) {
  return message.sender + "'s " + message.id + " (seq " + std::to_string(message.seq) + ")";
}

class Court {
 public:
  explicit Court(const Evidence& evidence) : evidence_(evidence) {
    for (const auto& [sender, all] : evidence.said) {
      for (std::size_t i = 0; i < all.size(); ++i) said_[{sender, all[i].id}] = {&all[i], sender, i};
    }
  }

  std::vector<Verdict> hear() {
    for (const auto& reader : evidence_.read_back) hear_reader(reader);
    for (const auto& witness : evidence_.witnesses) hear_witness(witness);
    check_numbers();
    check_kept();
    check_refused();
    for (const auto& reader : evidence_.read_back) check_tenures(reader);
    check_agreement();
    return std::move(verdicts_);
  }

 private:
  void find(Fault fault, std::string text) { verdicts_.push_back({fault, std::move(text)}); }

  void hear_reader(const Witness& reader) {
    for (const auto& [room, messages] : reader.seen) {
      check_stream(reader.name, room, messages);
      check_senders_order(reader.name, room, messages);
      for (const auto& message : messages) check_message(reader.name, room, message);
    }
  }

  void hear_witness(const Witness& witness) {
    for (const auto& [room, messages] : witness.seen) {
      if (witness.unbroken) {
        check_stream(witness.name, room, messages);
        check_senders_order(witness.name, room, messages);
        check_unbroken(witness.name, room, messages);
      }
      for (const auto& message : messages) check_message(witness.name, room, message);
    }
  }

  /// Numbers rise, and nothing comes twice.
  void check_stream(const std::string& who, const std::string& room, const std::vector<Sighting>& messages) {
    std::map<Key, std::uint64_t> met;
    std::uint64_t newest = 0;
    for (const auto& message : messages) {
      const auto where = who + ", in " + room + ": " + describe(message);
      const auto [first, is_new] = met.try_emplace({message.sender, message.id}, message.seq);
      if (!is_new) {
        find(Fault::repeated, where + " came before, as seq " + std::to_string(first->second));
      } else if (message.seq <= newest) {
        find(Fault::reordered, where + " comes after seq " + std::to_string(newest));
      }
      newest = std::max(newest, message.seq);
    }
  }

  /// Each sender's messages are in the order of saying.
  void check_senders_order(const std::string& who, const std::string& room,
                           const std::vector<Sighting>& messages) {
    std::map<std::string, std::size_t> newest;
    for (const auto& message : messages) {
      const auto found = said_.find({message.sender, message.id});
      if (found == said_.end() || found->second.said->unordered) continue;
      const auto [last, is_first] = newest.try_emplace(message.sender, found->second.order);
      if (!is_first && found->second.order < last->second) {
        find(Fault::reordered, who + ", in " + room + ": " + describe(message) + " was said before " +
                                   evidence_.said.at(message.sender)[last->second].id);
      }
      last->second = std::max(last->second, found->second.order);
    }
  }

  /// It is what somebody said, and its number names nothing else.
  void check_message(const std::string& who, const std::string& room, const Sighting& message) {
    const Key key{message.sender, message.id};
    const auto found = said_.find(key);
    const auto where = who + ", in " + room + ": " + describe(message);
    if (found == said_.end()) {
      find(Fault::invented, where + " was never said");
    } else if (found->second.said->text != message.text || found->second.said->room != room) {
      find(Fault::changed, where + " was said otherwise");
    }
    names_[{room, message.seq}].try_emplace(key, who);
    numbers_[{room + '\n' + message.sender, message.id}].try_emplace(message.seq, who);
    seen_.try_emplace(key, who);
  }

  /// Everything that was kept between the first and the last it saw.
  void check_unbroken(const std::string& who, const std::string& room,
                      const std::vector<Sighting>& messages) {
    if (messages.empty() || evidence_.read_back.empty()) return;
    const auto kept = evidence_.read_back.front().seen.find(room);
    if (kept == evidence_.read_back.front().seen.end()) return;
    std::map<std::uint64_t, bool> shown;
    for (const auto& message : messages) shown[message.seq] = true;
    for (const auto& message : kept->second) {
      const bool within = message.seq > shown.begin()->first && message.seq < shown.rbegin()->first;
      if (within && !shown.contains(message.seq)) {
        find(Fault::missed, who + ", in " + room + ", was not shown " + describe(message));
      }
    }
  }

  /// One number names one message, and one message has one number, whoever saw it and whenever.
  void check_numbers() {
    for (const auto& [number, keys] : names_) {
      if (keys.size() < 2) continue;
      std::string text = "in " + number.first + ", seq " + std::to_string(number.second) + " names";
      for (const auto& [key, who] : keys) text += ' ' + key.first + "'s " + key.second + " (" + who + ')';
      find(Fault::seq_reused, std::move(text));
    }
    for (const auto& [key, numbers] : numbers_) {
      if (numbers.size() < 2) continue;
      std::string text = key.second + " has been seen as seq";
      for (const auto& [seq, who] : numbers) text += ' ' + std::to_string(seq) + " (" + who + ')';
      find(Fault::changed, std::move(text));
    }
  }

  /// What was acknowledged, and what anybody saw, is there.
  void check_kept() {
    for (const auto& reader : evidence_.read_back) {
      std::map<Key, bool> kept;
      for (const auto& [room, messages] : reader.seen) {
        for (const auto& message : messages) kept[{message.sender, message.id}] = true;
      }
      for (const auto& [key, place] : said_) {
        if (kept.contains(key)) continue;
        const auto text = key.first + "'s " + key.second + ", which ";
        if (place.said->acknowledged) {
          find(Fault::lost, text + "was acknowledged, is not shown to " + reader.name);
        } else if (const auto by = seen_.find(key); by != seen_.end()) {
          find(Fault::lost, text + by->second + " saw, is not shown to " + reader.name);
        }
      }
    }
  }

  void check_refused() {
    for (const auto& [key, place] : said_) {
      const auto by = seen_.find(key);
      if (place.said->refused && by != seen_.end()) {
        find(Fault::refused_kept,
             key.first + "'s " + key.second + ", which was refused, was seen by " + by->second);
      }
    }
  }

  /// Who bears a name again after somebody else has a new tenure. Numbers are in one order in all rooms.
  void check_tenures(const Witness& reader) {
    std::map<std::uint64_t, const Said*> in_order;
    for (const auto& [room, messages] : reader.seen) {
      for (const auto& message : messages) {
        const auto found = said_.find({message.sender, message.id});
        if (found != said_.end() && !found->second.said->tenure.empty())
          in_order[message.seq] = found->second.said;
      }
    }
    std::map<std::string, std::uint64_t> ended;
    const Said* before = nullptr;
    for (const auto& [seq, said] : in_order) {
      if (before != nullptr && before->tenure != said->tenure) ended[before->tenure] = seq;
      if (const auto end = ended.find(said->tenure); end != ended.end()) {
        find(Fault::name_shared, reader.name + " was shown " + said->id + " (seq " + std::to_string(seq) +
                                     "), though another bore the name at seq " + std::to_string(end->second));
      }
      before = said;
    }
  }

  void check_agreement() {
    for (const auto& reader : evidence_.read_back) {
      const auto& first = evidence_.read_back.front();
      if (reader.seen != first.seen) {
        find(Fault::disagreement, first.name + " and " + reader.name + " were shown different histories");
      }
    }
  }

  const Evidence& evidence_;
  std::map<Key, Place> said_;
  std::map<Key, std::string> seen_;                              ///< who saw it first
  std::map<Number, std::map<Key, std::string>> names_;           ///< what a number has named
  std::map<Key, std::map<std::uint64_t, std::string>> numbers_;  ///< which numbers a message has had
  std::vector<Verdict> verdicts_;
};

}  // namespace

std::string_view name_of(Fault fault) {
  constexpr std::array<std::string_view, 10> names{
      "lost",       "repeated", "reordered",    "changed",          "invented",
      "seq reused", "missed",   "disagreement", "refused and kept", "name shared"};
  return names.at(static_cast<std::size_t>(fault));
}

std::vector<Verdict> judge(const Evidence& evidence) { return Court(evidence).hear(); }

}  // namespace hubbub::durability
