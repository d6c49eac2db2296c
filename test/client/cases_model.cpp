// The rules of what is shown that both clients live by.
#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/model/doorway.hpp"
#include "client/model/marks.hpp"
#include "client/model/room.hpp"
#include "client/model/spans.hpp"
#include "protocol/name.hpp"
#include "test/client/cases.hpp"
#include "test/client/news.hpp"

namespace hubbub::test {
namespace {

using client::Doorway;
using client::Mentions;

protocol::Timestamp moment(const Step& step) { return protocol::Timestamp() + milliseconds(step.at("at")); }

/// "+anna -bob"; empty: nothing.
std::string line_of(const std::optional<client::Moves>& moves) {
  std::string line;
  if (!moves) return line;
  for (const auto& name : moves->joined) line.append(" +").append(name);
  for (const auto& departure : moves->left) line.append(" -").append(departure.name);
  return line.substr(1);
}

void carry_out(Doorway& doorway, const Step& step, std::string_view what) {
  if (what == "due") {
    const auto due = doorway.next_due();
    CHECK(due.has_value() != step.at("is").is_null());
    if (due) CHECK(due->time_since_epoch() == milliseconds(step.at("is")));
  } else if (what == "take") {
    CHECK(line_of(doorway.take("lobby", moment(step), word(step, "speaker"))) == word(step, "line"));
  } else if (what == "arrive") {
    doorway.arrive(word(step, "name"), flag(step, "told"), moment(step));
  } else if (what == "depart") {
    doorway.depart({word(step, "name"), word(step, "reason")}, flag(step, "told"), moment(step));
  } else if (what == "miss") {
    doorway.miss(values<std::string>(step, "names"), moment(step));
  } else {
    REQUIRE(what == "rename");
    doorway.rename(word(step, "old"), word(step, "new"));
  }
}

void carry_out(client::Room& room, const Step& step, std::string_view what) {
  if (what == "read") {
    room.read_up_to(number(step, "seq"));
  } else if (what == "look") {
    room.take_unread(0, noon);
  } else {
    REQUIRE(what == "message");
    const bool is_own = flag(step, "own");
    client::Said said{message("lobby", is_own ? "anna" : "bob", "x", number(step, "seq")), {}, is_own};
    if (flag(step, "call")) said.mentions.push_back({0, 1});
    room.add(std::move(said), flag(step, "shown"));
  }
  CHECK(room.unread() == number(step, "unread"));
  CHECK(room.mentions() == number(step, "calls"));
}

/// A model with one room, and what it knows of the messages there.
struct Changing {
  client::Model model;

  Changing() {
    model.take(welcome("anna"), live, noon);
    model.take(joined("lobby", {"anna", "bob"}), live, noon);
  }

  void carry_out(const Step& step, std::string_view what) {
    namespace event = protocol::event;
    const auto before = texts();
    if (what == "message") {
      model.take(event_of(made(step)), live, noon);
    } else if (what == "edit") {
      model.take(event_of(event::Edited{.room = "lobby",
                                        .seq = number(step, "seq"),
                                        .change = number(step, "change"),
                                        .text = word(step, "text"),
                                        .by = "bob"}),
                 live, noon);
      CHECK((texts() != before) == flag(step, "new"));
    } else {
      REQUIRE(what == "delete");
      model.take(event_of(event::Deleted{.room = "lobby",
                                         .seqs = values<std::uint64_t>(step, "seqs"),
                                         .change = number(step, "change"),
                                         .by = "bob"}),
                 live, noon);
      CHECK((texts() != before) == flag(step, "new"));
    }
    CHECK(texts() == step.at("texts"));
  }

  static protocol::MessagePtr made(const Step& step) {
    protocol::Message message = *test::message("lobby", "bob", word(step, "text"), number(step, "seq"));
    using What = protocol::Change::What;
    const auto change = [](What what) {
      return std::make_shared<const protocol::Change>(protocol::Change{.what = what, .time = noon});
    };
    if (flag(step, "edited")) message.change = change(What::edited);
    if (flag(step, "deleted")) message.change = change(What::deleted);
    return std::make_shared<const protocol::Message>(std::move(message));
  }

  boost::json::array texts() const {
    boost::json::array all;
    for (const client::Said& said : model.find("lobby")->held()) {
      if (said.message->is_deleted()) {
        CHECK(said.message->text.empty());
        all.emplace_back(nullptr);
      } else {
        all.emplace_back(said.message->text);
      }
    }
    return all;
  }
};

void carry_out(client::Marks& marks, const Step& step, std::string_view what) {
  if (what == "next") {
    const auto asked = marks.next();
    const auto& is = step.at("is");
    CHECK(asked.has_value() != is.is_null());
    if (!asked || is.is_null()) return;
    CHECK(asked->room == is.as_array().at(0).as_string());
    CHECK(asked->seq == is.as_array().at(1).to_number<std::uint64_t>());
  } else if (what == "look") {
    marks.look(word(step, "place"), number(step, "seq"));
  } else if (what == "know") {
    marks.know(word(step, "place"), number(step, "seq"));
  } else {
    REQUIRE(what == "settle");
    marks.settle({.room = word(step, "place"), .seq = number(step, "seq")});
  }
}

/// What is found, marked by brackets.
std::string in_brackets(const Mentions& mentions, std::string text, const Mentions::IsSomebody& is_somebody) {
  const auto spans = mentions.find(text, is_somebody);
  for (auto span = spans.rbegin(); span != spans.rend(); ++span) {
    text.insert(span->end, "]");
    text.insert(span->begin, "[");
  }
  return text;
}

std::string without_brackets(std::string text) {
  std::erase_if(text, [](char each) { return each == '[' || each == ']'; });
  return text;
}

}  // namespace

TEST_CASE("both clients find names in texts as the cases say") {
  each_case("mention", [](const Case& one) {
    const auto& fields = one.as_object();
    const auto others = values<std::string>(fields, "somebody");
    const auto is_somebody = [&](std::string_view name) {
      return std::find(others.begin(), others.end(), name) != others.end();
    };
    const auto purpose =
        word(fields, "purpose") == "search" ? Mentions::Purpose::search : Mentions::Purpose::call;
    const Mentions mentions(values<std::string>(fields, "names"), purpose);
    for (const auto& text : values<std::string>(fields, "texts"))
      CHECK(in_brackets(mentions, without_brackets(text), is_somebody) == text);
  });
}

TEST_CASE("both clients count what is unread as the cases say") {
  each_case("unread", [](const Case& one) {
    client::Room room(std::get<protocol::event::Joined>(joined("lobby", {"anna", "bob"}).body));
    each_step(one, [&](const Step& step, std::string_view what) { carry_out(room, step, what); });
  });
}

TEST_CASE("both clients change messages as the cases say") {
  each_case("changes", [](const Case& one) {
    Changing changing;
    each_step(one, [&](const Step& step, std::string_view what) { changing.carry_out(step, what); });
  });
}

TEST_CASE("both clients tell of who comes and goes as the cases say") {
  each_case("moves", [](const Case& one) {
    Doorway doorway;
    each_step(one, [&](const Step& step, std::string_view what) { carry_out(doorway, step, what); });
  });
}

TEST_CASE("both clients tell the server what was read as the cases say") {
  each_case("marks", [](const Case& one) {
    client::Marks marks;
    each_step(one, [&](const Step& step, std::string_view what) { carry_out(marks, step, what); });
  });
}

TEST_CASE("both clients take names for the same as the cases say") {
  each_case("names", [](const Case& one) {
    const auto spellings = boost::json::value_to<std::vector<std::string>>(one);
    for (const auto& name : spellings) CHECK(protocol::key_of(name) == protocol::key_of(spellings.front()));
  });
}

}  // namespace hubbub::test
